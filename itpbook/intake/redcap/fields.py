"""The fields of a REDCap project that holds the records: one or more for each column of the schema.

REDCap asks for dates, since that is what a hospital knows; the importer turns them into days from day 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from itpbook.records.schema import (
    CORTICOSTEROID_REGIMENS,
    DRUG_CLASSES,
    TABLES,
    ColumnRules,
    asked_columns,
    columns_of,
)

Target = tuple[str, str]
"""A table and one of its columns."""
Shape = Literal["text", "date", "whole number", "number", "yes or no", "choice"]

RECORD = "record_id"
DAY_ZERO = "combination_start_date"
DERIVED = frozenset({("treatments", "drug_class")})
"""Columns that follow from others and are not asked for."""
REPEATING = tuple(name for name in TABLES if name != "patients")
"""Forms that are filled in as often as there are rows."""
UNITS = MappingProxyType({"10^9/L": 1, "per_microlitre": 1000})
"""Units of counts, each with how many of it make one of the schema's."""

_PREFIXES = {"patients": "", "treatments": "trt_", "platelets": "plt_", "adverse_events": "ae_"}
_NAMES = {("treatments", "at_maximal_dose"): "trt_maximal_dose"}
_WHERE_SHOWN = ("splenectomy_reason", "death_cause", "response")
"""Columns with a value in every row that asks for them."""
_STEROID_REGIMEN = "trt_steroid_regimen"


class UnreadableCell(ValueError):
    """A cell of an export that is no value of its column; the message says what was expected."""


@dataclass(frozen=True)
class ProjectField:
    """A field of the project.

    Attributes
    ----------
    name, form
        Valid for REDCap: lower case, at most 26 characters, each name once in the project.
    target
        The table and the column that it fills; None for what the importer needs besides.
    shape
        What it holds.
    codes
        The raw code of each choice, and the value of the schema that it stands for.
    shown_if
        REDCap's branching logic; empty where the field is always asked.
    required
        Whether a row cannot do without it.
    """

    name: str
    form: str
    target: Target | None
    shape: Shape
    codes: Mapping[str, str]
    shown_if: str = ""
    required: bool = True


def project_fields() -> tuple[ProjectField, ...]:
    """Return the fields of the project in the order of its forms, the record's identifier first."""
    fields = [ProjectField(RECORD, "patients", None, "text", {})]
    for table in TABLES:
        for column, rules in asked_columns(table).items():
            if column != "patient_id" and (table, column) not in DERIVED:
                fields.append(_field(table, column, rules))
            if (table, column) == ("treatments", "regimen"):
                fields.append(_steroid_regimen())
            if (table, column) == ("patients", "age_years"):
                fields.append(ProjectField(DAY_ZERO, "patients", None, "date", {}))
    return tuple(fields)


def fields_by_target() -> dict[Target, tuple[str, ...]]:
    """Return the names of the project's fields that fill each column."""
    names: dict[Target, tuple[str, ...]] = {}
    for field in project_fields():
        if field.target is not None:
            names[field.target] = (*names.get(field.target, ()), field.name)
    return names


def shape_of(table: str, column: str) -> Shape:
    """Say what a field must hold to fill a column."""
    rules = columns_of(table)[column]
    if rules.is_day:
        return "date"
    if rules.choices:
        return "choice"
    return "yes or no" if rules.kind == "true or false" else rules.kind


def coded(values: tuple[str, ...]) -> dict[str, str]:
    """Number the values of a list from 1: the raw codes of the project."""
    return {str(code): value for code, value in enumerate(values, start=1)}


def _field(table: str, column: str, rules: ColumnRules) -> ProjectField:
    shape = shape_of(table, column)
    codes = {"yes or no": {"1": "true", "0": "false"}, "choice": coded(rules.choices)}.get(shape, {})
    # diagnosis_day is asked for as diagnosis_date, day as date.
    plain = re.sub(r"day$", "date", column) if shape == "date" else column
    name = _NAMES.get((table, column), _PREFIXES[table] + plain)
    asked_if = _shown_if().get((table, column), "")
    required = rules.required and (not rules.nullable or column in _WHERE_SHOWN)
    return ProjectField(name, table, (table, column), shape, codes, asked_if, required)


def _steroid_regimen() -> ProjectField:
    codes = coded(CORTICOSTEROID_REGIMENS)
    shown = f"{_is('treatments', 'agent', 'corticosteroids')} and {_is('treatments', 'role', 'concomitant')}"
    return ProjectField(
        _STEROID_REGIMEN, "treatments", ("treatments", "regimen"), "choice", codes, shown, required=False
    )


def _shown_if() -> dict[Target, str]:
    """Return the branching logic of fields that have a condition: the schema's rules on missing cells."""
    agonists = [agent for agent, drug_class in DRUG_CLASSES.items() if drug_class == "tpo_ra"]
    steroids = _is("treatments", "agent", "corticosteroids", negated=True)
    beside = _is("treatments", "role", "concomitant", negated=True)
    not_performed = [_is("patients", "splenectomy", value) for value in ("contraindicated", "refused")]
    return {
        ("patients", "splenectomy_reason"): " or ".join(not_performed),
        ("patients", "death_cause"): "[died] = '1'",
        ("treatments", "regimen"): f"{steroids} or {beside}",
        ("treatments", "at_maximal_dose"): " or ".join(_is("treatments", "agent", agent) for agent in agonists),
        ("treatments", "response"): _is("treatments", "role", "prior"),
    }


def _is(table: str, column: str, value: str, *, negated: bool = False) -> str:
    code = columns_of(table)[column].choices.index(value) + 1
    return f"[{_PREFIXES[table]}{column}] {'<>' if negated else '='} '{code}'"
