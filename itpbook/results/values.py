"""The values that chapters record: of the kind that can be counted or summarised, and as they are kept."""

from __future__ import annotations

from typing import Any

import pandas as pd

from itpbook.formatting import print_interval
from itpbook.results.figure import ResultsError
from itpbook.statistics import LEVEL, Proportion


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


def rounded(value: float) -> float:
    """Keep twelve significant digits: enough for any use, and the same on every processor."""
    return float(f"{value:.12g}")
