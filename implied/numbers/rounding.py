"""The one rounding policy: half up, in exact arithmetic.

The source prints 63% for 10 of 16 (62.5%), which rounding half to even, the habit of Python, NumPy, pandas and R,
would print as 62. Every printed number passes through :func:`round_half_up`; :func:`unround` is its inverse.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from numbers import Integral
from typing import Any

PLAIN_NUMBER = r"(0|[1-9][0-9]*)(\.[0-9]+)?"
"""A number as it is printed: no sign, no power of ten, no zeros in front."""

Number = float | Fraction | Decimal

_HALF = Fraction(1, 2)

ROUNDING_RULES: Mapping[str, Callable[[int, Fraction], bool]] = {
    "half up": lambda _digits, remainder: remainder >= _HALF,
    "half even": lambda digits, remainder: remainder > _HALF or (remainder == _HALF and digits % 2 == 1),
    "down": lambda _digits, _remainder: False,
    "up": lambda _digits, remainder: remainder > 0,
}
"""Rules that a printed number may have been rounded by: whether digits with a remainder behind them go up by one.

Claims are taken to be rounded by the first; the others are looked at to tell which can have been at work.
"""


def exact(value: Number) -> Fraction:
    """Return a number as a fraction; floats by their shortest decimal form, so 62.5 and 0.1 mean what they show.

    Raises
    ------
    ValueError
        When the value is missing or infinite.
    """
    if isinstance(value, Integral):
        return Fraction(int(value))
    if isinstance(value, Fraction):
        return value
    if not math.isfinite(value):
        msg = f"cannot print {value}: there is no number"
        raise ValueError(msg)
    return Fraction(str(value))


def round_by(rule: str, value: Number, places: int = 0) -> Decimal:
    """Round to ``places`` decimals by one of :data:`ROUNDING_RULES`.

    Raises
    ------
    ValueError
        When the value is missing or infinite.
    """
    number = exact(value)
    scaled = abs(number) * Fraction(10) ** places
    digits, remainder = scaled.numerator // scaled.denominator, scaled % 1
    magnitude = digits + ROUNDING_RULES[rule](digits, remainder)
    # Made of digits and not divided: arithmetic of decimals would round a second time.
    return Decimal((number < 0, tuple(map(int, str(magnitude))), -places))


def round_half_up(value: Number, places: int = 0) -> Decimal:
    """Round to ``places`` decimals, ties away from zero."""
    return round_by("half up", value, places)


def print_number(value: Number, places: int = 0, rule: str = "half up") -> str:
    """Print a number with exactly ``places`` decimals; never as minus zero or in powers of ten."""
    rounded = round_by(rule, value, places)
    return f"{abs(rounded) if rounded == 0 else rounded:f}"


def print_exactly(value: float) -> str:
    """Print a number with all the decimals it has and no more: ``100``, ``2.5``; never in powers of ten.

    Raises
    ------
    ValueError
        When the value is missing or infinite.
    """
    exact(value)
    return f"{Decimal(str(value)).normalize():f}"


def print_percent(count: int, total: int, places: int = 0) -> str:
    """Print ``count`` of ``total`` as a percentage, digits only.

    Raises
    ------
    ValueError
        When ``total`` is zero: there is no percentage of nobody.
    """
    if total == 0:
        msg = "there is no percentage of 0 patients"
        raise ValueError(msg)
    return print_number(Fraction(100 * int(count), int(total)), places)


def decimals(printed: str) -> int:
    """Return how many decimals a printed number carries."""
    return len(printed.partition(".")[2])


@dataclass(frozen=True)
class Interval:
    """Numbers between two exact fractions, each of which is one of them or not."""

    low: Fraction
    high: Fraction
    with_low: bool
    with_high: bool

    def __contains__(self, value: Fraction) -> bool:
        """Tell whether ``value`` lies in the interval."""
        above = self.low <= value if self.with_low else self.low < value
        return above and (value <= self.high if self.with_high else value < self.high)

    def multiples(self, times: int | Fraction) -> range:
        """Return the whole numbers that, divided by ``times``, lie in the interval."""
        low, high = self.low * times, self.high * times
        least = math.ceil(low) if self.with_low else math.floor(low) + 1
        most = math.floor(high) if self.with_high else math.ceil(high) - 1
        return range(least, most + 1)

    def demands(self, value: Any, times: Any = 1) -> Iterator[Any]:
        """Yield the two comparisons by which a whole number, divided by another, lies in the interval.

        Both may be expressions of a solver. For ``times`` of 0 or less the comparisons mean nothing.
        """
        yield self.low.denominator * value >= self.low.numerator * times + (not self.with_low)
        yield self.high.denominator * value <= self.high.numerator * times - (not self.with_high)


@cache
def unround(printed: str, rule: str = "half up") -> Interval:
    """Return all numbers, none of them negative, that print as ``printed`` by one of :data:`ROUNDING_RULES`.

    Raises
    ------
    ValueError
        When no number prints so: ``printed`` is not a plain non-negative decimal number.
    """
    if not re.fullmatch(PLAIN_NUMBER, printed):
        msg = f"{printed!r} is not a plain non-negative decimal number"
        raise ValueError(msg)
    unit = Fraction(1, 10 ** decimals(printed))
    value = Fraction(printed)
    # Whatever the rule, it goes up from one point on: from the value less a half or, without halves, a whole unit.
    edge = {"half up": _HALF, "half even": _HALF, "down": Fraction(0), "up": Fraction(1)}[rule] * unit
    even = rule == "half even" and (value / unit) % 2 == 0
    with_low = even or rule in ("half up", "down") or value < edge
    return Interval(max(value - edge, Fraction(0)), value - edge + unit, with_low, even or rule == "up")


PLATELETS = "10^9/L"
"""The unit of platelet counts, as data files write it."""


def with_unit(printed: str, unit: str | None, last: str | None = None) -> str:
    """Print a number with its unit: one event but two events, ``× 10⁹/L`` with a true exponent.

    ``last`` is the number that the unit follows, where more than that is printed.
    """
    if unit is None:
        return printed
    if unit == PLATELETS:
        return f"{printed} × {unit_name(unit)}"
    return f"{printed} {unit.removesuffix('s') if (last or printed) == '1' else unit}"


def unit_name(unit: str) -> str:
    """Print a unit that stands by itself, as in a heading."""
    return "10⁹/L" if unit == PLATELETS else unit
