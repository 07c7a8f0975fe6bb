"""Guards the data dictionary: complete, and nothing in it that the schema does not say."""

from __future__ import annotations

import pytest

from itpbook.records.data_dictionary import (
    COLUMNS,
    dictionary_markdown,
    dictionary_table,
    drug_class_table,
    table_meaning,
)
from itpbook.records.schema import DRUG_CLASSES, TABLES, columns_of


@pytest.mark.parametrize("table", TABLES)
def test_each_column_of_the_schema_has_its_row(table: str) -> None:
    dictionary = dictionary_table(table)
    assert tuple(dictionary.columns) == COLUMNS
    assert dictionary["column"].tolist() == list(columns_of(table))
    assert dictionary.map(lambda cell: isinstance(cell, str)).all(axis=None)
    assert (dictionary.drop(columns="unit") != "").all(axis=None)


@pytest.mark.parametrize(
    ("table", "column", "told"),
    [
        ("patients", "patient_id", ["text", "", "any, each once", "not allowed"]),
        ("patients", "sex", ["text", "", "female, male", "not allowed"]),
        ("patients", "age_years", ["whole number", "years", "18 to 110", "not allowed"]),
        ("patients", "mgus", ["true or false", "", "true, false", "not allowed"]),
        ("patients", "death_cause", ["text", "", "any", "allowed"]),
        ("patients", "diagnosis_day", ["whole number", "days", "-40177 to -1", "not allowed"]),
        ("treatments", "end_day", ["whole number", "days", "-40177 to 40177", "allowed"]),
        ("treatments", "response", ["text", "", "CR, R, none, lost", "allowed"]),
        ("platelets", "count", ["number", "10^9/L", "0 to 3000", "not allowed"]),
        ("platelets", "bleeding", ["true or false", "", "true, false", "column may be left out"]),
    ],
)
def test_what_is_told_of_a_column(table: str, column: str, told: list[str]) -> None:
    rules = columns_of(table)[column]
    (row,) = [row for row in dictionary_table(table).to_numpy().tolist() if row[0] == column]
    assert row == [column, *told, f"{rules.title}. {rules.description}"]


def test_the_inferred_column_is_called_inferred_and_no_other_is() -> None:
    for name in TABLES:
        told = dictionary_table(name)
        inferred = told.loc[told["meaning"].str.contains("Inferred, not recorded"), "column"].tolist()
        assert inferred == (["corticosteroid_free_inferred"] if name == "patients" else [])


def test_unknown_table_is_refused() -> None:
    with pytest.raises(
        ValueError, match="no table 'visits'; there are patients, treatments, platelets, adverse_events"
    ):
        dictionary_table("visits")


def test_markdown_has_a_section_per_table_and_a_line_per_column() -> None:
    lines = dictionary_markdown().splitlines()
    assert [line for line in lines if line.startswith("## ")] == [
        *(f"## {name}.csv" for name in TABLES),
        "## Agents and their classes",
    ]
    for name in TABLES:
        assert table_meaning(name) in lines
        for column in columns_of(name):
            assert sum(line.startswith(f"| {column} |") for line in lines) >= 1
    widths = {line.count("|") for line in lines if line.startswith("|")}
    assert widths == {len(COLUMNS) + 1, 3}


def test_agents_are_listed_with_their_classes() -> None:
    assert dict(drug_class_table().itertuples(index=False)) == dict(DRUG_CLASSES)
