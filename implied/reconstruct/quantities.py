"""Whole numbers with printed medians, quartiles, extremes, means and counts beyond a bound.

The printed numbers fix a few of the sorted numbers, or where they may lie. Between those the numbers follow a curve:
plain draws of some thirty patients leave gaps and heaps that would be taken for findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from statistics import NormalDist

import numpy as np

from implied.ledger.conditions import Attribute
from implied.ledger.printed import unrounded
from implied.numbers.quartiles import QUARTERS, place_of, quantile
from implied.numbers.rounding import Interval
from implied.reconstruct.coded import Floats, Rows

_HEAVY_TAIL = 5.0
"""Numbers whose maximum is more than this many times their minimum are drawn on the logarithmic scale."""
_BEYOND = 3.0
"""Without printed extremes numbers reach so many times as far from the median as the quartiles do."""
_APART = 3.0
"""With nothing but a median or a mean printed, numbers reach from a part of it to so many times as much."""
_UNEVEN = 0.8
"""Standard deviation, in ranks, of where a patient lies from an even spacing."""
_BENT = 0.35
"""Standard deviation of the logarithm of the power by which the curve between two printed numbers is bent."""
_TRIED = 400
"""Pairs of neighbouring numbers tried around a quantile that lies between two patients."""


@dataclass
class Summary:
    """What is printed of a number in a group, in the unit of the number.

    ``statistics`` holds for each the interval of what prints so, and ``centres`` the printed value itself.
    """

    attribute: Attribute
    statistics: dict[str, Interval] = field(default_factory=dict)
    centres: dict[str, float] = field(default_factory=dict)

    def add(self, printed: Mapping[str, str], unit: str | None) -> None:
        """Take the statistics of an entry; what another prints too has to agree with both."""
        for name in (*QUARTERS, "mean"):
            if name in printed:
                interval = unrounded(printed[name], unit, self.attribute)
                earlier = self.statistics.get(name, interval)
                low, high = max(interval.low, earlier.low), min(interval.high, earlier.high)
                self.statistics[name] = replace(interval, low=low, high=high)
                self.centres[name] = float((self.statistics[name].low + self.statistics[name].high) / 2)

    def prints(self, numbers: Rows) -> bool:
        """Whether numbers print every statistic as it is printed."""
        values, size = np.sort(numbers).tolist(), len(numbers)
        if size == 0:
            return not self.statistics
        return all(
            (Fraction(sum(values), size) if name == "mean" else quantile(values, QUARTERS[name])) in interval
            for name, interval in self.statistics.items()
        )

    def places(self, numbers: Rows) -> Iterator[tuple[int, int, int]]:
        """Yield places, from 0, of sorted numbers with the least and the greatest that may stand there.

        Where a quantile lies between two places, two numbers near those given are chosen for them.
        """
        size = len(numbers)
        if size == 0:
            return
        low, high = self._room(size, {})
        for name, quarters in QUARTERS.items():
            rank, share = place_of(quarters, size)
            if name in self.statistics and not share:
                yield rank, int(low[rank]), int(high[rank])
            elif name in self.statistics:
                chosen = self._between(numbers, low, high, rank, share, self.statistics[name])
                yield from ((rank + further, number, number) for further, number in enumerate(chosen))

    def drawn(self, size: int, above: Mapping[int, int], generator: np.random.Generator) -> Rows:
        """Draw so many numbers, in ascending order but for a few that a printed mean has moved.

        ``above`` maps a whole number to how many of the drawn ones are to be greater.
        """
        if size == 0:
            return np.empty(0, dtype=np.int64)
        low, high = self._room(size, above)
        anchors = self._anchors(size, above)
        numbers = np.clip(_along(anchors, size, generator), low, high)
        for name, quarters in QUARTERS.items():
            rank, share = place_of(quarters, size)
            if name in self.statistics and share:
                numbers[[rank, rank + 1]] = self._between(numbers, low, high, rank, share, self.statistics[name])
                low[rank:] = np.maximum(low[rank:], numbers[rank])
                high[: rank + 1] = np.minimum(high[: rank + 1], numbers[rank])
                low[rank + 1 :] = np.maximum(low[rank + 1 :], numbers[rank + 1])
                high[: rank + 2] = np.minimum(high[: rank + 2], numbers[rank + 1])
                numbers = np.clip(numbers, low, np.maximum(low, high))
        if "mean" not in self.statistics:
            return numbers
        usual = np.array([anchors[0][1], anchors[-1][1]]).astype(np.int64)
        return averaged(numbers, self.statistics["mean"], (low, high), usual, generator)

    def _room(self, size: int, above: Mapping[int, int]) -> tuple[Rows, Rows]:
        """Return the least and the greatest that each of the sorted numbers can be."""
        low = np.full(size, self.attribute.minimum, dtype=np.int64)
        high = np.full(size, self.attribute.maximum, dtype=np.int64)
        for name, quarters in QUARTERS.items():
            rank, share = place_of(quarters, size)
            if name in self.statistics and not share:
                inside = self.statistics[name].multiples(1)
                low[rank] = max(low[rank], inside.start)
                high[rank] = min(high[rank], inside.stop - 1)
        for bound, count in above.items():
            low[size - count :] = np.maximum(low[size - count :], bound + 1)
            high[: size - count] = np.minimum(high[: size - count], bound)
        low = np.maximum.accumulate(low)
        high = np.minimum.accumulate(high[::-1])[::-1]
        return low, np.maximum(low, high)

    def _anchors(self, size: int, above: Mapping[int, int]) -> list[tuple[float, float]]:
        """Return ranks with the numbers there, ascending in both, from the first rank to the last."""
        numbers = {
            quarters * (size - 1) / 4: self.centres[name]
            for name, quarters in QUARTERS.items()
            if name in self.statistics
        }
        numbers |= {size - count - 0.5: bound + 0.5 for bound, count in above.items() if 0 < count < size}
        least, most = self._reach(numbers)
        numbers.setdefault(0, least)
        numbers.setdefault(size - 1, most)
        ranks = sorted(numbers)
        return list(zip(ranks, np.maximum.accumulate([numbers[rank] for rank in ranks]), strict=True))

    def _reach(self, anchors: Mapping[float, float]) -> tuple[float, float]:
        """Return the extremes to be drawn where none are printed."""
        limits = float(self.attribute.minimum), float(self.attribute.maximum)
        values = [*anchors.values(), *([self.centres["mean"]] if "mean" in self.statistics else [])]
        if not values:
            return limits
        middles = sorted(anchors)
        centre = anchors[middles[len(middles) // 2]] if anchors else values[0]
        least, most = min(values), max(values)
        if least == most:
            least, most = centre / _APART, centre * _APART
        else:
            least, most = centre - _BEYOND * (centre - least), centre + _BEYOND * (most - centre)
        return min(max(least, limits[0]), *values), max(min(most, limits[1]), *values)

    def _between(
        self, numbers: Rows, low: Rows, high: Rows, rank: int, share: int, wanted: Interval
    ) -> tuple[int, int]:
        """Choose two neighbours, near those drawn, between which a quantile lies that prints as it should."""
        first, second = int(numbers[rank]), int(numbers[rank + 1])
        centre = float(wanted.low + wanted.high) / 2
        drawn = second - first
        for gap in sorted(range(max(0, drawn - _TRIED), drawn + _TRIED), key=lambda gap: abs(gap - drawn)):
            start = round(centre - share * gap / 4)
            for lower in (start, start - 1, start + 1):
                fits = low[rank] <= lower <= high[rank] and low[rank + 1] <= lower + gap <= high[rank + 1]
                if fits and lower + Fraction(share * gap, 4) in wanted:
                    return lower, lower + gap
        return first, second


def _along(anchors: list[tuple[float, float]], size: int, generator: np.random.Generator) -> Rows:
    """Draw numbers along the curve through the printed numbers, about where a normal sample has its quantiles."""
    values = np.array([value for _, value in anchors])
    heavy = values[-1] > _HEAVY_TAIL * max(values[0], 1.0)
    ranks = np.arange(size) + _UNEVEN * generator.standard_normal(size)
    ranks = np.sort(0.3 + np.abs(size - 1.6 - np.abs(ranks - size + 1.3)))  # thrown back at both ends
    fixed = [0, size - 1, *(int(rank) for rank, _ in anchors if rank == int(rank))]
    ranks[fixed] = fixed
    scores = _normal_scores(np.array([rank for rank, _ in anchors]), size)
    points = np.log(np.maximum(values, 0.5)) if heavy else values
    bends = np.exp(_BENT * generator.standard_normal(len(anchors)))
    drawn = _bent(_normal_scores(ranks, size), scores, points, bends)
    numbers: Rows = np.rint(np.exp(drawn) if heavy else drawn).astype(np.int64)
    return numbers


def _bent(at: Floats, scores: Floats, points: Floats, bends: Floats) -> Floats:
    """Follow a curve through points, bent one way or the other between each two of them.

    ``bends`` are powers of the way from one point to the next; the claims do not say how the numbers between them lie.
    """
    reach = np.interp(at, scores, np.arange(len(scores)))
    before = np.minimum(reach.astype(np.int64), len(scores) - 2)
    way = (reach - before) ** bends[before]
    followed: Floats = points[before] + way * (points[before + 1] - points[before])
    return followed


def _normal_scores(ranks: Floats, size: int) -> Floats:
    """Return about where a normal sample of a size has its ranks, counted from 0."""
    inverse = NormalDist().inv_cdf
    return np.array([inverse((min(max(rank, 0), size - 1) + 0.5) / size) for rank in ranks])


def averaged(
    numbers: Rows, wanted: Interval, room: tuple[Rows, Rows], usual: Rows, generator: np.random.Generator
) -> Rows:
    """Move numbers, each in the room it has, until their mean prints as it should; beyond the usual only if need be."""
    size, total = len(numbers), int(numbers.sum())
    sums = wanted.multiples(size)
    if total in sums or not sums:
        return numbers
    missing = int(generator.integers(sums.start, sums.stop)) - total
    way = 1 if missing > 0 else -1
    free = (room[1] - numbers) if way > 0 else (numbers - room[0])
    modest = np.clip((usual[1] - numbers) if way > 0 else (numbers - usual[0]), 0, free)
    for taken in (modest, free - modest):
        step = _shared(min(way * missing, int(taken.sum())), taken)
        numbers = numbers + way * step
        missing -= way * int(step.sum())
    return numbers


def _shared(total: int, room: Rows) -> Rows:
    """Divide a total in proportion to the room that there is."""
    if total == 0:
        return np.zeros_like(room)
    exact = np.cumsum(room) * (total / int(room.sum()))
    steps = np.diff(np.rint(exact).astype(np.int64), prepend=0)
    shared: Rows = np.minimum(steps, room)
    return shared


def ranked(scores: Floats, numbers: Rows) -> Rows:
    """Give the least number to the least score, and so on."""
    in_order = np.empty_like(numbers)
    in_order[np.argsort(scores, kind="stable")] = np.sort(numbers)
    return in_order
