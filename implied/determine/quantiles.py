"""Medians, quartiles and extremes of patients in cells: the value at a place of the sorted values."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.sat.python import cp_model

from implied.ledger.conditions import AllOf, Between, Condition
from implied.ledger.printed import WholeRange

if TYPE_CHECKING:
    from implied.determine.model import CellModel

Linear = Any
"""A linear expression of the solver, or a whole number."""


def total_of(terms: Sequence[Linear]) -> Linear:
    """Return a sum, 0 for none."""
    return cp_model.LinearExpr.sum(list(terms)) if terms else 0


def weighted(terms: Sequence[Any], weights: Any) -> Linear:
    """Return a weighted sum, 0 for none."""
    return cp_model.LinearExpr.weighted_sum(list(terms), [int(each) for each in weights]) if len(terms) else 0


class Quantiles:
    """The order statistics of one model."""

    def __init__(self, model: CellModel) -> None:
        self.model = model
        self.solver = model.model
        self.ordered: dict[tuple[str, Condition, int], Linear] = {}

    def four_times(self, name: str, population: Condition, quarters: int) -> Linear:
        """Return four times a quantile, ``quarters`` of the way from the least patient to the greatest.

        It is interpolated between two patients (R's type 7): of n sorted values it lies at ``quarters * (n - 1) / 4``.
        """
        attribute = self.model.cells.ledger.attributes[name]
        known = AllOf((population, Between(name, None, None, above=False)))
        total, settled = self.model.count(known), self.model.size_of(known)
        if settled is not None:
            place, share = divmod(quarters * (settled - 1), 4)
            lower = self._ordered(name, population, place)
            return (4 - share) * lower + (share * self._ordered(name, population, place + 1) if share else 0)
        fours = self.solver.new_int_var(0, self.model.most // 4 + 1, "")
        left = [self.solver.new_bool_var("") for _ in range(4)]
        self.model.demand(total_of(left) == 1)
        self.model.demand(total - 1 == 4 * fours + weighted(left, range(4)))
        position = quarters * fours + weighted(left, [quarters * rest // 4 for rest in range(4)])
        lower = self._ordered(name, population, position)
        between = any(quarters * rest % 4 for rest in range(4))
        upper = self._ordered(name, population, position + 1, exists=False) if between else lower
        value = self.solver.new_int_var(4 * attribute.minimum, 4 * attribute.maximum, "")
        for rest, literal in enumerate(left):
            share = quarters * rest % 4
            self.solver.add(value == (4 - share) * lower + share * upper).only_enforce_if(literal)
        return value

    def _ordered(self, name: str, population: Condition, position: Linear, *, exists: bool = True) -> Linear:
        """Return the value at a position (from 0) of the sorted values of a population.

        Beyond the last one there is no value, and none is demanded when it need not exist.
        """
        attribute = self.model.cells.ledger.attributes[name]
        key = (name, population, position) if isinstance(position, int) else None
        if key in self.ordered:
            return self.ordered[key]
        value = self.solver.new_int_var(attribute.minimum, attribute.maximum, "")
        if key is not None:
            self.ordered[key] = value
        place, met = self.model.cells.meeting(population, [name])
        low, _ = self.model.cells.numbers(name, place)
        known = met & ~self.model.cells.nothing(name, place)
        ranges = sorted((kind.low, kind.high) for kind in self.model.cells.kinds[name] if isinstance(kind, WholeRange))
        reached = [self.solver.new_bool_var("") for _ in ranges[1:]]
        for (start, _), literal in zip(ranges[1:], reached, strict=True):
            below = total_of(self.model.at(place, np.flatnonzero(known & (low < start)).tolist()))
            self.solver.add(below <= position).only_enforce_if(literal)
            self.solver.add(below >= position + 1).only_enforce_if(~literal)
        for one, following in pairwise(reached):
            self.solver.add_implication(following, one)
        # The value lies in the last range that is reached.
        least, most = (
            ranges[0][side] + weighted(reached, [b[side] - a[side] for a, b in pairwise(ranges)]) for side in (0, 1)
        )
        self.model.demand(value >= least)
        self.model.demand(value <= most)
        if exists:
            everybody = total_of(self.model.at(place, np.flatnonzero(known).tolist()))
            self.model.demand(everybody >= position + 1)
        return value
