"""Medians, quartiles and means in the place of which no single patient's value is printed.

Where small numbers are withheld, a median or quartile is the mean of neighbouring ordered values: of at least as many
as the threshold, centred on the median, and for the quartiles as near to their rank as they can be without a step
towards the median. The three sets of patients share nobody. A median needs twice as many patients as the threshold, a
quartile four times as many; below that they are withheld, and so are minimum and maximum, always. The mean of all is
printed where at least as many patients as the threshold are in none of the sets.

Against the median itself the mean of its neighbours is off towards the longer tail, by less than the spread of the
values that are averaged; of values that lie symmetrically about their median it is off by nothing.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from itpbook.study.statistics import Quantity

_NEEDED = {"median": 2, "q1": 4, "q3": 4}
"""Patients that a statistic needs, in multiples of the threshold."""


def neighbours(number: int, below: int) -> dict[str, range]:
    """Return the ranks whose values are averaged for each statistic, counted from 0; none for what is withheld.

    ``number`` is how many values are known, ``below`` the threshold, at least 2.
    """
    half = below + (number - below) % 2
    start = (number - half) // 2
    first = math.floor((number - 1) / 4 - (below - 1) / 2)
    ranks = {
        "median": range(start, start + half),
        "q1": range(first, first + below),
        "q3": range(number - first - below, number - first),
    }
    return {name: averaged if number >= _NEEDED[name] * below else range(0) for name, averaged in ranks.items()}


def shared_quantity(values: pd.Series[float], quantity: Quantity, below: int) -> Quantity:
    """Return a summary of values, in the unit that is printed, without those of single patients: they become None."""
    ordered = np.sort(values.dropna().to_numpy(dtype="float64"))
    averaged = neighbours(len(ordered), below)
    means = {
        name: math.fsum(ordered[ranks.start : ranks.stop]) / len(ranks) if len(ranks) else None
        for name, ranks in averaged.items()
    }
    left = len(ordered) - sum(map(len, averaged.values()))
    mean = quantity.mean if len(averaged["median"]) and left >= below else None
    return replace(
        quantity, median=means["median"], q1=means["q1"], q3=means["q3"], minimum=None, maximum=None, mean=mean
    )


def same_measurement(first: pd.Series[float], second: pd.Series[float]) -> bool:
    """Tell whether two numbers put the patients who have both in one order, or in opposite orders.

    Days and the same days in months do, and so does a number and another that is rounded from it.
    """
    both = first.notna() & second.notna()
    pairs = pd.DataFrame({"first": first[both], "second": second[both]})
    return any(
        pairs.sort_values(["first", "second"])["second"].is_monotonic_increasing
        for pairs in (pairs, pairs.assign(second=-pairs["second"]))
    )
