"""Guards where records may come from: CSV files, Parquet files, workbooks; and what is said of their cells."""

from __future__ import annotations

import datetime
import decimal
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from records import Told, problems_of_tables, small_cohort_tables, told, write_files

from itpbook.records.cohort import InvalidRecords, Problem, load_cohort
from itpbook.records.headings import OTHER_NAMES, nearest
from itpbook.records.problems import Remedy
from itpbook.records.schema import TABLES, columns_of
from itpbook.records.text_tables import DateText, cell_text

BOOK = "records.xlsx"


def problems_of(path: Path) -> list[Problem]:
    with pytest.raises(InvalidRecords) as refused:
        load_cohort(path)
    return list(refused.value.problems)


def workbook(folder: Path, alter: Callable[[Any], None] = lambda _: None, name: str = BOOK) -> Path:
    """Write the small cohort as a workbook of texts."""
    folder.mkdir(exist_ok=True)
    book = openpyxl.Workbook()
    book.active.title = "guide"
    for table_name, table in small_cohort_tables().items():
        sheet = book.create_sheet(table_name)
        for row in [list(table.columns), *table.to_numpy().tolist()]:
            sheet.append([cell or None for cell in row])
    alter(book)
    book.save(folder / name)
    return folder


def parquet(folder: Path, alter: Callable[[dict[str, pa.Table]], None] = lambda _: None) -> Path:
    folder.mkdir(exist_ok=True)
    tables = {name: pa.Table.from_pandas(table) for name, table in small_cohort_tables().items()}
    alter(tables)
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    return folder


def put(sheet: str, cell: str, value: object) -> Callable[[Any], None]:
    def alter(book: Any) -> None:
        book[sheet][cell] = value

    return alter


def test_a_workbook_holds_the_same_records_by_itself_and_in_a_folder(tmp_path: Path) -> None:
    digests = load_cohort(write_files(small_cohort_tables(), tmp_path / "csv")).digests
    folder = workbook(tmp_path / "book")
    assert load_cohort(folder).digests == load_cohort(folder / BOOK).digests == digests
    assert load_cohort(parquet(tmp_path / "parquet")).digests == digests


def test_excel_s_own_numbers_and_truth_values(tmp_path: Path) -> None:
    """As a spreadsheet holds them: every number a float, truth values as such, empty rows and columns at the end."""
    with xlsxwriter.Workbook(str(tmp_path / BOOK)) as book:
        wide = book.add_format({"num_format": "000"})
        for name, table in small_cohort_tables().items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate([list(table.columns), *table.to_numpy().tolist()]):
                for place, cell in enumerate(row):
                    if cell in ("true", "false"):
                        sheet.write_boolean(at, place, cell == "true")
                    elif str(cell).removeprefix("-").replace(".", "").isdigit():
                        sheet.write_number(at, place, float(cell), wide)
                    elif cell:
                        sheet.write_string(at, place, cell)
            sheet.write_blank(len(table) + 50, len(table.columns) + 5, None, wide)
    digests = load_cohort(write_files(small_cohort_tables(), tmp_path / "csv")).digests
    assert load_cohort(tmp_path / BOOK).digests == digests


def test_results_of_formulas_count(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / BOOK)) as book:
        for name, table in small_cohort_tables().items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate([list(table.columns), *table.to_numpy().tolist()]):
                sheet.write_row(at, 0, [cell or None for cell in row])
            if name == "platelets":
                sheet.write_formula("C2", "=6+6", value=12)
    digests = load_cohort(write_files(small_cohort_tables(), tmp_path / "csv")).digests
    assert load_cohort(tmp_path / BOOK).digests == digests


DAYS = "a whole number of days from -40177 to 40177"
CELLS = [
    (put("platelets", "B3", datetime.datetime(2020, 1, 31)), "platelets", 3, "day", '"2020-01-31"', Remedy.VALUES),
    (put("platelets", "B3", datetime.time(10, 30)), "platelets", 3, "day", '"10:30:00"', Remedy.VALUES),
    (put("platelets", "B3", 2.5), "platelets", 3, "day", '"2.5"', Remedy.VALUES),
    (put("platelets", "C3", "#DIV/0!"), "platelets", 3, "count", '"#DIV/0!"', Remedy.VALUES),
    (put("platelets", "C3", True), "platelets", 3, "count", '"true"', Remedy.VALUES),
    (put("platelets", "C3", None), "platelets", 3, "count", "nothing", Remedy.MISSING),
    (put("platelets", "D3", 1), "platelets", 3, "bleeding", '"1"', Remedy.VALUES),
    (put("patients", "B2", datetime.date(2026, 2, 1)), "patients", 2, "centre", '"2026-02-01"', Remedy.VALUES),
    (put("patients", "B2", "#N/A"), "patients", 2, "centre", '"#N/A"', Remedy.VALUES),
]


@pytest.mark.parametrize(("alter", "sheet", "row", "column", "found", "group"), CELLS)
def test_cells_of_a_workbook_are_named_by_sheet_and_row(
    alter: Callable[[Any], None], sheet: str, row: int, column: str, found: str, group: Remedy, tmp_path: Path
) -> None:
    (problem,) = problems_of(workbook(tmp_path / "book", alter))
    assert (problem.file, problem.row, problem.column) == (f"{BOOK}, sheet {sheet}", row, column)
    assert (problem.found, problem.group) == (found, group)


def test_rows_are_those_of_the_sheet(tmp_path: Path) -> None:
    def alter(book: Any) -> None:
        book["platelets"].insert_rows(1, 3)
        book["platelets"]["C6"] = -4
        book["platelets"].insert_rows(8)

    assert told(problems_of(workbook(tmp_path / "book", alter))) == [
        Told(f"{BOOK}, sheet platelets", 6, "count", '"-4"', "a number from 0 to 3000"),
        Told(f"{BOOK}, sheet platelets", 8, None, "a row of empty cells", "no row, or one with values"),
    ]


def test_rules_between_sheets_name_the_sheet(tmp_path: Path) -> None:
    def alter(book: Any) -> None:
        book["platelets"]["A2"] = "P9"
        book["platelets"]["B5"] = 30
        book["patients"]["K2"], book["patients"]["L2"] = "refused", "refusal"

    assert [(problem.found, problem.expected) for problem in problems_of(workbook(tmp_path / "book", alter))] == [
        (
            '"refused", but row 3 of sheet treatments is a splenectomy',
            "performed, since sheet treatments has a prior course of splenectomy",
        ),
        ('"P9"', "a patient of sheet patients"),
        ('"30" for "P1", as in row 4', "one count a day of a patient"),
    ]


def test_sheets_that_are_empty_missing_or_named_nearly_right(tmp_path: Path) -> None:
    def alter(book: Any) -> None:
        book["patients"].title = "Patients "
        book["platelets"].delete_rows(1, 20)
        del book["adverse_events"]
        book.create_sheet("treatments old")

    assert told(problems_of(workbook(tmp_path / "book", alter))) == [
        Told(f"{BOOK}, sheet patients", None, None, '"Patients " instead', "a sheet patients"),
        Told(f"{BOOK}, sheet platelets", None, None, "an empty sheet", "a heading and rows"),
        Told(f"{BOOK}, sheet adverse_events", None, None, "no such sheet", "a sheet adverse_events"),
        Told(
            f"{BOOK}, sheet treatments old",
            None,
            None,
            "records that are not read",
            "no records of treatments but those under that very name",
        ),
    ]


def test_headings_alone_and_cells_beyond_the_headings(tmp_path: Path) -> None:
    def headings_alone(book: Any) -> None:
        book["platelets"].delete_rows(2, 20)

    (problem,) = problems_of(workbook(tmp_path / "one", headings_alone))
    assert (problem.found, problem.group) == ("a heading without rows", Remedy.MISSING)
    (problem,) = problems_of(workbook(tmp_path / "two", put("platelets", "E4", "a remark")))
    assert told([problem]) == [
        Told(f"{BOOK}, sheet platelets", 1, "", "nothing", "no columns but patient_id, day, count, bleeding")
    ]


def test_a_formula_without_its_result_is_named_once(tmp_path: Path) -> None:
    (problem,) = problems_of(workbook(tmp_path / "book", put("patients", "D2", "=50+7")))
    assert (problem.row, problem.column, problem.found) == (2, "age_years", 'the formula "=50+7" without its result')


def prefixed(sheet: bytes) -> bytes:
    """Return a sheet as programs write it that name the namespace of every element."""
    return re.sub(rb"<(/?)(?=\w)", rb"<\1x:", sheet).replace(b"xmlns=", b"xmlns:x=")


@pytest.mark.parametrize(
    "alter_sheet",
    [
        prefixed,
        lambda sheet: sheet.replace(b"<f>", b"<f\n>"),
        lambda sheet: sheet.replace(b"<f>", b'<f t="array" ref="D2">'),
    ],
)
def test_a_formula_is_seen_however_it_is_written(alter_sheet: Callable[[bytes], bytes], tmp_path: Path) -> None:
    source = workbook(tmp_path / "book", put("patients", "D2", "=50+7")) / BOOK
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(tmp_path / BOOK, "w") as target:
        for name in archive.namelist():
            content = archive.read(name)
            target.writestr(name, alter_sheet(content) if name == "xl/worksheets/sheet2.xml" else content)
    (problem,) = problems_of(tmp_path / BOOK)
    assert (problem.row, problem.column, problem.found) == (2, "age_years", 'the formula "=50+7" without its result')


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and nothing else", b"patient_id,day\n"])
def test_a_file_that_is_no_workbook(content: bytes, tmp_path: Path) -> None:
    (tmp_path / BOOK).write_bytes(content)
    expected = "a workbook (.xlsx) without a password"
    for path in (tmp_path, tmp_path / BOOK):
        assert told(problems_of(path)) == [
            Told(BOOK, None, None, "a file that is no workbook, or a damaged one", expected)
        ]


def test_an_archive_and_a_workbook_that_is_cut_short(tmp_path: Path) -> None:
    whole = (workbook(tmp_path / "book") / BOOK).read_bytes()
    for at in range(100, len(whole) - 1, max(1, len(whole) // 25)):
        (tmp_path / BOOK).write_bytes(whole[:at])
        assert [problem.file for problem in problems_of(tmp_path / BOOK)] == [BOOK]


def test_the_file_beside_an_open_workbook_is_none(tmp_path: Path) -> None:
    folder = workbook(tmp_path / "book")
    (folder / f"~${BOOK}").write_bytes(b"\x05me")
    assert len(load_cohort(folder)) == 3


def test_a_workbook_in_the_place_of_a_table_is_not_a_second_format(tmp_path: Path) -> None:
    folder = write_files(small_cohort_tables(), tmp_path / "csv")
    (folder / "platelets.csv").rename(folder / "platelets.xlsx")
    (problem,) = problems_of(folder)
    assert (problem.file, problem.found) == ("platelets.csv", '"platelets.xlsx" instead')


def test_rows_of_parquet_files_are_counted_as_if_they_had_headings(tmp_path: Path) -> None:
    def alter(tables: dict[str, pa.Table]) -> None:
        counts = tables["platelets"]["count"].to_pylist()
        tables["platelets"] = tables["platelets"].set_column(2, "count", pa.array(["-1", *counts[1:]]))

    (problem,) = problems_of(parquet(tmp_path / "parquet", alter))
    assert str(problem) == 'platelets.parquet, count: row 2: found "-1", expected a number from 0 to 3000'


@pytest.mark.parametrize(
    ("column", "values", "row", "found"),
    [
        ("day", [None, *range(1, 9)], 2, "nothing"),
        ("day", [datetime.date(2020, 1, 31), *[None] * 8], 2, '"2020-01-31"'),
        ("count", [decimal.Decimal("12.00"), decimal.Decimal("-1.50"), *[decimal.Decimal(1)] * 7], 3, '"-1.5"'),
        ("count", [float("nan"), *[1.0] * 8], 2, "nothing"),
        ("count", [float("inf"), *[1.0] * 8], 2, '"inf"'),
        ("bleeding", [1, *[0] * 8], 2, '"1"'),
        ("bleeding", [[True], *[[False]] * 8], None, "values of type list<element: bool>"),
        ("bleeding", [b"true", *[b"false"] * 8], None, "values of type binary"),
    ],
)
def test_values_of_parquet_files(column: str, values: list[Any], row: int | None, found: str, tmp_path: Path) -> None:
    def alter(tables: dict[str, pa.Table]) -> None:
        place = tables["platelets"].column_names.index(column)
        tables["platelets"] = tables["platelets"].set_column(place, column, pa.array(values))

    first = next(each for each in problems_of(parquet(tmp_path / "parquet", alter)) if each.column == column)
    assert (first.row, first.found) == (row, found)


NO_TEXT = pa.Array.from_buffers(pa.string(), 9, pa.array([b"\xff"] * 9).buffers())


@pytest.mark.parametrize(
    "values",
    [
        pa.array([2**60] * 9, pa.timestamp("ms")),
        pa.array([2**31 - 1] * 9, pa.date32()),
        pa.array([2**62] * 9, pa.duration("s")),
        pa.array([0] * 9, pa.timestamp("us", tz="No/Where")),
        NO_TEXT,
    ],
    ids=["a time beyond the calendar", "a day beyond it", "a span of time", "no such zone", "bytes that are no text"],
)
def test_values_of_parquet_that_python_has_not_end_in_a_sentence(values: pa.Array, tmp_path: Path) -> None:
    def alter(tables: dict[str, pa.Table]) -> None:
        tables["platelets"] = tables["platelets"].set_column(1, "day", values)

    (problem,) = problems_of(parquet(tmp_path / "parquet", alter))
    assert (problem.file, problem.column) == ("platelets.parquet", "day")
    assert problem.found == f"values of type {values.type} that cannot be read"


@pytest.mark.parametrize(
    ("length", "end", "found"),
    [
        *((length, b"", "a file of another format") for length in (0, 4, 100, -8)),
        (-8, b"\xff\0\0\0PAR1", "a damaged file"),
    ],
)
def test_a_file_that_is_no_parquet(length: int, end: bytes, found: str, tmp_path: Path) -> None:
    file = parquet(tmp_path / "parquet") / "platelets.parquet"
    file.write_bytes(file.read_bytes()[:length] + end)
    (problem,) = problems_of(tmp_path / "parquet")
    assert (problem.file, problem.found, problem.expected) == ("platelets.parquet", found, "a Parquet file")
    assert problem.group is Remedy.FILES


def test_a_parquet_file_missing_beside_others(tmp_path: Path) -> None:
    (parquet(tmp_path / "parquet") / "platelets.parquet").unlink()
    (problem,) = problems_of(tmp_path / "parquet")
    assert (problem.file, problem.found) == ("platelets.parquet", "no such file")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (None, ""),
        (pd.NA, ""),
        (pd.NaT, ""),
        (float("nan"), ""),
        (True, "true"),
        (np.bool_(False), "false"),
        (3, "3"),
        (3.0, "3"),
        (-0.0, "0"),
        (1e15, "1000000000000000"),
        (0.1, "0.1"),
        (decimal.Decimal("3.00"), "3"),
        (decimal.Decimal("1E+2"), "100"),
    ],
)
def test_text_of_a_value(value: object, text: str) -> None:
    assert cell_text(value) == text
    assert not isinstance(cell_text(value), DateText)


def test_a_date_is_other_than_its_text() -> None:
    date = cell_text(pd.Timestamp("2020-01-31"))
    assert (str(date), cell_text(datetime.timedelta(days=2))) == ("2020-01-31", DateText("2 days, 0:00:00"))
    assert date != "2020-01-31"
    assert len({date, "2020-01-31", DateText("2020-01-31")}) == 2
    tables = small_cohort_tables()
    tables["patients"]["centre"] = pd.Timestamp("2020-01-31")
    assert {problem.expected for problem in problems_of_tables(tables)} == {
        "text on one line without spaces around it, and not a cell that holds a date"
    }


# Headings


@pytest.mark.parametrize(
    ("heading", "table", "meant"),
    [
        ("Geschlecht", "patients", "sex"),
        ("Alter", "patients", "age_years"),
        ("Âge", "patients", "age_years"),
        ("Edad", "patients", "age_years"),
        ("Età", "patients", "age_years"),
        ("Décès", "patients", "died"),
        ("Sexo", "patients", "sex"),
        ("Sesso", "patients", "sex"),
        ("Dernières nouvelles", "patients", "last_followup_day"),
        ("Thrombozyten", "platelets", "count"),
        ("Plaquettes", "platelets", "count"),
        ("Plaquetas", "platelets", "count"),
        ("Piastrine", "platelets", "count"),
        ("Día", "platelets", "day"),
        ("Schwer", "adverse_events", "severe"),
        ("Ereignis", "adverse_events", "term"),
        ("laboratory", "platelets", None),
        ("", "platelets", None),
    ],
)
def test_headings_of_other_languages(heading: str, table: str, meant: str | None) -> None:
    assert nearest(heading, list(columns_of(table))) == meant


def test_other_names_are_of_columns_and_mean_one_column_of_a_table() -> None:
    assert set(OTHER_NAMES) <= {column for table in TABLES for column in columns_of(table)}
    for table in TABLES:
        names = [name for column in columns_of(table) for name in OTHER_NAMES.get(column, ())]
        assert len(set(names)) == len(names), table
    assert all(name == name.casefold() and name.isascii() for names in OTHER_NAMES.values() for name in names)
