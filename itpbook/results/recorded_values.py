"""Values as chapters record them: checked to be of a kind that can be counted or summarised, and rounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from implied.numbers.rounding import decimals, print_exactly, print_number
from itpbook.definitions import Definitions
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
    """Return who belongs to a population; patients with unknown membership do not."""
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


def interval_of(share: Proportion) -> dict[str, Any] | None:
    """Return the exact interval of a proportion as it is recorded; nothing without patients."""
    if share.low is None or share.high is None:
        return None
    return {
        "low": rounded(share.low),
        "high": rounded(share.high),
        "formatted": print_interval(share.low, share.high),
        "level": LEVEL,
        "method": "Clopper-Pearson",
    }


def summarised(
    values: pd.Series[float], published: Mapping[str, str], below: int
) -> tuple[Quantity, dict[str, dict[str, Any]]]:
    """Return a summary of numbers, in the unit that is printed, and its statistics as they are recorded.

    The statistics that the ledger has ``published`` decide on decimals; the others have none. Values of single
    patients are withheld by the threshold of small numbers, ``below``; 0 withholds none.
    """
    quantity = median_range(values)
    nothing = WITHHELD if below and quantity.n else NO_FIGURE
    if below:
        quantity = shared_quantity(values, quantity, below)
    statistics: dict[str, dict[str, Any]] = {}
    for name in ("median", "q1", "q3", "minimum", "maximum", *(["mean"] if "mean" in published else [])):
        value = getattr(quantity, name)
        raw = None if value is None else rounded(value)
        statistics[name] = {
            "raw": raw,
            "formatted": nothing if raw is None else print_number(raw, decimals(published.get(name, "0"))),
        }
    if "available" in published:
        statistics["available"] = {"raw": quantity.n, "formatted": str(quantity.n)}
    return quantity, statistics


def rounded(value: float) -> float:
    """Keep twelve significant digits: enough for any use, and the same on every processor."""
    return float(f"{value:.12g}")


def printed_thresholds(definitions: Definitions) -> dict[str, dict[str, str]]:
    """Return the numbers of each threshold of the ledger, by its id, printed as the source prints its own.

    All decimals are printed: a threshold that differs by a hair must not pass for the published one. Where the bound
    of complete response is itself complete, the range of response ends below it and says so.
    """
    complete = print_exactly(definitions.cr_threshold)
    return {
        "methods.chronic": {"threshold": f">{print_exactly(definitions.chronic_months)}"},
        "methods.persistent": {"threshold": f">{print_exactly(definitions.persistent_months)}"},
        "methods.tpo_ra_failed": {"threshold": print_exactly(definitions.tpo_ra_failed)},
        "methods.cr": {"threshold": f"{'≥' if definitions.cr_inclusive else '>'}{complete}"},
        "methods.r_range": {
            "minimum": print_exactly(definitions.response_lower),
            "maximum": f"{'<' if definitions.cr_inclusive else ''}{complete}",
        },
        "methods.r_fold": {"threshold": print_exactly(definitions.response_fold)},
        "cohort.ana_titer": {"threshold": f">1/{print_exactly(definitions.ana_titre)}"},
    }


def missing_note(patients: int) -> str:
    """Say of how many patients a value is missing; nothing when it is missing of none."""
    return f"missing in {patients}" if patients else ""
