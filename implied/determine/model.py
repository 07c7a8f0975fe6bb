"""The claims as constraints on the numbers of patients in cells, for the solver.

Everything here is demanded of all records, so what the solver proves impossible is impossible. What it finds is only a
candidate: :mod:`implied.determine.witness` turns it into patients, who are then checked one by one.

The solver is spoken to directly: the same cells are solved hundreds of times, and a modelling layer between would cost
more than the solving (``benchmarks/determined.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from implied.determine.joint_cells import Cells, agreement
from implied.determine.quantiles import Quantiles
from implied.determine.solver import Linear, demand, solved, total_of, weighted
from implied.ledger import Entry
from implied.ledger.conditions import AllOf, Condition, attributes_of, between, is_known
from implied.ledger.printed import unrounded, whole_numbers
from implied.numbers.percentages import count_demands
from implied.numbers.quartiles import QUARTERS, place_of

MOST_PATIENTS = 10_000
"""Patients that there may be when no claim settles their number."""

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
    """Unknown numbers of patients in cells, from the fewest to the most of ``sizes``, who satisfy all claims."""

    def __init__(self, cells: Cells, sizes: tuple[int, int]) -> None:
        self.cells = cells
        self.fewest, self.most = sizes
        self.model = cp_model.CpModel()
        self.size = self.model.new_int_var(*sizes, "patients")
        self.numbers = [
            [self.model.new_int_var(0, self.most, "") for _ in range(len(table) if counted else 0)]
            for table, counted in zip(cells.tables, cells.counted, strict=True)
        ]
        self.quantiles = Quantiles(self)
        self.settled: list[tuple[Condition, int]] = []
        for number, table in enumerate(cells.tables):
            if not cells.counted[number]:
                continue
            if table.group.parent is None:
                self.model.add(total_of(self.numbers[number]) == self.size)
            else:
                above = self.numbers[table.group.parent]
                for parents, children in agreement(cells.tables[table.group.parent], table):
                    self.model.add(total_of([above[cell] for cell in parents]) == total_of(self.at(number, children)))
        # Counts come first: a group whose size is printed makes its medians easier.
        for entry in sorted(cells.ledger, key=lambda entry: entry.quantity is not None):
            self._demand_entry(entry)

    def at(self, table: int, cells: Sequence[int]) -> list[Any]:
        """Return the numbers of patients in some cells of a table."""
        return [self.numbers[table][cell] for cell in cells]

    def count(self, condition: Condition) -> Linear:
        """Return how many patients meet a condition."""
        if not any(attributes_of(condition)):
            return self.size
        table, met = self.cells.meeting(condition)
        return self.size if met.all() else total_of(self.at(table, np.flatnonzero(met).tolist()))

    def demand(self, demanded: Any) -> None:
        """Demand something of all records."""
        demand(self.model, demanded)

    def _demand_entry(self, entry: Entry) -> None:
        """Demand that an entry, as it is read, prints as published. Nothing, for a threshold."""
        if entry.quantity is not None:
            self._demand_summary(entry, entry.quantity)
        elif entry.sum:
            self.demand(self.events(entry.sum, entry.population) == int(entry.printed["count"]))
        elif entry.condition is not None:
            counted = AllOf((entry.population, entry.condition))
            total, count = self.count(entry.population), self.count(counted)
            for demanded in count_demands(entry.printed, count, total, self.cells.ledger.rounding):
                self.demand(demanded)
            if entry.printed.get("count", "all") != "all":
                self.settled.append((counted, int(entry.printed["count"])))
            if "denominator" in entry.printed:
                self.settled.append((entry.population, int(entry.printed["denominator"])))

    def _demand_summary(self, entry: Entry, name: str) -> None:
        attribute, population = self.cells.ledger.attributes[name], entry.population
        having = AllOf((population, is_known(name)))
        total = self.count(having)
        if "available" in entry.printed:
            self.demand(total == int(entry.printed["available"]))
        if set(entry.printed) - {"available"}:
            self.demand(total >= 1)
        for statistic in [statistic for statistic in QUARTERS if statistic in entry.printed]:
            if statistic in ("minimum", "maximum"):
                numbers = whole_numbers(entry.printed[statistic], entry.unit, attribute)
                beyond = (None, numbers.low - 1) if statistic == "minimum" else (numbers.high + 1, None)
                self.demand(self.count(AllOf((population, between(name, *beyond)))) == 0)
                self.demand(self.count(AllOf((population, between(name, numbers.low, numbers.high)))) >= 1)
            else:
                self._demand_quantile(entry, name, having, statistic)
        if "mean" in entry.printed:
            interval = unrounded(entry.printed["mean"], entry.unit, attribute)
            for demanded in interval.demands(self.events((name,), population), total):
                self.demand(demanded)

    def _demand_quantile(self, entry: Entry, name: str, having: Condition, statistic: str) -> None:
        interval = unrounded(entry.printed[statistic], entry.unit, self.cells.ledger.attributes[name])
        quarters, total = QUARTERS[statistic], self.count(having)
        below, above = (
            self.count(AllOf((entry.population, between(name, *beyond))))
            for beyond in ((None, ceil(interval.low) - 1), (ceil(interval.high), None))
        )
        settled = self.size_of(having)
        exact = settled is not None and place_of(quarters, settled)[1] == 0
        # Between two patients one of them may lie outside; that no more may is implied, but leads the solver faster.
        self.demand(4 * below <= quarters * (total - 1) + (0 if exact else 3))
        self.demand(4 * above <= (4 - quarters) * (total - 1) + (0 if exact else 3))
        if not exact:
            four_times = self.quantile(name, entry.population, quarters)
            fitting = interval.multiples(4)
            self.demand(four_times >= fitting.start)
            self.demand(four_times <= fitting.stop - 1)

    def size_of(self, condition: Condition) -> int | None:
        """Return a number of patients if a claim prints it, or that of all; None when it is not settled so."""
        if any(attributes_of(condition)):
            table, met = self.cells.meeting(condition)
            if not met.all():
                names = set(self.cells.tables[table].group.names)
                alike = (
                    number
                    for settled, number in self.settled
                    if set(attributes_of(settled)) <= names and (self.cells.mask(table, settled) == met).all()
                )
                return next(alike, None)
        return self.most if self.fewest == self.most else None

    def events(self, names: Sequence[str], population: Condition) -> Linear:
        """Return the sum of numbers over the patients of a population."""
        totals: list[Linear] = []
        for name in names:
            table, met = self.cells.meeting(population, [name])
            low, high = self.cells.numbers(name, table)
            cells = np.flatnonzero(met).tolist()
            least = weighted(self.at(table, cells), low[cells])
            if (low[cells] == high[cells]).all():
                totals.append(least)
                continue
            # Within a range the values are open, and so is their sum.
            reach = int(max(abs(low[cells]).max(), abs(high[cells]).max())) * self.most
            total = self.model.new_int_var(-reach, reach, "")
            self.demand(total >= least)
            self.demand(total <= weighted(self.at(table, cells), high[cells]))
            totals.append(total)
        return total_of(totals)

    def quantile(self, name: str, population: Condition, quarters: int) -> Linear:
        """Return four times a quantile, ``quarters`` of the way from the least patient to the greatest."""
        return self.quantiles.four_times(name, population, quarters)

    def solve(self, *, minimise: Linear | None = None, values: Sequence[Linear] = ()) -> Solution | None:
        """Return numbers of patients that meet all demands, best ones if asked for; None when there are none.

        Of ``values`` the solution says what they come to. When the effort allowed does not suffice,
        :class:`implied.determine.solver.Undecided` is raised.
        """
        self.model.clear_objective()  # type: ignore[no-untyped-call]
        if minimise is not None:
            self.model.minimize(minimise)
        solver = solved(self.model, _EFFORT)
        if solver is None:
            return None
        numbers = tuple(tuple(int(solver.value(number)) for number in of_table) for of_table in self.numbers)
        answers = tuple(int(solver.value(value)) for value in values)
        return Solution(int(solver.value(self.size)), numbers, round(solver.objective_value), answers)
