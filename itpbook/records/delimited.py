"""Delimited text such as CSV, read without interpreting a cell; what is wrong with a file is reported with its line.

Large files of commas without quotation marks whose lines all have as many of them go through pandas' parser; all
others through Python's, which takes several times longer but knows on which line it is.
"""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from implied.files.input_files import OF_RECORDS, open_input
from implied.files.spreadsheets import unshielded
from itpbook.records.problems import Problem, Problems, Remedy, quoted, why_unreadable
from itpbook.records.report import number
from itpbook.records.text_tables import TextColumn, TextTable, object_array

LONGEST_LINE = 1_000_000
"""Bytes of a line of text."""
LARGE = 1_000_000
"""Bytes from which on pandas' parser is worth its preparations."""
MOST_COLUMNS = 1_000
"""Columns of a table of records."""
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_OTHER_FORMATS = {
    b"\xff\xfe": "text encoded as UTF-16",
    b"\xfe\xff": "text encoded as UTF-16",
    b"PK\x03\x04": "a workbook or archive",
    b"\xd0\xcf\x11\xe0": "a workbook",
}


@dataclass(frozen=True)
class Layout:
    """What delimited files of a kind look like.

    Attributes
    ----------
    separators
        The signs of which the headings use one, and how these are called.
    largest, most_columns
        Bytes and columns that a file may have.
    change
        Returns what is meant by a heading or a cell.
    partly
        Whether lines in UTF-8 are read although others are not.
    name
        What is expected where there is no file; the file by its own name if empty.
    """

    separators: tuple[str, str]
    largest: int
    most_columns: int
    change: Callable[[str], str]
    partly: bool = False
    name: str = ""


RECORDS = Layout((",", "commas"), OF_RECORDS, MOST_COLUMNS, unshielded, partly=True)
"""A table of records, without the apostrophes that keep its texts from being formulas in a spreadsheet."""


def read_delimited(path: Path, problems: Problems, layout: Layout = RECORDS) -> TextTable | None:
    """Read a file in UTF-8, with or without byte-order mark, with any line ends.

    Returns its cells as text, None when there is nothing to check; what is wrong with the file goes to ``problems``.
    """
    file, (signs, separated) = path.name, layout.separators
    try:
        with open_input(path, layout.largest) as opened:
            if line := first_long_line(opened):
                observed = f"a line of more than {LONGEST_LINE:,} bytes"
                problems.add(file, observed, f"lines of up to {LONGEST_LINE:,} bytes", row=line)
                return None
            opened.seek(0)
            content = opened.read()
    except OSError as error:
        problems.add(file, why_unreadable(path, error), layout.name or f"a file {file}")
        return None
    if words := next((words for mark, words in _OTHER_FORMATS.items() if content.startswith(mark)), None):
        problems.add(file, words, f"text encoded as UTF-8, separated by {separated}", row=1)
        return None
    damaged = Problems(_undecodable(file, content))
    problems += damaged
    if damaged and not layout.partly:
        return None
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", errors="replace", newline="")
    heading_line, opening = next(((count, line) for count, line in enumerate(text, 1) if line.strip()), (0, ""))
    if not opening:
        problems.add(file, "an empty file", "a heading and rows")
        return None
    # Between quotation marks a heading may hold any sign.
    outside = "".join(opening.split('"')[::2])
    used = [sign for sign in signs if sign in outside]
    words = " and ".join(words for sign, words in _SEPARATORS.items() if sign in (used or outside))
    if len(used) != 1 and (words or len(signs) > 1):
        observed = f"headings separated by {words}" if words else f"a single heading {quoted(opening.strip())}"
        problems.add(file, observed, f"headings separated by {separated}", row=heading_line)
        return None
    separator = used[0] if used else signs
    plain = len(content) >= LARGE and separator == "," and heading_line == 1 and not damaged
    table = plain_table(content) if plain else None
    if table is None:
        lines = chain([opening], text)
        table = table_of_lines(
            file, lines, separator, heading_line, layout.most_columns, problems, damaged=bool(damaged)
        )
    return None if table is None else table.changed(layout.change)


def first_long_line(opened: BinaryIO) -> int | None:
    """Return the number of the first line that is longer than any line of records, without holding it."""
    number, length = 1, 0
    while piece := opened.read(LONGEST_LINE):
        end = min((index for index in (piece.find(b"\n"), piece.find(b"\r")) if index >= 0), default=len(piece))
        if length + end > LONGEST_LINE:
            return number
        last = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        length = length + len(piece) if last < 0 else len(piece) - last - 1
        number += piece.count(b"\n") or piece.count(b"\r")
    return None


def _undecodable(file: str, content: bytes) -> Iterator[Problem]:
    """Report the lines that are not UTF-8, each with its first wrong byte."""
    try:
        content.decode("utf-8")
        return
    except UnicodeDecodeError:
        pass
    for count, line in enumerate(content.splitlines(), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            byte = f"the byte 0x{line[error.start]:02x}"
            yield Problem(file, count, None, byte, "text encoded as UTF-8", Remedy.FILES)


def plain_table(content: bytes) -> TextTable | None:
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
    columns = [
        TextColumn(object_array(cells[number].cat.categories), cells[number].cat.codes.to_numpy().astype(np.int32))
        for number in cells
    ]
    return TextTable(tuple(headings), tuple(columns), np.arange(2, len(cells) + 2, dtype=np.int64))


def _rows(
    file: str, lines: Iterable[str], separator: str, first: int, problems: Problems
) -> Iterator[tuple[int, list[str]]]:
    """Go through the rows, each with the line that it begins on, up to one that cannot be split into cells.

    ``first`` is the number of the first line; the row that ends it all is added to ``problems``.
    """
    reader = csv.reader(lines, delimiter=separator, strict=True)
    line = first
    try:
        for row in reader:
            if row:
                yield line, row
            line = first + reader.line_num
    except csv.Error as error:
        reason = str(error)
        if "field limit" in reason:
            most = f"{csv.field_size_limit():,} characters"
            reason = f"a cell of more than {most}, as when a quotation mark is not closed"
        observed = f"a row that cannot be read ({reason}); those after it were not checked"
        problems.add(file, observed, "quotation marks around the whole cell, and doubled within it", row=line)


def table_of_lines(
    file: str, lines: Iterable[str], separator: str, first: int, most_columns: int, problems: Problems, *, damaged: bool
) -> TextTable | None:
    """Take lines of text, headings first, as a table.

    Of a row with too many or too few cells none is known but the patient's identifier, lest others of that patient be
    taken for a stranger's; nor is a cell known that was ``damaged`` by decoding.
    """
    unreadable, line_numbers = Problems(), array("q")
    rows = _rows(file, lines, separator, first, unreadable)
    heading_line, headings = next(rows, (first, list[str]()))
    width = len(headings)
    if width > most_columns:
        problems.add(file, f"{width:,} columns", f"up to {most_columns:,} columns", Remedy.COLUMNS, row=heading_line)
    if unreadable or width > most_columns:
        problems += unreadable
        return None
    columns = [(dict[str, int](), array("i")) for _ in headings]
    for line, row in rows:
        cells: list[str | None] = [*row]
        if len(row) != width:
            problems.add(file, number(len(row), "cell"), f"{number(width, 'cell')}, as many as headings", row=line)
            cells = [row[0] if headings[0] == "patient_id" else None, *[None] * (width - 1)]
        if damaged:
            cells = [None if cell is None or "\ufffd" in cell else cell for cell in cells]
        line_numbers.append(line)
        for (positions, codes), cell in zip(columns, cells, strict=True):
            codes.append(-1 if cell is None else positions.setdefault(cell, len(positions)))
    problems += unreadable
    texts = (TextColumn(object_array(positions), np.array(codes, dtype=np.int32)) for positions, codes in columns)
    return TextTable(
        tuple(headings), tuple(texts), np.array(line_numbers, dtype=np.int64), not unreadable, heading_line
    )
