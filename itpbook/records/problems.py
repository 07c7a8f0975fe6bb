"""What is wrong with records: each problem with its place, what was found, what was expected, and what to do.

Problems are errors, which keep records from being used, or warnings about what is possible but unlikely. How they are
told is in :mod:`itpbook.records.report`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import pandas as pd

Severity = Literal["error", "warning"]
_LONGEST = 60


class Group(StrEnum):
    """What has to be done about a problem, in the order in which it is best done."""

    FILES = "Put the files in order"
    COLUMNS = "Rename, add or remove columns"
    VALUES = "Write numbers, days, true or false and names as expected"
    MISSING = "Fill in what is missing"
    CONTRADICTIONS = "Settle what contradicts itself"
    UNLIKELY = "Look again at what is unlikely"

    @property
    def severity(self) -> Severity:
        """Only what is unlikely may stay as it is."""
        return "warning" if self is Group.UNLIKELY else "error"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the records, or unlikely.

    Attributes
    ----------
    file
        Name of the file, with that of the sheet in a workbook; or the folder where that is the problem.
    row
        Line in the file or row of the sheet, 1 being the heading (in Parquet files, too, which have none); None for
        a whole file or a whole column.
    column
        Heading of the column; None for a whole file or a whole line.
    found, expected
        In words; what was typed stands in quotation marks.
    group
        What has to be done about it.
    """

    file: str
    row: int | None
    column: str | None
    found: str
    expected: str
    group: Group

    @property
    def severity(self) -> Severity:
        """Whether it keeps the records from being used."""
        return self.group.severity

    def __str__(self) -> str:
        """Say the problem on one line."""
        return f"{heading(self)}: {place(self)}found {self.found}, expected {self.expected}"


def errors_of(problems: Iterable[Problem]) -> list[Problem]:
    """Return those that keep the records from being used."""
    return [problem for problem in problems if problem.severity == "error"]


def warnings_of(problems: Iterable[Problem]) -> list[Problem]:
    """Return those about what is possible but unlikely."""
    return [problem for problem in problems if problem.severity == "warning"]


def problems_table(problems: Iterable[Problem]) -> pd.DataFrame:
    """Return one row per problem; ``row`` is missing for a whole file or column."""
    rows = [
        (each.severity, str(each.group), each.file, each.row, each.column, each.found, each.expected)
        for each in problems
    ]
    columns = ["severity", "group", "file", "row", "column", "found", "expected"]
    return pd.DataFrame(rows, columns=columns, dtype=object).astype({"row": "Int64"})


def in_order(problems: Iterable[Problem], files: Sequence[str]) -> list[Problem]:
    """Sort problems by file and line; those of whole files and columns come first."""
    rank = {file: place for place, file in enumerate(files)}
    return sorted(problems, key=lambda problem: (rank.get(problem.file, len(rank)), problem.row or 0))


def quoted(text: str) -> str:
    """Return what was typed, in quotation marks, on one line, shortened if long; ``nothing`` if empty."""
    if not text:
        return "nothing"
    return json.dumps(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…", ensure_ascii=False)


def heading(problem: Problem) -> str:
    """Name the file and the column of a problem."""
    return problem.file if problem.column is None else f"{problem.file}, {problem.column}"


def line_name(file: str) -> str:
    """Say what a row of a file is called: text has lines, a sheet and a Parquet file have rows."""
    return "line" if file.endswith((".csv", ".yaml", ".yml")) else "row"


def place(problem: Problem) -> str:
    """Name the line of a problem, as the beginning of a sentence; empty for a whole file or column."""
    return "" if problem.row is None else f"{line_name(problem.file)} {problem.row:,}: "
