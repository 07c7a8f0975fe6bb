"""Results without the numbers that a book must not print, nor more digits than it prints."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd

from implied.numbers.rounding import PLAIN_NUMBER
from itpbook.disclosure.small_numbers import WITHHELD, SmallNumbers
from itpbook.results.recorded_result import NO_FIGURE, Result

_MINUS = "-?"


def without_numbers(result: Result, words: str) -> Result:
    """Return a result without any of its numbers; ``words`` are printed for each."""
    statistics = {name: {"raw": None, "formatted": words} for name in result.statistics}
    return replace(result, statistics=statistics, printed=words, n=None, N=None, note="", suppressed=True)


def without_ends(result: Result, values: pd.Series[float], members: pd.Series[bool], small: SmallNumbers) -> Result:
    """Return a summary with quartiles in the place of its least and greatest value, which are those of single patients.

    The summary is of ``values`` of the ``members``, with :data:`WITHHELD` for the statistics that small numbers do not
    allow; ``small`` judges whether these patients may be summarised, and whether their number may be printed.
    """
    summarised = members & values.notna()
    if summarised.any() and not small.admits_values(values.where(members)):
        return without_numbers(result, WITHHELD)
    everybody = pd.Series(True, index=values.index)
    counted = (
        not small.small(int((members & ~summarised).sum()))
        and small.admits(members, everybody)
        and small.admits(summarised, members, f"known {result.id}")
    )
    statistics = dict(result.statistics)
    if not counted and "available" in statistics:
        statistics["available"] = {"raw": None, "formatted": WITHHELD}
    q1, median, q3 = (str(statistics[name]["formatted"]) for name in ("q1", "median", "q3"))
    quartiles = "" if WITHHELD in (q1, q3) else f" (quartiles {q1} and {q3})"
    shown = NO_FIGURE if NO_FIGURE in (q1, median, q3) else f"{median}{quartiles}"
    summary = replace(result, statistics=statistics, printed=shown)
    return summary if counted else replace(summary, n=None, N=None, note="")


def as_printed(result: Result) -> Result:
    """Return a result whose numbers have the digits that are printed, and no others."""
    statistics = {
        name: {**statistic, "raw": _number(statistic["raw"], str(statistic["formatted"]))}
        for name, statistic in result.statistics.items()
    }
    interval = result.interval
    if interval is not None:
        ends = re.fullmatch(rf"({PLAIN_NUMBER})-({PLAIN_NUMBER})", str(interval["formatted"]))
        low, high = (None, None) if ends is None else (int(ends[1]) / 100, int(ends[4]) / 100)
        interval = {**interval, "low": low, "high": high}
    return replace(result, statistics=statistics, interval=interval)


def _number(raw: Any, printed: str) -> Any:
    """Return the number that is printed; a whole number as it is, and words where the number is in words."""
    if raw is None or isinstance(raw, int | str):
        return raw
    return float(printed) if re.fullmatch(_MINUS + PLAIN_NUMBER, printed) else None
