"""What is wrong with records: each problem with its place, what was found and what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

_SHOWN = 50


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the records.

    ``row`` is the line in the file, its heading being line 1; None for a whole file or column. ``column`` is None for a
    whole file or row.
    """

    file: str
    row: int | None
    column: str | None
    found: str
    expected: str

    def __str__(self) -> str:
        """Say the problem on one line."""
        place = self.file
        place += f", line {self.row}" if self.row is not None else ""
        place += f", column {self.column}" if self.column is not None else ""
        return f"{place}: found {self.found}; expected {self.expected}"


class InvalidRecords(ValueError):
    """Records that cannot be used; ``problems`` holds every problem, the message the first ones."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [str(problem) for problem in self.problems[:_SHOWN]]
        more = len(self.problems) - _SHOWN
        if more > 0:
            lines.append(f"and {more} more")
        count = len(self.problems)
        super().__init__("\n".join([f"{count} {'problem' if count == 1 else 'problems'} in the records:", *lines]))


def problems_table(problems: Sequence[Problem]) -> pd.DataFrame:
    """Return problems as a table with the columns file, row, column, found, expected."""
    columns = ["file", "row", "column", "found", "expected"]
    table = pd.DataFrame([asdict(problem) for problem in problems], columns=columns)
    return table.astype({"row": "Int64"})
