"""Excel workbooks of records: a sheet for each table, read as the text that a CSV file of it would hold.

Numbers come as they are held, not as they are shown: an identifier that is typed as a number and shown as 007 is 7.
Of a formula its stored result counts.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import openpyxl

from implied.files.input_files import open_input
from itpbook.records.archives import INSTEAD, Refused, has_formulas
from itpbook.records.cell_values import UNKNOWN, cell_text, text_column
from itpbook.records.problems import Group, Problem, Problems, quoted
from itpbook.records.record_files import TextTable, passed_over, unreadable
from itpbook.records.schema import TABLES
from itpbook.records.text_files import MOST_COLUMNS

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


def read_workbook(path: Path) -> tuple[dict[str, TextTable | None], list[Problem]]:
    """Read the sheets that are named after the tables; other sheets may stand beside them.

    Returns
    -------
    tuple
        The cells of each table as text, None where there is nothing to check; and what is wrong with the workbook.
    """
    expected = "a workbook (.xlsx) without a password"
    nothing: dict[str, TextTable | None] = dict.fromkeys(TABLES)
    try:
        with open_input(path, LARGEST) as opened:
            if opened.read(4) == _PROTECTED:
                found = "a workbook that a password protects, or one of the old format (.xls)"
                return nothing, [Problem(path.name, None, None, found, expected, Group.FILES)]
            formulas = has_formulas(opened)
            # Warnings are about what is lost on saving: styles, lists and notes.
            with warnings.catch_warnings(action="ignore"):
                return _tables(path, opened, formulas=formulas)
    except Refused as error:
        return nothing, [Problem(path.name, None, None, error.found, error.expected, Group.FILES)]
    except OSError as error:
        if error.strerror is not None:
            return nothing, [unreadable(path, error)]
    except Exception:
        # A damaged workbook makes the libraries that unpack and parse it raise nearly anything.
        pass
    found = "a file that is no workbook, or a damaged one"
    return nothing, [Problem(path.name, None, None, found, expected, Group.FILES)]


def _tables(path: Path, opened: BinaryIO, *, formulas: bool) -> tuple[dict[str, TextTable | None], list[Problem]]:
    texts: dict[str, TextTable | None] = {}
    problems = Problems()
    # Values that other workbooks hold are not looked up.
    book = openpyxl.load_workbook(opened, read_only=True, data_only=True, keep_links=False)
    unresolved = openpyxl.load_workbook(opened, read_only=True, keep_links=False) if formulas else None
    try:
        for name in TABLES:
            file = sheet_file(path, name)
            if name not in book.sheetnames:
                near = [each for each in book.sheetnames if each.strip().casefold() == name]
                found = f"{', '.join(map(quoted, near))} instead" if near else "no such sheet"
                texts[name] = None
                problems.append(Problem(file, None, None, found, f"a sheet {name}", Group.FILES))
                continue
            try:
                rows = _filled_rows(book, name)
                written = _filled_rows(unresolved, name) if unresolved is not None else []
            except Refused as error:
                texts[name] = None
                problems.append(Problem(file, None, None, error.found, error.expected, Group.FILES))
                continue
            problems += _without_result(file, rows, written)
            texts[name] = _table(rows)
            if texts[name] is None:
                problems.append(Problem(file, None, None, "an empty sheet", "a heading and rows", Group.FILES))
        problems += passed_over({sheet_file(path, each): each for each in book.sheetnames})
    finally:
        for opened in filter(None, (book, unresolved)):
            opened.close()
    return texts, list(problems)


def _rows(book: Any, name: str) -> Iterator[Row]:
    sheet = book[name]
    # Some programs note a wrong size of the sheet.
    sheet.reset_dimensions()
    yield from sheet.iter_rows(values_only=True)


def _filled_rows(book: Any, name: str) -> list[Row]:
    """Return the rows up to the last one that holds anything; cells beyond the last filled one of a row are left out.

    Raises
    ------
    Refused
        When the sheet has more columns, reaches further or has a larger gap than any table of records.
    """
    rows: list[Row] = []
    empty = reach = 0
    for number, row in enumerate(_rows(book, name), start=1):
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
    filled = [place for place, row in enumerate(rows) if any(cell is not None for cell in row)]
    if not filled:
        return None
    top, records = filled[0], rows[filled[0] + 1 : filled[-1] + 1]
    width = max(1 + max(place for place, cell in enumerate(rows[at]) if cell is not None) for at in filled)
    cells = zip_longest(*(row[:width] for row in records))
    columns = [text_column(column) for column in cells]
    # Where no row reaches as far as the headings do, the columns are empty.
    columns += [text_column([None] * len(records))] * (width - len(columns))
    headings = [cell_text(cell) for cell in rows[top][:width]]
    headings += [""] * (width - len(headings))
    lines = np.arange(top + 2, top + 2 + len(records), dtype=np.int64)
    return TextTable(tuple(headings), tuple(columns), lines, heading_line=top + 1)


def _without_result(file: str, rows: list[Row], formulas: list[Row]) -> Iterator[Problem]:
    """Report formulas whose result is not stored, and mark their cells in ``rows``: they would pass for empty ones."""
    headings = next((row for row in rows if row), ())
    rows += [()] * (len(formulas) - len(rows))
    for at, written in enumerate(formulas):
        values = [*rows[at], *[None] * (len(written) - len(rows[at]))]
        for place, formula in enumerate(written):
            if formula is None or values[place] is not None:
                continue
            # Array formulas and data tables come as objects; the latter are shown by Excel as this.
            formula_text = formula if isinstance(formula, str) else getattr(formula, "text", "=TABLE()")
            column = cell_text(headings[place]) if place < len(headings) else ""
            found = f"the formula {quoted(formula_text)} without its result"
            expected = "a value, or a formula in a workbook that was saved with its results"
            yield Problem(file, at + 1, column or None, found, expected, Group.VALUES)
            values[place] = UNKNOWN
        rows[at] = tuple(values)
