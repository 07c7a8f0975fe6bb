"""Where quartiles, medians and extremes lie among sorted numbers: the one definition that all claims are read by.

A quantile is interpolated linearly between the two numbers around it (R's type 7). Numbers may be variables of a
solver, which knows whole numbers only; so four times the quantile is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

QUARTERS: Mapping[str, int] = {"minimum": 0, "q1": 1, "median": 2, "q3": 3, "maximum": 4}
"""How far each order statistic lies from the least number to the greatest, in quarters of the way."""


def place_of(quarters: int, size: int) -> tuple[int, int]:
    """Return after which of so many sorted numbers, counted from 0, a quantile lies, and how many quarters after it."""
    return divmod(quarters * (size - 1), 4)


def four_times(lower: Any, upper: Any, share: int) -> Any:
    """Return four times what lies ``share`` quarters of the way from one number to another."""
    return (4 - share) * lower + share * upper


def quantile(numbers: Sequence[int | Fraction], quarters: int) -> Fraction:
    """Return a quantile of sorted numbers."""
    rank, share = place_of(quarters, len(numbers))
    return Fraction(four_times(numbers[rank], numbers[min(rank + 1, len(numbers) - 1)], share)) / 4
