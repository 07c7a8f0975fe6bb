"""Small numbers that a book must not print, and the numbers that would reveal them.

A count above zero and below the threshold is a small number. Withheld with it is what gives it away: the count of all
others in the same group; one of two counts of which one holds the other, when they differ by few; and the last of
several parts that together are a whole but for few. Sets of patients are compared, and not counts alone, so what is
withheld errs on the safe side where one set lies in another by chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from itpbook.disclosure.shared_quantities import same_measurement

WITHHELD = "withheld"
"""Printed for what would reveal a small number."""

NOTE = (
    "Small numbers are not printed: “<” stands before the number that a count above zero is below, and “withheld” "
    "for what would reveal such a count or the value of a single patient. A median or quartile is the mean of the "
    "values around it, of as many patients as that number or more, so that it is nobody's own."
)
"""What a table says below itself that holds one of the two."""

Members = int
"""Patients, a bit for each in the order of the table of patients."""

Family = tuple[Members, str]
"""A group of patients, and the kind of parts into which it falls."""


def check_enough(patients: int, below: int) -> None:
    """Refuse records of fewer patients than may be counted.

    Raises
    ------
    ValueError
        When there are fewer patients than the threshold: nothing of them could be printed.
    """
    if patients < below:
        msg = f"the records hold {patients} patients, fewer than suppress_below ({below}): nothing could be printed"
        raise ValueError(msg)


class Why(StrEnum):
    """The reasons why a count is not printed, in words for a data protection officer."""

    ITSELF = "the number is small itself"
    GROUP = "the group in which they are counted is small"
    OTHERS = "all others of the group are a small number"
    REMAINDER = "with other printed parts of the group, a small number would be left"
    DIFFERENCE = "it differs by a small number from a group whose number is printed, one holding the other"
    SIGNS = "“<” and “withheld” would leave a small number but one value, so no part of this kind is printed"
    ELSEWHERE = "the same patients, or those whom it leaves, are withheld in another place"


class Objection(NamedTuple):
    """The reason why a count must not be printed, and the patients that it rests on."""

    why: Why
    members: Members


class SmallNumbers:
    """Judges count after count whether it may be printed together with those that were.

    Parameters
    ----------
    below
        The threshold; 0 lets every count be printed.
    hidden
        Groups of patients of which the number is never printed.
    masked
        Groups with a kind of parts none of which is printed, not even as small.
    """

    def __init__(self, below: int = 0, hidden: Iterable[Members] = (), masked: Iterable[Family] = ()) -> None:
        self.below = below
        self.masked = frozenset(masked)
        self._hidden = frozenset(hidden)
        self._known: set[Members] = set()
        self._parts: dict[Family, list[Members]] = {}
        self._events: list[int] = []
        self._summarised: list[pd.Series[float]] = []

    @property
    def withholding(self) -> bool:
        """Whether there are numbers that must not be printed."""
        return self.below > 1

    def small(self, count: int) -> bool:
        """Tell whether a count is above zero and below the threshold."""
        return 0 < count < self.below

    def printed(self, count: int) -> str:
        """Return what is printed for a count that must not be; below 2 there is but one, which ``<2`` would tell."""
        return f"<{self.below}" if self.small(count) and self.below > 2 else WITHHELD

    def printed_part(self, members: pd.Series[bool], among: pd.Series[bool], kind: str) -> str:
        """Return what is printed for the size of a part that :meth:`admits` refuses."""
        counted, group = as_members(members & among), as_members(among)
        return WITHHELD if (group, kind) in self.masked else self.printed(counted.bit_count())

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
        return not self.withholding or self.admits_part(as_members(members & among), as_members(among), kind)

    def admits_part(self, counted: Members, group: Members, kind: str = "") -> bool:
        """Tell whether patients as bits, ``counted`` all in ``group``, may be counted; if so, that is remembered."""
        if self.objection(counted, group, kind) is not None:
            return False
        self._known |= self._revealed(counted, group, kind)
        parts = self._parts.setdefault((group, kind), [])
        if counted not in parts:
            parts.append(counted)
        return True

    def objection(self, counted: Members, group: Members, kind: str = "") -> Objection | None:
        """Return why a count of ``counted`` in ``group`` must not be printed; None where it may be."""
        names: dict[Members, Why] = {}
        for members, why in ((counted, Why.ITSELF), (group, Why.GROUP), (group & ~counted, Why.OTHERS)):
            names.setdefault(members, why)
        groups = self._revealed(counted, group, kind)
        for members in (*names, *groups):
            if self.small(members.bit_count()):
                return Objection(names.get(members, Why.REMAINDER), members)
        for members in sorted(groups):
            for printed_group in sorted(self._known):
                if self._tells_apart(members, printed_group):
                    return Objection(Why.DIFFERENCE, printed_group)
        if (group, kind) in self.masked:
            return Objection(Why.SIGNS, group)
        revealed = min(groups & self._hidden, default=None)
        return None if revealed is None else Objection(Why.ELSEWHERE, revealed)

    def _revealed(self, counted: Members, group: Members, kind: str) -> set[Members]:
        """Return all groups whose size is known once the count is printed, as far as it is not printed already."""
        apart = [part for part in self._parts.get((group, kind), []) if not part & counted]
        return {counted, group, *_remainders(group & ~counted, apart)} - {0}

    def admits_events(self, number: int) -> bool:
        """Tell whether a number of events may be printed: no sum of numbers printed before leaves few of another."""
        if not self.withholding:
            return True
        numbers = [*self._events, number]
        for index, total in enumerate(numbers):
            others = numbers[:index] + numbers[index + 1 :]
            sums = (sum(part) for size in range(len(others) + 1) for part in combinations(others, size))
            if any(self.small(total - part) for part in sums):
                return False
        self._events.append(number)
        return True

    def admits_values(self, values: pd.Series[float]) -> bool:
        """Tell whether numbers may be summarised; if so, they are remembered as summarised.

        Summaries of one measurement in two groups that share patients, or in a group and a part of it, differ by the
        values of the patients who are in one of them alone: of one measurement a patient is in one summary only. The
        same group may be summarised again, in another unit or by another measurement.

        Parameters
        ----------
        values
            A number for each patient, in one order throughout; missing for those who are not summarised.
        """
        present = values.notna()
        if int(present.sum()) < 2 * self.below:
            return False
        for earlier in self._summarised:
            both = present & earlier.notna()
            if both.any() and not present.equals(earlier.notna()) and same_measurement(values, earlier):
                return False
        self._summarised.append(values)
        return True

    def copy(self) -> SmallNumbers:
        """Return a copy, to try whether several counts can be printed together."""
        return deepcopy(self)

    def remember(self, tried: SmallNumbers) -> None:
        """Take over what a copy has printed."""
        vars(self).update(vars(tried))

    def _tells_apart(self, one: Members, other: Members) -> bool:
        return one & other in (one, other) and self.small((one ^ other).bit_count())


def as_members(truth: pd.Series[bool]) -> Members:
    """Return as bits the patients for whom something is true."""
    return int.from_bytes(np.packbits(truth.to_numpy(dtype=bool)).tobytes(), "big")


def _remainders(left: Members, apart: Sequence[Members]) -> Iterator[Members]:
    """Return what is left when parts are taken away that share no patients: none of them, or any number."""
    yield left
    for index, part in enumerate(apart):
        others = [other for other in apart[index + 1 :] if not other & part]
        yield from _remainders(left & ~part, others)
