"""Numbers moved so that claims about overlapping groups come out together: the ages of all, of women and of men.

Every claim is a demand on how many of a group lie up to some whole number. Between those whole numbers it does not
matter where a patient lies, so it is enough to find how many patients of each kind lie in which of the bins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from implied.ledger.conditions import Attribute
from implied.reconstruct.coded import Rows, Truths
from implied.reconstruct.quantities import Summary, averaged


@dataclass(frozen=True)
class Demand:
    """How many of a group of patients, at least and at most, have a number from ``low`` to ``high``."""

    group: Truths
    low: int
    high: int
    least: int
    most: int


def demanded(summary: Summary, group: Truths, numbers: Rows) -> Iterator[Demand]:
    """Turn the quantiles and extremes that are printed of a group into demands, given its numbers at present."""
    size, attribute = int(group.sum()), summary.attribute
    for rank, low, high in summary.places(np.sort(numbers[group])):
        yield Demand(group, attribute.minimum, low - 1, 0, rank)
        yield Demand(group, attribute.minimum, high, rank + 1, size)


def fitted(
    numbers: Rows,
    attribute: Attribute,
    demands: Sequence[Demand],
    means: Sequence[tuple[Truths, Summary]],
    generator: np.random.Generator,
) -> Rows:
    """Move as few numbers as can be so that all demands are met.

    Parameters
    ----------
    numbers
        The number of each patient; those of patients in no group stay.
    attribute
        Its bounds.
    demands
        How many of which patients have which numbers.
    means
        Groups of which a mean is printed.
    generator
        Chooses where in its bin a moved number comes to lie.

    Returns
    -------
    Rows
        The numbers; as they were, where no numbers meet the demands.
    """
    groups = [*(demand.group for demand in demands), *(group for group, _ in means)]
    kinds, kind_of = np.unique(np.array(groups).T, axis=0, return_inverse=True)
    edges = np.unique([edge for demand in demands for edge in (demand.low - 1, demand.high)])
    edges = edges[(edges >= attribute.minimum) & (edges < attribute.maximum)]
    lows, highs = np.append(attribute.minimum, edges + 1), np.append(edges, attribute.maximum)
    bins = np.searchsorted(edges, numbers)
    sizes = np.array([np.bincount(bins[kind_of == kind], minlength=len(lows)) for kind in range(len(kinds))])
    sums = [summary.statistics["mean"].multiples(int(group.sum())) for group, summary in means]
    counts = _counts(sizes, kinds, edges, demands, sums, lows, highs)
    if counts is None:
        return numbers
    moved = bins.copy()
    for kind, wanted in enumerate(counts):
        order = np.flatnonzero(kind_of == kind)
        order = order[np.argsort(numbers[order], kind="stable")]
        moved[order] = np.repeat(np.arange(len(lows)), wanted)
    within = np.clip(numbers, lows[moved], highs[moved])
    reach = np.clip(lows[moved], numbers.min(), highs[moved]), np.clip(highs[moved], lows[moved], numbers.max())
    chosen: Rows = np.where(moved == bins, within, generator.integers(reach[0], np.maximum(*reach) + 1))
    for group, summary in means:
        if group.any():
            usual = np.array([chosen[group].min(), chosen[group].max()])
            room = lows[moved[group]], highs[moved[group]]
            chosen[group] = averaged(chosen[group], summary.statistics["mean"], room, usual, generator)
    return chosen


def _counts(
    sizes: Rows,
    kinds: Rows,
    edges: Rows,
    demands: Sequence[Demand],
    sums: Sequence[range],
    lows: Rows,
    highs: Rows,
) -> Rows | None:
    """Return how many of each kind (row) shall lie in each bin (column), near how many do."""
    model = cp_model.CpModel()
    counts = [[model.new_int_var(0, int(row.sum()), "") for _ in row] for row in sizes]
    distances = []
    for row, present in zip(counts, sizes, strict=True):
        model.add(sum(row) == int(present.sum()))
        for edge in range(len(edges)):
            distance = model.new_int_var(0, int(present.sum()), "")
            change = sum(row[: edge + 1]) - int(present[: edge + 1].sum())
            model.add(distance >= change)
            model.add(distance >= -change)
            distances.append(distance)
    for group, demand in enumerate(demands):
        within = np.flatnonzero((lows >= demand.low) & (highs <= demand.high)).tolist()
        among = [row[column] for kind, row in enumerate(counts) if kinds[kind][group] for column in within]
        model.add_linear_constraint(sum(among), demand.least, demand.most)
    for group, possible in enumerate(sums, start=len(demands)):
        inside = [row for kind, row in enumerate(counts) if kinds[kind][group]]
        least, most = (
            sum(int(end) * count for row in inside for count, end in zip(row, ends, strict=True))
            for ends in (lows, highs)
        )
        model.add(least <= possible.stop - 1)
        model.add(most >= possible.start)
    model.minimize(sum(distances))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = 1.0
    if solver.status_name(solver.solve(model)) not in ("OPTIMAL", "FEASIBLE"):
        return None
    return np.array([[solver.value(count) for count in row] for row in counts])
