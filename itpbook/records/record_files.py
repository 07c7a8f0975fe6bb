"""CSV files of records, read as text without interpreting a cell.

Files without quotation marks whose lines all have as many commas go through pandas' parser; all others
through Python's, which takes several times longer but knows on which line it is.

A column is held as its distinct texts and, for each row, the position of its text among them. So every later
check looks at a text once however often it occurs, and millions of rows take little room.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from implied.files.input_files import OF_RECORDS, open_input
from implied.files.spreadsheets import unshielded
from itpbook.records.problems import Group, Problem, Problems, alike, quoted
from itpbook.records.schema import TABLES
from itpbook.records.text_files import MOST_COLUMNS, line_too_long, too_many_columns, undecodable, unreadable_row

Codes = NDArray[np.int32]
_CHUNK = 1 << 11
_UNKNOWN = None
"""Stands for a cell that cannot be told from its neighbours or decoded; never for an empty one."""
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_OTHER_FORMATS = {
    b"\xff\xfe": "text encoded as UTF-16",
    b"\xfe\xff": "text encoded as UTF-16",
    b"PK\x03\x04": "a workbook or archive",
    b"\xd0\xcf\x11\xe0": "a workbook",
}


@dataclass(frozen=True)
class TextColumn:
    """Distinct texts, and for each row the position of its own; -1 where the text cannot be known."""

    texts: NDArray[np.object_]
    codes: Codes


@dataclass(frozen=True)
class TextTable:
    """Cells as they were typed.

    ``lines`` has each row's line in the file, ``heading_line`` that of the headings; ``complete`` is False when
    the file may hold further rows.
    """

    headings: tuple[str, ...]
    columns: tuple[TextColumn, ...]
    lines: NDArray[np.int64]
    complete: bool = True
    heading_line: int = 1


class _Coding:
    """The distinct texts of a column met so far."""

    def __init__(self, *, damaged: bool) -> None:
        self.known: dict[str, int] = {}
        self.chunks: list[Codes] = []
        self.damaged = damaged

    def add(self, cells: tuple[str | None, ...]) -> None:
        # Not by pandas, for which a text of nothing but a NUL is an empty one.
        self.chunks.append(np.array([self._code(cell) for cell in cells], dtype=np.int32))

    def _code(self, cell: str | None) -> int:
        if cell is None or (self.damaged and "\ufffd" in cell):
            return -1
        return self.known.setdefault(cell, len(self.known))

    def column(self) -> TextColumn:
        codes = np.concatenate(self.chunks) if self.chunks else np.empty(0, dtype=np.int32)
        return TextColumn(objects(self.known), codes)


def read_table(path: Path) -> tuple[TextTable | None, list[Problem]]:
    """Read a CSV file (UTF-8 with or without byte-order mark, commas, any line ends).

    Returns
    -------
    tuple
        The cells as text, None when there is nothing to check; and what is wrong with the file as such.
    """
    file = path.name
    try:
        with open_input(path, OF_RECORDS) as opened:
            if too_long := line_too_long(file, opened):
                return None, [too_long]
            opened.seek(0)
            content = opened.read()
        for mark, words in _OTHER_FORMATS.items():
            if content.startswith(mark):
                return None, [Problem(file, 1, None, words, "text encoded as UTF-8, separated by commas", Group.FILES)]
        problems = Problems(undecodable(file, content))
        if not problems and (plain := _plain_table(content)) is not None:
            return _unshielded(plain), []
        del content
        opened = open_input(path, OF_RECORDS)
        with io.TextIOWrapper(opened, encoding="utf-8-sig", errors="replace", newline="") as text:
            table, others = _table(file, text, damaged=bool(problems))
        problems += others
        return None if table is None else _unshielded(table), list(problems)
    except OSError as error:
        return None, [unreadable(path, error)]


def _unshielded(table: TextTable) -> TextTable:
    """Take away the apostrophes that keep texts from being formulas in a spreadsheet."""
    headings = tuple(map(unshielded, table.headings))
    return replace(table, headings=headings, columns=tuple(map(_unshielded_column, table.columns)))


def _unshielded_column(column: TextColumn) -> TextColumn:
    plain = list(map(unshielded, column.texts.tolist()))
    if plain == column.texts.tolist():
        return column
    # With and without the apostrophe it may be the same text.
    known: dict[str, int] = {}
    places = [known.setdefault(text, len(known)) for text in plain]
    return TextColumn(objects(known), np.array([*places, -1], dtype=np.int32)[column.codes])


def unreadable(path: Path, error: OSError) -> Problem:
    """Say that a file is not there (and what else may be meant), or why the system does not let it be read."""
    found = f"a file that cannot be read: {error.strerror}"
    if isinstance(error, FileNotFoundError):
        near = [other.name for other in path.parent.iterdir() if other.stem.casefold() == path.stem.casefold()]
        found = f"{', '.join(map(quoted, sorted(near)))} instead" if near else "no such file"
    return Problem(path.name, None, None, found, f"a file {path.name}", Group.FILES)


def passed_over(stems: Mapping[str, str]) -> Iterator[Problem]:
    """Report files (or sheets) that are named after a table but not as it is, and so are not read.

    ``stems`` has the name of each without its suffix; what differs in capitals alone is named where it is missed.
    """
    for file, stem in stems.items():
        plain = stem.strip().casefold()
        for name in TABLES if plain not in TABLES else ():
            if name in plain:
                expected = f"no records of {name} but those under that very name"
                yield Problem(file, None, None, "records that are not read", expected, Group.UNLIKELY)


def objects(values: Iterable[Any]) -> NDArray[np.object_]:
    """Return texts as an array of objects."""
    listed = list(values)
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array


def _plain_table(content: bytes) -> TextTable | None:
    """Read a file in which every comma separates and every line is a row; None for any other."""
    if b'"' in content or b"\0" in content or content.count(b"\r") != content.count(b"\r\n"):
        return None
    signs = np.frombuffer(content, dtype=np.uint8)
    ends, commas = np.flatnonzero(signs == ord("\n")), np.flatnonzero(signs == ord(","))
    if not content.endswith(b"\n"):
        ends = np.append(ends, len(signs))
    separators = content[: ends[0]].count(b",")
    if not 0 < separators < MOST_COLUMNS or len(commas) != separators * len(ends):
        return None
    of_line = commas.reshape(len(ends), separators)
    if (of_line[:, -1] > ends).any() or (of_line[1:, 0] < ends[:-1]).any():
        return None
    headings = content[: ends[0]].decode("utf-8-sig").removesuffix("\r").split(",")
    cells = pd.read_csv(
        io.BytesIO(content),
        header=0,
        names=range(len(headings)),
        index_col=False,
        dtype="category",
        na_filter=False,
        quoting=csv.QUOTE_NONE,
        skip_blank_lines=False,
        encoding="utf-8",
    )
    coded = [cells[place].cat for place in cells]
    columns = [TextColumn(objects(each.categories), each.codes.to_numpy().astype(np.int32)) for each in coded]
    return TextTable(tuple(headings), tuple(columns), np.arange(2, len(cells) + 2, dtype=np.int64))


def _table(file: str, text: TextIO, *, damaged: bool) -> tuple[TextTable | None, list[Problem]]:
    heading_line, opening = next(((place, line) for place, line in enumerate(text, 1) if line.strip("\r\n")), (0, ""))
    if not opening:
        return None, [Problem(file, None, None, "an empty file", "a heading and rows", Group.FILES)]
    if "," not in opening:
        # Seen before the line is parsed: between quotation marks another separator is an error of its own.
        for words in (words for separator, words in _SEPARATORS.items() if separator in opening):
            found = f"headings separated by {words}"
            return None, [Problem(file, heading_line, None, found, "headings separated by commas", Group.FILES)]
    reader, above = csv.reader(chain([opening], text), strict=True), heading_line - 1
    try:
        headings = next(reader)
    except csv.Error as error:
        return None, [unreadable_row(file, heading_line, error)]
    if len(headings) > MOST_COLUMNS:
        return None, [too_many_columns(file, heading_line, len(headings))]

    columns = [_Coding(damaged=damaged) for _ in headings]
    lines: list[NDArray[np.int64]] = []
    problems = Problems()
    more = complete = True
    while more:
        first, rows = above + reader.line_num + 1, list[list[str]]()
        try:
            # Extending keeps the rows read before an error.
            rows.extend(islice(reader, _CHUNK))
            more = len(rows) == _CHUNK
            numbers = _line_numbers(rows, first, above + reader.line_num)
        except csv.Error as error:
            more = complete = False
            numbers = _line_numbers(rows, first, None)
            problems.append(unreadable_row(file, int(numbers[-1]), error))
        kept, numbers, odd = _aligned(file, rows, numbers[:-1], headings)
        problems += odd
        lines.append(numbers)
        for coding, cells in zip(columns, zip(*kept, strict=True), strict=bool(kept)):
            coding.add(cells)
    coded = tuple(coding.column() for coding in columns)
    return TextTable(tuple(headings), coded, np.concatenate(lines), complete, heading_line), list(problems)


def _line_numbers(rows: list[list[str]], first: int, last: int | None) -> NDArray[np.int64]:
    """Return the line on which each row begins, and that after the last row; cells may span several lines."""
    if last is not None and last - first + 1 == len(rows):
        return np.arange(first, last + 2, dtype=np.int64)
    heights = [1 + sum(len(_LINE_BREAK.findall(cell)) for cell in row) for row in rows]
    return np.cumsum([first, *heights], dtype=np.int64)


def _aligned(
    file: str, rows: list[list[str]], lines: NDArray[np.int64], headings: list[str]
) -> tuple[list[Any], NDArray[np.int64], list[Problem]]:
    """Leave out blank lines; of a row with too many or too few cells keep the patient's identifier only."""
    width = len(headings)
    if not set(map(len, rows)) - {width}:
        return rows, lines, []
    kept: list[Any] = []
    odd: list[tuple[int, int]] = []
    for row, line in zip(rows, lines.tolist(), strict=True):
        if row and len(row) != width:
            odd.append((line, len(row)))
            name = row[0] if headings[0] == "patient_id" else _UNKNOWN
            kept.append([name, *[_UNKNOWN] * (width - 1)])
        elif row:
            kept.append(row)
    expected = f"{_cells(width)}, as many as headings"
    problems = alike(odd, lambda row: Problem(file, row[0], None, _cells(row[1]), expected, Group.FILES))
    return kept, lines[[bool(row) for row in rows]], list(problems)


def _cells(number: int) -> str:
    return f"{number:,} cell{'' if number == 1 else 's'}"
