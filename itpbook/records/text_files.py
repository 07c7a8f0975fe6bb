"""Files of text looked at before they are parsed: lines, columns and bytes that no file of records has."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import BinaryIO

from itpbook.records.problems import Group, Problem, alike

LONGEST_LINE = 1_000_000
"""Bytes of a line of text."""
MOST_COLUMNS = 1_000


def line_too_long(file: str, opened: BinaryIO) -> Problem | None:
    """Report the first line of text that is longer than any line of records, without holding it."""
    number, length = 1, 0
    while piece := opened.read(LONGEST_LINE):
        end = min((index for index in (piece.find(b"\n"), piece.find(b"\r")) if index >= 0), default=len(piece))
        if length + end > LONGEST_LINE:
            expected = f"lines of up to {LONGEST_LINE:,} bytes"
            return Problem(file, number, None, f"a line of more than {LONGEST_LINE:,} bytes", expected, Group.FILES)
        last = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        length = length + len(piece) if last < 0 else len(piece) - last - 1
        number += piece.count(b"\n") or piece.count(b"\r")
    return None


def too_many_columns(file: str, line: int | None, number: int, most: int = MOST_COLUMNS) -> Problem:
    """Say that a table has more columns than any table of records."""
    return Problem(file, line, None, f"{number:,} columns", f"up to {most:,} columns", Group.COLUMNS)


def undecodable(file: str, content: bytes) -> Iterator[Problem]:
    """Report the lines that are not UTF-8."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return
    yield from alike(
        list(_undecodable_lines(content)),
        lambda odd: Problem(file, odd[0], None, f"the byte 0x{odd[1]:02x}", "text encoded as UTF-8", Group.FILES),
    )


def unreadable_row(file: str, line: int, error: csv.Error) -> Problem:
    """Report the row of a file from which on it cannot be split into rows."""
    reason = str(error)
    if "field limit" in reason:
        reason = f"a cell of more than {csv.field_size_limit():,} characters, as when a quotation mark is not closed"
    found = f"a row that cannot be read ({reason}); those after it were not checked"
    return Problem(file, line, None, found, "quotation marks around the whole cell, and doubled within it", Group.FILES)


def _undecodable_lines(content: bytes) -> Iterator[tuple[int, int]]:
    """Go through the lines that are not UTF-8: the number of each and its first wrong byte."""
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            yield number, line[error.start]
