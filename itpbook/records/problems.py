"""What is wrong with records: each problem with its place, what was found, what was expected, and what to do.

Problems are errors, which keep records from being used, or warnings about what is possible but unlikely. How they are
told is in :mod:`itpbook.records.report`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, Self, TypeVar

import pandas as pd

Severity = Literal["error", "warning"]
Place = TypeVar("Place")
_LONGEST = 60
LISTED = 50
"""Problems of a kind that are listed with their places; of the others only the number."""


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


ProblemKind = tuple[Group, str, str | None, str]
"""Problems of a kind have the same thing to do, file and column, and expect the same."""


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
    more
        How many further problems of its kind are not listed: the last one listed of a kind has their number.
    """

    file: str
    row: int | None
    column: str | None
    found: str
    expected: str
    group: Group
    more: int = 0

    @property
    def kind(self) -> ProblemKind:
        """What it has in common with others: the thing to do, the file, the column and what was expected."""
        return self.group, self.file, self.column, self.expected

    @property
    def severity(self) -> Severity:
        """Whether it keeps the records from being used."""
        return self.group.severity

    def __str__(self) -> str:
        """Say the problem on one line."""
        return f"{heading(self)}: {place(self)}found {self.found}, expected {self.expected}"


def alike(places: Sequence[Place], make: Callable[[Place], Problem]) -> Iterator[Problem]:
    """Make a problem of each of the first places, which are all of one kind, and count the others."""
    listed = places[:LISTED]
    for row in listed[:-1]:
        yield make(row)
    for row in listed[-1:]:
        yield replace(make(row), more=len(places) - len(listed))


class Problems:
    """Problems as they are met: of a kind the first :data:`LISTED`, and how many more there are."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self._listed: list[Problem] = []
        self._last: dict[ProblemKind, int] = {}
        self._sizes: Counter[ProblemKind] = Counter()
        self._more: Counter[ProblemKind] = Counter()
        self += problems

    def append(self, problem: Problem) -> None:
        """Add a problem."""
        kind = problem.kind
        if self._sizes[kind] < LISTED:
            self._sizes[kind] += 1
            self._last[kind] = len(self._listed)
            self._listed.append(problem)
            self._more[kind] += problem.more
        else:
            self._more[kind] += 1 + problem.more

    def __iadd__(self, problems: Iterable[Problem]) -> Self:
        """Add problems."""
        for problem in problems:
            self.append(problem)
        return self

    def __iter__(self) -> Iterator[Problem]:
        """Go through those listed, in the order in which they were added."""
        for index, problem in enumerate(self._listed):
            last = self._last[problem.kind] == index
            yield replace(problem, more=self._more[problem.kind] if last else 0)

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self._listed)


def count_of(problems: Iterable[Problem]) -> int:
    """Count problems, those that are not listed among them."""
    return sum(1 + problem.more for problem in problems)


def errors_of(problems: Iterable[Problem]) -> list[Problem]:
    """Return those that keep the records from being used."""
    return [problem for problem in problems if problem.severity == "error"]


def warnings_of(problems: Iterable[Problem]) -> list[Problem]:
    """Return those about what is possible but unlikely."""
    return [problem for problem in problems if problem.severity == "warning"]


def problems_table(problems: Iterable[Problem]) -> pd.DataFrame:
    """Return one row per problem that is listed.

    ``row`` is missing for a whole file or column, ``of_this_kind`` counts all problems of its kind.
    """
    listed = list(problems)
    sizes = sizes_of(listed)
    rows = [
        (each.severity, str(each.group), each.file, each.row, each.column, each.found, each.expected, sizes[each.kind])
        for each in listed
    ]
    columns = ["severity", "group", "file", "row", "column", "found", "expected", "of_this_kind"]
    return pd.DataFrame(rows, columns=columns, dtype=object).astype({"row": "Int64"})


def sizes_of(problems: Iterable[Problem]) -> Counter[ProblemKind]:
    """Count the problems of each kind, those that are not listed among them."""
    sizes: Counter[ProblemKind] = Counter()
    for problem in problems:
        sizes[problem.kind] += 1 + problem.more
    return sizes


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
