"""Small numbers, attacked: whoever knows everything printed, and how it was chosen, must not learn one of them."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itpbook.disclosure.small_numbers import WITHHELD, SmallNumbers, as_members
from itpbook.disclosure.suppression_plan import settled
from itpbook.disclosure.withheld_limits import Count

Printed = tuple[int | str, ...]


def apart(sizes: tuple[int, ...]) -> tuple[list[int], int]:
    """Return groups of these sizes that share nobody, as bits, and all of them together."""
    found, place = [], 0
    for size in sizes:
        found.append(((1 << size) - 1) << place)
        place += size
    return found, (1 << place) - 1


def printed(sizes: tuple[int, ...], below: int, listed: int) -> Printed:
    """Return what is printed of a whole and of its first parts; the last may be listed nowhere."""
    part = pd.Series([place for place, size in enumerate(sizes) for _ in range(size)], dtype="int64")
    everybody = pd.Series(True, index=part.index)
    counts = [(everybody, "whole"), *((part.eq(place), "part") for place in range(listed))]
    judge = settled(below, [Count(as_members(truth), as_members(everybody), kind) for truth, kind in counts])
    return tuple(
        int(truth.sum()) if judge.admits(truth, everybody, kind) else judge.printed_part(truth, everybody, kind)
        for truth, kind in counts
    )


def test_a_number_and_the_number_of_all_others_are_withheld():
    assert printed((3, 28), 5, 2) == (31, "<5", WITHHELD)
    assert printed((28, 3), 5, 1) == (31, WITHHELD)
    assert printed((5, 26), 5, 2) == (31, 5, 26)
    assert printed((0, 31), 5, 2) == (31, 0, 31)
    assert printed((3, 28), 0, 2) == (31, 3, 28)


def test_the_last_of_several_parts_is_withheld_in_whatever_order_they_come():
    assert printed((3, 10, 18), 5, 3) == (31, "<5", 10, WITHHELD)
    assert printed((18, 10, 3), 5, 3) == (31, 18, WITHHELD, "<5")
    assert printed((18, 10, 3), 5, 2) == (31, 18, WITHHELD)


@pytest.mark.parametrize(
    ("sizes", "alone"),
    [
        ((1, 1, 1, 1, 1, 26), "five that are above zero and together five"),
        ((4, 4, 23), "two below five that are together eight"),
        ((25, 5, 1), "five at least and one at least that are together six"),
    ],
)
def test_what_the_sign_gives_away_is_withheld_without_it(sizes: tuple[int, ...], alone: str):
    found = printed(sizes, 5, len(sizes))
    assert found == (sum(sizes), *[WITHHELD] * len(sizes)), alone


def test_two_groups_that_differ_by_few_are_not_both_printed():
    judge, place = SmallNumbers(5), pd.Series(range(31))
    assert judge.admits(place.lt(19), place.ge(0), "nothing beside it")
    assert not judge.admits(place.lt(21), place.ge(0), "no corticosteroids")
    assert judge.admits(place.lt(24), place.ge(0), "another")


def test_who_is_left_by_the_parts_of_one_group_is_compared_with_who_is_left_by_another():
    # Of 31, 25 responded. Of 21 without corticosteroids 16 did, so that 5 did not: of the others 1 did not.
    parts, whole = apart((12, 4, 5, 8, 1, 1))
    complete, partial, none, with_complete, with_partial, _ = parts
    without = complete | partial | none
    counts = [
        Count(complete | partial | with_complete | with_partial, whole, "response"),
        Count(complete | with_complete, whole, "complete"),
        Count(complete | partial, without, "response"),
    ]
    judge = settled(5, counts)
    assert [judge.admits_part(count.counted, count.group, count.kind) for count in counts] == [True, True, False]


def test_numbers_of_events_are_withheld_that_leave_few_of_another():
    judge = SmallNumbers(5)
    assert judge.admits_events(13)
    assert judge.admits_events(6)
    assert not judge.admits_events(9), "4 of 13 would be left"
    assert not judge.admits_events(4)
    assert judge.admits_events(0)
    assert SmallNumbers().admits_events(1)


def test_below_two_there_is_but_one_number_and_it_is_not_named():
    assert printed((1, 30), 2, 2) == (31, WITHHELD, WITHHELD)
    assert printed((1, 30), 1, 2) == (31, 1, 30)
    assert printed((1, 30), 3, 2) == (31, "<3", WITHHELD)


def consistent(seen: Printed, below: int, listed: int, rest: int) -> list[tuple[int, ...]]:
    """Return all parts that could stand behind what is printed, for who knows what the signs mean."""
    whole = seen[0]
    wholes = [whole] if isinstance(whole, int) else list(range(1, below)) if whole == f"<{below}" else range(50)
    possible = [
        [each] if isinstance(each, int) else range(1, below) if each == f"<{below}" else range(max(wholes) + 1)
        for each in seen[1 : listed + 1]
    ]
    found = []
    for parts in product(*possible):
        left = [total - sum(parts) for total in wholes]
        found += [parts for number in left if number == 0 or (rest and number > 0)]
    return found


@settings(max_examples=150, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 9), min_size=2, max_size=4),
    below=st.integers(3, 6),
    rest=st.integers(0, 6),
)
def test_no_withheld_number_has_but_one_value_that_fits_all_that_is_printed(sizes: list[int], below: int, rest: int):
    every = (*sizes, rest) if rest else tuple(sizes)
    if not any(every) or sum(every) < below:
        return
    seen = printed(every, below, len(sizes))
    possible = consistent(seen, below, len(sizes), rest)
    assert tuple(sizes) in possible
    for place, (size, shown) in enumerate(zip(sizes, seen[1:], strict=True)):
        assert not 0 < size < below or not isinstance(shown, int)
        if 0 < size < below:
            assert len({parts[place] for parts in possible}) > 1, (seen, place)
    if 0 < rest < below:
        assert len({sum(parts) for parts in possible}) > 1, seen


@pytest.mark.parametrize(("below", "parts", "rest", "most"), [(4, 3, 0, 12), (5, 3, 0, 13), (5, 3, 1, 10)])
def test_who_knows_the_rules_and_tries_all_records_cannot_tell_either(below: int, parts: int, rest: int, most: int):
    for total in range(below, most + 1):
        behind = defaultdict(list)
        for sizes in product(range(total + 1), repeat=parts + rest):
            if sum(sizes) == total:
                behind[printed(sizes, below, parts)].append(sizes)
        for seen, records in behind.items():
            for place in range(parts):
                values = {sizes[place] for sizes in records}
                assert isinstance(seen[place + 1], int) or len(values) > 1 or not 0 < values.pop() < below, seen


def test_the_order_of_the_rows_does_not_matter_but_the_patients_do():
    truth = pd.Series([True, False, True])
    assert as_members(truth) != as_members(~truth)
    assert as_members(truth).bit_count() == 2


def test_the_sign_of_a_group_is_read_with_the_signs_of_its_parts():
    # Ten of twelve or more, so that two are left at most; above zero each, one and one.
    part = pd.Series([0] * 10 + [1, 2])
    everybody, left = part.ge(0), part.gt(0)
    counts = [
        (everybody, everybody, "whole"),
        (part.eq(0), everybody, "splenectomy"),
        (left, everybody, "splenectomy"),
        (part.eq(1), left, "reason"),
        (part.eq(2), left, "reason"),
    ]
    judge = settled(10, [Count(as_members(each), as_members(among), kind) for each, among, kind in counts])
    seen = [judge.admits(*count) or judge.printed_part(*count) for count in counts]
    assert seen == [True, WITHHELD, WITHHELD, WITHHELD, WITHHELD]
