"""The record format: four tables, each a pandera model. The data dictionary is generated from these models.

Days count from the start of the combination (day 0); platelet counts are in 10^9/L. Rules across columns and
tables are in :mod:`itpbook.records.consistency`, what is possible but unlikely in
:mod:`itpbook.records.plausibility`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from implied.files.characters import HIDDEN

DRUG_CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "corticosteroids": "corticosteroid",
        "ivig": "immunoglobulin",
        "anti_d": "immunoglobulin",
        "rituximab": "anti_cd20",
        "splenectomy": "surgery",
        "eltrombopag": "tpo_ra",
        "romiplostim": "tpo_ra",
        "mycophenolate": "immunosuppressant",
        "azathioprine": "immunosuppressant",
        "cyclophosphamide": "immunosuppressant",
        "ciclosporin": "immunosuppressant",
        "everolimus": "immunosuppressant",
        "hydroxychloroquine": "antimalarial",
        "dapsone": "other",
        "danazol": "other",
        "vincristine": "other",
        "other": "other",
    }
)
"""Each agent, and the class it belongs to."""

ITP_TYPES = ("primary", "evans", "sle_aps", "primary_aps", "waldenstrom", "other_secondary")
ROLES = ("prior", "combination", "concomitant", "rescue")
RESPONSES = ("CR", "R", "none", "lost")
CATEGORIES = (
    "thromboembolic",
    "infection",
    "bleeding",
    "hepatic",
    "gastrointestinal",
    "haematological",
    "metabolic",
    "neurological",
    "other",
)
CORTICOSTEROID_REGIMENS = ("short_high_dose", "long_low_dose")
"""How corticosteroids are given beside the combination."""

OLDEST = 110
"""Years."""
LIFETIME = int(OLDEST * 365.25)
"""Days in the longest life; a day beyond it is a date in disguise (20200131, or a spreadsheet's 44000)."""
HIGHEST_COUNT = 3000
"""10^9/L; no platelets under treatment were ever more: what lies above is a count per microlitre or a slip."""

# From here on possible, but so unlikely that the centre should look again: warnings, no errors.
UNUSUAL_COUNT = 2000
"""10^9/L, this count included; a count per microlitre of a patient with severe ITP would look the same."""
STEEP_RISE = 500
"""10^9/L a day: platelets do not rise faster, neither by transfusion nor by a rebound."""
UNUSUAL_AGE = 100
"""Years, beyond which an age is unlikely."""
LONG_COURSE = 30 * 365
"""Days of one course of treatment; longer than most of the drugs exist."""
LONG_FOLLOWUP = 40 * 365
"""Days after day 0; longer than any of the combinations exists."""
LONG_HIGH_DOSE = 90
"""Days of corticosteroids at a high dose that the regimen calls short."""

Kind = Literal["text", "whole number", "number", "true or false"]

ONE_LINE = re.compile(rf"^(?!\s)[^{HIDDEN}]+(?<!\s)\Z")
"""Text on one line that neither begins nor ends with a space, every character of which can be seen."""


def _field(title: str, description: str, *, unit: str | None = None, inferred: bool = False, **rules: Any) -> Any:
    return pa.Field(title=title, description=description, metadata={"unit": unit, "inferred": inferred}, **rules)


def _text(title: str, description: str, **rules: Any) -> Any:
    return _field(title, description, str_matches=ONE_LINE, **rules)


def _day(title: str, description: str, *, first: int = -LIFETIME, last: int = LIFETIME, **rules: Any) -> Any:
    return _field(title, description, unit="days", ge=first, le=last, **rules)


class _Table(pa.DataFrameModel):
    class Config:
        strict = True
        coerce = False


class Patients(_Table):
    """One row per patient."""

    patient_id: Series[str] = _text(
        "Patient",
        "Identifier that says nothing about the person. Those of synthetic patients begin with SYN-.",
        unique=True,
    )
    centre: Series[str] = _text("Centre", "Hospital or department that treated the patient.")
    sex: Series[str] = _field("Sex", "As entered in the hospital's record.", isin=["female", "male"])
    age_years: Series[int] = _field("Age", "Completed years on day 0.", unit="years", ge=18, le=OLDEST)
    diagnosis_day: Series[int] = _day(
        "Diagnosis", "Day on which ITP was diagnosed, counted back from day 0 and so below zero.", last=-1
    )
    itp_type: Series[str] = _field("Type of ITP", "Primary, or what the ITP is secondary to.", isin=list(ITP_TYPES))
    mgus: Series[bool] = _field("Gammopathy", "Monoclonal gammopathy of undetermined significance is known.")
    ana_positive: Series[bool] = _field(
        "Antinuclear antibodies",
        "Titre above that of the definitions, without an established autoimmune disease.",
    )
    bleeding_at_baseline: Series[bool] = _field("Bleeding", "Any bleeding when the combination was started.")
    corticosteroid_refractory: Series[bool] = _field("Refractory", "Corticosteroids brought no response.")
    splenectomy: Series[str] = _field(
        "Splenectomy",
        "Whether the spleen was removed before day 0; if so, the table of treatments holds the operation.",
        isin=["performed", "contraindicated", "refused"],
    )
    splenectomy_reason: Series[str] = _field(
        "Reason against splenectomy",
        "Given exactly when it was not performed.",
        nullable=True,
        isin=["age_comorbidity", "aps", "refusal", "other"],
    )
    last_followup_day: Series[int] = _day("Last follow-up", "Day of the last contact, or of death.", first=0)
    died: Series[bool] = _field("Died", "The patient had died by the last follow-up.")
    death_cause: Series[str] = _text("Cause of death", "Given exactly when the patient died.", nullable=True)
    corticosteroid_free_inferred: Series[bool] | None = _field(
        "Set without corticosteroids",
        "No hospital recorded it: it marks the patients from whom two published percentages must come.",
        inferred=True,
    )


class Treatments(_Table):
    """One row per course of a drug, or per procedure."""

    patient_id: Series[str] = _text("Patient", "A patient of the table of patients.")
    agent: Series[str] = _field("Agent", "Drug or procedure.", isin=list(DRUG_CLASSES))
    drug_class: Series[str] = _field(
        "Class", "Class of the agent; each agent has one.", isin=list(dict.fromkeys(DRUG_CLASSES.values()))
    )
    role: Series[str] = _field(
        "Role",
        "Earlier line (prior), one of the two drugs under study (combination), given beside them "
        "(concomitant), or given because they did not hold (rescue). Every patient has one TPO receptor "
        "agonist and one immunosuppressant as combination; a later switch of agent or dose is a further course "
        "that begins when the one before ends.",
        isin=list(ROLES),
    )
    start_day: Series[int] = _day(
        "Start",
        "Day on which it was started: before day 0 for an earlier line, on day 0 for the later drug of a combination.",
    )
    end_day: Series[pd.Int64Dtype] = _day(
        "End",
        "Day on which it was stopped; missing while the course was going on at the last follow-up.",
        nullable=True,
    )
    regimen: Series[str] = _text(
        "Regimen",
        f"Dose or scheme; for corticosteroids beside the combination {' or '.join(CORTICOSTEROID_REGIMENS)}.",
        nullable=True,
    )
    at_maximal_dose: Series[pd.BooleanDtype] = _field(
        "Maximal dose",
        "For TPO receptor agonists only, and always for earlier ones: the highest approved dose was reached.",
        nullable=True,
    )
    response: Series[str] = _field(
        "Recorded response",
        "For earlier lines only, and always there: what the centre noted (lost: a response did not last). "
        "Responses to the combination are never recorded but derived from the counts.",
        nullable=True,
        isin=list(RESPONSES),
    )


class Platelets(_Table):
    """One row per platelet count, at most one a day for each patient."""

    patient_id: Series[str] = _text("Patient", "A patient of the table of patients.")
    day: Series[int] = _day("Day", "Day of the blood sample, not after the last follow-up.")
    count: Series[float] = _field(
        "Platelet count",
        f"As measured. A count of {UNUSUAL_COUNT} or more is possible but should be looked at again; one above the "
        "highest allowed is a count per microlitre.",
        unit="10^9/L",
        ge=0,
        le=HIGHEST_COUNT,
    )
    bleeding: Series[bool] | None = _field("Bleeding", "Any bleeding at that visit.")

    class Config(_Table.Config):
        """What holds for the table as a whole."""

        unique = ("patient_id", "day")


class AdverseEvents(_Table):
    """One row per adverse event; the table may be empty."""

    patient_id: Series[str] = _text("Patient", "A patient of the table of patients.")
    day: Series[int] = _day("Day", "Day on which the event began, not after the last follow-up.", first=0)
    term: Series[str] = _text("Event", "Plain name of the event.")
    category: Series[str] = _field("Category", "Kind of event.", isin=list(CATEGORIES))
    severe: Series[bool] = _field("Severe", "The centre judged it severe.")
    related: Series[bool] = _field("Related", "It may have been due to the treatment.")


TABLES: Mapping[str, type[pa.DataFrameModel]] = MappingProxyType(
    {"patients": Patients, "treatments": Treatments, "platelets": Platelets, "adverse_events": AdverseEvents}
)
"""The tables by name; each lies in a file of that name (CSV or Parquet), or in a sheet of it in a workbook."""

MAY_BE_EMPTY = frozenset({"adverse_events"})


def columns_of(table: str) -> Mapping[str, pa.Column]:
    """Return the columns of a table in their order, each with its rules."""
    return TABLES[table].to_schema().columns


def asked_columns(table: str) -> Mapping[str, pa.Column]:
    """Return the columns that a centre is asked for: all but those that no hospital records."""
    return {name: rules for name, rules in columns_of(table).items() if not is_inferred(rules)}


def is_inferred(rules: pa.Column) -> bool:
    """Return whether no hospital records a column: only records that were reconstructed from a ledger have it."""
    return bool(rules.metadata["inferred"])


def unit(rules: pa.Column) -> str:
    """Return the unit of a column, empty without one."""
    return rules.metadata["unit"] or ""


def kind(rules: pa.Column) -> Kind:
    """Say what the cells of a column are."""
    name = str(rules.dtype).lower()
    if name.startswith("bool"):
        return "true or false"
    if name.startswith("int"):
        return "whole number"
    return "number" if name.startswith("float") else "text"


def choices(rules: pa.Column) -> tuple[str, ...]:
    """Return the list of texts that a column may hold; empty when there is no list."""
    return tuple(value for check in rules.checks for value in check.statistics.get("allowed_values", ()))


def listed_values(rules: pa.Column) -> tuple[str, ...]:
    """Return all that may be typed into a column, true and false among it; empty where that is no list."""
    return ("true", "false") if kind(rules) == "true or false" else choices(rules)


def limits(rules: pa.Column) -> tuple[int, int] | None:
    """Return the lowest and highest number that a column may hold, both included."""
    bounds = {name: limit for check in rules.checks for name, limit in check.statistics.items()}
    return (bounds["min_value"], bounds["max_value"]) if "min_value" in bounds else None
