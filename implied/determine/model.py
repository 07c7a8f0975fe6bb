"""The figures as constraints on the numbers of patients in cells, for the solver.

Everything here is demanded of all records, so what the solver proves impossible is impossible. What it finds is only a
candidate: :mod:`implied.determine.witness` turns it into patients, who are then checked one by one.

The solver is spoken to directly: the same cells are solved hundreds of times, and a modelling layer between would cost
more than the solving (``benchmarks/determined.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from implied.check.attribute_table import QUARTERS
from implied.determine.joint_cells import Cells, agreement
from implied.determine.quantiles import Linear, Quantiles, total_of, weighted
from implied.determine.solver import solved
from implied.ledger import Entry, Reading
from implied.ledger.conditions import AllOf, Between, Condition, attributes_of
from implied.ledger.printed import whole_numbers
from implied.numbers.rounding import Interval, unround
from implied.numbers.units import in_days

MOST_PATIENTS = 10_000
"""Patients that there may be when no figure settles their number."""

_EFFORT = 20.0
"""Most effort of the solver per question."""


@dataclass(frozen=True)
class Solution:
    """How many patients there are, how many in the cells of each table, what was optimised and what was asked."""

    size: int
    numbers: tuple[tuple[int, ...], ...]
    objective: int
    values: tuple[int, ...] = ()


class CellModel:
    """Unknown numbers of patients in cells.

    Parameters
    ----------
    cells
        The tables.
    sizes
        Fewest and most patients.
    rule
        How percentages were rounded.
    """

    def __init__(self, cells: Cells, sizes: tuple[int, int], rule: str = "half up") -> None:
        self.cells = cells
        self.fewest, self.most = sizes
        self.rule = rule
        self.model = cp_model.CpModel()
        self.size = self.model.new_int_var(*sizes, "patients")
        self.numbers = [
            [self.model.new_int_var(0, self.most, "") for _ in range(len(table) if counted else 0)]
            for table, counted in zip(cells.tables, cells.counted, strict=True)
        ]
        self.quantiles = Quantiles(self)
        self.settled: list[tuple[Condition, int]] = []
        for place, table in enumerate(cells.tables):
            if not cells.counted[place]:
                continue
            if table.group.parent is None:
                self.model.add(total_of(self.numbers[place]) == self.size)
            else:
                above = self.numbers[table.group.parent]
                for parents, children in agreement(cells.tables[table.group.parent], table):
                    self.model.add(total_of([above[cell] for cell in parents]) == total_of(self.at(place, children)))

    def at(self, place: int, cells: Sequence[int]) -> list[Any]:
        """Return the numbers of patients in some cells of a table."""
        return [self.numbers[place][cell] for cell in cells]

    def count(self, condition: Condition) -> Linear:
        """Return how many patients meet a condition."""
        if not any(attributes_of(condition)):
            return self.size
        place, met = self.cells.meeting(condition)
        if met.all():
            return self.size
        return total_of(self.at(place, np.flatnonzero(met).tolist()))

    def demand(self, demanded: Any) -> None:
        """Demand something of all records."""
        if isinstance(demanded, bool | np.bool_):
            if not demanded:
                self.model.add_bool_or([])
        else:
            self.model.add(demanded)

    def demand_figures(self, readings: Mapping[str, str]) -> None:
        """Demand that every entry of the ledger prints as published, those named read so.

        Counts come first: a group whose size is printed makes its medians easier.
        """
        for entry in sorted(self.cells.ledger, key=lambda each: each.quantity is not None):
            self._entry(entry, entry.reading(readings.get(entry.id, "literal")))

    def _entry(self, entry: Entry, reading: Reading) -> None:
        """Demand that an entry, read so, prints as published. Nothing, for a threshold."""
        population = reading.population
        if entry.quantity is not None:
            self._summary(entry, population)
        elif entry.sum:
            self.demand(self.events(entry.sum, population) == int(entry.printed["count"]))
        elif entry.condition is not None:
            total, count = self.count(population), self.count(AllOf((population, entry.condition)))
            if entry.printed.get("count") == "all":
                self.demand(count == total)
            elif "count" in entry.printed:
                self._settle(count, AllOf((population, entry.condition)), int(entry.printed["count"]))
            if "denominator" in entry.printed:
                self._settle(total, population, int(entry.printed["denominator"]))
            if "percent" in entry.printed:
                self.demand(total >= 1)
                self._between(100 * count, total, unround(entry.printed["percent"], self.rule))

    def _between(self, value: Linear, times: Linear, interval: Interval) -> None:
        """Demand that a whole ``value`` lies in ``times`` the interval."""
        low, high = interval.low, interval.high
        self.demand(low.denominator * value >= low.numerator * times + (not interval.with_low))
        self.demand(high.denominator * value <= high.numerator * times - (not interval.with_high))

    def _summary(self, entry: Entry, population: Condition) -> None:
        assert entry.quantity is not None
        attribute = self.cells.ledger.attributes[entry.quantity]
        known = AllOf((population, Between(entry.quantity, None, None, above=False)))
        total = self.count(known)
        if "available" in entry.printed:
            self.demand(total == int(entry.printed["available"]))
        if set(entry.printed) - {"available"}:
            self.demand(total >= 1)
        for statistic in QUARTERS:
            if statistic in ("minimum", "maximum") and statistic in entry.printed:
                whole = whole_numbers(entry.printed[statistic], entry.unit, attribute)
                low, high = Fraction(whole.low), Fraction(whole.high)
                beyond = (None, low - 1) if statistic == "minimum" else (high + 1, None)
                outside = Between(entry.quantity, beyond[0], beyond[1], above=False)
                self.demand(self.count(AllOf((population, outside))) == 0)
                self.demand(self.count(AllOf((population, Between(entry.quantity, low, high, above=False)))) >= 1)
            elif statistic in entry.printed:
                self._quantile_within(entry, population, known, statistic)
        if "mean" in entry.printed:
            interval = in_units(unround(entry.printed["mean"]), entry.unit, attribute.unit)
            self._between(self.events((entry.quantity,), population), total, interval)

    def _quantile_within(self, entry: Entry, population: Condition, known: Condition, statistic: str) -> None:
        assert entry.quantity is not None
        attribute = self.cells.ledger.attributes[entry.quantity]
        interval = in_units(unround(entry.printed[statistic]), entry.unit, attribute.unit)
        quarters, total = QUARTERS[statistic], self.count(known)
        below, above = (
            self.count(AllOf((population, Between(entry.quantity, beyond[0], beyond[1], above=False))))
            for beyond in ((None, ceil(interval.low) - Fraction(1)), (Fraction(ceil(interval.high)), None))
        )
        settled = self.size_of(known)
        exact = settled is not None and quarters * (settled - 1) % 4 == 0
        # Between two patients one of them may lie outside; that no more may is implied, but leads the solver faster.
        self.demand(4 * below <= quarters * (total - 1) + (0 if exact else 3))
        self.demand(4 * above <= (4 - quarters) * (total - 1) + (0 if exact else 3))
        if not exact:
            four_times = self.quantile(entry.quantity, population, quarters)
            self.demand(four_times >= ceil(4 * interval.low))
            self.demand(four_times <= ceil(4 * interval.high) - 1)

    def _settle(self, count: Linear, condition: Condition, number: int) -> None:
        self.demand(count == number)
        self.settled.append((condition, number))

    def size_of(self, condition: Condition) -> int | None:
        """Return a number of patients if a figure prints it, or that of all; None when it is not settled so."""
        if any(attributes_of(condition)):
            place, met = self.cells.meeting(condition)
            if not met.all():
                names = set(self.cells.tables[place].group.names)
                alike = (
                    number
                    for settled, number in self.settled
                    if set(attributes_of(settled)) <= names and (self.cells.mask(place, settled) == met).all()
                )
                return next(alike, None)
        return self.most if self.fewest == self.most else None

    def events(self, names: Sequence[str], population: Condition) -> Linear:
        """Return the sum of numbers over the patients of a population."""
        found: list[Linear] = []
        for name in names:
            place, met = self.cells.meeting(population, [name])
            low, high = self.cells.numbers(name, place)
            cells = np.flatnonzero(met).tolist()
            least = weighted(self.at(place, cells), low[cells])
            if (low[cells] == high[cells]).all():
                found.append(least)
                continue
            # Within a range the values are open, and so is their sum.
            reach = int(max(abs(low[cells]).max(), abs(high[cells]).max())) * self.most
            total = self.model.new_int_var(-reach, reach, "")
            self.demand(total >= least)
            self.demand(total <= weighted(self.at(place, cells), high[cells]))
            found.append(total)
        return total_of(found)

    def quantile(self, name: str, population: Condition, quarters: int) -> Linear:
        """Return four times a quantile, ``quarters`` of the way from the least patient to the greatest."""
        return self.quantiles.four_times(name, population, quarters)

    def solve(
        self, *, minimise: Linear | None = None, maximise: Linear | None = None, values: Sequence[Linear] = ()
    ) -> Solution | None:
        """Return numbers of patients that meet all demands, best ones if asked for; None when there are none.

        Of ``values`` the solution tells what they come to.

        Raises
        ------
        Undecided
            When the effort allowed does not suffice.
        """
        self.model.clear_objective()  # type: ignore[no-untyped-call]
        if minimise is not None:
            self.model.minimize(minimise)
        if maximise is not None:
            self.model.maximize(maximise)
        solver = solved(self.model, _EFFORT)
        if solver is None:
            return None
        found = tuple(tuple(int(solver.value(each)) for each in numbers) for numbers in self.numbers)
        asked = tuple(int(solver.value(each)) for each in values)
        return Solution(int(solver.value(self.size)), found, round(solver.objective_value), asked)


def in_units(interval: Interval, unit: str | None, of_attribute: str | None) -> Interval:
    """Turn an interval from the unit printed into that of the attribute."""
    if of_attribute != "days":
        return interval
    return Interval(in_days(interval.low, unit), in_days(interval.high, unit), interval.with_low, interval.with_high)
