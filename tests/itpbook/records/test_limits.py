"""Guards that files of records which are small and unpack to more than anybody has are refused before they do."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records import small_cohort_files, small_cohort_tables

from itpbook.intake.redcap import export
from itpbook.records import archives, delimited, workbooks
from itpbook.records.cohort import InvalidRecords, cohort_of, load_cohort, write_cohort
from itpbook.records.problems import LISTED, Problem, Problems, count_of

BOOK = "records.xlsx"
PLATELETS = "xl/worksheets/sheet3.xml"
Rows = Callable[[], Iterator[bytes]]


def problems_of(path: Path) -> list[Problem]:
    with pytest.raises(InvalidRecords) as refused:
        load_cohort(path)
    return list(refused.value.problems)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sound workbook of texts in a folder of its own."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, table in small_cohort_tables().items():
        sheet = book.create_sheet(name)
        for row in [list(table.columns), *table.to_numpy().tolist()]:
            sheet.append([cell or None for cell in row])
    path = tmp_path_factory.mktemp("workbook") / BOOK
    book.save(path)
    return path


def altered(sound: Path, folder: Path, part: str, alter: Callable[[bytes], Iterator[bytes]]) -> Path:
    """Write the workbook with one of its parts, or a further one, made anew."""
    with (
        zipfile.ZipFile(sound) as source,
        zipfile.ZipFile(folder / BOOK, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))
        with target.open(part, "w", force_zip64=True) as stream:
            stream.writelines(alter(source.read(part) if part in source.namelist() else b""))
    return folder


def with_rows(rows: Rows) -> Callable[[bytes], Iterator[bytes]]:
    """Return what adds rows to the end of a sheet."""

    def alter(content: bytes) -> Iterator[bytes]:
        before, after = content.split(b"</sheetData>")
        yield before
        yield from rows()
        yield b"</sheetData>" + after

    return alter


def inline_cells() -> Iterator[bytes]:
    row = b"<row>" + b'<c t="inlineStr"><is><t>x</t></is></c>' * 4 + b"</row>"
    for _ in range(2_500):
        yield row * 1_000


SHEETS: dict[str, tuple[Rows, str, str]] = {
    "ten million inline cells": (inline_cells, "bytes when it is unpacked", "up to 200,000,000 bytes"),
    "a million rows with a format": (
        lambda: iter([b"<row><c/></row>" * 1_048_565]),
        "more than 2,000,000 XML elements",
        "larger records as CSV or Parquet files",
    ),
    "one cell in the last row": (
        lambda: iter([b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>']),
        "row 1,048,576 below 1,048,565 empty ones",
        "no more than 1,000 empty rows between others",
    ),
    "one cell in the last column": (
        lambda: iter([b'<row r="12"><c r="XFD12"><v>1</v></c></row>']),
        "a cell in column 16,384 of row 12",
        "up to 1,000 columns",
    ),
    "rows as wide as a sheet": (
        lambda: (b'<row r="%d"><c r="XFD%d"/></row>' % (row, row) for row in range(12, 400)),
        "cells that reach over more than 5,000,000",
        "larger records as CSV or Parquet files",
    ),
    "a row further down than any": (
        lambda: (b'<row r="1000000000000"><c r="A1000000000000"><v>1</v></c></row>',),
        "a row below the row 1,048,576",
        "as in Excel",
    ),
    "one long text": (
        lambda: (b'<row><c t="inlineStr"><is><t>', *[b"x" * 1_000_000] * 12, b"</t></is></c></row>"),
        f"the part {PLATELETS} that unpacks to",
        "parts that unpack to up to 200 times",
    ),
}


@pytest.mark.parametrize(("rows", "found", "expected"), SHEETS.values(), ids=SHEETS)
def test_a_sheet_that_is_larger_than_records_is_refused(
    rows: Rows, found: str, expected: str, sound: Path, tmp_path: Path
) -> None:
    (problem,) = problems_of(altered(sound, tmp_path, PLATELETS, with_rows(rows)))
    assert found in problem.found
    assert expected in problem.expected


DTD = b'<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n<x>&b;</x>'
PARTS = {
    "entities in a sheet": (PLATELETS, [DTD], "with a document type"),
    "entities in the texts": ("xl/sharedStrings.xml", [DTD], "with a document type"),
    "a document type across two pieces": ("xl/a.xml", [b"<a>" + b" " * ((1 << 20) - 7), DTD[22:]], "a document type"),
    "another encoding": ("xl/styles.xml", [b"<?xml version='1.0' encoding='cp037'?>"], "in another encoding"),
    "UTF-16": ("xl/styles.xml", ["<x/>".encode("utf-16")], "in another encoding"),
    "UTF-16 without a mark": (PLATELETS, [DTD.decode().encode("utf-16-le")], "in another encoding"),
    "UTF-16 the other way round": (PLATELETS, [DTD.decode().encode("utf-16-be")], "in another encoding"),
    "a part outside": ("../../etc/cron.d/x", [b"x"], "a part named '../../etc/cron.d/x'"),
    "an absolute part": ("/etc/cron.d/x", [b"x"], "a part named '/etc/cron.d/x'"),
    "a part of Windows": ("xl\\workbook.xml", [b"x"], "a part named"),
    "texts without end": ("xl/sharedStrings.xml", [b"<a/>" * 100_000] * 21, "more than 2,000,000"),
}


@pytest.mark.parametrize(("part", "content", "found"), PARTS.values(), ids=PARTS)
def test_a_part_that_no_workbook_has_is_refused(
    part: str, content: list[bytes], found: str, sound: Path, tmp_path: Path
) -> None:
    (problem,) = problems_of(altered(sound, tmp_path, part, lambda _: iter(content)))
    assert (problem.file, problem.row) == (BOOK, None)
    assert found in problem.found


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_twice_and_too_many_parts(sound: Path, tmp_path: Path) -> None:
    (tmp_path / BOOK).write_bytes(sound.read_bytes())
    with zipfile.ZipFile(tmp_path / BOOK, "a") as archive:
        archive.writestr(PLATELETS, b"<x/>")
    assert problems_of(tmp_path)[0].found == f"a part named {PLATELETS!r} twice"
    with zipfile.ZipFile(tmp_path / BOOK, "w") as archive:
        for number in range(archives.MOST_PARTS + 1):
            archive.writestr(f"{number}.xml", b"")
    assert problems_of(tmp_path)[0].found == "1,001 parts"


def test_a_list_of_a_million_parts_is_not_read(sound: Path, tmp_path: Path) -> None:
    content = bytearray(sound.read_bytes())
    end = content.rfind(b"PK\x05\x06")
    content[end + 12 : end + 16] = (86_000_000).to_bytes(4, "little")
    (tmp_path / BOOK).write_bytes(content)
    (problem,) = problems_of(tmp_path)
    assert (problem.found, problem.expected) == (
        "a list of parts as of a huge archive",
        f"a list of up to {archives.DIRECTORY:,} bytes",
    )


def test_elements_within_each_other_and_damaged_xml_end_in_a_sentence(sound: Path, tmp_path: Path) -> None:
    levels = 100_000
    nested = [b"<numFmts>" * levels, b"</numFmts>" * levels]
    for part in ("xl/workbook.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels", PLATELETS):
        for content in ([b"<a"], nested, [b"<a/>"], [b""]):
            altered(sound, tmp_path, part, lambda _, content=content: iter(content))  # type: ignore[misc]
            assert {problem.file.partition(",")[0] for problem in problems_of(tmp_path)} == {BOOK}


def test_a_gap_and_cells_without_value_at_the_end_are_no_fault(sound: Path, tmp_path: Path) -> None:
    """Who formats whole columns leaves thousands of empty cells."""
    rows = (b'<row r="%d"><c r="A%d"/><c r="Z%d"/></row>' % (row, row, row) for row in range(12, 20_000))
    assert len(load_cohort(altered(sound, tmp_path, PLATELETS, with_rows(lambda: rows)))) == 3
    gap = [b'<row r="1000"><c r="A1000" t="inlineStr"><is><t>P1</t></is></c></row>']
    problems = problems_of(altered(sound, tmp_path, PLATELETS, with_rows(lambda: iter(gap))))
    empty = [problem for problem in problems if problem.found == "a row of empty cells"]
    assert (len(empty), count_of(empty)) == (LISTED, 989)
    assert workbooks.EMPTY_ROWS > 989


# Parquet


def write_parquet(folder: Path, table: pa.Table, **options: object) -> Path:
    for name, sound_table in small_cohort_tables().items():
        pq.write_table(pa.Table.from_pandas(sound_table), folder / f"{name}.parquet")
    pq.write_table(table, folder / "platelets.parquet", **options)
    return folder


def nulls(rows: int, *names: str) -> pa.Table:
    return pa.table({name: pa.nulls(rows, pa.int8()) for name in names})


def test_a_small_parquet_file_of_many_rows_is_refused_unread(tmp_path: Path) -> None:
    (problem,) = problems_of(write_parquet(tmp_path, nulls(20_000_000, "patient_id", "day")))
    assert "20,000,000 rows, " in problem.found
    assert problem.expected == "up to 1,000 times the size of the file"


def test_a_parquet_file_that_says_more_rows_than_anybody_has_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("itpbook.records.parquet.MOST_ROWS", 14)
    (problem,) = problems_of(write_parquet(tmp_path, nulls(15, "patient_id")))
    assert (problem.found, problem.expected) == ("15 rows", "up to 14 rows")


def test_a_parquet_file_that_unpacks_to_far_more_is_refused(tmp_path: Path) -> None:
    long = pa.table({"patient_id": [f"{number}{'y' * 1_000_000}" for number in range(110)]})
    (problem,) = problems_of(write_parquet(tmp_path, long, use_dictionary=False, compression="zstd"))
    assert "bytes when they are unpacked, in a file of" in problem.found


def test_a_parquet_file_of_many_columns_is_refused(tmp_path: Path) -> None:
    names = [f"column {number}" for number in range(delimited.MOST_COLUMNS + 1)]
    (problem,) = problems_of(write_parquet(tmp_path, nulls(1, *names)))
    assert (problem.found, problem.expected) == ("1,001 columns", "up to 1,000 columns")


def test_a_long_text_that_a_parquet_file_holds_once_is_not_written_out(tmp_path: Path) -> None:
    """A million rows of a text of 100,000 characters are 100 GB."""
    text = pa.DictionaryArray.from_arrays(pa.array(np.zeros(1_000_000, "int32")), pa.array(["x" * 100_000, "unused"]))
    problems = problems_of(write_parquet(tmp_path, pa.table({"patient_id": text})))
    assert "1,000,000 errors" not in problems[0].found
    strangers = [problem for problem in problems if problem.expected == "a patient of patients.parquet"]
    assert (len(strangers), count_of(strangers)) == (LISTED, 1_000_000)


def test_bytes_that_a_parquet_file_holds_once_are_not_read(tmp_path: Path) -> None:
    once = pa.DictionaryArray.from_arrays(pa.array(np.zeros(1_000_000, "int32")), pa.array([b"x" * 100_000]))
    folder = write_parquet(tmp_path, pa.table({"patient_id": once}), store_schema=False)
    (problem,) = problems_of(folder)
    assert (problem.column, problem.found) == ("patient_id", "values of type binary")


def test_a_list_of_very_many_values_in_one_row_is_refused_unread(tmp_path: Path) -> None:
    values = pa.array(np.zeros(20_000_000, "int8"))
    (problem,) = problems_of(
        write_parquet(tmp_path, pa.table({"patient_id": pa.ListArray.from_arrays([0, 20_000_000], values)}))
    )
    assert "1 rows, " in problem.found
    assert problem.expected == "up to 1,000 times the size of the file"


# CSV

HEADINGS = b"patient_id,day,count,bleeding\n"
TEXTS = {
    "a line of a megabyte and more": (HEADINGS + b"P1," + b"1" * 1_000_001, 2, "a line of more than 1,000,000 bytes"),
    "nothing but zero bytes": (bytes(3_000_000), 1, "a line of more than 1,000,000 bytes"),
    "a million columns": (b"," * 1_000_001, 1, "a line of more than 1,000,000 bytes"),
    "a hundred thousand columns": (b"," * 99_999 + b"\n", 1, "100,000 columns"),
    "many quoted columns": (b'"a",' * 1_001 + b'"b"\n', 1, "1,002 columns"),
    "a quotation mark that is never closed": (HEADINGS + b'P1,0,"1\n' + b"P1,1,1,true\n" * 20_000, 2, "a row that"),
}


@pytest.mark.parametrize(("content", "line", "found"), TEXTS.values(), ids=TEXTS)
def test_a_text_that_is_no_table_is_refused_with_its_line(
    content: bytes, line: int, found: str, tmp_path: Path
) -> None:
    (small_cohort_files(tmp_path) / "platelets.csv").write_bytes(content)
    (problem,) = problems_of(tmp_path)
    assert (problem.file, problem.row) == ("platelets.csv", line)
    assert found in problem.found


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_long_lines_are_found_wherever_they_begin(end: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "LONGEST_LINE", 10)
    for before in range(12):
        content = end.join([*[b"1"] * before, b"12345678901", b"1"])
        (tmp_path / "text").write_bytes(content)
        with (tmp_path / "text").open("rb") as opened:
            assert delimited.first_long_line(opened) == before + 1
        (tmp_path / "text").write_bytes(content.replace(b"12345678901", b"1234567890"))
        with (tmp_path / "text").open("rb") as opened:
            assert delimited.first_long_line(opened) is None


def test_exports_have_the_same_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "export.csv"

    def problems_of_export() -> list[Problem]:
        problems = Problems()
        assert export.read_export(path, "a", problems) is None
        return list(problems)

    path.write_bytes(b"a,b\n" + b"1" * 1_000_001)
    assert [problem.row for problem in problems_of_export()] == [2]
    path.write_bytes(b",".join(b"f%d" % number for number in range(export.REDCAP_FILES.most_columns + 1)))
    assert [problem.found for problem in problems_of_export()] == ["10,001 columns"]
    monkeypatch.setattr(export, "REDCAP_FILES", replace(export.REDCAP_FILES, largest=3))
    assert "files of up to 3 are read" in problems_of_export()[0].found


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (b"P1,1,x,true\n", "a number from 0 to 3000"),
        (b"P1,1\n", "4 cells, as many as headings"),
        (b",,,\n", "no row, or one with values"),
        (b"P\xe9,1,1,true\n", "text encoded as UTF-8"),
        (b"P9,1,1,true\n", "a patient of patients.csv"),
    ],
)
def test_errors_of_a_kind_are_counted_and_not_kept(row: bytes, expected: str, tmp_path: Path) -> None:
    (small_cohort_files(tmp_path) / "platelets.csv").write_bytes(HEADINGS + row * 5_000)
    of_kind = [problem for problem in problems_of(tmp_path) if problem.expected == expected]
    assert (len(of_kind), count_of(of_kind)) == (LISTED, 5_000)
    assert [problem.row for problem in of_kind] == list(range(2, 2 + LISTED))


# Texts that a spreadsheet would take for a formula

ONE_LINE = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=6)
FORMULAS = st.tuples(st.text("'=+-@", min_size=1, max_size=3), ONE_LINE).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
@given(texts=st.lists(FORMULAS, min_size=3, max_size=3, unique=True))
def test_texts_come_back_from_the_files_as_they_were(texts: list[str], tmp_path: Path) -> None:
    tables = small_cohort_tables()
    tables["patients"]["centre"] = texts
    tables["adverse_events"].loc[0, "term"] = texts[0]
    cohort = cohort_of(tables)
    write_cohort(cohort, tmp_path)
    read = load_cohort(tmp_path)
    assert read.patients["centre"].tolist() == texts
    assert read.adverse_events["term"].tolist()[0] == texts[0]
    assert read.digests == cohort.digests


def test_an_apostrophe_makes_no_other_text_nor_another_patient(tmp_path: Path) -> None:
    tables = small_cohort_tables()
    for table in tables.values():
        table["patient_id"] = table["patient_id"].replace("P1", "=P1")
    write_cohort(cohort_of(tables), tmp_path)
    counts = tmp_path / "platelets.csv"
    text = counts.read_text(encoding="utf-8")
    assert text.count("\n'=P1,") == 4
    # Of one patient, some rows were written by another program.
    counts.write_text(text.replace("'=P1,0", "=P1,0"), encoding="utf-8")
    assert load_cohort(tmp_path).patients["patient_id"].tolist()[0] == "=P1"
    counts.write_text(text.replace("'=P1,0,9.5", "'=P1,0,'-9.5"), encoding="utf-8")
    assert [problem.found for problem in problems_of(tmp_path)] == ['"-9.5"']
