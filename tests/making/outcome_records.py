"""Small records for the tests of outcomes: what a case is about is written, the rest filled in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from itpbook.records.cohort import Cohort

PATIENT = {
    "centre": "A",
    "sex": "female",
    "age_years": 57,
    "diagnosis_day": -1735,
    "itp_type": "primary",
    "mgus": False,
    "ana_positive": False,
    "bleeding_at_baseline": True,
    "corticosteroid_refractory": True,
    "splenectomy": "performed",
    "splenectomy_reason": None,
    "last_followup_day": 1000,
    "died": False,
    "death_cause": None,
}
COURSE = {"end_day": None, "regimen": None, "at_maximal_dose": None, "response": None}
EVENT = {"term": "nausea", "category": "gastrointestinal", "severe": False, "related": True}
CLASSES = {
    "corticosteroids": "corticosteroid",
    "ivig": "immunoglobulin",
    "rituximab": "anti_cd20",
    "splenectomy": "surgery",
    "eltrombopag": "tpo_ra",
    "romiplostim": "tpo_ra",
    "hydroxychloroquine": "antimalarial",
}


def course(agent: str, role: str, start_day: int, end_day: int | None = None, **more: Any) -> dict[str, Any]:
    """Write a course; ``patient_id`` is that of the only patient unless given."""
    known = {"patient_id": "P1", "drug_class": CLASSES.get(agent, "immunosuppressant")}
    return {
        **COURSE,
        **known,
        "agent": agent,
        "role": role,
        "start_day": start_day,
        "end_day": end_day,
        **more,
    }


def event(**more: Any) -> dict[str, Any]:
    """Write an adverse event of day 10, mild and related unless told otherwise."""
    return {**EVENT, "patient_id": "P1", "day": 10, **more}


def cohort(
    counts: Mapping[str, Mapping[int, float]],
    *,
    courses: Iterable[Mapping[str, Any]] = (),
    events: Iterable[Mapping[str, Any]] = (),
    bleeding: Mapping[str, Collection[int]] | None = None,
    patients: Mapping[str, Mapping[str, Any]] | None = None,
) -> Cohort:
    """Build a cohort.

    ``counts`` maps each patient to ``{day: count}``; ``bleeding`` to the days with bleeding (None: no such
    column); ``patients`` to what differs from the usual patient.
    """
    of_patients = [{"patient_id": name, **PATIENT, **(patients or {}).get(name, {})} for name in counts]
    platelets: dict[str, list[Any]] = {
        "patient_id": [name for name, days in counts.items() for _ in days],
        "day": [day for days in counts.values() for day in days],
        "count": [float(count) for days in counts.values() for count in days.values()],
    }
    if bleeding is not None:
        platelets["bleeding"] = [day in bleeding.get(name, ()) for name, days in counts.items() for day in days]
    return Cohort(
        patients=pd.DataFrame(of_patients),
        treatments=_table(
            courses,
            ["patient_id", "agent", "drug_class", "role", "start_day", *COURSE],
            {"start_day": "int64", "end_day": "Int64", "at_maximal_dose": "boolean"},
        ),
        platelets=pd.DataFrame(platelets).astype({"day": "int64", "count": "float64"}),
        adverse_events=_table(
            events, ["patient_id", "day", *EVENT], {"day": "int64", "severe": "bool", "related": "bool"}
        ),
        source=None,
    )


def _table(rows: Iterable[Mapping[str, Any]], columns: list[str], types: dict[str, Any]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=columns, dtype=object)
    return table.astype(types)
