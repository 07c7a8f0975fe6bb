"""Counts, medians, exact intervals and survival curves: every statistic, by its usual method.

Nothing is rounded or printed here; that is the business of :mod:`itpbook.results.formatting`.
"""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

import numpy as np
import pandas as pd

LEVEL = 0.95
"""Confidence level of every interval."""

PROPORTION_INTERVAL = "Clopper-Pearson (exact)"
DIFFERENCE_INTERVAL = "Newcombe (hybrid score, without continuity correction)"

_TIE = 1e-9
"""Slack for a survival of one half, which the product of many steps misses by a hair in floats."""

CURVE_COLUMNS = ["time", "survival", "low", "high", "at_risk", "events", "censored"]

Values = pd.Series | Sequence[float] | np.ndarray


@dataclass(frozen=True)
class Proportion:
    """``n`` of ``N`` with its exact interval; ``value``, ``low`` and ``high`` are None when ``N`` is 0."""

    n: int
    N: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Quantity:
    """Median, quartiles, range and mean of the ``n`` known values; all None when there is none."""

    n: int
    missing: int
    median: float | None
    q1: float | None
    q3: float | None
    minimum: float | None
    maximum: float | None
    mean: float | None


@dataclass(frozen=True)
class KaplanMeier:
    """A survival curve.

    Attributes
    ----------
    label
        Whose curve this is.
    n, events, missing
        Subjects with a known duration, how many of them had the event, and subjects without a known duration.
    table
        One row per distinct time, from time 0: ``time``, ``survival``, ``low``, ``high`` (constant until the
        next time), ``at_risk`` (just before the time), ``events`` and ``censored`` (at the time). No row
        without subjects.
    median
        Time at which survival first reaches one half, in the unit of the durations; None where that is never reached.
    """

    label: str
    n: int
    events: int
    missing: int
    table: pd.DataFrame
    median: float | None

    def survival_at(self, times: Sequence[float]) -> list[Fraction]:
        """Return the exact survival at each of ``times``: floats miss one between two printed numbers by a bit."""
        events, at_risk = (self.table[name].astype(int).tolist() for name in ("events", "at_risk"))
        steps = (1 - Fraction(lost, of) for lost, of in zip(events, at_risk, strict=True))
        # Before the first time, and without subjects, nobody is lost.
        survival = list(accumulate(steps, operator.mul, initial=Fraction(1)))
        when = self.table["time"].to_numpy(dtype=float)
        return [survival[step] for step in np.searchsorted(when, times, side="right")]

    def at_risk(self, times: Sequence[float]) -> list[int]:
        """Count the subjects still followed and free of the event just before each of ``times``."""
        left = (self.table["events"] + self.table["censored"]).to_numpy()
        when = self.table["time"].to_numpy()
        return [self.n - int(left[when < time].sum()) for time in times]


@dataclass(frozen=True)
class Comparison:
    """The difference of two proportions, first less second, with its interval, and Fisher's two-sided p."""

    difference: float | None
    low: float | None
    high: float | None
    p: float | None


def known_true(values: pd.Series) -> pd.Series:
    """Return plain booleans: true where that is known, false where it is not or the value is missing."""
    return values.astype("boolean").fillna(False).astype(bool)


def proportion(n: int, N: int) -> Proportion:
    """Return ``n`` of ``N`` with the Clopper-Pearson interval.

    Raises
    ------
    ValueError
        When ``n`` is negative or exceeds ``N``.
    """
    if not 0 <= n <= N:
        msg = f"{n} of {N} is no proportion"
        raise ValueError(msg)
    if N == 0:
        return Proportion(0, 0, None, None, None)
    return Proportion(int(n), int(N), n / N, *_exact_interval(int(n), int(N)))


def median_range(values: Values) -> Quantity:
    """Return median, quartiles, range and mean of the known values; count the missing.

    Quartiles are interpolated between order statistics (type 7 of Hyndman and Fan).
    """
    series = pd.Series(values, dtype="float64")
    present = series.dropna()
    missing = len(series) - len(present)
    if present.empty:
        return Quantity(0, missing, None, None, None, None, None, None)
    low, q1, median, q3, high = (float(value) for value in np.quantile(present, [0, 0.25, 0.5, 0.75, 1]))
    return Quantity(len(present), missing, median, q1, q3, low, high, math.fsum(present) / len(present))


def kaplan_meier(durations: Values, observed: Values | Sequence[bool], label: str) -> KaplanMeier:
    """Estimate survival by Kaplan and Meier; the interval is log(-log), as R's ``conf.type = "log-log"``.

    Parameters
    ----------
    durations
        Time to the event or to the end of observation, in any unit, from 0. Missing ones are left out.
    observed
        Whether the event was seen (True) or the subject left the observation without it (False).
    label
        Whose curve this is.

    Raises
    ------
    ValueError
        When the two differ in length.
    """
    frame = _paired(durations, observed)
    timed = frame.dropna(subset=["duration"])
    missing = len(frame) - len(timed)
    if timed.empty:
        empty = pd.DataFrame(columns=CURVE_COLUMNS, dtype="float64")
        return KaplanMeier(label, 0, 0, missing, empty, None)
    # Takes a second to import, and most chapters draw no curve.
    from scipy.stats import CensoredData, ecdf

    durations, seen = timed["duration"].to_numpy(), timed["observed"].to_numpy()
    estimate = ecdf(CensoredData.right_censored(durations, ~seen)).sf
    with warnings.catch_warnings():
        # The formula has no limits where survival is 0 or 1; there they are the estimate itself.
        warnings.simplefilter("ignore", RuntimeWarning)
        limits = estimate.confidence_interval(LEVEL, method="log-log")
    times = np.union1d([0.0], durations)
    survival = estimate.evaluate(times)
    low, high = (limit.evaluate(times) for limit in limits)
    left = timed.groupby("duration")["observed"].agg(["sum", "size"]).reindex(times, fill_value=0)
    table = pd.DataFrame(
        {
            "time": times,
            "survival": survival,
            "low": np.where(np.isnan(low), survival, low),
            "high": np.where(np.isnan(high), survival, high),
            "at_risk": len(timed) - left["size"].cumsum().shift(fill_value=0).to_numpy(),
            "events": left["sum"].to_numpy(),
            "censored": (left["size"] - left["sum"]).to_numpy(),
        }
    )
    return KaplanMeier(
        label,
        len(timed),
        int(timed["observed"].sum()),
        missing,
        table,
        _half(table),
    )


def compare_proportions(n1: int, N1: int, n2: int, N2: int) -> Comparison:
    """Compare ``n1`` of ``N1`` with ``n2`` of ``N2``: Fisher's exact test and Newcombe's interval.

    The interval of the difference adds the squares of the distances of each proportion to its Wilson limits
    (Newcombe's tenth method of 1998). Interval and p are None when either group is empty. The two are
    different methods, so they may disagree at the margin.
    """
    first, second = proportion(n1, N1), proportion(n2, N2)
    if first.value is None or second.value is None:
        return Comparison(None, None, None, None)
    from scipy.stats import fisher_exact

    low1, high1 = _wilson_interval(n1, N1)
    low2, high2 = _wilson_interval(n2, N2)
    difference = first.value - second.value
    low = difference - math.hypot(first.value - low1, high2 - second.value)
    high = difference + math.hypot(high1 - first.value, second.value - low2)
    p = float(fisher_exact([[n1, N1 - n1], [n2, N2 - n2]]).pvalue)
    # The exact p of equal groups is 1; sums of probabilities can end a hair above it.
    return Comparison(difference, max(low, -1.0), min(high, 1.0), min(p, 1.0))


def _exact_interval(n: int, total: int) -> tuple[float, float]:
    """Return the Clopper-Pearson limits, as quantiles of the beta distribution: no search, the same digits anywhere."""
    from scipy.stats import beta

    tail = (1 - LEVEL) / 2
    low = 0.0 if n == 0 else float(beta.ppf(tail, n, total - n + 1))
    high = 1.0 if n == total else float(beta.ppf(1 - tail, n + 1, total - n))
    return low, high


def _wilson_interval(n: int, total: int) -> tuple[float, float]:
    """Return the score limits of one proportion."""
    from scipy.stats import binomtest

    limits = binomtest(int(n), int(total)).proportion_ci(confidence_level=LEVEL, method="wilson")
    return float(limits.low), float(limits.high)


def _paired(durations: Values, observed: Values | Sequence[bool]) -> pd.DataFrame:
    """Pair durations with events by position."""
    if len(durations) != len(observed):
        msg = f"{len(durations)} durations do not pair with {len(observed)} events"
        raise ValueError(msg)
    times = np.asarray(durations, dtype="float64")
    events = np.where(np.isnan(times), False, np.asarray(observed)).astype(bool)
    return pd.DataFrame({"duration": times, "observed": events})


def _half(table: pd.DataFrame) -> float | None:
    """Return the first time at which survival is at most one half."""
    reached = table.loc[table["survival"] <= 0.5 + _TIE, "time"]
    return None if reached.empty else float(reached.iloc[0])
