"""Delimited text as REDCap and spreadsheets write it: commas, semicolons or tabs, with or without byte-order mark."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from implied.files.input_files import open_input
from itpbook.records.problems import Group, Problem, Problems, quoted
from itpbook.records.text_files import line_too_long, too_many_columns, undecodable, unreadable_row

LARGEST = 200_000_000
"""Bytes of an export."""
MOST_COLUMNS = 10_000
"""Of an export, which has one for each box of a checkbox field."""
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}


@dataclass(frozen=True)
class Flat:
    """Cells as they were typed; ``lines`` has the line of the file on which each row begins, 1 being the heading."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


def read_flat(path: Path) -> tuple[Flat | None, list[Problem]]:
    """Read a file whose headings tell by themselves what separates them; rows of other length are reported.

    Returns
    -------
    tuple
        The cells, without spaces around them; None when there is nothing to check. And all that is wrong.
    """
    try:
        with open_input(path, LARGEST) as opened:
            if too_long := line_too_long(path.name, opened):
                return None, [too_long]
            opened.seek(0)
            content = opened.read()
    except OSError as error:
        found = (
            "no such file" if isinstance(error, FileNotFoundError) else f"a file that cannot be read: {error.strerror}"
        )
        return None, [Problem(path.name, None, None, found, "a file of text", Group.FILES)]
    if problems := list(undecodable(path.name, content)):
        return None, problems
    text = content.decode("utf-8-sig")
    opening = text.partition("\n")[0]
    if not opening.strip():
        return None, [Problem(path.name, None, None, "an empty file", "a heading and rows", Group.FILES)]
    # A dictionary's headings hold commas between quotation marks.
    outside = "".join(opening.split('"')[::2])
    used = [sign for sign in _DELIMITERS if sign in outside]
    if len(used) != 1:
        words = " and ".join(_DELIMITERS[sign] for sign in used)
        found = f"headings separated by {words}" if used else f"a single heading {quoted(opening.strip())}"
        return None, [
            Problem(path.name, 1, None, found, "headings separated by commas, semicolons or tabs", Group.FILES)
        ]
    return _cells(path.name, text, used[0])


def _cells(file: str, text: str, delimiter: str) -> tuple[Flat | None, list[Problem]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, lines, problems = [], [], Problems()
    headings: tuple[str, ...] = ()
    begun = 1
    try:
        for row in reader:
            cells = tuple(cell.strip() for cell in row)
            if not headings:
                headings = cells
                if len(headings) > MOST_COLUMNS:
                    return None, [too_many_columns(file, begun, len(headings), MOST_COLUMNS)]
            elif len(cells) == len(headings):
                rows.append(cells)
                lines.append(begun)
            elif cells:
                found = f"{len(cells)} {'cell' if len(cells) == 1 else 'cells'}"
                problems.append(
                    Problem(file, begun, None, found, f"{len(headings)} cells, as many as headings", Group.FILES)
                )
            begun = reader.line_num + 1
    except csv.Error as error:
        problems.append(unreadable_row(file, begun, error))
    for name, number in Counter(headings).items():
        if number > 1:
            found = f"{number} columns {quoted(name)}"
            problems.append(Problem(file, 1, name, found, "one column", Group.COLUMNS))
    return Flat(headings, tuple(rows), tuple(lines)), list(problems)
