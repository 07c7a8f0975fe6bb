"""A conflict in arithmetic that a reader can repeat by hand.

Two kinds of argument suffice for nearly all conflicts. Where a percentage states no denominator, the other figures
leave few sizes to its group, and no count of such a size prints it. Otherwise patients are given points for being
counted by one figure and lose points for being counted by another: nobody can score, and yet the printed numbers add up
to a score (Farkas 1902).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from implied.check.attribute_table import QUARTERS
from implied.check.percentages import counts_printing
from implied.determine.joint_cells import Cells, TooManyCells
from implied.determine.junction import scope_of_entry
from implied.determine.model import MOST_PATIENTS, CellModel
from implied.determine.parts import Parts
from implied.determine.solver import Undecided, solved
from implied.ledger import Entry, Ledger
from implied.ledger.conditions import EVERYONE, AllOf, Between, Condition
from implied.ledger.printed import whole_numbers
from implied.numbers.rounding import decimals, print_percent, unround

_MINUS = "\N{MINUS SIGN}"
_EFFORT = 1.0
"""Most effort of the solver for a sum."""
_SIZES_TOLD = 8
"""Sizes of a group that are gone through one by one."""
_MOST_SIZES = 200
"""Sizes of a group that are looked at."""
_GREATEST_FACTOR = 4
"""Points beyond which nobody would repeat the sum."""
_SHORTEST = 1000
"""Weight of a sum's value beside its length."""

Weights = NDArray[np.int64]


@dataclass(frozen=True)
class Row:
    """What a figure says in numbers: ``low <= sum of weights over patients <= high``; None leaves a side open.

    ``weights`` holds a patient's weight in each cell, ``words`` what is counted.
    """

    words: str
    weights: Weights
    low: int | None
    high: int | None


def arithmetic(ledger: Ledger, entries: Sequence[str], readings: Mapping[str, str]) -> tuple[str, ...]:
    """Return the steps, one line each, that show why entries conflict; none when no simple ones are found.

    Parameters
    ----------
    ledger
        The published figures.
    entries
        Ids of a minimal conflict.
    readings
        For each entry that is not read literally, the name of its reading.
    """
    try:
        argument = _Argument(ledger, [ledger[name] for name in entries], readings)
    except TooManyCells:
        return ()
    return argument.by_sizes() or argument.by_points()


class _Argument:
    """The figures of a conflict on the kinds of patients that they tell apart."""

    def __init__(self, ledger: Ledger, entries: Sequence[Entry], readings: Mapping[str, str]) -> None:
        self.ledger = ledger
        self.readings = readings
        self.few = Parts(ledger).of(entries)
        together = set[str]().union(*map(scope_of_entry, entries))
        self.cells = Cells(self.few, together=[together])
        self.place = self.cells.place(together) if together else None
        self.silent = [entry for entry in entries if _is_silent(entry)]
        self.spoken = [entry for entry in entries if not _is_silent(entry)]
        self.rows = [row for entry in self.spoken for row in self._rows(entry)]

    def _population(self, entry: Entry) -> Condition:
        return entry.reading(self.readings.get(entry.id, "literal")).population

    def _among(self, entry: Entry) -> str:
        return entry.reading(self.readings.get(entry.id, "literal")).among

    def _met(self, *conditions: Condition) -> Weights:
        if self.place is None:
            return np.ones(1, dtype=np.int64)
        return self.cells.mask(self.place, AllOf(conditions)).astype(np.int64)

    def _rows(self, entry: Entry) -> Iterator[Row]:
        """Say an entry in rows; what cannot be said so is left out, and the argument then may not be found."""
        population, printed = self._population(entry), entry.printed
        everybody = self._met(population)
        if entry.quantity is not None:
            yield from self._summary(entry, entry.quantity, population)
        elif entry.sum:
            assert self.place is not None
            ends = [self.cells.numbers(name, self.place) for name in entry.sum]
            if all((low == high).all() for low, high in ends):
                total = int(printed["count"])
                yield Row(entry.label, sum((low for low, _ in ends), everybody * 0) * everybody, total, total)
        elif entry.condition is not None:
            counted = self._met(population, entry.condition)
            if printed.get("count") == "all":
                yield Row(f"{entry.label}, all of them", counted - everybody, 0, 0)
            elif "count" in printed:
                count = int(printed["count"])
                yield Row(entry.label, counted, count, count)
                if count and "percent" in printed and "denominator" not in printed:
                    share = unround(printed["percent"])
                    most = floor(100 * count / share.low) if share.low else None
                    words = f"{self._among(entry)}, of whom {count} are {printed['percent']}%"
                    yield Row(words, everybody, floor(100 * count / share.high) + 1, most)
            if "denominator" in printed:
                total = int(printed["denominator"])
                yield Row(self._among(entry), everybody, total, total)
                counts = counts_printing(printed["percent"], total) if "percent" in printed and total else ()
                if "count" not in printed and counts:
                    yield Row(f"{entry.label}, {printed['percent']}% of {total}", counted, counts[0], counts[-1])

    def _summary(self, entry: Entry, quantity: str, population: Condition) -> Iterator[Row]:
        attribute = self.cells.ledger.attributes[quantity]
        known = self._met(population, Between(quantity, None, None, above=False))
        if "available" in entry.printed:
            yield Row(f"{entry.label}, known", known, int(entry.printed["available"]), int(entry.printed["available"]))
        for statistic, quarters in QUARTERS.items():
            if statistic not in entry.printed:
                continue
            whole = whole_numbers(entry.printed[statistic], entry.unit, attribute)
            low, high = Fraction(whole.low), Fraction(whole.high)
            below = self._met(population, Between(quantity, None, low - 1, above=False))
            above = self._met(population, Between(quantity, high + 1, None, above=False))
            name = f"{entry.label}, {statistic} {entry.printed[statistic]}"
            # Of n values at most quarters/4 of n - 1 lie below a quantile; where it lies between two, one more may.
            slack = 0 if statistic in ("minimum", "maximum") else 3
            yield Row(f"{name}: below", 4 * below - quarters * known, None, slack - quarters)
            yield Row(f"{name}: above", 4 * above - (4 - quarters) * known, None, slack - (4 - quarters))

    def by_sizes(self) -> tuple[str, ...]:
        """Argue that a group has a size of which no count prints the percentages given for it."""
        for population in dict.fromkeys(self._population(entry) for entry in self.silent):
            told = [entry for entry in self.silent if self._population(entry) == population]
            sizes = self._sizes(population)
            failing = {size: _failing(told, size) for size in sizes}
            if sizes and None not in failing.values():
                lines = [*self._leaving(population, sizes, self._among(told[0]))]
                shown = sizes if len(sizes) <= _SIZES_TOLD else (*sizes[: _SIZES_TOLD - 1], sizes[-1])
                return (*lines, *(_nearest(failing[size], size) for size in shown))
        return ()

    def _sizes(self, population: Condition) -> tuple[int, ...]:
        """Return the sizes that a group can have by the figures that say how many patients they count."""
        cells = Cells(replace(self.few, entries=tuple(self.spoken)), [population])
        model = CellModel(cells, (1, MOST_PATIENTS))
        model.demand_figures(self.readings)
        size = model.count(population)
        ends = [model.solve(minimise=size), model.solve(maximise=size)]
        assert ends[0] is not None
        assert ends[1] is not None
        low, high = ends[0].objective, ends[1].objective
        # All sizes between count as possible: one that is not only makes the argument longer.
        return tuple(range(max(low, 1), high + 1)) if high - low < _MOST_SIZES else ()

    def _leaving(self, population: Condition, sizes: Sequence[int], among: str) -> Iterator[str]:
        """Say in sums of printed numbers how many patients there are in a group."""
        counted = self._met(population)
        most, least = (_limit(self.rows, counted, sign) for sign in (1, -1))
        if len(sizes) == 1 and most and most[1] == sizes[0]:
            yield f"{_sum(most[0], self.rows, 1)} = {sizes[0]} {among}."
            return
        if least and -least[1] == sizes[0] and sizes[0] > 1:
            yield f"At least {_sum(least[0], self.rows, -1)} {among}."
        if most and most[1] == sizes[-1]:
            yield f"At most {_sum(most[0], self.rows, 1)} = {sizes[-1]} {among}."
        if len(sizes) > 1:
            yield f"So there are {sizes[0]} to {sizes[-1]} of them."

    def by_points(self) -> tuple[str, ...]:
        """Argue that the printed numbers add up to a score which nobody among the patients can make."""
        rows = [*self.rows, *(row for entry in self.silent for row in self._of_settled_size(entry))]
        found = _limit(rows, np.zeros_like(self._met(EVERYONE)), 1, negative=True)
        if found is None:
            return ()
        points = [(-point, row) for point, row in zip(found[0], rows, strict=True) if point]
        given = "; ".join(f"{'+' if point > 0 else _MINUS}{abs(point)} for {row.words}" for point, row in points)
        return (
            f"Give each patient points: {given}.",
            "Nobody can have more than 0 points.",
            f"The printed numbers add up to {_sum(found[0], rows, -1)} = {-found[1]}, which is more than 0.",
        )

    def _of_settled_size(self, entry: Entry) -> Iterator[Row]:
        """Say a percentage in counts where the other figures leave its group one size."""
        population = self._population(entry)
        sizes = self._sizes(population)
        counts = counts_printing(entry.printed["percent"], sizes[0]) if len(sizes) == 1 else ()
        if counts and entry.condition is not None:
            words = f"{entry.label}, {entry.printed['percent']}% of {sizes[0]}"
            yield Row(words, self._met(population, entry.condition), counts[0], counts[-1])


def _is_silent(entry: Entry) -> bool:
    """Whether an entry prints a percentage and neither its count nor its denominator."""
    return "percent" in entry.printed and not {"count", "denominator"} & set(entry.printed)


def _failing(entries: Sequence[Entry], size: int) -> Entry | None:
    """Return an entry whose percentage no count of so many patients prints."""
    return next((entry for entry in entries if not counts_printing(entry.printed["percent"], size)), None)


def _nearest(entry: Entry | None, size: int) -> str:
    assert entry is not None
    percent = entry.printed["percent"]
    below = floor(Fraction(percent) * size / 100)
    near = [count for count in (below, below + 1) if count <= size]
    parts = [f"{count}/{size} prints {print_percent(count, size, decimals(percent))}%" for count in near]
    return f"{', '.join(parts)}; none prints {percent}%."


def _limit(rows: Sequence[Row], counted: Weights, sign: int, *, negative: bool = False) -> tuple[list[int], int] | None:
    """Bound ``sign`` times a count from above by a sum of rows; return the factor of each row, and the bound.

    The sum counts every kind of patient at least as often. It is the best one, or with ``negative`` any with a negative
    bound, and among those the shortest; None when no small whole factors do.
    """
    model = cp_model.CpModel()
    sides = [(place, 1, row.high) for place, row in enumerate(rows) if row.high is not None]
    sides += [(place, -1, -row.low) for place, row in enumerate(rows) if row.low is not None]
    factors = [model.new_int_var(0, _GREATEST_FACTOR, "") for _ in sides]
    if not sides:
        return None
    columns = np.array([direction * rows[place].weights for place, direction, _ in sides]).reshape(len(sides), -1)
    for column, count in dict.fromkeys(zip(map(tuple, columns.T.tolist()), counted.tolist(), strict=True)):
        covered = sum(weight * factor for weight, factor in zip(column, factors, strict=True))
        model.add_linear_constraint(covered, sign * count, cp_model.INT32_MAX)
    bound = sum(limit * factor for factor, (*_, limit) in zip(factors, sides, strict=True))
    if negative:
        model.add(bound <= -1)
        model.minimize(sum(factors))
    else:
        model.minimize(_SHORTEST * bound + sum(factors))
    try:
        solver = solved(model, _EFFORT)
    except Undecided:
        return None
    if solver is None:
        return None
    found = [0] * len(rows)
    for factor, (place, direction, _) in zip(factors, sides, strict=True):
        found[place] += direction * solver.value(factor)
    return found, solver.value(bound)


def _sum(factors: Sequence[int], rows: Sequence[Row], sign: int) -> str:
    """Write a sum of printed numbers, positive terms first: ``31 - 10``."""
    terms = []
    for factor, row in zip(factors, rows, strict=True):
        number = row.high if factor > 0 else row.low
        if factor and number:
            value = sign * factor * number
            words = f"{abs(number)}" if abs(factor) == 1 else f"{abs(factor)} × {abs(number)}"
            terms.append((value < 0, f"{words} ({row.words})"))
    terms.sort(key=lambda term: term[0])
    first = "".join((_MINUS if negative else "") + words for negative, words in terms[:1]) or "0"
    return first + "".join(f" {_MINUS if negative else '+'} {words}" for negative, words in terms[1:])
