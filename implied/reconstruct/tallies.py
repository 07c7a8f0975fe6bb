"""What the entries of a ledger count among patients, and how far a count is from the printed one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from implied.ledger import Entry, Reading
from implied.ledger.conditions import EVERYONE, AllOf, Between, attributes_of
from implied.numbers.rounding import unround
from implied.reconstruct.coded import Coding, Floats, Rows

Counts = NDArray[np.int64]

_NO_COUNT = 0.5
"""What it adds that no count whatever of so many patients prints the percentage."""


@dataclass(frozen=True)
class Printed:
    """The printed numbers that a count, and the number of patients among whom it is made, have to agree with.

    A printed percentage is the half-open interval from ``low`` to ``high`` of what prints so, as two fractions.
    """

    count: int | None
    everybody: bool = False
    total: int | None = None
    low: tuple[int, int] | None = None
    high: tuple[int, int] | None = None

    @classmethod
    def of(cls, entry: Entry) -> Printed:
        """Read the printed count, denominator and percentage of an entry."""
        printed = entry.printed
        interval = unround(printed["percent"]) if "percent" in printed else None
        low, high = (None, None) if interval is None else (interval.low / 100, interval.high / 100)
        everybody = printed.get("count") == "all"
        return cls(
            count=int(printed["count"]) if "count" in printed and not everybody else None,
            everybody=everybody,
            total=int(printed["denominator"]) if "denominator" in printed else None,
            low=None if low is None else low.as_integer_ratio(),
            high=None if high is None else high.as_integer_ratio(),
        )

    def totals(self, most: int) -> list[int]:
        """Return each number of patients, up to ``most``, of whom some count prints what is printed."""
        if self.total is not None:
            return [self.total]
        return [total for total in range(most + 1) if self.counts(total)]

    def counts(self, total: int) -> range:
        """Return the counts of so many patients that print what is printed."""
        least, most = 0, total
        if self.low is not None and self.high is not None:
            least = -(-self.low[0] * total // self.low[1]) if total else 1
            most = min(most, -(-self.high[0] * total // self.high[1]) - 1)
        for given in (self.count, total if self.everybody else None):
            if given is not None:
                least, most = max(least, given), min(most, given)
        return range(least, most + 1)

    def demand(self, model: cp_model.CpModel, count: Any, total: Any) -> None:
        """Demand of a model that a count and a total print what is printed."""
        if self.count is not None:
            model.add(count == self.count)
        if self.everybody:
            model.add(count == total)
        if self.total is not None:
            model.add(total == self.total)
        if self.low is not None and self.high is not None:
            model.add(total >= 1)
            model.add(count * self.low[1] >= total * self.low[0])
            model.add(count * self.high[1] < total * self.high[0])

    def off(self, count: Counts, total: Counts) -> Floats:
        """Tell by how many patients counts and totals are away from what is printed; 0 when they print it."""
        found = np.zeros(np.shape(count))
        if self.count is not None:
            found += abs(count - self.count)
        if self.everybody:
            found += abs(total - count)
        if self.total is not None:
            found += abs(total - self.total)
        if self.low is not None and self.high is not None:
            least = -(-self.low[0] * total // self.low[1])
            most = -(-self.high[0] * total // self.high[1]) - 1
            none = (least > most) | (total == 0)
            found += np.maximum(np.maximum(least - count, count - np.maximum(most, least)), 0) + _NO_COUNT * none
        return found


class Tally:
    """One entry as a count: of patients, of events, or of those whose number is known."""

    def __init__(self, coding: Coding, entry: Entry, reading: Reading) -> None:
        self.printed = Printed.of(entry)
        population = reading.population
        self._places = [coding.column[name] for name in entry.sum]
        if entry.quantity is not None:
            condition: Any = Between(entry.quantity, None, None, above=False)
            self.printed = Printed(int(entry.printed["available"]))
        else:
            condition = EVERYONE if entry.condition is None else entry.condition
        spoken_of = [*attributes_of(condition), *attributes_of(population), *entry.sum]
        self.names = tuple(dict.fromkeys(spoken_of))
        self._inside = coding.test(population)
        self._counted = coding.test(AllOf((population, condition)))

    def of(self, rows: Rows) -> Counts:
        """Return what each row adds to the count (first column) and to the total (second)."""
        if self._places:
            values = rows[:, self._places]
            events = np.where(values < 0, 0, values).sum(axis=1)
            inside = self._inside(rows)
            return np.column_stack([events * inside, inside]).astype(np.int64)
        return np.column_stack([self._counted(rows), self._inside(rows)]).astype(np.int64)


def tallies(coding: Coding, entries: list[tuple[Entry, Reading]]) -> list[Tally]:
    """Return what can be counted; thresholds, and quantiles and extremes, cannot."""
    return [
        Tally(coding, entry, reading)
        for entry, reading in entries
        if not entry.is_threshold and (entry.quantity is None or "available" in entry.printed)
    ]
