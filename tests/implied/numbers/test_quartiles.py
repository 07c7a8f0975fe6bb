"""Quartiles, medians and extremes of sorted numbers: the definition that NumPy and R have by default."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from implied.numbers.quartiles import QUARTERS, four_times, place_of, quantile


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([7], [7, 7, 7, 7, 7]),
        ([1, 2], [1, Fraction(5, 4), Fraction(3, 2), Fraction(7, 4), 2]),
        ([1, 2, 9], [1, Fraction(3, 2), 2, Fraction(11, 2), 9]),
        ([1, 2, 3, 8], [1, Fraction(7, 4), Fraction(5, 2), Fraction(17, 4), 8]),
        ([1, 2, 3, 4, 9], [1, 2, 3, 4, 9]),
    ],
)
def test_quartiles_worked_out_by_hand(numbers: list[int], expected: list[int | Fraction]):
    assert [quantile(numbers, quarters) for quarters in QUARTERS.values()] == expected


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=40), st.sampled_from(list(QUARTERS.values())))
def test_a_quantile_is_that_of_numpy(numbers: list[int], quarters: int):
    assert float(quantile(sorted(numbers), quarters)) == np.percentile(numbers, 25 * quarters)


@given(st.integers(1, 60), st.sampled_from(list(QUARTERS.values())))
def test_a_place_lies_so_far_along_the_numbers_and_never_beyond_them(size: int, quarters: int):
    place, share = place_of(quarters, size)
    assert four_times(place, place + 1, share) == quarters * (size - 1)
    assert 0 <= place <= place + (share > 0) <= size - 1
