"""Excel workbooks of records: a sheet for each table, read as the text that a CSV file of it would hold.

Numbers come as they are held, not as they are shown: an identifier that is typed as a number and shown as 007 is 7.
Of a formula its stored result counts.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from implied.files.input_files import open_input
from itpbook.records.archives import INSTEAD, Refused, has_formulas
from itpbook.records.delimited import MOST_COLUMNS
from itpbook.records.headings import passed_over
from itpbook.records.problems import Problem, Problems, Remedy, quoted, why_unreadable
from itpbook.records.schema import TABLES
from itpbook.records.text_tables import UNKNOWN, TextColumn, TextTable, cell_text

_PROTECTED = b"\xd0\xcf\x11\xe0"
"""How an old workbook begins, and a new one that is encrypted."""
LARGEST = 100_000_000
"""Bytes of a workbook."""
EMPTY_ROWS = 1_000
"""Rows of empty cells between others."""
LAST_ROW = 1 << 20
"""The last row that Excel has."""
REACH = 5_000_000
"""Cells that a sheet may reach over, empty ones among them."""
Row = tuple[Any, ...]


def sheet_file(path: Path, sheet: str) -> str:
    """Name a sheet of a workbook, as problems do."""
    return f"{path.name}, sheet {sheet}"


def read_workbook(path: Path, problems: Problems) -> dict[str, TextTable | None]:
    """Read the sheets that are named after the tables; other sheets may be next to them.

    Returns the cells of each table as text, None where there is nothing to check; what is wrong with the workbook
    goes to ``problems``.
    """
    observed, expected = "a file that is no workbook, or a damaged one", "a workbook (.xlsx) without a password"
    try:
        with open_input(path, LARGEST) as opened:
            if opened.read(4) == _PROTECTED:
                raise Refused("a workbook that a password protects, or one of the old format (.xls)", expected)
            formulas = has_formulas(opened)
            # Warnings are about what is lost on saving: styles, lists and notes.
            with warnings.catch_warnings(action="ignore"):
                return _tables(path, opened, problems, formulas=formulas)
    except Refused as error:
        observed, expected = error.found, error.expected
    except Exception as error:
        # A damaged workbook makes the libraries raise nearly anything; only the system's errors have their words.
        if isinstance(error, OSError) and error.strerror is not None:
            observed, expected = why_unreadable(path, error), f"a file {path.name}"
    problems.add(path.name, observed, expected)
    return dict.fromkeys(TABLES)


def _tables(path: Path, opened: BinaryIO, problems: Problems, *, formulas: bool) -> dict[str, TextTable | None]:
    # Only workbooks need it, and it takes as long to load as records do.
    import openpyxl

    texts: dict[str, TextTable | None] = dict.fromkeys(TABLES)
    # Values that other workbooks hold are not looked up.
    book = openpyxl.load_workbook(opened, read_only=True, data_only=True, keep_links=False)
    unresolved = openpyxl.load_workbook(opened, read_only=True, keep_links=False) if formulas else None
    try:
        for name in TABLES:
            file = sheet_file(path, name)
            if name not in book.sheetnames:
                near = [other for other in book.sheetnames if other.strip().casefold() == name]
                observed = f"{', '.join(map(quoted, near))} instead" if near else "no such sheet"
                problems.add(file, observed, f"a sheet {name}")
                continue
            try:
                rows = _filled_rows(book, name)
                written = _filled_rows(unresolved, name) if unresolved is not None else []
            except Refused as error:
                problems.add(file, error.found, error.expected)
                continue
            problems += _without_result(file, rows, written)
            texts[name] = _table(rows)
            if texts[name] is None:
                problems.add(file, "an empty sheet", "a heading and rows")
        problems += passed_over({sheet_file(path, other): other for other in book.sheetnames})
    finally:
        for opened_book in filter(None, (book, unresolved)):
            opened_book.close()
    return texts


def _filled_rows(book: Any, name: str) -> list[Row]:
    """Return the rows up to the last one that holds anything; cells beyond the last filled one of a row are left out.

    Raises
    ------
    Refused
        When the sheet has more columns, reaches further or has a larger gap than any table of records.
    """
    rows: list[Row] = []
    empty = reach = 0
    # Some programs note a wrong size of the sheet.
    book[name].reset_dimensions()
    for number, row in enumerate(book[name].iter_rows(values_only=True), start=1):
        if number > LAST_ROW:
            raise Refused(f"a row below the row {LAST_ROW:,}", f"up to {LAST_ROW:,} rows, as in Excel")
        reach += len(row)
        if reach > REACH:
            raise Refused(f"cells that reach over more than {REACH:,}", f"a sheet of fewer cells, and {INSTEAD}")
        width = len(row)
        while width and row[width - 1] is None:
            width -= 1
        if not width:
            empty += 1
            continue
        if empty > EMPTY_ROWS:
            expected = f"no more than {EMPTY_ROWS:,} empty rows between others: delete what stands in this row"
            raise Refused(f"row {number:,} below {empty:,} empty ones", expected)
        if width > MOST_COLUMNS:
            raise Refused(f"a cell in column {width:,} of row {number:,}", f"up to {MOST_COLUMNS:,} columns")
        rows += [()] * empty
        empty = 0
        rows.append(row[:width])
    return rows


def _table(rows: list[Row]) -> TextTable | None:
    """Take the first row that holds anything as headings; rows and columns without anything at the end do not count."""
    # The last cell of a row is filled.
    filled = [number for number, row in enumerate(rows) if row]
    if not filled:
        return None
    top, records = filled[0], rows[filled[0] + 1 :]
    width = max(len(row) for row in rows)
    padded = [(*row, *[None] * (width - len(row))) for row in [rows[top], *records]]
    headings = [cell_text(cell) for cell in padded[0]]
    columns = [TextColumn.of(row[column] for row in padded[1:]) for column in range(width)]
    lines = np.arange(top + 2, top + 2 + len(records), dtype=np.int64)
    return TextTable(tuple(headings), tuple(columns), lines, heading_line=top + 1)


def _without_result(file: str, rows: list[Row], formulas: list[Row]) -> Iterator[Problem]:
    """Report formulas whose result is not stored, and mark their cells in ``rows``: they would pass for empty ones."""
    headings = next((row for row in rows if row), ())
    rows += [()] * (len(formulas) - len(rows))
    for number, written in enumerate(formulas):
        values = [*rows[number], *[None] * (len(written) - len(rows[number]))]
        for column, formula in enumerate(written):
            if formula is None or values[column] is not None:
                continue
            # Array formulas and data tables come as objects; the latter are shown by Excel as this.
            formula_text = formula if isinstance(formula, str) else getattr(formula, "text", "=TABLE()")
            heading = cell_text(headings[column]) if column < len(headings) else ""
            observed = f"the formula {quoted(formula_text)} without its result"
            expected = "a value, or a formula in a workbook that was saved with its results"
            yield Problem(file, number + 1, heading or None, observed, expected, Remedy.VALUES)
            values[column] = UNKNOWN
        rows[number] = tuple(values)
