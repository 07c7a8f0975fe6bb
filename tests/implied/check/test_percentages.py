"""Counts and denominators that a printed percentage can come from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from implied.check.percentages import counts_printing, possible_denominators
from implied.ledger.conditions import Attribute
from implied.ledger.printed import WholeRange, whole_numbers
from implied.numbers.rounding import print_number, print_percent
from implied.numbers.units import months
from itpbook.shipped import shipped_ledger


def test_only_seventeen_patients_print_59_and_12_per_cent():
    ledger = shipped_ledger()
    both = [ledger["efficacy.no_steroid.cr"], ledger["efficacy.no_steroid.r"]]
    assert ledger.size == 31
    assert possible_denominators(ledger, both) == (17,)
    assert (counts_printing("59", 17), counts_printing("12", 17)) == ((10,), (2,))
    assert counts_printing("59", 21) == counts_printing("12", 21) == ()


def test_either_percentage_alone_leaves_more_denominators_open():
    ledger = shipped_ledger()
    alone = [possible_denominators(ledger, [ledger[f"efficacy.no_steroid.{name}"]]) for name in ("cr", "r")]
    assert all(len(sizes) > 1 and 17 in sizes for sizes in alone)
    assert set(alone[0]) & set(alone[1]) == {17}


def test_half_up_decides_whether_16_patients_can_print_63_per_cent():
    assert counts_printing("63", 16) == (10,)
    assert counts_printing("62", 16) == ()


def test_65_per_cent_of_31_are_20_women():
    assert counts_printing("65", 31) == (20,)


def test_large_groups_print_a_percentage_by_several_counts():
    assert counts_printing("50", 201) == (100, 101)
    assert counts_printing("50.0", 201) == ()
    assert counts_printing("49.8", 201) == (100,)


@given(st.integers(1, 120).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))), st.integers(0, 2))
def test_a_count_is_among_those_that_print_its_percentage(counts: tuple[int, int], places: int):
    count, total = counts
    assert count in counts_printing(print_percent(count, total, places), total)


DAYS = Attribute("duration_days", "Duration", unit="days", minimum=1, maximum=30000)
YEARS = Attribute("age_years", "Age", unit="years", minimum=18, maximum=110)


@pytest.mark.parametrize(
    ("printed", "unit", "attribute", "low", "high"),
    [
        ("3", "months", DAYS, 77, 106),
        ("12", "months", DAYS, 351, 380),
        ("30", "days", DAYS, 30, 30),
        ("57", "years", YEARS, 57, 57),
        ("0", "days", DAYS, 0, 0),
    ],
)
def test_whole_values_that_print_so(printed: str, unit: str, attribute: Attribute, low: int, high: int):
    assert whole_numbers(printed, unit, attribute) == WholeRange(low, high)


@given(st.integers(0, 20000))
def test_a_day_prints_as_a_month_exactly_when_it_lies_in_the_range(days: int):
    printed = print_number(months(days))
    found = whole_numbers(printed, "months", DAYS)
    assert found.low <= days <= found.high
    for outside in (found.low - 1, found.high + 1):
        assert outside < 0 or print_number(months(outside)) != printed
