"""Recorded figures without the numbers that a book must not print."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from itpbook.disclosure import WITHHELD, SmallNumbers
from itpbook.results.figure import NO_FIGURE, Result


def without_numbers(result: Result, words: str) -> Result:
    """Return a figure without any of its numbers; ``words`` are printed for each."""
    statistics = {name: {"raw": None, "formatted": words} for name in result.statistics}
    return replace(result, statistics=statistics, printed=words, n=None, N=None, note="", suppressed=True)


def without_ends(result: Result, values: pd.Series[float], members: pd.Series[bool], small: SmallNumbers) -> Result:
    """Return a summary with quartiles in the place of its least and greatest value, which are those of single patients.

    Parameters
    ----------
    result
        The summary.
    values, members
        What is summarised, of which patients.
    small
        Judges whether the number of these patients may be printed; where it may not, it is left out.
    """
    known = members & values.notna()
    everybody = pd.Series(True, index=values.index)
    counted = not small.small(int((members & ~known).sum())) and small.admits(members, everybody)
    withheld = {"raw": None, "formatted": WITHHELD}
    hidden = ("minimum", "maximum") if counted else ("minimum", "maximum", "available")
    statistics = {name: withheld if name in hidden else found for name, found in result.statistics.items()}
    q1, median, q3 = (result.formatted(name) for name in ("q1", "median", "q3"))
    shown = NO_FIGURE if NO_FIGURE in (q1, median, q3) else f"{median} (quartiles {q1} and {q3})"
    found = replace(result, statistics=statistics, printed=shown)
    return found if counted else replace(found, n=None, N=None, note="")
