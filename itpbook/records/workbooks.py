"""Excel workbooks of records: a sheet for each table, read as the text that a CSV file of it would hold.

Numbers come as they are held, not as they are shown: an identifier that is typed as a number and shown as 007 is 7.
Of a formula its stored result counts.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import numpy as np
import openpyxl

from itpbook.records.files import TextTable, passed_over, unreadable
from itpbook.records.problems import Group, Problem, quoted
from itpbook.records.values import UNKNOWN, cell_text, text_column
from itpbook.schema import TABLES

_PROTECTED = b"\xd0\xcf\x11\xe0"
"""How an old workbook begins, and a new one that is encrypted."""
_CHUNK = 1 << 20
_DAMAGED = (zipfile.BadZipFile, zlib.error, ParseError, KeyError, ValueError, TypeError, AttributeError, EOFError)
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
        with path.open("rb") as file:
            if file.read(4) == _PROTECTED:
                found = "a workbook that a password protects, or one of the old format (.xls)"
                return nothing, [Problem(path.name, None, None, found, expected, Group.FILES)]
        # Warnings are about what is lost on saving: styles, lists and notes.
        with warnings.catch_warnings(action="ignore"):
            return _tables(path)
    except OSError as error:
        return nothing, [unreadable(path, error)]
    except _DAMAGED:
        found = "a file that is no workbook, or a damaged one"
        return nothing, [Problem(path.name, None, None, found, expected, Group.FILES)]


def _tables(path: Path) -> tuple[dict[str, TextTable | None], list[Problem]]:
    texts: dict[str, TextTable | None] = {}
    problems: list[Problem] = []
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    formulas = openpyxl.load_workbook(path, read_only=True) if _has_formulas(path) else None
    try:
        for name in TABLES:
            file = sheet_file(path, name)
            if name not in book.sheetnames:
                near = [each for each in book.sheetnames if each.strip().casefold() == name]
                found = f"{', '.join(map(quoted, near))} instead" if near else "no such sheet"
                texts[name] = None
                problems.append(Problem(file, None, None, found, f"a sheet {name}", Group.FILES))
                continue
            rows = list(_rows(book, name))
            if formulas is not None:
                problems += _without_result(file, rows, _rows(formulas, name))
            texts[name] = _table(rows)
            if texts[name] is None:
                problems.append(Problem(file, None, None, "an empty sheet", "a heading and rows", Group.FILES))
        problems += passed_over({sheet_file(path, each): each for each in book.sheetnames})
    finally:
        for opened in filter(None, (book, formulas)):
            opened.close()
    return texts, problems


def _rows(book: Any, name: str) -> Iterator[Row]:
    sheet = book[name]
    # Some programs note a wrong size of the sheet.
    sheet.reset_dimensions()
    yield from sheet.iter_rows(values_only=True)


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


def _has_formulas(path: Path) -> bool:
    """Look for a formula in any sheet, without holding the sheet."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/"):
                continue
            with archive.open(name) as sheet:
                before = b""
                while piece := sheet.read(_CHUNK):
                    if b"<f>" in before + piece or b"<f " in before + piece:
                        return True
                    before = piece[-3:]
    return False


def _without_result(file: str, rows: list[Row], formulas: Iterator[Row]) -> Iterator[Problem]:
    """Report formulas whose result is not stored, and mark their cells in ``rows``: they would pass for empty ones."""
    headings = next((row for row in rows if any(cell is not None for cell in row)), ())
    for at, written in enumerate(formulas):
        values = rows[at]
        for place, formula in enumerate(written):
            if not (isinstance(formula, str) and formula.startswith("=") and values[place] is None):
                continue
            column = cell_text(headings[place]) if place < len(headings) else ""
            found = f"the formula {quoted(formula)} without its result"
            expected = "a value, or a formula in a workbook that was saved with its results"
            yield Problem(file, at + 1, column or None, found, expected, Group.VALUES)
            values = (*values[:place], UNKNOWN, *values[place + 1 :])
        rows[at] = values
