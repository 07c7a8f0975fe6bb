"""Guards what a cohort refuses, how it says so, and that records come back as they were written."""

from __future__ import annotations

import hashlib
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records import (
    Tables,
    Told,
    altered,
    edit,
    problems_of_tables,
    small_cohort_files,
    small_cohort_tables,
    told,
    with_row,
    without,
    write_files,
)

from implied.files.characters import hidden_in
from itpbook import project
from itpbook.records import delimited
from itpbook.records.cohort import (
    Cohort,
    InvalidRecords,
    Problem,
    cohort_of,
    load_cohort,
    problems_table,
    write_cohort,
)
from itpbook.records.delimited import plain_table, table_of_lines
from itpbook.records.problems import LISTED, Problems, Remedy, count_of
from itpbook.records.schema import TABLES, columns_of

DAYS = "a whole number of days from -40177 to 40177"
LATER_DAYS = "a whole number of days from 0 to 40177"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_cohort_files(tmp_path / "records")


def problems_of(folder: Path) -> list[Told]:
    with pytest.raises(InvalidRecords) as refused:
        load_cohort(folder)
    return told(refused.value.problems)


def checked(tables: Tables) -> list[Told]:
    return told(problems_of_tables(tables))


# What is sound


def test_the_small_cohort_is_sound(folder: Path) -> None:
    cohort = load_cohort(folder)
    assert len(cohort) == 3
    assert cohort.source == folder
    assert not cohort.synthetic
    assert checked(small_cohort_tables()) == []


def test_loaded_tables_hold_what_the_schema_allows_and_nothing_else(folder: Path) -> None:
    types = {"whole number": np.integer | int, "number": np.floating | float, "true or false": np.bool_ | bool}
    for name, table in load_cohort(folder).tables.items():
        assert [column for column in columns_of(name) if column in table] == list(table)
        for column, rules in columns_of(name).items():
            values = table[column].dropna().tolist() if column in table else []
            assert all(isinstance(value, types.get(rules.kind, str)) for value in values)
            assert set(values) <= set(rules.choices or values)
            assert rules.limits is None or all(rules.limits[0] <= value <= rules.limits[1] for value in values)
            assert len(set(values)) == len(values) or not rules.unique
            assert column in table or not rules.required
            assert rules.nullable or len(values) in (0, len(table))


def test_shipped_records_are_sound_synthetic_and_written_canonically(tmp_path: Path) -> None:
    cohort = load_cohort(project.COHORT)
    assert cohort.synthetic
    write_cohort(cohort, tmp_path)
    for name in TABLES:
        assert (tmp_path / f"{name}.csv").read_bytes() == (project.COHORT / f"{name}.csv").read_bytes()


def test_loaded_columns_have_the_types_that_derivation_relies_on(folder: Path) -> None:
    cohort = load_cohort(folder)
    patients, treatments = cohort.patients.dtypes, cohort.treatments.dtypes
    assert patients["age_years"] == patients["diagnosis_day"] == patients["last_followup_day"] == np.int64
    assert patients["mgus"] == patients["died"] == np.bool_
    assert patients["patient_id"] == patients["death_cause"] == np.object_
    assert treatments["start_day"] == np.int64
    assert treatments["end_day"] == pd.Int64Dtype()
    assert treatments["at_maximal_dose"] == pd.BooleanDtype()
    assert cohort.platelets.dtypes["count"] == np.float64
    assert cohort.platelets.dtypes["bleeding"] == np.bool_
    assert cohort.patients["death_cause"].tolist() == [None, "stroke", None]
    assert cohort.treatments["end_day"].tolist()[3:5] == [pd.NA, 400]
    assert cohort.treatments["at_maximal_dose"].tolist()[1:3] == [pd.NA, True]
    assert cohort.platelets["count"].tolist()[:3] == [12.0, 9.5, 120.0]


def test_a_cohort_cannot_be_changed_by_assignment(folder: Path) -> None:
    with pytest.raises(FrozenInstanceError):
        load_cohort(folder).source = None  # type: ignore[misc]


def test_synthetic_needs_the_prefix_on_every_identifier() -> None:
    tables = small_cohort_tables()
    for table in tables.values():
        table["patient_id"] = "SYN-" + table["patient_id"]
    assert cohort_of(tables).synthetic
    tables["patients"].loc[0, "patient_id"] = "P1"
    for name in ("treatments", "platelets", "adverse_events"):
        tables[name]["patient_id"] = tables[name]["patient_id"].replace("SYN-P1", "P1")
    assert not cohort_of(tables).synthetic


def test_optional_columns_may_be_left_out_or_given(folder: Path) -> None:
    tables = small_cohort_tables()
    tables["platelets"] = tables["platelets"].drop(columns="bleeding")
    tables["patients"]["corticosteroid_free_inferred"] = ["true", "false", "true"]
    cohort = cohort_of(tables)
    assert "bleeding" not in cohort.platelets
    assert cohort.patients["corticosteroid_free_inferred"].tolist() == [True, False, True]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("blank_lines", ["", "\n\n"])
def test_byte_order_mark_line_ends_and_blank_lines_make_no_difference(
    folder: Path, encoding: str, line_end: str, blank_lines: str
) -> None:
    digests = load_cohort(folder).digests
    for file in folder.iterdir():
        text = file.read_text(encoding="utf-8") + blank_lines
        file.write_bytes(text.replace("\n", line_end).encode(encoding))
    assert load_cohort(folder).digests == digests


def test_large_files_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    digests = load_cohort(project.COHORT).digests
    monkeypatch.setattr(delimited, "LARGE", 0)
    assert load_cohort(project.COHORT).digests == digests


def test_order_of_columns_makes_no_difference() -> None:
    tables = small_cohort_tables()
    turned = {name: table[table.columns[::-1]] for name, table in tables.items()}
    assert cohort_of(turned).digests == cohort_of(tables).digests
    assert list(cohort_of(turned).patients) == list(tables["patients"])


def test_no_adverse_event_is_no_problem(folder: Path) -> None:
    (folder / "adverse_events.csv").write_text("patient_id,day,term,category,severe,related\n")
    events = load_cohort(folder).adverse_events
    assert events.shape == (0, 6)
    assert events.dtypes["day"] == np.int64
    assert events.dtypes["severe"] == np.bool_
    assert len(cohort_of({**small_cohort_tables(), "adverse_events": pd.DataFrame()}).adverse_events) == 0


# Whole files


def test_missing_folder(tmp_path: Path) -> None:
    expected = (
        "a folder with patients.csv, treatments.csv, platelets.csv and adverse_events.csv (or as .parquet), "
        "or a workbook (.xlsx)"
    )
    missing = tmp_path / "mine"
    assert problems_of(missing) == [Told(str(missing), None, None, "no such folder", expected)]
    missing.write_text("patients")
    assert problems_of(missing) == [Told(str(missing), None, None, "a file", expected)]


def test_missing_file_and_one_of_a_similar_name(folder: Path) -> None:
    (folder / "patients.csv").rename(folder / "Patients.csv")
    (folder / "platelets.csv").rename(folder / "platelets.xlsx")
    (folder / "treatments.csv").unlink()
    assert problems_of(folder) == [
        Told("patients.csv", None, None, '"Patients.csv" instead', "a file patients.csv"),
        Told("treatments.csv", None, None, "no such file", "a file treatments.csv"),
        Told("platelets.csv", None, None, '"platelets.xlsx" instead', "a file platelets.csv"),
    ]


def test_a_folder_in_the_place_of_a_file(folder: Path) -> None:
    (folder / "patients.csv").unlink()
    (folder / "patients.csv").mkdir()
    found = "a file that cannot be read: a folder and not a file"
    assert problems_of(folder) == [Told("patients.csv", None, None, found, "a file patients.csv")]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n"])
@pytest.mark.parametrize("name", TABLES)
def test_empty_file(folder: Path, name: str, content: bytes) -> None:
    (folder / f"{name}.csv").write_bytes(content)
    assert problems_of(folder) == [Told(f"{name}.csv", None, None, "an empty file", "a heading and rows")]


@pytest.mark.parametrize("line_end", ["", "\n", "\n\n"])
@pytest.mark.parametrize("name", ["patients", "treatments", "platelets"])
def test_heading_without_rows(folder: Path, name: str, line_end: str) -> None:
    file = folder / f"{name}.csv"
    file.write_text(file.read_text().splitlines()[0] + line_end)
    assert problems_of(folder) == [Told(f"{name}.csv", None, None, "a heading without rows", "at least one row")]


def test_text_in_another_encoding_is_named_line_by_line_and_the_rest_still_checked(folder: Path) -> None:
    file = folder / "patients.csv"
    text = file.read_text().replace("Bordeaux", "Orléans").replace("female,57", "female,abc")
    file.write_bytes(text.encode("latin-1"))
    assert problems_of(folder) == [
        Told("patients.csv", 2, "age_years", '"abc"', "a whole number from 18 to 110"),
        Told("patients.csv", 3, None, "the byte 0xe9", "text encoded as UTF-8"),
        Told("patients.csv", 4, None, "the byte 0xe9", "text encoded as UTF-8"),
    ]


@pytest.mark.parametrize(
    ("start", "found"),
    [
        ("patient_id,centre\n".encode("utf-16"), "text encoded as UTF-16"),
        (b"PK\x03\x04...", "a workbook or archive"),
        (b"\xd0\xcf\x11\xe0...", "a workbook"),
    ],
)
def test_file_of_another_format(folder: Path, start: bytes, found: str) -> None:
    (folder / "patients.csv").write_bytes(start)
    expected = "text encoded as UTF-8, separated by commas"
    assert problems_of(folder) == [Told("patients.csv", 1, None, found, expected)]


@pytest.mark.parametrize(("separator", "word"), [(";", "semicolons"), ("\t", "tabs")])
def test_other_separators(folder: Path, separator: str, word: str) -> None:
    file = folder / "platelets.csv"
    file.write_text(file.read_text().replace(",", separator))
    found = f"headings separated by {word}"
    assert problems_of(folder) == [Told("platelets.csv", 1, None, found, "headings separated by commas")]


# Lines


def test_lines_with_too_many_or_too_few_cells(folder: Path) -> None:
    edit(folder / "platelets.csv", "P1,30,120,false", "P1,30,120")
    edit(folder / "platelets.csv", "P2,14,64,false", "P2,14,6,4,false")
    edit(folder / "platelets.csv", "P3,0,4,true", "P3")
    expected = "4 cells, as many as headings"
    assert problems_of(folder) == [
        Told("platelets.csv", 4, None, "3 cells", expected),
        Told("platelets.csv", 7, None, "5 cells", expected),
        Told("platelets.csv", 9, None, "1 cell", expected),
    ]


def test_a_broken_line_of_a_patient_does_not_make_strangers_of_the_patient_s_records(folder: Path) -> None:
    edit(folder / "patients.csv", ",refused,", ",refused,,")
    assert problems_of(folder) == [Told("patients.csv", 4, None, "16 cells", "15 cells, as many as headings")]


def test_row_of_separators_only(folder: Path) -> None:
    edit(folder / "adverse_events.csv", "P2,365", ",,,,,\nP2,365")
    expected = "no row, or one with values"
    assert problems_of(folder) == [Told("adverse_events.csv", 3, None, "a row of empty cells", expected)]


def test_quotation_mark_that_is_not_closed(folder: Path) -> None:
    edit(folder / "platelets.csv", "P2,-3", '"P2,-3')
    found = "a row that cannot be read (unexpected end of data); those after it were not checked"
    expected = "quotation marks around the whole cell, and doubled within it"
    assert problems_of(folder) == [Told("platelets.csv", 6, None, found, expected)]


def test_quotation_mark_within_a_cell_that_is_not_doubled(folder: Path) -> None:
    edit(folder / "platelets.csv", "P2,-3", '"P2"x,-3')
    found = """a row that cannot be read (',' expected after '"'); those after it were not checked"""
    expected = "quotation marks around the whole cell, and doubled within it"
    assert problems_of(folder) == [Told("platelets.csv", 6, None, found, expected)]


def test_lines_are_counted_through_blank_lines_and_cells_of_several_lines(folder: Path) -> None:
    edit(folder / "patients.csv", '"Lyon, Sud"', '"Lyon,\nSud"')
    edit(folder / "patients.csv", "P2,Bordeaux,male", "\nP2,Bordeaux,man")
    assert problems_of(folder) == [
        Told("patients.csv", 2, "centre", '"Lyon,\\nSud"', "text on one line without spaces around it"),
        Told("patients.csv", 5, "sex", '"man"', "female or male"),
    ]


# Headings


@pytest.mark.parametrize(
    ("heading", "meant"),
    [
        ("Sex", "sex"),
        (" sex", "sex"),
        ("Age", "age_years"),
        ("Age (years)", "age_years"),
        ("diagnosis", "diagnosis_day"),
        ("Diagnosis Day", "diagnosis_day"),
        ("PatientID", "patient_id"),
        ("center", "centre"),
        ("splenectomie", "splenectomy"),
    ],
)
def test_misspelt_heading_is_named_with_the_one_meant(heading: str, meant: str) -> None:
    tables = small_cohort_tables()
    tables["patients"] = tables["patients"].rename(columns={meant: heading})
    assert checked(tables) == [Told("patients.csv", 1, heading, f'"{heading}"', meant)]


def test_cells_below_a_misspelt_heading_are_checked_too() -> None:
    tables = altered("patients", 3, sex="man")
    tables["patients"] = tables["patients"].rename(columns={"sex": "SEX"})
    assert checked(tables) == [
        Told("patients.csv", 1, "SEX", '"SEX"', "sex"),
        Told("patients.csv", 3, "sex", '"man"', "female or male"),
    ]


@pytest.mark.parametrize(
    ("table", "column"),
    [(name, column) for name, table in small_cohort_tables().items() for column in table if column != "bleeding"],
)
def test_missing_column_is_the_only_problem_it_makes(table: str, column: str) -> None:
    tables = small_cohort_tables()
    tables[table] = tables[table].drop(columns=column)
    assert checked(tables) == [Told(f"{table}.csv", None, column, "no such column", f"a column {column}")]


def test_extra_column() -> None:
    tables = small_cohort_tables()
    tables["platelets"]["laboratory"] = "north"
    expected = "no columns but patient_id, day, count, bleeding"
    assert checked(tables) == [Told("platelets.csv", 1, "laboratory", '"laboratory"', expected)]


def test_column_given_twice() -> None:
    tables = small_cohort_tables()
    tables["platelets"] = tables["platelets"].iloc[:, [0, 1, 2, 2]]
    assert checked(tables) == [Told("platelets.csv", 1, "count", '2 columns "count"', "one column")]


def test_table_not_given_and_table_not_known() -> None:
    tables = small_cohort_tables()
    tables["visits"] = tables.pop("adverse_events")
    assert checked(tables) == [
        Told("adverse_events.csv", None, None, "no such table", "a table adverse_events"),
        Told(
            "visits.csv",
            None,
            None,
            "a table of this name",
            "no tables but patients, treatments, platelets, adverse_events",
        ),
    ]


# Cells

CELLS = [
    # Numbers
    ("patients", 2, "age_years", "fifty", "a whole number from 18 to 110"),
    ("patients", 2, "age_years", "57.0", "a whole number from 18 to 110"),
    ("patients", 2, "age_years", "57.5", "a whole number from 18 to 110"),
    ("patients", 2, "age_years", "57,5", "a whole number from 18 to 110, with a point and not a comma"),
    ("patients", 2, "age_years", "+57", "a whole number from 18 to 110"),
    ("patients", 2, "age_years", " 57", "a whole number from 18 to 110"),
    ("patients", 2, "age_years", "57 years", "a whole number from 18 to 110"),
    ("patients", 2, "age_years", "\u0665\u0667", "a whole number from 18 to 110"),
    ("patients", 2, "age_years", "17", "a whole number from 18 to 110"),
    ("patients", 2, "age_years", "111", "a whole number from 18 to 110"),
    ("patients", 2, "age_years", "9" * 30, "a whole number from 18 to 110"),
    ("patients", 2, "age_years", "1963-04-01", "a whole number from 18 to 110, not a date"),
    ("patients", 2, "diagnosis_day", "0", "a whole number of days from -40177 to -1"),
    ("patients", 2, "last_followup_day", "-1", LATER_DAYS),
    ("patients", 2, "last_followup_day", "20200131", LATER_DAYS),
    ("patients", 2, "last_followup_day", "43861", LATER_DAYS),
    ("patients", 2, "last_followup_day", "2020-01-31", f"{LATER_DAYS}, counted from day 0 and not a date"),
    ("treatments", 3, "start_day", "31.01.2020", f"{DAYS}, counted from day 0 and not a date"),
    ("treatments", 3, "start_day", "1/2/20", f"{DAYS}, counted from day 0 and not a date"),
    ("treatments", 3, "end_day", "2020-01-31 10:30", f"{DAYS}, or nothing, counted from day 0 and not a date"),
    ("treatments", 3, "end_day", "ongoing", f"{DAYS}, or nothing"),
    ("treatments", 3, "end_day", "NA", f"{DAYS}, or nothing, where the value is missing"),
    ("platelets", 2, "day", "-7.5", DAYS),
    ("platelets", 2, "count", "-5", "a number from 0 to 3000"),
    ("platelets", 2, "count", "3000.1", "a number from 0 to 3000"),
    ("platelets", 2, "count", "12000", "a number from 0 to 3000"),
    ("platelets", 2, "count", "<10", "a number from 0 to 3000"),
    ("platelets", 2, "count", "1e2", "a number from 0 to 3000"),
    ("platelets", 2, "count", "inf", "a number from 0 to 3000"),
    ("platelets", 2, "count", "nan", "a number from 0 to 3000, and none missing"),
    ("platelets", 2, "count", "9,5", "a number from 0 to 3000, with a point and not a comma"),
    ("adverse_events", 2, "day", "-1", LATER_DAYS),
    # Truth values
    ("patients", 2, "mgus", "TRUE", "true or false"),
    ("patients", 2, "mgus", "False", "true or false"),
    ("patients", 2, "died", "no", "true or false"),
    ("patients", 2, "died", "0", "true or false"),
    ("platelets", 2, "bleeding", "oui", "true or false"),
    ("treatments", 4, "at_maximal_dose", "True", "true or false, or nothing"),
    ("adverse_events", 2, "severe", "1", "true or false"),
    # Lists
    ("patients", 2, "sex", "Female", "female or male"),
    ("patients", 2, "sex", "female ", "female or male"),
    ("patients", 2, "splenectomy", "done", "one of performed, contraindicated, refused"),
    (
        "patients",
        3,
        "splenectomy_reason",
        "age",
        "one of age_comorbidity, aps, refusal, other, or nothing",
    ),
    ("treatments", 2, "role", "previous", "one of prior, combination, concomitant, rescue"),
    ("treatments", 2, "response", "NR", "one of CR, R, none, lost, or nothing"),
    # Text
    ("patients", 2, "centre", "Lyon ", "text on one line without spaces around it"),
    ("patients", 2, "centre", "Ly\ton", "text on one line without spaces around it"),
    ("patients", 2, "centre", " ", "text on one line without spaces around it"),
    ("patients", 2, "centre", "n/a", "text on one line without spaces around it, and none missing"),
    (
        "treatments",
        2,
        "regimen",
        "None",
        "text on one line without spaces around it, or nothing, where the value is missing",
    ),
]


@pytest.mark.parametrize(("table", "line", "column", "text", "expected"), CELLS)
def test_wrong_cell(table: str, line: int, column: str, text: str, expected: str) -> None:
    problems = checked(altered(table, line, **{column: text}))
    found = f'"{text}"'.replace("\t", "\\t")
    assert problems == [Told(f"{table}.csv", line, column, found, expected)]


@pytest.mark.parametrize(("table", "line", "column", "text", "expected"), CELLS)
def test_wrong_cell_in_a_file(table: str, line: int, column: str, text: str, expected: str, tmp_path: Path) -> None:
    tables = altered(table, line, **{column: text})
    assert problems_of(write_files(tables, tmp_path)) == checked(tables)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (name, column)
        for name in TABLES
        for column, rules in columns_of(name).items()
        if not rules.nullable and column in small_cohort_tables()[name]
    ],
)
def test_cell_that_must_not_be_missing(table: str, column: str) -> None:
    problems = checked(altered(table, 2, **{column: ""}))
    own = [each for each in problems if (each.file, each.row, each.column) == (f"{table}.csv", 2, column)]
    assert [problem.found for problem in own] == ["nothing"]
    # Only a patient without identifier leaves something else unexplained.
    others = {problem.expected for problem in problems if problem not in own}
    assert others == ({"a patient of patients.csv"} if (table, column) == ("patients", "patient_id") else set())


def test_long_cells_are_shortened() -> None:
    (problem,) = checked(altered("patients", 2, sex="x" * 500))
    assert problem.found == f'"{"x" * 60}…"'


# Repetition


def test_patient_given_twice() -> None:
    row = {str(column): cell for column, cell in small_cohort_tables()["patients"].iloc[1].items()}
    assert checked(with_row("patients", **row)) == [
        Told("patients.csv", 5, "patient_id", '"P2", as in line 3', "each value once")
    ]


@pytest.mark.parametrize("day", ["14", "014"])
def test_two_counts_of_a_patient_on_a_day(day: str) -> None:
    assert checked(with_row("platelets", patient_id="P2", day=day, count="64", bleeding="false")) == [
        Told("platelets.csv", 11, "day", f'"{day}" for "P2", as in line 7', "one count a day of a patient")
    ]


# Rules across columns and tables

ALONE = {
    "death without a cause": (
        altered("patients", 2, died="true"),
        Told("patients.csv", 2, "death_cause", "nothing", "a cause, since died is true"),
    ),
    "cause without a death": (
        altered("patients", 3, died="false"),
        Told("patients.csv", 3, "death_cause", '"stroke"', "nothing, since died is false"),
    ),
    "reason against a splenectomy performed": (
        altered("patients", 2, splenectomy_reason="other"),
        Told("patients.csv", 2, "splenectomy_reason", '"other"', "nothing, since splenectomy is performed"),
    ),
    "no reason against splenectomy": (
        altered("patients", 3, splenectomy_reason=""),
        Told("patients.csv", 3, "splenectomy_reason", "nothing", "a reason, since splenectomy is contraindicated"),
    ),
    "no reason for the refusal": (
        altered("patients", 4, splenectomy_reason=""),
        Told("patients.csv", 4, "splenectomy_reason", "nothing", "a reason, since splenectomy is refused"),
    ),
    "refusal called a contraindication": (
        altered("patients", 4, splenectomy="contraindicated"),
        Told("patients.csv", 4, "splenectomy", '"contraindicated"', "refused, since splenectomy_reason is refusal"),
    ),
    "ill before birth": (
        altered("patients", 4, age_years="23", diagnosis_day="-8766"),
        Told(
            "patients.csv",
            4,
            "diagnosis_day",
            '"-8766", but the patient is 23 years old',
            "a day within the patient's life",
        ),
    ),
    "course of a stranger": (
        with_row(
            "treatments", patient_id="P4", agent="ivig", drug_class="immunoglobulin", role="rescue", start_day="3"
        ),
        Told("treatments.csv", 16, "patient_id", '"P4"', "a patient of patients.csv"),
    ),
    "count of a stranger": (
        with_row("platelets", patient_id="p1", day="3", count="30", bleeding="false"),
        Told("platelets.csv", 11, "patient_id", '"p1"', "a patient of patients.csv"),
    ),
    "event of a stranger": (
        altered("adverse_events", 2, patient_id="P10"),
        Told("adverse_events.csv", 2, "patient_id", '"P10"', "a patient of patients.csv"),
    ),
    "course after the last follow-up": (
        altered("treatments", 11, start_day="366", end_day=""),
        Told(
            "treatments.csv",
            11,
            "start_day",
            '"366", but the last follow-up is day 365',
            "a day by the last follow-up",
        ),
    ),
    "count after the last follow-up": (
        altered("platelets", 8, day="366"),
        Told("platelets.csv", 8, "day", '"366", but the last follow-up is day 365', "a day by the last follow-up"),
    ),
    "event after the last follow-up": (
        altered("adverse_events", 3, day="366"),
        Told("adverse_events.csv", 3, "day", '"366", but the last follow-up is day 365', "a day by the last follow-up"),
    ),
    "end before the start": (
        altered("treatments", 8, end_day="-91"),
        Told("treatments.csv", 8, "end_day", '"-91", but the start is day -90', "a day from the start on"),
    ),
    "class of another agent": (
        altered("treatments", 8, drug_class="immunosuppressant"),
        Told("treatments.csv", 8, "drug_class", '"immunosuppressant"', "anti_cd20, the class of rituximab"),
    ),
    "class of another agent in the combination": (
        altered("treatments", 5, drug_class="other"),
        Told("treatments.csv", 5, "drug_class", '"other"', "tpo_ra, the class of eltrombopag"),
    ),
    "maximal dose of another drug": (
        altered("treatments", 8, at_maximal_dose="false"),
        Told("treatments.csv", 8, "at_maximal_dose", '"false"', "nothing, since rituximab is no TPO receptor agonist"),
    ),
    "maximal dose not given for an earlier TPO receptor agonist": (
        altered("treatments", 4, at_maximal_dose=""),
        Told("treatments.csv", 4, "at_maximal_dose", "nothing", "true or false for a prior TPO receptor agonist"),
    ),
    "response of an earlier line not given": (
        altered("treatments", 8, response=""),
        Told("treatments.csv", 8, "response", "nothing", "what was recorded of a prior course"),
    ),
    "response recorded of the combination": (
        altered("treatments", 9, response="CR"),
        Told("treatments.csv", 9, "response", '"CR"', "nothing, since the course is not prior"),
    ),
    "earlier line on day 0": (
        altered("treatments", 8, start_day="0", end_day="21"),
        Told("treatments.csv", 8, "start_day", '"0"', "a day before day 0 for a prior course"),
    ),
    "earlier line before the diagnosis": (
        altered("treatments", 8, start_day="-201"),
        Told(
            "treatments.csv",
            8,
            "start_day",
            '"-201", but the diagnosis is day -200',
            "a day from the diagnosis on for a prior course",
        ),
    ),
    "combination that starts late": (
        altered("treatments", 10, start_day="4"),
        Told("treatments.csv", 10, "start_day", '"4"', "day 0 or earlier, since the combination is complete on day 0"),
    ),
    "combination that starts early": (
        altered("treatments", 6, start_day="-20"),
        Told("treatments.csv", 6, "start_day", '"-20"', "day 0, on which the later drug of the combination starts"),
    ),
    "combination that ends before it is complete": (
        altered("treatments", 5, end_day="-2"),
        Told("treatments.csv", 5, "end_day", '"-2"', "day 0 or later for a course of the combination"),
    ),
    "no TPO receptor agonist": (
        without("treatments", 9),
        Told(
            "patients.csv",
            3,
            "patient_id",
            'no TPO receptor agonist as combination for "P2"',
            "one TPO receptor agonist in treatments.csv",
        ),
    ),
    "no immunosuppressant": (
        altered("treatments", 10, role="concomitant"),
        Told(
            "patients.csv",
            3,
            "patient_id",
            'no immunosuppressant as combination for "P2"',
            "one immunosuppressant in treatments.csv",
        ),
    ),
    "two immunosuppressants": (
        with_row(
            "treatments",
            patient_id="P1",
            agent="azathioprine",
            drug_class="immunosuppressant",
            role="combination",
            start_day="0",
        ),
        Told(
            "treatments.csv",
            16,
            "role",
            '"combination" for a further immunosuppressant of "P1", as in line 6',
            "one immunosuppressant as combination on day 0",
        ),
    ),
    "another drug in the combination": (
        altered("treatments", 11, role="combination"),
        Told(
            "treatments.csv",
            11,
            "role",
            '"combination" for "ivig"',
            "TPO receptor agonists and immunosuppressants alone as combination",
        ),
    ),
    "unknown scheme of corticosteroids": (
        altered("treatments", 7, regimen="short high dose"),
        Told(
            "treatments.csv",
            7,
            "regimen",
            '"short high dose"',
            "short_high_dose or long_low_dose for concomitant corticosteroids, or nothing",
        ),
    ),
    "splenectomy without the operation": (
        without("treatments", 3),
        Told(
            "patients.csv",
            2,
            "splenectomy",
            '"performed"',
            "a prior course of splenectomy in treatments.csv, since it is performed",
        ),
    ),
    "operation without splenectomy": (
        altered("patients", 2, splenectomy="refused", splenectomy_reason="refusal"),
        Told(
            "patients.csv",
            2,
            "splenectomy",
            '"refused", but line 3 of treatments.csv is a splenectomy',
            "performed, since treatments.csv has a prior course of splenectomy",
        ),
    ),
}


@pytest.mark.parametrize("case", ALONE)
def test_rule_across_columns_or_tables(case: str) -> None:
    tables, problem = ALONE[case]
    assert checked(tables) == [problem]


@pytest.mark.parametrize(
    "tables",
    [
        altered("patients", 4, age_years="23", diagnosis_day="-8765"),
        altered("treatments", 8, start_day="-200"),
        altered("treatments", 8, end_day="-90"),
        altered("treatments", 6, end_day="0"),
        altered("treatments", 11, start_day="365", end_day=""),
        altered("treatments", 7, regimen=""),
        altered("platelets", 2, count="0"),
        altered("platelets", 2, count="1999.9"),
        altered("platelets", 2, day="-0007"),
    ],
)
def test_what_just_holds_is_no_problem(tables: Tables) -> None:
    assert checked(tables) == []


def test_patient_without_any_course() -> None:
    problems = checked(without("treatments", 8, 9, 10, 11))
    assert [(problem.row, problem.found) for problem in problems] == [
        (3, 'no TPO receptor agonist as combination for "P2"'),
        (3, 'no immunosuppressant as combination for "P2"'),
    ]


def test_a_wrong_role_is_not_also_a_missing_combination() -> None:
    problems = checked(altered("treatments", 9, role="combinaton"))
    assert [problem.column for problem in problems] == ["role"]


# Many at once


def test_problems_of_all_files_come_in_one_go(folder: Path) -> None:
    edit(folder / "patients.csv", "sex", "Sex")
    edit(folder / "patients.csv", "-1735,primary", "-1735.5,primary")
    edit(folder / "treatments.csv", "P2,rituximab", "P9,rituximab")
    edit(folder / "treatments.csv", "short_high_dose", "NA")
    edit(folder / "platelets.csv", "P1,600,85", 'P1,601,"8,5"')
    edit(folder / "platelets.csv", "P3,90,7,true", "P3,0,-7,yes")
    (folder / "adverse_events.csv").unlink()
    text = "text on one line without spaces around it, or nothing, where the value is missing"
    assert problems_of(folder) == [
        Told("patients.csv", 1, "Sex", '"Sex"', "sex"),
        Told("patients.csv", 2, "diagnosis_day", '"-1735.5"', "a whole number of days from -40177 to -1"),
        Told("treatments.csv", 7, "regimen", '"NA"', text),
        Told("treatments.csv", 8, "patient_id", '"P9"', "a patient of patients.csv"),
        Told("platelets.csv", 5, "count", '"8,5"', "a number from 0 to 3000, with a point and not a comma"),
        Told("platelets.csv", 5, "day", '"601", but the last follow-up is day 600', "a day by the last follow-up"),
        Told("platelets.csv", 10, "count", '"-7"', "a number from 0 to 3000"),
        Told("platelets.csv", 10, "bleeding", '"yes"', "true or false"),
        Told("platelets.csv", 10, "day", '"0" for "P3", as in line 9', "one count a day of a patient"),
        Told("adverse_events.csv", None, None, "no such file", "a file adverse_events.csv"),
    ]


def test_message_groups_problems_by_what_has_to_be_done_and_by_kind() -> None:
    problems = [
        Problem("platelets.csv", 2, "count", '"9,5"', "a number", Remedy.VALUES),
        Problem("platelets.csv", 3, "day", '"x"', "a whole number", Remedy.VALUES),
        Problem("patients.csv", None, "sex", "no such column", "a column sex", Remedy.COLUMNS),
        Problem("platelets.csv", 1234, "count", '"9,6"', "a number", Remedy.VALUES),
        Problem("platelets.csv", 7, "count", '"2500"', "a count below 2,000", Remedy.UNLIKELY),
    ]
    assert str(InvalidRecords(problems)).splitlines() == [
        "4 errors in the records (and 1 warning):",
        "Rename, add or remove columns:",
        "  patients.csv, sex: expected a column sex",
        "    found no such column",
        "Write numbers, days, true or false and names as expected:",
        "  platelets.csv, count: expected a number",
        '    line 2: found "9,5"',
        '    line 1,234: found "9,6"',
        "  platelets.csv, day: expected a whole number",
        '    line 3: found "x"',
    ]
    assert str(InvalidRecords(problems[:1])).startswith("1 error in the records:")
    assert str(problems[0]) == 'platelets.csv, count: line 2: found "9,5", expected a number'
    assert str(InvalidRecords(problems[4:])).splitlines() == [
        "1 warning in the records:",
        "Look again at what is unlikely:",
        "  platelets.csv, count: expected a count below 2,000",
        '    line 7: found "2500"',
    ]


def test_rows_of_sheets_and_parquet_files_are_no_lines() -> None:
    problem = Problem("records.xlsx, sheet platelets", 2, "count", '"x"', "a number", Remedy.VALUES)
    assert str(problem) == 'records.xlsx, sheet platelets, count: row 2: found "x", expected a number'


def test_ten_thousand_problems_are_counted_and_few_of_each_kind_told() -> None:
    counts = [Problem("platelets.csv", line, "count", '"x"', "a number", Remedy.VALUES) for line in range(2, 10_002)]
    others = [Problem("patients.csv", 3, "sex", '"x"', "female or male", Remedy.VALUES)]
    refused = InvalidRecords([*counts, *others])
    assert len(refused.problems) == LISTED + 1
    assert count_of(refused.problems) == 10_001
    lines = str(refused).splitlines()
    assert lines[0] == "10,001 errors in the records:"
    assert lines[-3:] == [
        "    and 9,995 more of this kind",
        "  patients.csv, sex: expected female or male",
        '    line 3: found "x"',
    ]


def test_message_tells_fifty_problems_and_how_many_more_there_are() -> None:
    kinds = [Problem("patients.csv", line, "sex", '"x"', f"kind {line}", Remedy.VALUES) for line in range(2, 72)]
    last = Problem("platelets.csv", 2, "day", '"x"', "a day", Remedy.VALUES)
    message = str(InvalidRecords([*kinds, last]))
    assert message.count("found") == 50
    assert message.endswith("\nand 21 more problems: 20 in patients.csv, 1 in platelets.csv")


def test_ten_thousand_wrong_cells_in_a_file(tmp_path: Path) -> None:
    tables = small_cohort_tables()
    days = pd.DataFrame(
        {"patient_id": "P1", "day": [f"day {n}" for n in range(10_000)], "count": "1", "bleeding": "false"}
    )
    tables["platelets"] = pd.concat([tables["platelets"], days], ignore_index=True)
    with pytest.raises(InvalidRecords) as refused:
        load_cohort(write_files(tables, tmp_path))
    problems = refused.value.problems
    assert [problem.row for problem in problems] == list(range(11, 11 + LISTED))
    assert told(problems)[-1] == Told("platelets.csv", 10 + LISTED, "day", f'"day {LISTED - 1}"', DAYS)
    assert [problem.more for problem in problems] == [*[0] * (LISTED - 1), 10_000 - LISTED]
    assert str(refused.value).splitlines()[0] == "10,000 errors in the records:"


def test_problems_as_a_table() -> None:
    problems = [
        Problem("patients.csv", None, "sex", "no such column", "a column sex", Remedy.COLUMNS),
        Problem("platelets.csv", 2, None, "1 cell", "4 cells, as many as headings", Remedy.FILES),
        Problem("platelets.csv", 3, "count", '"2500"', "a count below 2,000", Remedy.UNLIKELY),
    ]
    table = problems_table(problems)
    assert list(table.columns) == ["severity", "group", "file", "row", "column", "found", "expected", "of_this_kind"]
    assert table["row"].tolist() == [pd.NA, 2, 3]
    assert table["column"].tolist() == ["sex", None, "count"]
    assert table["severity"].tolist() == ["error", "error", "warning"]
    assert table["group"].tolist()[1] == "Put the files in order"
    assert problems_table([]).shape == (0, 8)


# Writing


def test_canonical_files_look_as_agreed(tmp_path: Path) -> None:
    write_cohort(cohort_of(small_cohort_tables()), tmp_path / "a" / "b")
    written = {path.name: path.read_bytes() for path in (tmp_path / "a" / "b").iterdir()}
    assert sorted(written) == [f"{name}.csv" for name in sorted(TABLES)]
    assert written["platelets.csv"].splitlines()[:3] == [
        b"patient_id,day,count,bleeding",
        b"P1,-7,12,true",
        b"P1,0,9.5,true",
    ]
    assert written["patients.csv"].splitlines()[1].startswith(b'P1,"Lyon, Sud",female,57,-1735,primary,false,true')
    assert written["treatments.csv"].splitlines()[4] == b"P1,eltrombopag,tpo_ra,combination,-30,,75 mg a day,true,"
    assert all(content.endswith(b"\n") and b"\r" not in content for content in written.values())


def test_digests_are_those_of_the_written_files(folder: Path, tmp_path: Path) -> None:
    cohort = load_cohort(folder)
    write_cohort(cohort, tmp_path / "out")
    assert dict(cohort.digests) == {
        name: hashlib.sha256((tmp_path / "out" / f"{name}.csv").read_bytes()).hexdigest() for name in TABLES
    }


def test_a_single_count_changes_the_digest_of_its_table_alone() -> None:
    before, after = cohort_of(small_cohort_tables()).digests, cohort_of(altered("platelets", 2, count="12.5")).digests
    assert [name for name in TABLES if before[name] != after[name]] == ["platelets"]


def test_unknown_columns_are_not_dropped_on_writing(folder: Path, tmp_path: Path) -> None:
    cohort = load_cohort(folder)
    extended = Cohort(cohort.patients.assign(height=170), cohort.treatments, cohort.platelets, cohort.adverse_events)
    with pytest.raises(ValueError, match="patients has no column height"):
        write_cohort(extended, tmp_path / "out")


def test_tables_of_python_values_are_checked_as_their_text_would_be() -> None:
    cohort = cohort_of(small_cohort_tables())
    loose = {name: pd.DataFrame(table.to_dict("records")) for name, table in cohort.tables.items()}
    loose["treatments"]["end_day"] = [None if day is pd.NA else day for day in loose["treatments"]["end_day"]]
    loose["patients"]["age_years"] = loose["patients"]["age_years"].astype(float)
    assert cohort_of(loose).digests == cohort.digests
    loose["platelets"]["count"] = [-1.0, *loose["platelets"]["count"][1:]]
    assert checked(loose) == [Told("platelets.csv", 2, "count", '"-1"', "a number from 0 to 3000")]


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Cs"]), min_size=1, max_size=8
).filter(
    lambda text: (
        text == text.strip()
        and text.casefold() not in ("na", "n/a", "nan", "null", "none", "nil", "missing")
        and text not in (".", "-", "?")
        and not text.startswith("#")
        and not any(hidden_in(text))
    )
)


@st.composite
def cohorts(draw: st.DrawFn) -> Cohort:
    """Draw sound records: identifiers, texts, days and counts of all kinds."""
    ids = draw(st.lists(TEXTS, min_size=3, max_size=3, unique=True))
    names = dict(zip(("P1", "P2", "P3"), ids, strict=True))
    tables = small_cohort_tables()
    for table in tables.values():
        table["patient_id"] = table["patient_id"].map(names)
    tables["patients"]["centre"] = draw(st.lists(TEXTS, min_size=3, max_size=3))
    tables["treatments"].loc[0, "regimen"] = draw(st.just("") | TEXTS)
    counts = draw(st.dictionaries(st.integers(-40000, 90), st.floats(0, 2000), min_size=1, max_size=8))
    tables["platelets"] = pd.DataFrame({"patient_id": ids[0], "day": list(counts), "count": list(counts.values())})
    tables["adverse_events"] = tables["adverse_events"].head(draw(st.integers(0, 2)))
    return cohort_of(tables)


@settings(max_examples=30)
@given(cohorts())
def test_written_records_load_as_they_were_and_are_written_the_same(
    tmp_path_factory: pytest.TempPathFactory, cohort: Cohort
) -> None:
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    write_cohort(cohort, first)
    loaded = load_cohort(first)
    for name, table in cohort.tables.items():
        pd.testing.assert_frame_equal(loaded.tables[name], table)
    write_cohort(loaded, second)
    for name in TABLES:
        assert (first / f"{name}.csv").read_bytes() == (second / f"{name}.csv").read_bytes()


@pytest.mark.parametrize("text", ['a,b\n"1",2\n', "a,b\n1\n1,2,3\n", "a,b\n1,2,3\n1\n", "a\n1\n", "a,b\r1,2\n"])
def test_only_files_whose_every_comma_separates_and_every_line_is_a_row_are_read_the_fast_way(text: str) -> None:
    assert plain_table(text.encode()) is None


ROWS = st.lists(
    st.lists(st.text(st.sampled_from("aé1 ;.-\u2028\x0b"), max_size=3), min_size=2, max_size=3),
    min_size=1,
    max_size=6,
)


@given(ROWS, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
def test_both_ways_of_reading_a_file_agree(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], line_end: str, ended: bool, marked: bool
) -> None:
    text = line_end.join(map(",".join, rows)) + line_end * ended
    path = tmp_path_factory.mktemp("table") / "table.csv"
    path.write_bytes(text.encode("utf-8-sig" if marked else "utf-8"))
    fast = plain_table(path.read_bytes())
    problems = Problems()
    with path.open(encoding="utf-8-sig", newline="") as stream:
        slow = table_of_lines("table.csv", stream, ",", 1, 1_000, problems, damaged=False)
    widths = {len(row) for row in rows}
    assert (fast is not None) == (len(widths) == 1)
    if fast is not None:
        assert slow is not None
        assert not problems
        assert fast.headings == slow.headings == tuple(rows[0])
        assert fast.lines.tolist() == slow.lines.tolist()
        assert [column.texts[column.codes].tolist() for column in fast.columns] == [
            column.texts[column.codes].tolist() for column in slow.columns
        ]
