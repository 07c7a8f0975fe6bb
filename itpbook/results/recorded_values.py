"""The values that chapters record: of the kind that can be counted or summarised, and as they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from implied.numbers.rounding import decimals, print_number
from itpbook.disclosure.shared_quantities import shared_quantity
from itpbook.disclosure.small_numbers import WITHHELD
from itpbook.results.formatting import print_interval
from itpbook.results.recorded_result import NO_FIGURE, ResultsError
from itpbook.study.statistics import LEVEL, Proportion, Quantity, median_range


def truth_of(result_id: str, values: pd.Series[Any]) -> pd.Series[Any]:
    """Return truth values of which some may be missing; numbers are refused, for they would be added up."""
    if not values.isna().all() and pd.api.types.infer_dtype(values, skipna=True) != "boolean":
        msg = f"{result_id!r}: expected true or false for each patient, found values of type {values.dtype}"
        raise ResultsError(msg)
    return values.astype("boolean")


def members_of(result_id: str, among: pd.Series[Any], values: pd.Series[Any]) -> pd.Series[bool]:
    """Return who belongs to a population; those of whom it is not known do not."""
    if not among.index.equals(values.index):
        msg = f"{result_id!r}: the population is not told of the same patients"
        raise ResultsError(msg)
    return truth_of(result_id, among).fillna(False).astype(bool)


def numbers_of(result_id: str, values: pd.Series[Any]) -> pd.Series[float]:
    """Return numbers of which some may be missing; truth values are refused."""
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        msg = f"{result_id!r}: expected a number for each patient, found values of type {values.dtype}"
        raise ResultsError(msg)
    return values.astype("float64")


def interval_of(found: Proportion) -> dict[str, Any] | None:
    """Return the exact interval of a proportion as it is recorded; nothing without patients."""
    if found.low is None or found.high is None:
        return None
    return {
        "low": rounded(found.low),
        "high": rounded(found.high),
        "formatted": print_interval(found.low, found.high),
        "level": LEVEL,
        "method": "Clopper-Pearson",
    }


def summarised(
    values: pd.Series[float], published: Mapping[str, str], places: int, below: int
) -> tuple[Quantity, dict[str, dict[str, Any]]]:
    """Return a summary of numbers, and its statistics as they are recorded.

    Parameters
    ----------
    values
        What is summarised, in the unit that is printed.
    published
        The statistics that the ledger prints, which decide on decimals; the others get ``places``.
    below
        The threshold of small numbers, by which single patients' values are withheld; 0 for none.
    """
    quantity = median_range(values)
    nothing = WITHHELD if below and quantity.n else NO_FIGURE
    if below:
        quantity = shared_quantity(values, quantity, below)
    statistics: dict[str, dict[str, Any]] = {}
    for name in ("median", "q1", "q3", "minimum", "maximum", *(["mean"] if "mean" in published else [])):
        value = getattr(quantity, name)
        raw = None if value is None else rounded(value)
        shown = decimals(published[name]) if name in published else places
        statistics[name] = {"raw": raw, "formatted": nothing if raw is None else print_number(raw, shown)}
    if "available" in published:
        statistics["available"] = {"raw": quantity.n, "formatted": str(quantity.n)}
    return quantity, statistics


def rounded(value: float) -> float:
    """Keep twelve significant digits: enough for any use, and the same on every processor."""
    return float(f"{value:.12g}")
