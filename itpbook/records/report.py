"""How problems are told: by what has to be done, those of a kind together, and of many only the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itpbook.records.problems import (
    LISTED,
    Group,
    Problem,
    ProblemKind,
    Problems,
    count_of,
    errors_of,
    heading,
    place,
    warnings_of,
)

_SHOWN = LISTED
_SHOWN_OF_A_KIND = 5


@dataclass(frozen=True)
class Kind:
    """Problems of one column (or file) that all expect the same; ``more`` are not shown."""

    group: Group
    shown: tuple[Problem, ...]
    more: int


@dataclass(frozen=True)
class Summary:
    """As many problems as can be read in one go.

    ``untold`` counts the problems by file of the kinds that are not shown at all.
    """

    kinds: tuple[Kind, ...]
    untold: Counter[str]

    @property
    def rest(self) -> str:
        """What is not shown, in words; empty if there is nothing."""
        if not self.untold:
            return ""
        files = ", ".join(f"{count:,} in {file}" for file, count in self.untold.items())
        return f"and {self.untold.total():,} more problems: {files}"


def summary(problems: Sequence[Problem]) -> Summary:
    """Choose up to 50 problems: all, or else five of each kind, by what has to be done about them."""
    kinds = _by_kind(problems)
    order = list(Group)
    room, untold, chosen = _SHOWN, Counter[str](), []
    of_a_kind = _SHOWN if count_of(problems) <= _SHOWN else _SHOWN_OF_A_KIND
    for (group, file, _, _), alike in sorted(kinds.items(), key=lambda item: order.index(item[0][0])):
        shown = tuple(alike[: min(room, of_a_kind)])
        room -= len(shown)
        if shown:
            chosen.append(Kind(group, shown, count_of(alike) - len(shown)))
        else:
            untold[file] += count_of(alike)
    return Summary(tuple(chosen), untold)


def _by_kind(problems: Iterable[Problem]) -> dict[ProblemKind, list[Problem]]:
    kinds: dict[ProblemKind, list[Problem]] = {}
    for problem in problems:
        kinds.setdefault(problem.kind, []).append(problem)
    return kinds


class InvalidRecords(ValueError):
    """Records that cannot be used; ``problems`` has what is wrong or unlikely, the message the first of each kind."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(Problems(problems))
        super().__init__(self.problems)

    def __str__(self) -> str:
        """List the errors by what has to be done about them, those of a kind together."""
        return told(self.problems)


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
        for (group, file, column, expected), alike in _by_kind(problems).items()
    ]


def told(problems: Iterable[Problem]) -> str:
    """Say in lines of text what is wrong, errors first; of warnings only how many there are beside errors."""
    listed = list(problems)
    errors, warnings = errors_of(listed), warnings_of(listed)
    beside = f" (and {number(count_of(warnings), 'warning')})" if errors and warnings else ""
    what = number(count_of(errors), "error") if errors else number(count_of(warnings), "warning")
    lines, group = [f"{what} in the records{beside}:"], None
    chosen = summary(errors or warnings)
    for kind in chosen.kinds:
        if kind.group != group:
            group = kind.group
            lines.append(f"{group}:")
        lines.append(f"  {heading(kind.shown[0])}: expected {kind.shown[0].expected}")
        lines += [f"    {place(problem)}found {problem.found}" for problem in kind.shown]
        lines += [f"    and {kind.more:,} more of this kind"] if kind.more else []
    return "\n".join([*lines, *([chosen.rest] if chosen.rest else [])])


def verdict(path: Path, patients: int | None, problems: Sequence[Problem]) -> str:
    """Say on one line what became of records; ``patients`` is None where they are refused."""
    errors, warnings = errors_of(problems), warnings_of(problems)
    who = "" if patients is None else f"{number(patients, 'patient')}, "
    counted = f"{number(count_of(errors), 'error')}, {number(count_of(warnings), 'warning')}"
    return f"{path}: {who}{counted if problems else 'no problem found'}"


def number(count: int, noun: str) -> str:
    """Say how many there are of something."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}" if count else f"no {noun}"
