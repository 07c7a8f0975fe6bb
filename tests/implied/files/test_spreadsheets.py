"""Guards that no text of a CSV file is a formula in a spreadsheet, and that every text comes back as it was."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from handmade_book import RESULTS
from hypothesis import example, given
from hypothesis import strategies as st
from records import edit, small_cohort_files
from typer.testing import CliRunner

from implied.files.spreadsheets import csv_of_table, shielded, unshielded
from itpbook import project
from itpbook.commands.command_line import app
from itpbook.presentation.figures.figure_download import csv_text
from itpbook.presentation.tables.table_download import csv_of
from itpbook.records.problems import Problem, Remedy
from itpbook.records.report import problems_table
from itpbook.records.text_tables import canonical_csv
from itpbook.sphinxext.downloads import results_csv

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
TEXTS = st.one_of(
    st.text(),
    st.text(alphabet="'=+-@\t\r\n ;,\"1.e\uff1d", max_size=8),
    NUMBERS.map(str),
)


@given(TEXTS)
@example("'=1")
@example("''=1")
@example("'-5")
@example("-5")
@example("-5\n")
@example("\n")
def test_every_text_comes_back_as_it_was(text: str):
    assert unshielded(shielded(text)) == text


@given(TEXTS, TEXTS)
def test_no_text_that_is_written_begins_a_formula(text: str, other: str):
    table = pd.DataFrame({"a": [text, "x"], other: ["y", "z"]}) if other != "a" else pd.DataFrame({"a": [text]})
    for row in csv.reader(io.StringIO(csv_of_table(table), newline="")):
        for cell in row:
            assert not cell.lstrip(" ").startswith(DANGEROUS) or float(cell) <= 0


@given(NUMBERS)
def test_a_number_stays_a_number(number: float):
    assert shielded(str(number)) == str(number)
    assert csv_of_table(pd.DataFrame({"a": [number]})) == f"a\n{number}\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+49 30 1", "'+49 30 1"),
        ("+5", "'+5"),
        ("-5 to 3", "'-5 to 3"),
        ("-1-2", "'-1-2"),
        ("\t=1", "'\t=1"),
        (" =1", "' =1"),
        ("'=1", "''=1"),
        ("\uff1d1", "'\uff1d1"),
        ("-", "'-"),
        ("-29", "-29"),
        ("-1.5e-07", "-1.5e-07"),
        ("'tis", "'tis"),
        ("a=1", "a=1"),
        ("– to –", "– to –"),
        ("", ""),
    ],
)
def test_what_is_written(text: str, written: str):
    assert shielded(text) == written


def test_what_somebody_else_shielded_is_read_without_its_apostrophe():
    assert [unshielded(text) for text in ("'-5", "'=a", "''=a", "'tis", "'")] == ["-5", "=a", "'=a", "'tis", "'"]


def test_a_table_keeps_its_numbers_truths_and_gaps():
    table = pd.DataFrame(
        {"=a": [None, "=b", "-1"], "n": pd.array([1, None, -3], dtype="Int64"), "x": [0.5, -0.25, None]}
    )
    assert csv_of_table(table) == "'=a,n,x\n,1,0.5\n'=b,,-0.25\n-1,-3,\n"
    assert csv_of_table(pd.DataFrame({"a": []})) == "a\n"
    assert csv_of_table(pd.DataFrame([[True, "="]], columns=["b", "b"])) == "b,b\nTrue,'=\n"


FORMULA = '=HYPERLINK("http://example.org")'


def record_of_nothing() -> Any:
    return SimpleNamespace(verdict=lambda _: None, synthetic=True)


WRITERS: dict[str, Callable[[], str]] = {
    "a table of the book": lambda: csv_of(pd.DataFrame({FORMULA: [FORMULA]})),
    "the data of a figure": lambda: csv_text(pd.DataFrame({"term": [FORMULA]})),
    "all recorded figures": lambda: results_csv([replace(RESULTS[0], label=FORMULA)], record_of_nothing()),
    "records": lambda: b"".join(canonical_csv("adverse_events", pd.DataFrame({"term": [FORMULA]}))).decode(),
    "problems": lambda: csv_of_table(
        problems_table([Problem(f"{FORMULA}.csv", 1, FORMULA, FORMULA, "x", Remedy.VALUES)])
    ),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_no_file_that_the_book_hands_out_holds_a_formula(writer: str):
    cells = [cell for row in csv.reader(io.StringIO(WRITERS[writer]())) for cell in row]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert not any(cell.startswith(DANGEROUS) for cell in cells)


def test_the_problems_of_records_are_no_formulas_either(tmp_path: Path):
    folder = small_cohort_files(tmp_path / "records")
    edit(folder / "patients.csv", "P2,Bordeaux,male", f'P2,Bordeaux,"{FORMULA.replace(chr(34), chr(34) * 2)}"')
    edit(folder / "platelets.csv", "patient_id,day,count,bleeding", "patient_id,day,=count,bleeding")
    CliRunner().invoke(app, ["validate", str(folder), "--csv", str(tmp_path / "found.csv")])
    rows = list(csv.reader(io.StringIO((tmp_path / "found.csv").read_text(encoding="utf-8"))))
    assert len(rows) > 2
    assert not any(cell.startswith(DANGEROUS) for row in rows for cell in row)


def test_every_file_of_csv_is_written_here():
    """Exceptions hold numbers alone, or are files of others: a dictionary and an export of REDCap."""
    elsewhere = {
        path.relative_to(project.ROOT).as_posix()
        for package in project.PACKAGES
        for path in package.rglob("*.py")
        if re.search(r"\.to_csv\(|csv\.writer\(|DictWriter\(", path.read_text(encoding="utf-8"))
    }
    assert elsewhere == {
        "itpbook/study/envelope.py",
        "implied/reconstruct/many.py",
        "itpbook/intake/redcap/redcap_dictionary.py",
        "itpbook/intake/redcap/export_writer.py",
    }
