"""Days and months: records count days, the source prints months."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    import pandas as pd

DAYS_PER_MONTH = Fraction(487, 16)
"""Days in a month, 30.4375: a year of 365.25 days divided by twelve. Exact in binary floating point."""


@overload
def months(days: float) -> float: ...
@overload
def months(days: pd.Series[float]) -> pd.Series[float]: ...
def months(days: float | pd.Series[float]) -> float | pd.Series[float]:
    """Turn days into months of 30.4375 days; missing days stay missing."""
    return days / float(DAYS_PER_MONTH)


def in_days(value: Fraction, unit: str | None) -> Fraction:
    """Turn a printed time into days, exactly.

    Raises
    ------
    ValueError
        When ``unit`` is neither days nor months.
    """
    if unit == "days":
        return value
    if unit == "months":
        return value * DAYS_PER_MONTH
    msg = f"expected a time in days or months, found the unit {unit!r}"
    raise ValueError(msg)
