"""What a printed count, denominator or percentage demands, and which counts and denominators it can come from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from math import floor
from typing import Any

from implied.numbers.rounding import unround


def counts_printing(percent: str, total: int, rule: str = "half up") -> range:
    """Return the counts of ``total`` that print ``percent``, rounded by a rule; of nobody there are none."""
    if total == 0:
        return range(0)
    counts = unround(percent, rule).multiples(Fraction(total, 100))
    return range(counts.start, min(counts.stop, total + 1))


def nearest_counts(percent: str, total: int) -> tuple[int, int]:
    """Return the two neighbouring counts of ``total`` between which ``percent`` lies, or to which it is nearest."""
    below = min(floor(Fraction(percent) * total / 100), total - 1)
    return below, below + 1


def possible_denominators(percents: Collection[str], most: int) -> tuple[int, ...]:
    """Return each number of patients, up to ``most``, of whom every percentage is printed by some count."""
    return tuple(size for size in range(1, most + 1) if all(counts_printing(percent, size) for percent in percents))


def count_demands(printed: Mapping[str, str], count: Any, total: Any, rule: str = "half up") -> Iterator[Any]:
    """Yield what printed numbers demand of a count and of the patients among whom it is made.

    Both may be expressions of a solver. There is no percentage of nobody.
    """
    if "count" in printed:
        yield count == (total if printed["count"] == "all" else int(printed["count"]))
    if "denominator" in printed:
        yield total == int(printed["denominator"])
    if "percent" in printed:
        yield total >= 1
        yield from unround(printed["percent"], rule).demands(100 * count, total)
