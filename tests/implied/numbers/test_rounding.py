"""The rounding policy: half up by exact decimals, and its inverse."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from implied.numbers.rounding import (
    ROUNDING_RULES,
    decimals,
    print_exactly,
    print_number,
    print_percent,
    round_by,
    round_half_up,
    unround,
    with_unit,
)
from itpbook.results.formatting import print_interval, print_p, print_points, print_share

PLACES = st.integers(0, 3)
FRACTIONS = st.fractions(0, 10**6, max_denominator=10**5)
COUNTS = st.integers(1, 400).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


def test_ten_of_sixteen_prints_63_as_the_source_does():
    assert print_percent(10, 16) == "63"
    assert f"{round_by('half even', Fraction(1000, 16)):f}" == "62"


@pytest.mark.parametrize(
    ("value", "places", "printed"),
    [
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (0.125, 2, "0.13"),
        (1.005, 2, "1.01"),
        (2.675, 2, "2.68"),
        (0.1 + 0.2, 1, "0.3"),
        (7, 2, "7.00"),
        (1234567, 0, "1234567"),
        (15, -1, "20"),
        (Decimal("0.45"), 1, "0.5"),
        (Fraction(1, 3), 4, "0.3333"),
        (1e22, 0, "10000000000000000000000"),
        (1e-7, 3, "0.000"),
    ],
)
def test_numbers_print_half_up_by_the_decimals_they_show(value: float, places: int, printed: str):
    assert print_number(value, places) == printed


@pytest.mark.parametrize("value", [-0.0, -0.3, -0.4999, Fraction(-1, 10**9), Decimal("-0.1")])
def test_nothing_prints_as_minus_zero(value: float):
    assert print_number(value) == "0"
    assert print_number(value, -1) == "0"


def test_a_hair_below_a_tie_is_no_tie():
    assert print_number(Fraction(1, 2) - Fraction(1, 10**70)) == "0"
    assert print_number(Fraction(1, 2) - Fraction(1, 10**70), 69) == "0.5" + 68 * "0"


@pytest.mark.parametrize("value", [np.float64(62.5), np.int64(63), np.float32(62.5), np.int8(63), Decimal("62.5")])
def test_numbers_of_other_libraries_print_alike(value: float):
    assert print_number(value) == "63"


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), -float("inf"), np.nan, Decimal("NaN"), Decimal("Infinity")]
)
def test_what_is_no_number_is_refused(value: float):
    with pytest.raises(ValueError, match="there is no number"):
        print_number(value)
    with pytest.raises(ValueError, match="there is no number"):
        print_exactly(float(value))


@given(st.decimals(-(10**6), 10**6, places=6), PLACES)
def test_half_up_agrees_with_decimal(value: Decimal, places: int):
    assert round_half_up(value, places) == value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


@given(st.floats(-1e6, 1e6), PLACES)
def test_a_float_rounds_as_the_decimal_it_shows(value: float, places: int):
    assert print_number(value, places) == print_number(Decimal(str(value)), places)


def test_shares_and_their_intervals_are_printed_in_one_way():
    assert (print_share(10, 16), print_share(0, 0)) == ("10/16 (63%)", "0/0")
    assert (print_points(0.125), print_points(-0.125)) == ("13", "-13")
    assert (print_interval(0.355, 0.845), print_interval(None, None)) == ("36-85", "")


@given(FRACTIONS, PLACES)
def test_each_rule_gives_one_of_the_two_neighbours(value: Fraction, places: int):
    unit = Fraction(1, 10**places)
    for rule in ROUNDING_RULES:
        assert abs(Fraction(round_by(rule, value, places)) - value) < unit
    down, up = (Fraction(round_by(rule, value, places)) for rule in ("down", "up"))
    assert down <= value <= up
    assert abs(Fraction(round_by("half even", value, places)) - value) * 2 <= unit


@pytest.mark.parametrize(
    ("value", "printed"), [(0.5, ["1", "0", "0", "1"]), (1.5, ["2", "2", "1", "2"]), (-1.2, ["-1", "-1", "-1", "-2"])]
)
def test_the_four_rules(value: float, printed: list[str]):
    assert [f"{round_by(rule, value):f}".replace("-0", "0") for rule in ROUNDING_RULES] == printed


@given(FRACTIONS, PLACES)
def test_a_number_lies_among_those_that_print_like_it(value: Fraction, places: int):
    printed = print_number(value, places)
    assert decimals(printed) == places
    assert value in unround(printed)


@given(FRACTIONS, FRACTIONS, PLACES)
def test_unround_is_the_inverse_of_print(value: Fraction, other: Fraction, places: int):
    printed = print_number(value, places)
    assert (print_number(other, places) == printed) == (other in unround(printed))


@given(FRACTIONS, PLACES)
def test_the_bounds_are_sharp(value: Fraction, places: int):
    printed = print_number(value, places)
    found = unround(printed)
    assert print_number(found.low, places) == printed
    assert found.low in found
    assert found.high not in found
    assert print_number(found.high, places) != printed
    assert print_number(found.high - Fraction(1, 10**12), places) == printed


@given(COUNTS, PLACES)
def test_percentages_of_counts_lie_among_those_that_print_like_them(counts: tuple[int, int], places: int):
    count, total = counts
    assert Fraction(100 * count, total) in unround(print_percent(count, total, places))


@pytest.mark.parametrize(
    "printed", ["", ".", "5.", ".5", "-1", "+1", "065", "00", "1e3", "1,5", " 5", "5\n", "²", "٣", "all"]
)
def test_what_no_number_prints_as_cannot_be_unrounded(printed: str):
    with pytest.raises(ValueError, match="is not a plain non-negative decimal number"):
        unround(printed)


def test_zero_is_unrounded_to_what_is_not_negative():
    assert (unround("0").low, unround("0").high) == (0, Fraction(1, 2))


def test_percentages_take_counts_of_any_library_and_have_no_meaning_for_nobody():
    assert print_percent(np.int64(1), np.int64(3), 1) == "33.3"
    with pytest.raises(ValueError, match="no percentage of 0 patients"):
        print_percent(0, 0)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (1.0, "1.00"),
        (0.996, "1.00"),
        (0.5, "0.50"),
        (0.125, "0.13"),
        (0.0501, "0.05"),
        (0.05, "0.05"),
        (0.0497, "0.05"),
        (0.048, "0.048"),
        (0.045, "0.045"),
        (0.0444, "0.04"),
        (0.03, "0.03"),
        (0.01, "0.01"),
        (0.0096, "0.01"),
        (0.0094, "0.009"),
        (0.001, "0.001"),
        (0.000999, "<0.001"),
        (0.0, "<0.001"),
    ],
)
def test_p_values(value: float, printed: str):
    assert print_p(value) == printed


@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan")])
def test_what_is_no_probability_is_no_p_value(value: float):
    with pytest.raises(ValueError, match=r"is no probability|there is no number"):
        print_p(value)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (100.0, "100"),
        (100, "100"),
        (2.5, "2.5"),
        (100.0000001, "100.0000001"),
        (123456.7, "123456.7"),
        (1e6, "1000000"),
    ],
)
def test_thresholds_print_all_their_decimals(value: float, printed: str):
    assert print_exactly(value) == printed


@given(st.floats(0, 1e9))
def test_what_is_printed_exactly_reads_back(value: float):
    assert float(print_exactly(value)) == value


@pytest.mark.parametrize(
    ("printed", "unit", "expected"),
    [
        ("1", "events", "1 event"),
        ("7", "events", "7 events"),
        ("10 [1-35]", "10^9/L", "10 [1-35] × 10⁹/L"),
        ("31", None, "31"),
    ],
)
def test_units_follow_their_number(printed: str, unit: str | None, expected: str) -> None:
    assert with_unit(printed, unit) == expected


def test_unit_follows_the_last_number_of_several() -> None:
    assert with_unit("0 to 1", "events", "1") == "0 to 1 event"


@pytest.mark.parametrize("rule", ROUNDING_RULES)
@given(st.integers(0, 4000), st.integers(0, 1))
def test_unround_is_the_inverse_of_every_rule(rule: str, quarters_of_tenths: int, places: int):
    value = Fraction(quarters_of_tenths, 40)
    printed = f"{round_by(rule, value, places):f}"
    assert value in unround(printed, rule)
    for other in (Fraction(printed) - Fraction(1, 10**places), Fraction(printed) + Fraction(1, 10**places)):
        if other >= 0:
            assert value not in unround(print_number(other, places), rule)


@pytest.mark.parametrize("rule", ROUNDING_RULES)
@given(st.integers(0, 60), st.integers(0, 1), st.integers(1, 12))
def test_whole_numbers_that_print_so_once_divided_are_the_multiples_of_an_interval(
    rule: str, digits: int, places: int, times: int
):
    interval = unround(print_number(Fraction(digits, 10**places), places), rule)
    numbers = range(62 * times)
    inside = [number for number in numbers if Fraction(number, times) in interval]
    assert list(interval.multiples(times)) == inside
    assert [number for number in numbers if all(interval.demands(number, times))] == inside
