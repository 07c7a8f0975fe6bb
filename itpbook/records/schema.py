"""The record format: four tables, and what each of their columns holds. The data dictionary is generated from it.

Days count from the start of the combination (day 0); platelet counts are in 10^9/L. Rules across columns and
tables are in :mod:`itpbook.records.consistency`, what is possible but unlikely in
:mod:`itpbook.records.plausibility`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

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


@dataclass(frozen=True)
class ColumnRules:
    """What a column of a table holds.

    Attributes
    ----------
    kind
        What its cells are; ``text`` without a list of ``choices`` is one line (:data:`ONE_LINE`).
    title, description
        For the data dictionary.
    choices
        The texts that it may hold, where there is a list.
    limits
        The lowest and highest number that it may hold, both included.
    unit
        Of its numbers; empty for texts.
    nullable, required, unique
        Whether a cell may be empty, whether the column must be there, and whether each value may occur but once.
    inferred
        Whether no hospital records it: only records that were reconstructed from a ledger have it.
    """

    kind: Kind
    title: str
    description: str
    choices: tuple[str, ...] = ()
    limits: tuple[int, int] | None = None
    unit: str = ""
    nullable: bool = False
    required: bool = True
    unique: bool = False
    inferred: bool = False

    @property
    def is_day(self) -> bool:
        """Whether it counts days from day 0."""
        return self.unit == "days"

    @property
    def listed(self) -> tuple[str, ...]:
        """All that may be typed into a cell, true and false among it; empty where that is no list."""
        return ("true", "false") if self.kind == "true or false" else self.choices


@dataclass(frozen=True)
class RecordTable:
    """What a row of a table is, and its columns in their order."""

    meaning: str
    columns: Mapping[str, ColumnRules]


def _text(title: str, description: str, **rules: Any) -> ColumnRules:
    return ColumnRules("text", title, description, **rules)


def _choice(title: str, description: str, *choices: str, **rules: Any) -> ColumnRules:
    return ColumnRules("text", title, description, choices, **rules)


def _truth(title: str, description: str, **rules: Any) -> ColumnRules:
    return ColumnRules("true or false", title, description, **rules)


def _day(title: str, description: str, first: int = -LIFETIME, last: int = LIFETIME, **rules: Any) -> ColumnRules:
    return ColumnRules("whole number", title, description, limits=(first, last), unit="days", **rules)


_PATIENTS = {
    "patient_id": _text(
        "Patient",
        "Identifier that says nothing about the person. Those of synthetic patients begin with SYN-.",
        unique=True,
    ),
    "centre": _text("Centre", "Hospital or department that treated the patient."),
    "sex": _choice("Sex", "As entered in the hospital's record.", "female", "male"),
    "age_years": ColumnRules("whole number", "Age", "Completed years on day 0.", limits=(18, OLDEST), unit="years"),
    "diagnosis_day": _day(
        "Diagnosis", "Day on which ITP was diagnosed, counted back from day 0 and so below zero.", last=-1
    ),
    "itp_type": _choice(
        "Type of ITP",
        "Primary, or what the ITP is secondary to.",
        *("primary", "evans", "sle_aps", "primary_aps", "waldenstrom", "other_secondary"),
    ),
    "mgus": _truth("Gammopathy", "Monoclonal gammopathy of undetermined significance is known."),
    "ana_positive": _truth(
        "Antinuclear antibodies", "Titre above that of the definitions, without an established autoimmune disease."
    ),
    "bleeding_at_baseline": _truth("Bleeding", "Any bleeding when the combination was started."),
    "corticosteroid_refractory": _truth("Refractory", "Corticosteroids brought no response."),
    "splenectomy": _choice(
        "Splenectomy",
        "Whether the spleen was removed before day 0; if so, the table of treatments holds the operation.",
        *("performed", "contraindicated", "refused"),
    ),
    "splenectomy_reason": _choice(
        "Reason against splenectomy",
        "Given exactly when it was not performed.",
        *("age_comorbidity", "aps", "refusal", "other"),
        nullable=True,
    ),
    "last_followup_day": _day("Last follow-up", "Day of the last contact, or of death.", first=0),
    "died": _truth("Died", "The patient had died by the last follow-up."),
    "death_cause": _text("Cause of death", "Given exactly when the patient died.", nullable=True),
    "corticosteroid_free_inferred": _truth(
        "Set without corticosteroids",
        "No hospital recorded it: it marks the patients from whom two published percentages must come.",
        required=False,
        inferred=True,
    ),
}
_TREATMENTS = {
    "patient_id": _text("Patient", "A patient of the table of patients."),
    "agent": _choice("Agent", "Drug or procedure.", *DRUG_CLASSES),
    "drug_class": _choice("Class", "Class of the agent; each agent has one.", *dict.fromkeys(DRUG_CLASSES.values())),
    "role": _choice(
        "Role",
        "Earlier line (prior), one of the two drugs under study (combination), given beside them "
        "(concomitant), or given because they did not hold (rescue). Every patient has one TPO receptor "
        "agonist and one immunosuppressant as combination; a later switch of agent or dose is a further course "
        "that begins when the one before ends.",
        *("prior", "combination", "concomitant", "rescue"),
    ),
    "start_day": _day(
        "Start",
        "Day on which it was started: before day 0 for an earlier line, on day 0 for the later drug of a combination.",
    ),
    "end_day": _day(
        "End",
        "Day on which it was stopped; missing while the course was going on at the last follow-up.",
        nullable=True,
    ),
    "regimen": _text(
        "Regimen",
        f"Dose or scheme; for corticosteroids beside the combination {' or '.join(CORTICOSTEROID_REGIMENS)}.",
        nullable=True,
    ),
    "at_maximal_dose": _truth(
        "Maximal dose",
        "For TPO receptor agonists only, and always for earlier ones: the highest approved dose was reached.",
        nullable=True,
    ),
    "response": _choice(
        "Recorded response",
        "For earlier lines only, and always there: what the centre noted (lost: a response did not last). "
        "Responses to the combination are never recorded but derived from the counts.",
        *("CR", "R", "none", "lost"),
        nullable=True,
    ),
}
_PLATELETS = {
    "patient_id": _text("Patient", "A patient of the table of patients."),
    "day": _day("Day", "Day of the blood sample, not after the last follow-up."),
    "count": ColumnRules(
        "number",
        "Platelet count",
        f"As measured. A count of {UNUSUAL_COUNT} or more is possible but should be looked at again; one above the "
        "highest allowed is a count per microlitre.",
        limits=(0, HIGHEST_COUNT),
        unit="10^9/L",
    ),
    "bleeding": _truth("Bleeding", "Any bleeding at that visit.", required=False),
}
_ADVERSE_EVENTS = {
    "patient_id": _text("Patient", "A patient of the table of patients."),
    "day": _day("Day", "Day on which the event began, not after the last follow-up.", first=0),
    "term": _text("Event", "Plain name of the event."),
    "category": _choice("Category", "Kind of event.", *CATEGORIES),
    "severe": _truth("Severe", "The centre judged it severe."),
    "related": _truth("Related", "It may have been due to the treatment."),
}

TABLES: Mapping[str, RecordTable] = MappingProxyType(
    {
        "patients": RecordTable("One row per patient.", _PATIENTS),
        "treatments": RecordTable("One row per course of a drug, or per procedure.", _TREATMENTS),
        "platelets": RecordTable("One row per platelet count, at most one a day for each patient.", _PLATELETS),
        "adverse_events": RecordTable("One row per adverse event; the table may be empty.", _ADVERSE_EVENTS),
    }
)
"""The tables by name; each lies in a file of that name (CSV or Parquet), or in a sheet of it in a workbook."""

MAY_BE_EMPTY = frozenset({"adverse_events"})


def columns_of(table: str) -> Mapping[str, ColumnRules]:
    """Return the columns of a table in their order, each with its rules."""
    return TABLES[table].columns


def asked_columns(table: str) -> Mapping[str, ColumnRules]:
    """Return the columns that a centre is asked for: all but those that no hospital records."""
    return {name: rules for name, rules in columns_of(table).items() if not rules.inferred}
