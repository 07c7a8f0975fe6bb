"""Every statistic against values known from the literature, and what must hold of any."""

from __future__ import annotations

import math
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itpbook.study.statistics import compare_proportions, kaplan_meier, median_range, proportion

# Weeks in remission under 6-mercaptopurine (Freireich 1963, as tabulated by Gehan 1965); 1 = relapse seen.
FREIREICH_WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
FREIREICH_RELAPSE = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO_WEEKS = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]

counts = st.integers(1, 60).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))
times = st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=25)


@pytest.mark.parametrize(
    ("n", "total", "low", "high"),
    [
        (19, 31, 0.4219, 0.7815),
        (0, 10, 0.0, 1 - 0.025 ** (1 / 10)),
        (10, 10, 0.025 ** (1 / 10), 1.0),
        (81, 263, 0.2527, 0.3676),  # Newcombe 1998, Statistics in Medicine 17:857, table I
        (15, 148, 0.0578, 0.1617),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_proportion_has_the_clopper_pearson_interval_of_the_literature(
    n: int, total: int, low: float, high: float
) -> None:
    found = proportion(n, total)
    assert (found.n, found.N, found.value) == (n, total, n / total)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


def test_proportion_of_nobody_has_no_value_and_no_interval() -> None:
    found = proportion(0, 0)
    assert (found.n, found.N, found.value, found.low, found.high) == (0, 0, None, None, None)


@pytest.mark.parametrize(("n", "total"), [(-1, 3), (4, 3), (1, 0)])
def test_proportion_refuses_more_patients_than_there_are(n: int, total: int) -> None:
    with pytest.raises(ValueError, match=f"{n} of {total} is no proportion"):
        proportion(n, total)


@given(counts)
def test_proportion_interval_holds_its_value_and_mirrors(pair: tuple[int, int]) -> None:
    n, total = pair
    found, mirrored = proportion(n, total), proportion(total - n, total)
    assert found.low is not None
    assert found.high is not None
    assert found.value is not None
    assert mirrored.high is not None
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.low == pytest.approx(1 - mirrored.high, abs=1e-9)


def test_quartiles_follow_the_stated_interpolation() -> None:
    found = median_range([1, 2, 3, 4])
    assert (found.q1, found.median, found.q3) == (1.75, 2.5, 3.25)
    assert (found.minimum, found.maximum, found.mean, found.n, found.missing) == (1, 4, 2.5, 4, 0)


def test_missing_values_are_counted_and_never_enter_the_median() -> None:
    found = median_range(pd.Series([10.0, None, 30.0, float("nan"), 20.0]))
    assert (found.median, found.n, found.missing) == (20, 3, 2)
    found = median_range(pd.Series([1, None, 5], dtype="Int64"))
    assert (found.median, found.n, found.missing) == (3, 2, 1)


@pytest.mark.parametrize("values", [[], [None, None]])
def test_nothing_known_has_no_median(values: list[float | None]) -> None:
    found = median_range(pd.Series(values, dtype="float64"))
    assert (found.n, found.missing) == (0, len(values))
    assert {found.median, found.q1, found.q3, found.minimum, found.maximum, found.mean} == {None}


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=40))
def test_median_and_quartiles_are_in_order(values: list[int]) -> None:
    found = median_range(values)
    five = [found.minimum, found.q1, found.median, found.q3, found.maximum]
    assert all(a is not None and b is not None and a <= b for a, b in pairwise(five))
    assert found.median == float(np.median(values))


def test_kaplan_meier_gives_the_published_curve_of_the_freireich_trial() -> None:
    curve = kaplan_meier(FREIREICH_WEEKS, FREIREICH_RELAPSE, "6-MP")
    table = curve.table.set_index("time")
    known = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    for week, survival in known.items():
        assert table["survival"].round(3).loc[week] == survival
    assert (curve.n, curve.events, curve.missing, curve.median) == (21, 9, 0, 23)
    # R: survfit(Surv(time, status) ~ 1, conf.type = "log-log") gives the median's interval as 13 to NA.
    assert table.index[table["low"] <= 0.5][0] == 13
    assert table["high"].min() > 0.5
    # The log(-log) limits by hand, from Greenwood's sum of the three relapses among 21.
    half_width = 1.959964 * math.sqrt(3 / (21 * 18)) / abs(math.log(18 / 21))
    assert table.loc[6, "low"] == pytest.approx((18 / 21) ** math.exp(half_width), abs=1e-6)
    assert table.loc[6, "high"] == pytest.approx((18 / 21) ** math.exp(-half_width), abs=1e-6)
    assert curve.at_risk([0, 6, 7, 10, 23, 35, 36]) == [21, 21, 17, 15, 6, 1, 0]
    assert [table[name].loc[6] for name in ("at_risk", "events", "censored")] == [21, 3, 1]


LIFELINES_6MP = {
    6: (0.857143, 0.619718, 0.951552),
    7: (0.806723, 0.563147, 0.922809),
    10: (0.752941, 0.503200, 0.889362),
    13: (0.690196, 0.431610, 0.849066),
    16: (0.627451, 0.367511, 0.804912),
    22: (0.537815, 0.267779, 0.746791),
    23: (0.448179, 0.188052, 0.680143),
}
LIFELINES_PLACEBO = {
    0: (1.0, 1.0, 1.0),
    1: (0.904762, 0.670046, 0.975294),
    8: (0.380952, 0.183067, 0.577789),
    22: (0.047619, 0.003324, 0.197045),
    23: (0.0, 0.0, 0.0),
}


@pytest.mark.parametrize(
    ("weeks", "relapse", "known"),
    [(FREIREICH_WEEKS, FREIREICH_RELAPSE, LIFELINES_6MP), (PLACEBO_WEEKS, [1] * 21, LIFELINES_PLACEBO)],
    ids=["6-MP", "placebo"],
)
def test_kaplan_meier_gives_the_curves_and_intervals_of_lifelines(
    weeks: list[int], relapse: list[int], known: dict[int, tuple[float, float, float]]
) -> None:
    # KaplanMeierFitter(alpha=0.05) of lifelines 0.30.3; where survival is 0, R's survfit gives no interval.
    table = kaplan_meier(weeks, relapse, "Freireich").table.set_index("time")
    for week, row in known.items():
        assert table.loc[week, ["survival", "low", "high"]].tolist() == pytest.approx(row, abs=5e-7)


def test_kaplan_meier_without_censoring_has_the_plain_median() -> None:
    for size in range(1, 60):
        curve = kaplan_meier(range(1, size + 1), [True] * size, "all seen")
        assert curve.median == math.ceil(size / 2)


def test_kaplan_meier_without_events_never_falls_and_has_no_median() -> None:
    curve = kaplan_meier([5, 6, 9], [False, False, False], "none seen")
    assert curve.table["survival"].tolist() == [1, 1, 1, 1]
    assert curve.median is None


def test_kaplan_meier_leaves_out_and_counts_unknown_durations() -> None:
    curve = kaplan_meier(pd.Series([4.0, None, 8.0]), pd.Series([True, None, True]), "one unknown")
    assert (curve.n, curve.events, curve.missing, curve.median) == (2, 2, 1, 4)


def test_kaplan_meier_of_nobody_is_empty() -> None:
    curve = kaplan_meier([], [], "nobody")
    assert (curve.n, curve.events, len(curve.table), curve.median) == (0, 0, 0, None)
    assert curve.at_risk([0, 12]) == [0, 0]


def test_kaplan_meier_refuses_durations_without_their_events() -> None:
    with pytest.raises(ValueError, match="2 durations do not pair with 1 events"):
        kaplan_meier([1, 2], [True], "uneven")


@settings(deadline=None)
@given(times)
def test_kaplan_meier_is_the_product_over_event_times(pairs: list[tuple[int, bool]]) -> None:
    curve = kaplan_meier([time for time, _ in pairs], [seen for _, seen in pairs], "any")
    survival = 1.0
    for now, estimate, low, high in curve.table[["time", "survival", "low", "high"]].to_numpy():
        gone = sum(1 for time, seen in pairs if seen and time == now)
        at_risk = sum(1 for time, _ in pairs if time >= now)
        survival *= 1 - gone / at_risk
        assert estimate == pytest.approx(survival, abs=1e-9)
        assert low - 1e-9 <= estimate <= high + 1e-9
        assert curve.at_risk([now]) == [at_risk]


def test_newcombe_interval_is_that_of_its_paper() -> None:
    # Newcombe 1998, Statistics in Medicine 17:873, table II, method 10, examples a, b and g.
    for counts_, low, high in [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 20), 0.6791, 1.0),
    ]:
        found = compare_proportions(*counts_)
        assert found.low == pytest.approx(low, abs=5e-5)
        assert found.high == pytest.approx(high, abs=5e-5)


def test_fisher_exact_p_is_that_of_the_tea_tasting() -> None:
    # Fisher 1935: three of four cups right; two-sided 34/70.
    found = compare_proportions(3, 4, 1, 4)
    assert found.p == pytest.approx(34 / 70)
    assert found.difference == 0.5


def test_comparison_with_an_empty_group_has_no_answer() -> None:
    found = compare_proportions(3, 4, 0, 0)
    assert (found.difference, found.low, found.high, found.p) == (None, None, None, None)


@given(counts, counts)
def test_comparison_turns_its_sign_with_its_groups(first: tuple[int, int], second: tuple[int, int]) -> None:
    there, back = compare_proportions(*first, *second), compare_proportions(*second, *first)
    assert there.difference is not None
    assert there.low is not None
    assert there.high is not None
    assert there.p is not None
    assert back.low is not None
    assert there.low - 1e-12 <= there.difference <= there.high + 1e-12
    assert there.high == pytest.approx(-back.low, abs=1e-12)
    assert 0 < there.p <= 1
    assert there.p == pytest.approx(back.p, abs=1e-9)


def test_importing_statistics_does_not_pay_for_those_of_scipy() -> None:
    code = "import sys, itpbook.study.statistics; sys.exit('scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_survival_between_two_printed_numbers_is_exact() -> None:
    """19/20 of 7/8 is 0.83125, which a float misses."""
    lost_at = [1.0] * 20 + [2.0] * 7 + [3.0] * 133
    curve = kaplan_meier(lost_at, [True] * 20 + [True] * 7 + [False] * 133, "a tie")
    assert curve.survival_at([0, 0.5, 1, 2, 9]) == [1, 1, Fraction(7, 8), Fraction(133, 160), Fraction(133, 160)]
    assert kaplan_meier([], [], "nobody").survival_at([0, 5]) == [1, 1]
