"""Small numbers that a book must not print, and the numbers that would reveal them.

A count above zero and below the threshold is a small number. Withheld with it is what gives it away: the count of all
others in the same group; one of two counts of which one holds the other, when they differ by few; and the last of
several parts that together are a whole but for few. Sets of patients are compared, and not counts alone, so what is
withheld errs on the safe side where one set lies in another by chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from copy import deepcopy

import pandas as pd

WITHHELD = "withheld"
"""Printed for what would reveal a small number."""

Members = frozenset[int]
"""Patients by their place in the table of patients."""


class SmallNumbers:
    """Judges count after count whether it may be printed beside those that were.

    Parameters
    ----------
    below
        The threshold; 0 lets every count be printed.
    """

    def __init__(self, below: int = 0) -> None:
        self.below = below
        self._known: list[Members] = []
        self._parts: defaultdict[tuple[Members, str], list[Members]] = defaultdict(list)

    @property
    def withholding(self) -> bool:
        """Whether there are numbers that must not be printed."""
        return self.below > 1

    def small(self, count: int) -> bool:
        """Tell whether a count is above zero and below the threshold."""
        return 0 < count < self.below

    def printed(self, count: int) -> str:
        """Return what is printed for a count that must not be."""
        return f"<{self.below}" if self.small(count) else WITHHELD

    def words(self) -> str:
        """Say why something is left out."""
        return f"Left out: it would show single patients, and this book prints no number of fewer than {self.below}."

    def admits(self, members: pd.Series[bool], among: pd.Series[bool], kind: str = "") -> bool:
        """Tell whether a count may be printed; if so, it is remembered as printed.

        Parameters
        ----------
        members, among
            Who is counted, and in which group; truth for each patient, in one order throughout.
        kind
            What kind of part of the group it is: parts of one kind may together be the whole group.
        """
        if not self.withholding:
            return True
        counted, group = _places(members & among), _places(among)
        rest = group - counted
        if any(self.small(len(each)) for each in (counted, rest, group)):
            return False
        if any(self._tells_apart(each, known) for each in (counted, rest, group) for known in self._known):
            return False
        parts = self._parts[group, kind]
        apart = [part for part in parts if not part & counted]
        if self._completes(len(rest), apart):
            return False
        self._known += [each for each in (counted, rest, group) if each not in self._known]
        if counted not in parts:
            parts.append(counted)
        return True

    def copy(self) -> SmallNumbers:
        """Return a copy, to try whether several counts can be printed together."""
        return deepcopy(self)

    def remember(self, tried: SmallNumbers) -> None:
        """Take over what a copy has printed."""
        self._known, self._parts = tried._known, tried._parts

    def _tells_apart(self, one: Members, other: Members) -> bool:
        return (one < other or other < one) and self.small(abs(len(one) - len(other)))

    def _completes(self, left: int, apart: Sequence[Members]) -> bool:
        """Tell whether some of these parts, none of which share patients, leave only few."""
        for place, part in enumerate(apart):
            remaining = left - len(part)
            if self.small(remaining):
                return True
            others = [other for other in apart[place + 1 :] if not other & part]
            if others and self._completes(remaining, others):
                return True
        return False


def _places(members: pd.Series[bool]) -> Members:
    return frozenset(members.to_numpy().nonzero()[0].tolist())
