"""A conflict in arithmetic that a reader can repeat by hand.

Two kinds of argument suffice for nearly all conflicts. Where a percentage states no denominator, the other claims
leave few sizes to its group, and no count of such a size prints it. Otherwise patients are given points for being
counted by one claim and lose points for being counted by another: nobody can score, and yet the printed numbers add up
to a score (Farkas 1902).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import floor

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from implied.determine.joint_cells import Cells, TooManyCells
from implied.determine.model import MOST_PATIENTS, CellModel
from implied.determine.solver import Undecided, solved
from implied.ledger import Entry, Ledger
from implied.ledger.conditions import EVERYONE, AllOf, Condition, between, is_known
from implied.ledger.printed import whole_numbers
from implied.numbers.percentages import counts_printing, nearest_counts
from implied.numbers.quartiles import QUARTERS
from implied.numbers.rounding import decimals, print_percent, unround

_MINUS = "\N{MINUS SIGN}"
_EFFORT = 1.0
"""Most effort of the solver for a sum."""
_SIZES_SHOWN = 8
"""Sizes of a group that are gone through one by one."""
_MOST_SIZES = 200
"""Sizes of a group that are looked at."""
_GREATEST_FACTOR = 4
"""Points beyond which nobody would repeat the sum."""
_SHORTEST = 1000
"""Weight of a sum's value against its length."""

Weights = NDArray[np.int64]


@dataclass(frozen=True)
class LinearClaim:
    """What a claim says in numbers: ``low <= sum of weights over patients <= high``; None leaves a side open.

    ``weights`` holds a patient's weight in each cell, ``words`` what is counted.
    """

    words: str
    weights: Weights
    low: int | None
    high: int | None


def arithmetic(ledger: Ledger, entries: Sequence[str]) -> tuple[str, ...]:
    """Return the steps, one line each, that show why entries of a minimal conflict cannot hold together.

    There are none when no simple ones are found.
    """
    try:
        argument = _Argument(ledger, [ledger[name] for name in entries])
    except TooManyCells:
        return ()
    return argument.by_sizes() or argument.by_points()


class _Argument:
    """The claims of a conflict on the kinds of patients that they tell apart."""

    def __init__(self, ledger: Ledger, entries: Sequence[Entry]) -> None:
        self.part = ledger.of(entries)
        together = set[str]().union(*(entry.names for entry in entries))
        self.cells = Cells(self.part, together=[together])
        self.table = self.cells.table_of(together) if together else None
        self.silent = [entry for entry in entries if entry.is_silent]
        self.spoken = [entry for entry in entries if not entry.is_silent]
        self.claims = [claim for entry in self.spoken for claim in self._claims(entry)]

    def _met(self, *conditions: Condition) -> Weights:
        if self.table is None:
            return np.ones(1, dtype=np.int64)
        return self.cells.mask(self.table, AllOf(conditions)).astype(np.int64)

    def _claims(self, entry: Entry) -> Iterator[LinearClaim]:
        """Say an entry in numbers; what cannot be said so is left out, and the argument then may not be found."""
        population, printed = entry.population, entry.printed
        everybody = self._met(population)
        if entry.quantity is not None:
            yield from self._summary(entry, entry.quantity)
        elif entry.sum:
            assert self.table is not None
            ends = [self.cells.numbers(name, self.table) for name in entry.sum]
            if all((low == high).all() for low, high in ends):
                total = int(printed["count"])
                weights = sum((low for low, _ in ends), everybody * 0) * everybody
                yield LinearClaim(entry.label, weights, total, total)
        elif entry.condition is not None:
            counted = self._met(population, entry.condition)
            if printed.get("count") == "all":
                yield LinearClaim(f"{entry.label}, all of them", counted - everybody, 0, 0)
            elif "count" in printed:
                count = int(printed["count"])
                yield LinearClaim(entry.label, counted, count, count)
                if count and "percent" in printed and "denominator" not in printed:
                    share = unround(printed["percent"])
                    most = floor(100 * count / share.low) if share.low else None
                    words = f"{entry.among}, of whom {count} are {printed['percent']}%"
                    yield LinearClaim(words, everybody, floor(100 * count / share.high) + 1, most)
            if "denominator" in printed:
                total = int(printed["denominator"])
                yield LinearClaim(entry.among, everybody, total, total)
                if "percent" in printed and "count" not in printed:
                    yield from self._percentage(entry, total)

    def _percentage(self, entry: Entry, total: int) -> Iterator[LinearClaim]:
        """Say a percentage of so many patients in counts."""
        counts = counts_printing(entry.printed["percent"], total)
        if counts and entry.condition is not None:
            words = f"{entry.label}, {entry.printed['percent']}% of {total}"
            yield LinearClaim(words, self._met(entry.population, entry.condition), counts[0], counts[-1])

    def _summary(self, entry: Entry, name: str) -> Iterator[LinearClaim]:
        attribute = self.cells.ledger.attributes[name]
        having = self._met(entry.population, is_known(name))
        if "available" in entry.printed:
            number = int(entry.printed["available"])
            yield LinearClaim(f"{entry.label}, known", having, number, number)
        for statistic, quarters in QUARTERS.items():
            if statistic not in entry.printed:
                continue
            interval = whole_numbers(entry.printed[statistic], entry.unit, attribute)
            below = self._met(entry.population, between(name, None, interval.low - 1))
            above = self._met(entry.population, between(name, interval.high + 1, None))
            words = f"{entry.label}, {statistic} {entry.printed[statistic]}"
            # Of n values at most quarters/4 of n - 1 lie below a quantile; where it lies between two, one more may.
            slack = 0 if statistic in ("minimum", "maximum") else 3
            yield LinearClaim(f"{words}: below", 4 * below - quarters * having, None, slack - quarters)
            yield LinearClaim(f"{words}: above", 4 * above - (4 - quarters) * having, None, slack - (4 - quarters))

    def by_sizes(self) -> tuple[str, ...]:
        """Argue that a group has a size of which no count prints the percentages given for it."""
        for population in dict.fromkeys(entry.population for entry in self.silent):
            percentages = [entry for entry in self.silent if entry.population == population]
            sizes = self._sizes(population)
            failing = {size: _failing(percentages, size) for size in sizes}
            if sizes and None not in failing.values():
                lines = [*self._leaving(population, sizes, percentages[0].among)]
                shown = sizes if len(sizes) <= _SIZES_SHOWN else (*sizes[: _SIZES_SHOWN - 1], sizes[-1])
                return (*lines, *(_nearest(failing[size], size) for size in shown))
        return ()

    def _sizes(self, population: Condition) -> tuple[int, ...]:
        """Return the sizes that a group can have by the claims that say how many patients they count."""
        cells = Cells(replace(self.part, entries=tuple(self.spoken)), [population])
        model = CellModel(cells, (1, MOST_PATIENTS))
        size = model.count(population)
        smallest, largest = model.solve(minimise=size), model.solve(minimise=-size)
        assert smallest is not None
        assert largest is not None
        low, high = smallest.objective, -largest.objective
        # All sizes between count as possible: one that is not only makes the argument longer.
        return tuple(range(max(low, 1), high + 1)) if high - low < _MOST_SIZES else ()

    def _leaving(self, population: Condition, sizes: Sequence[int], among: str) -> Iterator[str]:
        """Say in sums of printed numbers how many patients there are in a group."""
        counted = self._met(population)
        most, least = (_limit(self.claims, counted, sign) for sign in (1, -1))
        if len(sizes) == 1 and most and most[1] == sizes[0]:
            yield f"{_sum(most[0], self.claims, 1)} = {sizes[0]} {among}."
            return
        if least and -least[1] == sizes[0] and sizes[0] > 1:
            yield f"At least {_sum(least[0], self.claims, -1)} {among}."
        if most and most[1] == sizes[-1]:
            yield f"At most {_sum(most[0], self.claims, 1)} = {sizes[-1]} {among}."
        if len(sizes) > 1:
            yield f"So there are {sizes[0]} to {sizes[-1]} of them."

    def by_points(self) -> tuple[str, ...]:
        """Argue that the printed numbers add up to a score which nobody among the patients can make."""
        claims = [*self.claims, *(claim for entry in self.silent for claim in self._of_settled_size(entry))]
        best = _limit(claims, np.zeros_like(self._met(EVERYONE)), 1, negative=True)
        if best is None:
            return ()
        factors, bound = best
        points = [(-factor, claim) for factor, claim in zip(factors, claims, strict=True) if factor]
        words = "; ".join(f"{'+' if point > 0 else _MINUS}{abs(point)} for {claim.words}" for point, claim in points)
        return (
            f"Give each patient points: {words}.",
            "Nobody can have more than 0 points.",
            f"The printed numbers add up to {_sum(factors, claims, -1)} = {-bound}, which is more than 0.",
        )

    def _of_settled_size(self, entry: Entry) -> Iterator[LinearClaim]:
        """Say a percentage in counts where the other claims leave its group one size."""
        sizes = self._sizes(entry.population)
        if len(sizes) == 1:
            yield from self._percentage(entry, sizes[0])


def _failing(entries: Sequence[Entry], size: int) -> Entry | None:
    """Return an entry whose percentage no count of so many patients prints."""
    return next((entry for entry in entries if not counts_printing(entry.printed["percent"], size)), None)


def _nearest(entry: Entry | None, size: int) -> str:
    assert entry is not None
    percent = entry.printed["percent"]
    nearest = nearest_counts(percent, size)
    parts = [f"{count}/{size} prints {print_percent(count, size, decimals(percent))}%" for count in nearest]
    return f"{', '.join(parts)}; none prints {percent}%."


def _limit(
    claims: Sequence[LinearClaim], counted: Weights, sign: int, *, negative: bool = False
) -> tuple[list[int], int] | None:
    """Bound ``sign`` times a count from above by a sum of claims; return the factor of each claim, and the bound.

    The sum counts every kind of patient at least as often. It is the best one, or with ``negative`` any with a negative
    bound, and among those the shortest; None when no small whole factors do.
    """
    model = cp_model.CpModel()
    sides = [(number, 1, claim.high) for number, claim in enumerate(claims) if claim.high is not None]
    sides += [(number, -1, -claim.low) for number, claim in enumerate(claims) if claim.low is not None]
    factors = [model.new_int_var(0, _GREATEST_FACTOR, "") for _ in sides]
    if not sides:
        return None
    columns = np.array([direction * claims[number].weights for number, direction, _ in sides]).reshape(len(sides), -1)
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
    chosen = [0] * len(claims)
    for factor, (number, direction, _) in zip(factors, sides, strict=True):
        chosen[number] += direction * solver.value(factor)
    return chosen, solver.value(bound)


def _sum(factors: Sequence[int], claims: Sequence[LinearClaim], sign: int) -> str:
    """Write a sum of printed numbers, positive terms first: ``31 - 10``."""
    terms = []
    for factor, claim in zip(factors, claims, strict=True):
        number = claim.high if factor > 0 else claim.low
        if factor and number:
            words = f"{abs(number)}" if abs(factor) == 1 else f"{abs(factor)} × {abs(number)}"
            terms.append((sign * factor * number < 0, f"{words} ({claim.words})"))
    terms.sort(key=lambda term: term[0])
    first = "".join((_MINUS if negative else "") + words for negative, words in terms[:1]) or "0"
    return first + "".join(f" {_MINUS if negative else '+'} {words}" for negative, words in terms[1:])
