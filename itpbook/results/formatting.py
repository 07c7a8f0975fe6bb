"""How shares, their intervals and p values are printed; they are rounded by :mod:`implied.numbers.rounding`."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from implied.numbers.rounding import Number, exact, print_number, print_percent, round_half_up
from itpbook.results.recorded_result import NO_FIGURE


def print_share(count: int, total: int) -> str:
    """Print a number of patients as tables do, ``n/N (%)``; of nobody without a percentage."""
    return f"{count}/{total} ({print_percent(count, total)}%)" if total else f"{count}/{total}"


def print_points(share: Number | None) -> str:
    """Print a share of one, or a difference of two, in percentage points, digits only; a dash where there is none."""
    return NO_FIGURE if share is None else print_number(100 * exact(share))


def print_interval(low: Number | None, high: Number | None) -> str:
    """Print the ends of an interval of shares of one, ``low-high`` in per cent; nothing of one that has no ends."""
    return "" if low is None or high is None else f"{print_points(low)}-{print_points(high)}"


def print_p(value: float) -> str:
    """Print a p value as the AMA Manual of Style has it: two decimals, three below 0.01 and from 0.045 to 0.05.

    Two decimals would make 0.05 of 0.048. Unlike there, 1 is printed as 1.00: an exact test can give it.

    Raises
    ------
    ValueError
        When the value is no probability.
    """
    if not 0 <= exact(value) <= 1:
        msg = f"{value} is no probability"
        raise ValueError(msg)
    if exact(value) < Fraction(1, 1000):
        return "<0.001"
    fine = round_half_up(value, 3)
    needed = fine < Decimal("0.01") or Decimal("0.045") <= fine < Decimal("0.05")
    return print_number(value, 3 if needed else 2)
