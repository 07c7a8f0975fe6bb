"""Small numbers are withheld, and what would reveal them."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itpbook.disclosure.small_numbers import WITHHELD, SmallNumbers, check_enough


def marked(*places: int, of: int = 20) -> pd.Series:
    return pd.Series([place in places for place in range(of)])


EVERYBODY = marked(*range(20))


def test_without_a_threshold_every_count_is_printed():
    small = SmallNumbers()
    assert not small.withholding
    assert small.admits(marked(1), EVERYBODY)
    assert small.admits(marked(1, 2), EVERYBODY)


@pytest.mark.parametrize(
    ("count", "admitted"), [(0, True), (1, False), (4, False), (5, True), (15, True), (16, False), (20, True)]
)
def test_a_small_count_and_a_small_rest_are_withheld(count: int, admitted: bool):
    assert SmallNumbers(5).admits(marked(*range(count)), EVERYBODY) is admitted


def test_what_is_printed_instead_says_whether_the_count_itself_is_small():
    small = SmallNumbers(5)
    assert [small.printed(count) for count in (1, 4, 5, 18)] == ["<5", "<5", WITHHELD, WITHHELD]


def test_what_is_left_out_is_said_with_the_threshold():
    assert SmallNumbers(5).words().endswith("this book prints no number of fewer than 5.")


def test_records_of_fewer_patients_than_may_be_counted_are_refused():
    check_enough(5, 5)
    with pytest.raises(ValueError, match=r"the records hold 4 patients, fewer than suppress_below \(5\)"):
        check_enough(4, 5)


def test_nothing_of_a_small_group_is_printed():
    group = marked(0, 1, 2)
    assert not SmallNumbers(5).admits(marked(0, 1, 2), group)
    assert not SmallNumbers(5).admits(marked(), group)


def test_of_two_counts_that_differ_by_few_the_second_is_withheld():
    small = SmallNumbers(5)
    assert small.admits(marked(*range(10)), EVERYBODY)
    assert not small.admits(marked(*range(8)), EVERYBODY)
    assert small.admits(marked(*range(5)), EVERYBODY)


def test_the_last_part_of_a_whole_is_withheld_when_another_is_small():
    small = SmallNumbers(5)
    parts = [marked(*range(9)), marked(*range(9, 11)), marked(*range(11, 20))]
    assert [small.admits(part, EVERYBODY, "agents") for part in parts] == [True, False, False]


def test_what_was_tried_is_forgotten_unless_it_is_remembered():
    small = SmallNumbers(5)
    tried = small.copy()
    assert tried.admits(marked(*range(10)), EVERYBODY)
    assert small.admits(marked(*range(8)), EVERYBODY)
    other = SmallNumbers(5)
    other.remember(tried)
    assert not other.admits(marked(*range(8)), EVERYBODY)


@given(st.lists(st.integers(0, 12), min_size=2, max_size=5), st.integers(2, 6))
def test_no_small_part_of_a_partition_can_be_worked_out(sizes: list[int], below: int):
    """Whoever knows the whole, the printed parts and which are withheld finds several values for each small one."""
    total = sum(sizes)
    everybody = marked(*range(total), of=total)
    bounds = list(itertools.accumulate(sizes, initial=0))
    small = SmallNumbers(below)
    shown: list[int | None] = []
    for low, high in itertools.pairwise(bounds):
        admitted = small.admits(marked(*range(low, high), of=total), everybody, "part")
        shown.append(high - low if admitted else None)
    left = total - sum(count for count in shown if count is not None)
    hidden = [size for size, count in zip(sizes, shown, strict=True) if count is None]
    assert not any(count is not None and 0 < count < below for count in shown)
    if any(0 < size < below for size in hidden):
        assert len(hidden) > 1 or total < below
        assert not 0 < left < below or total < below
