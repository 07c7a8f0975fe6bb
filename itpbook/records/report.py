"""How problems are reported: by what has to be done, those of a kind together, and of many only the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from itpbook.records.problems import (
    LISTED,
    Problem,
    Problems,
    Remedy,
    by_kind,
    count_of,
    errors_of,
    warnings_of,
)

_SHOWN_OF_A_KIND = 5


class InvalidRecords(ValueError):
    """Records that cannot be used; ``problems`` has what is wrong or unlikely, the message the first of each kind."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(Problems(problems))
        super().__init__(self.problems)

    def __str__(self) -> str:
        """List the errors by what has to be done about them, those of a kind together."""
        return told(self.problems)


def summary(problems: Sequence[Problem]) -> tuple[list[list[Problem]], str]:
    """Choose up to 50 problems: all, or else five of each kind, by what has to be done about them.

    Returns
    -------
    tuple
        The problems to show of each kind, the last of a kind with the number of the others; and in words how many
        there are of the kinds that are not shown at all, empty without any.
    """
    room, untold, chosen = LISTED, Counter[str](), []
    of_a_kind = LISTED if count_of(problems) <= LISTED else _SHOWN_OF_A_KIND
    order = list(Remedy)
    for alike in sorted(by_kind(problems).values(), key=lambda alike: order.index(alike[0].group)):
        if shown := alike[: min(room, of_a_kind)]:
            others = count_of(alike) - len(shown)
            chosen.append([*(replace(problem, more=0) for problem in shown[:-1]), replace(shown[-1], more=others)])
            room -= len(shown)
        else:
            untold[alike[0].file] += count_of(alike)
    files = ", ".join(f"{count:,} in {file}" for file, count in untold.items())
    return chosen, f"and {untold.total():,} more problems: {files}" if untold else ""


def described(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Return problems as JSON: an object for each kind, with its number and its first places."""
    return [
        {
            "severity": alike[0].severity,
            "group": str(group),
            "file": file,
            "column": column,
            "expected": expected,
            "number": count_of(alike),
            "places": [{"row": problem.row, "found": problem.found} for problem in alike],
        }
        for (group, file, column, expected), alike in by_kind(problems).items()
    ]


def problems_table(problems: Sequence[Problem]) -> pd.DataFrame:
    """Return one row per problem that is listed.

    ``row`` is missing for a whole file or column, ``of_this_kind`` counts all problems of its kind.
    """
    sizes = {kind: count_of(alike) for kind, alike in by_kind(problems).items()}
    rows = [
        (
            *(problem.severity, str(problem.group), problem.file, problem.row, problem.column),
            *(problem.found, problem.expected, sizes[problem.kind]),
        )
        for problem in problems
    ]
    columns = ["severity", "group", "file", "row", "column", "found", "expected", "of_this_kind"]
    return pd.DataFrame(rows, columns=columns, dtype=object).astype({"row": "Int64"})


def told(problems: Iterable[Problem]) -> str:
    """Say in lines of text what is wrong, errors first; of warnings only how many there are besides errors."""
    listed = list(problems)
    errors, warnings = errors_of(listed), warnings_of(listed)
    also = f" (and {number(count_of(warnings), 'warning')})" if errors and warnings else ""
    counted = number(count_of(errors), "error") if errors else number(count_of(warnings), "warning")
    lines, group = [f"{counted} in the records{also}:"], None
    chosen, others = summary(errors or warnings)
    for alike in chosen:
        if alike[0].group != group:
            group = alike[0].group
            lines.append(f"{group}:")
        lines.append(f"  {alike[0].heading}: expected {alike[0].expected}")
        lines += [f"    {problem.sentence}" for problem in alike]
        lines += [f"    and {alike[-1].more:,} more of this kind"] if alike[-1].more else []
    return "\n".join([*lines, *([others] if others else [])])


def verdict(path: Path, patients: int | None, problems: Sequence[Problem]) -> str:
    """Say on one line what became of records; ``patients`` is None where they are refused."""
    errors, warnings = errors_of(problems), warnings_of(problems)
    cohort = "" if patients is None else f"{number(patients, 'patient')}, "
    counted = f"{number(count_of(errors), 'error')}, {number(count_of(warnings), 'warning')}"
    return f"{path}: {cohort}{counted if problems else 'no problem found'}"


def number(count: int, noun: str) -> str:
    """Say how many there are of something."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}" if count else f"no {noun}"
