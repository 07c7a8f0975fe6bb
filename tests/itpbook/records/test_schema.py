"""Guards the record format itself: what the columns are, and that each is explained."""

from __future__ import annotations

from typing import Any

import pytest
from records import problems_of_tables, small_cohort_tables

from itpbook.records.cohort import cohort_of
from itpbook.records.schema import DRUG_CLASSES, TABLES, columns_of

OPTIONAL = {("patients", "corticosteroid_free_inferred"), ("platelets", "bleeding")}
NULLABLE = {"splenectomy_reason", "death_cause", "end_day", "regimen", "at_maximal_dose", "response"}
COLUMNS = [(table, column) for table in TABLES for column in columns_of(table)]


def test_tables_have_the_columns_of_the_record_form_in_order() -> None:
    for name, table in small_cohort_tables().items():
        required = [column for column in columns_of(name) if (name, column) not in OPTIONAL]
        assert [column for column in table if column != "bleeding"] == required


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_every_column_has_a_title_and_a_description(table: str, column: str) -> None:
    rules = columns_of(table)[column]
    assert rules.title
    assert rules.description.endswith(".")


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_only_the_agreed_columns_are_optional_or_may_be_missing(table: str, column: str) -> None:
    rules = columns_of(table)[column]
    assert rules.required == ((table, column) not in OPTIONAL)
    assert rules.nullable == (column in NULLABLE)


def test_numbers_have_limits_and_units() -> None:
    numeric = [columns_of(table)[column] for table, column in COLUMNS]
    numeric = [rules for rules in numeric if rules.kind in ("number", "whole number")]
    assert len(numeric) == 8
    assert all(rules.limits and rules.unit for rules in numeric)
    assert columns_of("patients")["age_years"].limits == (18, 110)


def test_only_the_inferred_column_says_so() -> None:
    inferred = [column for table, column in COLUMNS if columns_of(table)[column].inferred]
    assert inferred == ["corticosteroid_free_inferred"]


def test_each_agent_has_a_class_that_the_table_allows() -> None:
    treatments = columns_of("treatments")
    assert treatments["agent"].choices == tuple(DRUG_CLASSES)
    assert set(treatments["drug_class"].choices) == set(DRUG_CLASSES.values())
    immunosuppressants = {agent for agent, drug_class in DRUG_CLASSES.items() if drug_class == "immunosuppressant"}
    assert immunosuppressants == {
        "mycophenolate",
        "azathioprine",
        "cyclophosphamide",
        "ciclosporin",
        "everolimus",
    }


@pytest.mark.parametrize(
    ("table", "change", "failed"),
    [
        ("patients", {"sex": "Female"}, "sex"),
        ("patients", {"age_years": 17}, "age_years"),
        ("patients", {"diagnosis_day": 0}, "diagnosis_day"),
        ("patients", {"patient_id": "P1"}, "patient_id"),
        ("patients", {"centre": " A"}, "centre"),
        ("platelets", {"count": -1.0}, "count"),
        ("platelets", {"day": 1}, "day"),
        ("treatments", {"agent": "aspirin"}, "agent"),
        ("adverse_events", {"severe": 1}, "severe"),
    ],
)
def test_typed_tables_are_refused_for_what_a_table_must_not_hold(
    table: str, change: dict[str, Any], failed: str
) -> None:
    tables = dict(cohort_of(small_cohort_tables()).tables)
    assert problems_of_tables(tables) == []
    tables[table] = tables[table].assign(**change)
    assert (f"{table}.csv", failed) in {(problem.file, problem.column) for problem in problems_of_tables(tables)}


@pytest.mark.parametrize("table", TABLES)
def test_typed_tables_are_refused_for_columns_that_the_schema_does_not_know(table: str) -> None:
    tables = dict(cohort_of(small_cohort_tables()).tables)
    tables[table] = tables[table].assign(extra=1)
    assert [problem.column for problem in problems_of_tables(tables)] == ["extra"]
