"""Medians, quartiles and extremes of patients in cells: the value at a place of the sorted values."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from implied.determine.solver import Linear, total_of, weighted
from implied.ledger.conditions import AllOf, Condition, is_known
from implied.ledger.printed import WholeRange
from implied.numbers.quartiles import four_times, place_of

if TYPE_CHECKING:
    from implied.determine.model import CellModel


class Quantiles:
    """Quantiles of the unknown patients of one model, as expressions of its solver."""

    def __init__(self, model: CellModel) -> None:
        self.model = model
        self.solver = model.model
        self.ordered: dict[tuple[str, Condition, int], Linear] = {}

    def four_times(self, name: str, population: Condition, quarters: int) -> Linear:
        """Return four times a quantile, ``quarters`` of the way from the least patient to the greatest."""
        attribute = self.model.cells.ledger.attributes[name]
        having = AllOf((population, is_known(name)))
        total, settled = self.model.count(having), self.model.size_of(having)
        if settled is not None:
            rank, share = place_of(quarters, settled)
            lower = self._ordered(name, population, rank)
            return four_times(lower, self._ordered(name, population, rank + 1) if share else 0, share)
        # Of 4 * fours + left + 1 patients the quantile lies after so many as it does of left + 1, and 3 * fours.
        fours = self.solver.new_int_var(0, self.model.most // 4 + 1, "")
        left = [self.solver.new_bool_var("") for _ in range(4)]
        self.model.demand(total_of(left) == 1)
        self.model.demand(total - 1 == 4 * fours + weighted(left, range(4)))
        places = [place_of(quarters, number + 1) for number in range(4)]
        position = quarters * fours + weighted(left, [rank for rank, _ in places])
        lower = self._ordered(name, population, position)
        between = any(share for _, share in places)
        upper = self._ordered(name, population, position + 1, exists=False) if between else lower
        value = self.solver.new_int_var(4 * attribute.minimum, 4 * attribute.maximum, "")
        for (_, share), literal in zip(places, left, strict=True):
            self.solver.add(value == four_times(lower, upper, share)).only_enforce_if(literal)
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
        table, met = self.model.cells.meeting(population, [name])
        low, _ = self.model.cells.numbers(name, table)
        having = met & ~self.model.cells.nothing(name, table)
        ranges = sorted((kind.low, kind.high) for kind in self.model.cells.kinds[name] if isinstance(kind, WholeRange))
        reached = [self.solver.new_bool_var("") for _ in ranges[1:]]
        for (start, _), literal in zip(ranges[1:], reached, strict=True):
            below = total_of(self.model.at(table, np.flatnonzero(having & (low < start)).tolist()))
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
            everybody = total_of(self.model.at(table, np.flatnonzero(having).tolist()))
            self.model.demand(everybody >= position + 1)
        return value
