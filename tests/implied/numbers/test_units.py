"""Days and months."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from implied.numbers.rounding import print_number
from implied.numbers.units import DAYS_PER_MONTH, in_days, months


def test_twelve_months_are_a_year_and_missing_days_stay_missing():
    assert in_days(Fraction(12), "months") == Fraction("365.25")
    assert months(365.25) == 12
    assert months(pd.Series([365.25, None])).isna().tolist() == [False, True]


@given(st.integers(0, 60000))
def test_months_of_whole_or_half_days_never_come_near_a_tie(half_days: int):
    exact = Fraction(half_days, 2) / DAYS_PER_MONTH
    assert print_number(months(half_days / 2)) == print_number(exact)


def test_only_times_become_days():
    assert in_days(Fraction(3), "days") == 3
    for unit in ("years", "10^9/L", None):
        with pytest.raises(ValueError, match="expected a time in days or months"):
            in_days(Fraction(3), unit)
