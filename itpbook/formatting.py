"""The one rounding policy of the manuscript: half up, in exact arithmetic.

The source prints 63% for 10 of 16 (62.5%), which rounding half to even, the habit of Python, NumPy, pandas and R,
would print as 62. Every printed number passes through :func:`round_half_up`; :func:`unround` is its inverse.
"""

from __future__ import annotations

import decimal
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

ROUNDING_RULES = {
    "half up": decimal.ROUND_HALF_UP,
    "half even": decimal.ROUND_HALF_EVEN,
    "down": decimal.ROUND_DOWN,
    "up": decimal.ROUND_UP,
}
"""Rules that a printed figure may have been rounded by; only the reviewer's remarks look at others than the first."""

_DIGITS = 60
"""Digits carried before rounding; a fraction of counts never comes closer to a tie than this without being one."""


def exact(value: float | Fraction | Decimal) -> Fraction:
    """Return a number as a fraction; floats by their shortest decimal form, so 62.5 and 0.1 mean what they show."""
    return Fraction(str(value)) if isinstance(value, float) else Fraction(value)


def round_by(rule: str, value: float | Fraction | Decimal, places: int = 0) -> Decimal:
    """Round to ``places`` decimals by one of :data:`ROUNDING_RULES`.

    Raises
    ------
    ValueError
        When the value is missing or infinite.
    """
    if isinstance(value, float) and not -1e300 < value < 1e300:
        msg = f"cannot print {value}: there is no number"
        raise ValueError(msg)
    number = exact(value)
    with decimal.localcontext(decimal.Context(prec=_DIGITS)):
        quotient = Decimal(number.numerator) / Decimal(number.denominator)
        return quotient.quantize(Decimal(1).scaleb(-places), rounding=ROUNDING_RULES[rule])


def round_half_up(value: float | Fraction | Decimal, places: int = 0) -> Decimal:
    """Round to ``places`` decimals, ties away from zero."""
    return round_by("half up", value, places)


def print_number(value: float | Fraction | Decimal, places: int = 0) -> str:
    """Print a number with exactly ``places`` decimals; never as minus zero or in powers of ten."""
    rounded = round_half_up(value, places)
    return f"{abs(rounded) if rounded == 0 else rounded:f}"


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


def print_p(value: float) -> str:
    """Print a p value with two decimals, three below 0.1, and as ``<0.001`` beyond that."""
    if value < 0.001:
        return "<0.001"
    return print_number(value, 3 if value < 0.1 else 2)


def decimals(printed: str) -> int:
    """Return how many decimals a printed number carries."""
    return len(printed.partition(".")[2])


@dataclass(frozen=True)
class Interval:
    """Numbers from ``low`` (included) up to ``high`` (excluded), as exact fractions."""

    low: Fraction
    high: Fraction

    def __contains__(self, value: Fraction) -> bool:
        """Tell whether ``value`` lies in the interval."""
        return self.low <= value < self.high


def unround(printed: str) -> Interval:
    """Return all numbers that print as ``printed`` under the policy.

    Raises
    ------
    ValueError
        When ``printed`` is no plain non-negative decimal number.
    """
    if not printed.replace(".", "", 1).isdigit():
        msg = f"{printed!r} is not a plain non-negative decimal number"
        raise ValueError(msg)
    half = Fraction(1, 2 * 10 ** decimals(printed))
    value = Fraction(printed)
    return Interval(max(value - half, Fraction(0)), value + half)
