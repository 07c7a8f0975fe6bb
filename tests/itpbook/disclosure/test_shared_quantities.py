"""Medians, quartiles, means and raw values: nothing that is printed may be the value of a single patient."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_series import Tables, first, twenty_one

from implied.ledger import Ledger
from implied.ledger.conditions import holds
from implied.numbers.units import DAYS_PER_MONTH
from itpbook.disclosure.shared_quantities import neighbours, same_measurement, shared_quantity
from itpbook.disclosure.small_numbers import WITHHELD, SmallNumbers
from itpbook.disclosure.suppression_plan import planned
from itpbook.records.cohort import cohort_of
from itpbook.results import NO_FIGURE, Recorder, Result
from itpbook.results import recorder as recorder_module
from itpbook.results.recorded_values import summarised
from itpbook.study.outcomes import derive
from itpbook.study.statistics import median_range

STATISTICS = ("median", "q1", "q3", "minimum", "maximum")


@pytest.fixture(autouse=True)
def undisplayed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "_display", lambda _: None)


def summaries(tables: Tables, ledger: Ledger, below: int = 5) -> dict[str, Result]:
    """Record every summary of the ledger as the chapters do."""
    patients = derive(cohort_of(tables))
    record = Recorder("all", ledger, small=planned(below, patients, ledger))
    for entry in ledger:
        if entry.quantity is not None:
            record.summary(entry.id, patients[entry.quantity], among=holds(entry.readings[0].population, patients))
    return {result_id: result for (result_id, _), result in record.results.items()}


def with_ages(tables: Tables, age: Callable[[int], int]) -> Tables:
    patients = tables["patients"]
    return {**tables, "patients": patients.assign(age_years=[age(place) for place in range(len(patients))])}


# Case 04 of the issue, and others of its kind.


def test_of_twenty_one_patients_no_number_holds_more_digits_than_are_printed(ledger: Ledger):
    found = summaries(twenty_one(), ledger)
    shown = {name: found["safety.followup"].statistics[name] for name in STATISTICS}
    assert shown == {
        "median": {"raw": 27.0, "formatted": "27"},
        "q1": {"raw": 21.0, "formatted": "21"},
        "q3": {"raw": 33.0, "formatted": "33"},
        "minimum": {"raw": None, "formatted": WITHHELD},
        "maximum": {"raw": None, "formatted": WITHHELD},
    }
    assert found["safety.followup"].printed == "27 (quartiles 21 and 33)"
    assert len(found) == 7
    for result in found.values():
        for statistic in result.statistics.values():
            assert statistic["raw"] is None or statistic["formatted"] == f"{statistic['raw']:g}", result.id


def test_an_outlier_who_is_the_median_of_twenty_one_is_not_printed(ledger: Ledger):
    # Ten of 30, one of 47, ten of 80: the eleventh is the median, and nobody else is near.
    tables = with_ages(twenty_one(), lambda place: 30 if place < 10 else 47 if place == 10 else 80)
    assert summaries(tables, ledger, 0)["cohort.age"].printed == "47 [30-80]"
    assert summaries(tables, ledger)["cohort.age"].printed == "53 (quartiles 30 and 80)"


def test_of_twenty_patients_the_six_in_the_middle_are_averaged(ledger: Ledger):
    tables = with_ages(first(twenty_one(), 20), lambda place: 40 + place + 10 * (place == 12))
    # Ages 40 to 59 without 52, and 62: the middle six are 47, 48, 49, 50, 51 and 53.
    assert summaries(tables, ledger)["cohort.age"].printed == "50 (quartiles 44 and 56)"


def test_of_fewer_than_twenty_patients_no_quartile_is_printed(ledger: Ledger):
    age = summaries(first(twenty_one(), 19), ledger)["cohort.age"]
    assert age.printed == "40"
    assert [age.formatted(name) for name in STATISTICS] == ["40", *[WITHHELD] * 4]


def test_of_fewer_than_ten_patients_nothing_is_summarised(ledger: Ledger):
    for result in summaries(first(twenty_one(), 9), ledger).values():
        assert result.suppressed
        assert (result.printed, result.n, result.N) == (WITHHELD, None, None)
        assert {statistic["raw"] for statistic in result.statistics.values()} == {None}
    assert not summaries(first(twenty_one(), 10), ledger)["cohort.age"].suppressed


def test_the_number_of_those_with_a_value_is_withheld_where_few_lack_it(ledger: Ledger):
    days = pd.Series([*range(100, 119), None, None], dtype="float64")
    record = Recorder("all", ledger, small=SmallNumbers(5))
    record.summary("safety.followup", days)
    followed = record["safety.followup"]
    assert (followed.n, followed.N, followed.note) == (None, None, "")


def test_a_subgroup_is_not_summarised_beside_everybody_whatever_the_unit(ledger: Ledger):
    patients = derive(cohort_of(twenty_one()))
    small = planned(5, patients, ledger)
    women = patients["sex"].eq("female")
    Recorder("all", ledger, small=small).summary("safety.followup", patients["followup_days"])
    # Read in days, no value is converted.
    entries = tuple(replace(entry, unit="days") if entry.id == "safety.followup" else entry for entry in ledger)
    unconverted = replace(ledger, entries=entries)
    for column in ("followup_days", "followup_months"):
        for among, withheld in ((women, True), (None, False)):
            record = Recorder(column, unconverted, small=small)
            record.summary("safety.followup", patients[column], among=among)
            assert (record["safety.followup"].printed == WITHHELD) == withheld


def test_without_a_threshold_everything_is_as_it_was(ledger: Ledger):
    followed = summaries(twenty_one(), ledger, 0)["safety.followup"]
    assert followed.statistics["median"]["raw"] == pytest.approx(807 / DAYS_PER_MONTH)
    assert followed.printed == "27 [14-39]"


# The rule.


@pytest.mark.parametrize("below", [2, 5, 6, 11, 30])
def test_the_patients_behind_median_and_quartiles_are_enough_and_others(below: int):
    for number in range(8 * below + 9):
        ranks = neighbours(number, below)
        behind = [set(ranks[name]) for name in ("q1", "median", "q3")]
        assert sum(map(len, behind)) == len(set.union(*behind)), number
        assert all(len(places) in (0, below, below + 1) for places in behind)
        assert set.union(*behind) <= set(range(number))
        mirrored = {number - 1 - place for place in ranks["median"]}, {number - 1 - place for place in ranks["q1"]}
        assert mirrored == (behind[1], behind[2]), "no direction is favoured"
        assert bool(ranks["median"]) == (number >= 2 * below)
        assert bool(ranks["q1"]) == (number >= 4 * below)


@given(st.lists(st.integers(18, 110), min_size=20, max_size=40), st.integers(5, 6))
def test_the_mean_of_neighbours_lies_among_them_and_near_the_quantile(ages: list[int], below: int):
    values = pd.Series(ages, dtype="float64")
    found = shared_quantity(values, median_range(values), below)
    ordered = np.sort(values.to_numpy())
    for name, ranks in neighbours(len(ages), below).items():
        value = getattr(found, name)
        if not len(ranks):
            assert value is None
            continue
        assert ordered[ranks.start] <= value <= ordered[ranks.stop - 1]
        plain = getattr(median_range(values), name)
        assert abs(value - plain) <= ordered[ranks.stop - 1] - ordered[ranks.start]


def test_of_values_that_lie_evenly_the_median_is_the_median():
    values = pd.Series(range(31), dtype="float64")
    found = shared_quantity(values, median_range(values), 5)
    assert (found.median, found.minimum, found.maximum) == (15, None, None)


def test_a_mean_is_printed_only_where_enough_are_left_beside_the_others():
    def mean(number: int) -> float | None:
        values = pd.Series(range(number), dtype="float64")
        return shared_quantity(values, median_range(values), 5).mean

    assert mean(9) is None
    assert mean(10) is None, "four are in no set"
    assert mean(11) == 5
    assert mean(20) is None, "four again: twenty less six and twice five"
    assert mean(21) == 10


# Attacks.


@pytest.mark.parametrize(
    ("number", "below", "highest"), [(6, 3, 6), (10, 5, 3), (13, 5, 4), (14, 3, 4), (20, 5, 3), (21, 5, 3), (24, 6, 2)]
)
def test_who_tries_all_records_learns_no_value_that_fewer_patients_have_than_the_threshold(
    number: int, below: int, highest: int
):
    """In all records that print the same, a value that someone surely has, many patients surely have."""
    ranks = neighbours(number, below)
    surely: dict[tuple[int | None, ...], list[int]] = {}
    for records in combinations_with_replacement(range(highest + 1), number):
        seen = tuple(
            math.floor(Fraction(sum(records[places.start : places.stop]), len(places)) + Fraction(1, 2))
            if len(places)
            else None
            for places in ranks.values()
        )
        patients = [records.count(value) for value in range(highest + 1)]
        surely[seen] = [min(pair) for pair in zip(surely.get(seen, patients), patients, strict=True)]
    assert len(surely) > highest
    for seen, patients in surely.items():
        assert not [number for number in patients if 0 < number < below], seen


@settings(max_examples=20)
@given(
    values=st.lists(st.integers(1, 1200), min_size=10, max_size=30),
    unit=st.sampled_from([1.0, DAYS_PER_MONTH]),
    below=st.sampled_from([5, 7]),
)
def test_whoever_sees_everything_printed_cannot_tell_any_patient_s_value(values: list[int], unit: float, below: int):
    """For each patient there are records with another value of that one patient alone that print the same."""

    def seen(days: list[int]) -> object:
        return summarised(pd.Series(days, dtype="float64") / unit, {}, below)[1]

    def printed(days: list[int]) -> list[str]:
        return [statistic["formatted"] for statistic in seen(days).values()]  # type: ignore[attr-defined]

    before = printed(values)
    for place, days in enumerate(values):
        others = ([*values[:place], days + step, *values[place + 1 :]] for step in (1, -1, 2, -2, 3, -3))
        assert any(printed(other) == before for other in others), (place, before)


@settings(max_examples=30)
@given(
    values=st.lists(st.integers(1, 1200), min_size=21, max_size=40, unique=True),
    inside=st.sets(st.integers(0, 39), min_size=1),
    change=st.sampled_from(["same", "months", "weeks", "reversed", "ranks"]),
)
def test_groups_that_share_patients_are_not_both_summarised_by_one_measurement(
    values: list[int], inside: set[int], change: str
):
    days = pd.Series(values, dtype="float64")
    other = {
        "same": days,
        "months": days / DAYS_PER_MONTH,
        "weeks": (days / 7).round(),
        "reversed": 5000 - days,
        "ranks": days.rank(),
    }[change]
    members = pd.Series([place in inside for place in range(len(values))])
    judge = SmallNumbers(5)
    assert judge.admits_values(days)
    assert judge.admits_values(other), "of the same patients"
    assert not members.any() or members.all() or not judge.admits_values(other.where(members))
    assert same_measurement(days, other)


def test_groups_that_share_nobody_and_other_measurements_may_both_be_summarised():
    days, place = pd.Series(range(40), dtype="float64"), pd.Series(range(40))
    judge = SmallNumbers(5)
    assert judge.admits_values(days.where(place.lt(20)))
    assert judge.admits_values(days.where(place.ge(20)))
    assert not judge.admits_values(days)
    assert judge.admits_values((days * 17) % 40), "in no order that these have"
    assert not judge.admits_values(days.where(place.lt(9))), "nor of so few"


@pytest.mark.parametrize("basis", ["records", "published"])
def test_another_figure_is_withheld_when_it_rests_on_records(basis: str, ledger: Ledger):
    record = Recorder("all", ledger, small=SmallNumbers(5))
    record.value("new.days", 26.5133470226, "27", label="Days", basis=basis)  # type: ignore[arg-type]
    assert record["new.days"].printed == (WITHHELD if basis == "records" else "27")


def test_shares_and_their_limits_have_the_digits_that_are_printed(ledger: Ledger):
    record = Recorder("all", ledger, small=SmallNumbers(5))
    record.patients("new.men", pd.Series([True] * 10 + [False] * 6), label="Men")
    found = record["new.men"]
    assert found.interval is not None
    assert (found.statistics["percent"]["raw"], found.interval["low"], found.interval["high"]) == (63, 0.35, 0.85)
    record.summary("safety.followup", pd.Series([None] * 3, dtype="float64"))
    assert record["safety.followup"].printed == NO_FIGURE
