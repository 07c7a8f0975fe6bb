"""What is wrong with records: each problem with its place, what was found and what was expected there."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

_SHOWN = 50
_SHOWN_OF_A_KIND = 5
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the records.

    Attributes
    ----------
    file
        Name of the file, or the folder where that is the problem.
    row
        Line in the file, 1 being its heading; None for a whole file or a whole column.
    column
        Heading of the column; None for a whole file or a whole line.
    found, expected
        In words; what was typed stands in quotation marks.
    """

    file: str
    row: int | None
    column: str | None
    found: str
    expected: str

    def __str__(self) -> str:
        """Say the problem on one line."""
        return f"{_heading(self)}: {_place(self)}found {self.found}, expected {self.expected}"


class InvalidRecords(ValueError):
    """Records that cannot be used; ``problems`` has all that is wrong, the message the first of each kind."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """List up to 50 problems, those of a kind together, and say how many more there are."""
        kinds: dict[tuple[str, str | None, str], list[Problem]] = {}
        for problem in self.problems:
            kinds.setdefault((problem.file, problem.column, problem.expected), []).append(problem)
        number = len(self.problems)
        lines = [f"{number:,} {'problem' if number == 1 else 'problems'} in the records:"]
        room, untold = _SHOWN, Counter[str]()
        of_a_kind = _SHOWN if number <= _SHOWN else _SHOWN_OF_A_KIND
        for alike in kinds.values():
            shown = alike[: min(room, of_a_kind)]
            room -= len(shown)
            more = len(alike) - len(shown)
            if shown:
                lines.append(f"{_heading(shown[0])}: expected {shown[0].expected}")
                lines += [f"    {_place(problem)}found {problem.found}" for problem in shown]
                lines += [f"    and {more:,} more of this kind"] if more else []
            elif more:
                untold[alike[0].file] += more
        if untold:
            files = ", ".join(f"{count:,} in {file}" for file, count in untold.items())
            lines.append(f"and {untold.total():,} more problems: {files}")
        return "\n".join(lines)


def problems_table(problems: Iterable[Problem]) -> pd.DataFrame:
    """Return one row per problem: file, row (missing for a whole file or column), column, found, expected."""
    rows = [(each.file, each.row, each.column, each.found, each.expected) for each in problems]
    table = pd.DataFrame(rows, columns=["file", "row", "column", "found", "expected"], dtype=object)
    return table.astype({"row": "Int64"})


def in_order(problems: Iterable[Problem], files: Sequence[str]) -> list[Problem]:
    """Sort problems by file and line; those of whole files and columns come first."""
    rank = {file: place for place, file in enumerate(files)}
    return sorted(problems, key=lambda problem: (rank.get(problem.file, len(rank)), problem.row or 0))


def quoted(text: str) -> str:
    """Return what was typed, in quotation marks, on one line, shortened if long; ``nothing`` if empty."""
    if not text:
        return "nothing"
    return json.dumps(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…", ensure_ascii=False)


def _heading(problem: Problem) -> str:
    return problem.file if problem.column is None else f"{problem.file}, {problem.column}"


def _place(problem: Problem) -> str:
    return "" if problem.row is None else f"line {problem.row:,}: "
