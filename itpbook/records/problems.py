"""What is wrong with records: each problem with its place, what was found, what was expected, and what to do.

Problems are errors, which keep records from being used, or warnings about what is possible but unlikely. How they are
reported is in :mod:`itpbook.records.report`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self

from implied.files.characters import shortened

Severity = Literal["error", "warning"]
LISTED = 50
"""Problems of a kind that are listed with their places; of the others only the number."""


class Remedy(StrEnum):
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
        return "warning" if self is Remedy.UNLIKELY else "error"


ProblemKind = tuple[Remedy, str, str | None, str]
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
    group: Remedy
    more: int = 0

    @property
    def kind(self) -> ProblemKind:
        """What it has in common with others: the thing to do, the file, the column and what was expected."""
        return self.group, self.file, self.column, self.expected

    @property
    def severity(self) -> Severity:
        """Whether it keeps the records from being used."""
        return self.group.severity

    @property
    def heading(self) -> str:
        """The file and the column."""
        return self.file if self.column is None else f"{self.file}, {self.column}"

    @property
    def sentence(self) -> str:
        """The line, unless it is about a whole file or column, and what was found there."""
        line = "" if self.row is None else f"{line_name(self.file)} {self.row:,}: "
        return f"{line}found {self.found}"

    def __str__(self) -> str:
        """Say the problem on one line."""
        return f"{self.heading}: {self.sentence}, expected {self.expected}"


class Problems:
    """Problems as they are met: of a kind the first :data:`LISTED`, and how many more there are."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self._listed: list[Problem] = []
        self._sizes: Counter[ProblemKind] = Counter()
        self += problems

    def append(self, problem: Problem) -> None:
        """Add a problem."""
        if self._sizes[problem.kind] < LISTED:
            self._listed.append(problem)
        self._sizes[problem.kind] += 1 + problem.more

    def add(
        self,
        file: str,
        found: str,
        expected: str,
        group: Remedy = Remedy.FILES,
        *,
        row: int | None = None,
        column: str | None = None,
    ) -> None:
        """Add a problem by its parts: of a whole file, unless said otherwise."""
        self.append(Problem(file, row, column, found, expected, group))

    def __iadd__(self, problems: Iterable[Problem]) -> Self:
        """Add problems."""
        for problem in problems:
            self.append(problem)
        return self

    def __iter__(self) -> Iterator[Problem]:
        """Go through those listed, in the order in which they were added."""
        left = Counter(problem.kind for problem in self._listed)
        unlisted = self._sizes - left
        for problem in self._listed:
            left[problem.kind] -= 1
            yield replace(problem, more=0 if left[problem.kind] else unlisted[problem.kind])

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


def by_kind(problems: Iterable[Problem]) -> dict[ProblemKind, list[Problem]]:
    """Return the problems of each kind, in their order."""
    kinds: dict[ProblemKind, list[Problem]] = {}
    for problem in problems:
        kinds.setdefault(problem.kind, []).append(problem)
    return kinds


def in_order(problems: Iterable[Problem], files: Sequence[str]) -> list[Problem]:
    """Sort problems by file and line; those of whole files and columns come first."""
    rank = {file: number for number, file in enumerate(files)}
    return sorted(problems, key=lambda problem: (rank.get(problem.file, len(rank)), problem.row or 0))


def quoted(text: str) -> str:
    """Return what was typed, in quotation marks, on one line, shortened if long; ``nothing`` if empty."""
    return json.dumps(shortened(text), ensure_ascii=False) if text else "nothing"


def line_name(file: str) -> str:
    """Say what a row of a file is called: text has lines, a sheet and a Parquet file have rows."""
    return "line" if file.endswith((".csv", ".yaml", ".yml")) else "row"


def why_unreadable(path: Path, error: OSError) -> str:
    """Say that a file is not there (and what else may be meant), or why the system does not let it be read."""
    if not isinstance(error, FileNotFoundError):
        return f"a file that cannot be read: {error.strerror}"
    near = sorted(other.name for other in path.parent.glob("*") if other.stem.casefold() == path.stem.casefold())
    return f"{', '.join(map(quoted, near))} instead" if near else "no such file"
