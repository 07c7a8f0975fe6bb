"""The raw records of a reconstructed series: four tables, as a hospital's case-report form would hold them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from implied.ledger import Ledger
from implied.reconstruct.solve import Solver
from itpbook.records.cohort import SYNTHETIC_PREFIX, Cohort, cohort_of
from itpbook.records.schema import TABLES
from itpbook.synthetic.combination_courses import courses
from itpbook.synthetic.events import adverse_events
from itpbook.synthetic.habits import habits
from itpbook.synthetic.ongoing import still_responding
from itpbook.synthetic.patient import Patient
from itpbook.synthetic.trajectories import Levels, platelet_counts

SEED = 2082
"""Seed of the records that ship with the project."""

_CENTRES = ("Centre A", "Centre B", "Centre C", "Centre D", "Centre E")
_SHARES = (0.32, 0.24, 0.18, 0.15, 0.11)
_OWN_COLUMNS = (
    *("patient_id", "sex", "age_years", "itp_type", "mgus", "ana_positive", "bleeding_at_baseline"),
    *("corticosteroid_refractory", "splenectomy", "splenectomy_reason", "died", "corticosteroid_free_inferred"),
)
"""Attributes of a patient that a hospital records as they are."""
_DEATH_CAUSE = "adenocarcinoma diagnosed before the combination"


def solver(ledger: Ledger) -> Solver:
    """Prepare the patients of an ITP series to be solved, with the habits of such patients."""
    return Solver(ledger, habits(ledger.attributes), still_responding)


def raw_records(solved: pd.DataFrame, ledger: Ledger, seed: int) -> Cohort:
    """Write out what a hospital would have recorded of solved patients.

    Parameters
    ----------
    solved
        One row per patient, one column per attribute of the ledger.
    ledger
        Where the thresholds of response come from.
    seed
        Seed of all that the attributes leave open; the same seed gives the same records.

    Returns
    -------
    Cohort
        Synthetic patients, checked as any records are.
    """
    generator = np.random.default_rng([seed, 1])
    levels = Levels.of(ledger)
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for position, row in enumerate(solved.to_dict("records"), start=1):
        patient = _patient(position, row)
        tables["patients"].append(_form(patient, generator))
        tables["treatments"] += courses(patient, generator)
        counts = platelet_counts(patient, levels, generator)
        tables["platelets"] += [
            {"patient_id": patient.patient_id, "day": day, "count": count} for day, count in counts.items()
        ]
        tables["adverse_events"] += adverse_events(patient, generator)
    return cohort_of({name: pd.DataFrame(rows) for name, rows in tables.items()})


def _patient(position: int, row: dict[Any, Any]) -> Patient:
    names = [field.name for field in fields(Patient) if field.name != "patient_id"]
    return Patient(f"{SYNTHETIC_PREFIX}{position:02d}", **{name: row[name] for name in names})


def _form(patient: Patient, generator: np.random.Generator) -> dict[str, Any]:
    """The first page of the form."""
    return {
        **{name: getattr(patient, name) for name in _OWN_COLUMNS},
        "centre": str(generator.choice(_CENTRES, p=_SHARES)),
        "diagnosis_day": -patient.itp_duration_days,
        "last_followup_day": patient.followup_days,
        "death_cause": _DEATH_CAUSE if patient.died else None,
    }
