"""Records of other centres, each made of the shipped ones by one change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, reduce
from pathlib import Path

import pandas as pd

from itpbook import project
from itpbook.records.cohort import cohort_of, load_cohort, write_cohort

Tables = dict[str, pd.DataFrame]


def only(patients: list[str]) -> Callable[[Tables], Tables]:
    """Return what keeps these patients alone."""
    return lambda tables: {name: table[table["patient_id"].isin(patients)] for name, table in tables.items()}


def fourteen(tables: Tables) -> Tables:
    """Keep the first fourteen patients."""
    return only(sorted(tables["patients"]["patient_id"])[:14])(tables)


def three_hundred(tables: Tables) -> Tables:
    """Repeat the patients under other names until there are three hundred."""
    names = sorted(tables["patients"]["patient_id"])
    again = {f"{name}-{turn}": name for turn in range(1, 11) for name in names}
    chosen = pd.DataFrame({"again": list(again)[:300], "patient_id": list(again.values())[:300]})
    return {
        name: table.merge(chosen, on="patient_id").assign(patient_id=lambda all_: all_["again"]).drop(columns="again")
        for name, table in tables.items()
    }


def nobody_eligible(tables: Tables) -> Tables:
    """Take away what had failed before: earlier rituximab and earlier TPO receptor agonists."""
    treatments = tables["treatments"]
    failed = treatments["role"].eq("prior") & treatments["agent"].isin(["rituximab", "eltrombopag", "romiplostim"])
    return {**tables, "treatments": treatments[~failed]}


def no_earlier_immunosuppressant(tables: Tables) -> Tables:
    """Take away the earlier immunosuppressants."""
    treatments = tables["treatments"]
    earlier = treatments["role"].eq("prior") & treatments["drug_class"].eq("immunosuppressant")
    return {**tables, "treatments": treatments[~earlier]}


def nothing_earlier(tables: Tables) -> Tables:
    """Take away every earlier line, so that nobody was ever treated before."""
    patients = tables["patients"].assign(
        splenectomy="refused", splenectomy_reason="refusal", corticosteroid_refractory=False
    )
    treatments = tables["treatments"]
    return {**tables, "patients": patients, "treatments": treatments[treatments["role"].ne("prior")]}


def no_responder(tables: Tables) -> Tables:
    """Leave every count below the level of a response."""
    platelets = tables["platelets"]
    return {**tables, "platelets": platelets.assign(count=platelets["count"].clip(upper=20.0))}


def all_respond(tables: Tables) -> Tables:
    """Raise every count after the first weeks to a complete response."""
    platelets = tables["platelets"]
    return {
        **tables,
        "platelets": platelets.assign(count=platelets["count"].where(platelets["day"].lt(14), 180.0)),
    }


def no_event(tables: Tables) -> Tables:
    """Take away the adverse events."""
    return {**tables, "adverse_events": tables["adverse_events"].iloc[:0]}


def all_primary(tables: Tables) -> Tables:
    """Make every ITP a primary one."""
    return {**tables, "patients": tables["patients"].assign(itp_type="primary")}


def as_little_as_allowed(tables: Tables) -> Tables:
    """Leave empty what may be empty: ends, regimens, counts but a single one, the column that no hospital has."""
    treatments = tables["treatments"].assign(end_day=pd.NA)
    beside = treatments["role"].eq("concomitant") & treatments["agent"].eq("corticosteroids")
    return {
        "patients": tables["patients"].drop(columns="corticosteroid_free_inferred"),
        "treatments": treatments.assign(regimen=treatments["regimen"].where(beside)),
        "platelets": tables["platelets"].iloc[:1],
        "adverse_events": tables["adverse_events"],
    }


def in_turn(*changes: Callable[[Tables], Tables]) -> Callable[[Tables], Tables]:
    """Return what makes several changes, one after the other."""
    return lambda tables: reduce(lambda changed, change: change(changed), changes, tables)


COHORTS: Mapping[str, Callable[[Tables], Tables]] = {
    "one patient": only(["SYN-01"]),
    "fourteen": fourteen,
    "three hundred": three_hundred,
    "nobody eligible": nobody_eligible,
    "no earlier immunosuppressant": no_earlier_immunosuppressant,
    "nothing earlier": nothing_earlier,
    "no responder": no_responder,
    "all respond": all_respond,
    "no event": no_event,
    "all primary": all_primary,
    "as little as allowed": as_little_as_allowed,
}
"""Each with one change."""

TOGETHER: Mapping[str, Callable[[Tables], Tables]] = {
    **{name: COHORTS[name] for name in ("one patient", "as little as allowed")},
    "fourteen, of whom all respond": in_turn(fourteen, all_respond),
    "three hundred, nobody eligible, none with an earlier immunosuppressant, all respond": in_turn(
        nobody_eligible, no_earlier_immunosuppressant, all_respond, three_hundred
    ),
    "nothing earlier, no responder, no event, all primary": in_turn(
        nothing_earlier, no_responder, no_event, all_primary
    ),
}
"""The same in fewer sets, for whoever executes the chapters on each: that takes seconds."""


@cache
def _shipped() -> Tables:
    return dict(load_cohort(project.COHORT).tables)


def other_records(name: str, folder: Path) -> Path:
    """Write the records of that name as those of real patients would be: without the mark of synthetic ones."""
    tables = {**COHORTS, **TOGETHER}[name](_shipped())
    real = {
        table: rows.assign(patient_id=rows["patient_id"].str.replace("SYN-", "C-")).reset_index(drop=True)
        for table, rows in tables.items()
    }
    real["patients"] = real["patients"].drop(columns="corticosteroid_free_inferred", errors="ignore")
    write_cohort(cohort_of(real), folder)
    return folder
