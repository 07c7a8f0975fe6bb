"""What the entries of a ledger count among patients, and how far a count is from the printed one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from implied.ledger import Entry, Ledger
from implied.ledger.conditions import EVERYONE, AllOf, is_known
from implied.ledger.entries import names_in
from implied.numbers.percentages import counts_printing
from implied.reconstruct.coded import Coding, Floats, Rows

Counts = NDArray[np.int64]

_NO_COUNT = 0.5
"""What it adds that no count whatever of so many patients prints the percentage."""


class Printed:
    """The printed numbers that a count, and the number of patients among whom it is made, have to agree with.

    Parameters
    ----------
    numbers
        The printed count, denominator and percentage, as far as there are any.
    size
        Number of all patients.
    """

    def __init__(self, numbers: Mapping[str, str], size: int) -> None:
        self.numbers = {name: numbers[name] for name in ("count", "denominator", "percent") if name in numbers}
        self.size = size
        self.everybody = numbers.get("count") == "all"
        self.count = int(numbers["count"]) if "count" in numbers and not self.everybody else None
        self.total = int(numbers["denominator"]) if "denominator" in numbers else None
        sizes = range(size + 1) if "percent" in numbers else ()
        ranges = [counts_printing(numbers["percent"], total) for total in sizes]
        self._ends = np.array([(counts.start, counts.stop - 1) for counts in ranges])

    def totals(self) -> list[int]:
        """Return each number of patients of whom some count prints what is printed."""
        if self.total is not None:
            return [self.total]
        return [total for total in range(self.size + 1) if self.counts(total)]

    def counts(self, total: int) -> range:
        """Return the counts of so many patients that print what is printed."""
        least, most = self._ends[total].tolist() if len(self._ends) else (0, total)
        for exact in (self.count, total if self.everybody else None):
            if exact is not None:
                least, most = max(least, exact), min(most, exact)
        return range(least, most + 1)

    def off(self, count: Counts, total: Counts) -> Floats:
        """Tell by how many patients counts and totals are away from what is printed; 0 when they print it."""
        distance = np.zeros(np.shape(count))
        if self.count is not None:
            distance += abs(count - self.count)
        if self.everybody:
            distance += abs(total - count)
        if self.total is not None:
            distance += abs(total - self.total)
        if len(self._ends):
            least, most = self._ends[total][..., 0], self._ends[total][..., 1]
            beyond = np.maximum(np.maximum(least - count, count - np.maximum(most, least)), 0)
            distance += beyond + _NO_COUNT * (least > most)
        return distance


class Tally:
    """One entry as a count: of patients, of events, or of those whose number is known."""

    def __init__(self, coding: Coding, entry: Entry, size: int) -> None:
        self.printed = Printed(entry.printed, size)
        self._events = [coding.column[name] for name in entry.sum]
        condition = entry.condition or EVERYONE
        if entry.quantity is not None:
            condition = is_known(entry.quantity)
            self.printed = Printed({"count": entry.printed["available"]}, size)
        self.names = tuple(dict.fromkeys([*names_in([condition, entry.population]), *entry.sum]))
        self._inside = coding.test(entry.population)
        self._counted = coding.test(AllOf((entry.population, condition)))

    def of(self, rows: Rows) -> Counts:
        """Return what each row adds to the count (first column) and to the total (second)."""
        inside = self._inside(rows)
        counted: Any = self._counted(rows)
        if self._events:
            counted = np.maximum(rows[:, self._events], 0).sum(axis=1) * inside
        return np.column_stack([counted, inside]).astype(np.int64)


def tallies(coding: Coding, ledger: Ledger) -> list[Tally]:
    """Return what can be counted; thresholds, and quantiles and extremes, cannot."""
    return [
        Tally(coding, entry, ledger.size)
        for entry in ledger
        if not entry.is_threshold and (entry.quantity is None or "available" in entry.printed)
    ]
