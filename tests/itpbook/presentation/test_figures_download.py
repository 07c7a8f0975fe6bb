"""The data of a figure as CSV: all that is drawn, the same characters each time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from itpbook.presentation.figures.figure_download import csv_text


def test_numbers_truth_and_what_is_missing_are_written_one_way():
    data = pd.DataFrame(
        {
            "months": [1 / 3, 100.0, -0.0, np.nan],
            "lost": [True, False, None, True],
            "n": pd.array([1, None, 1234567, 4], dtype="Int64"),
            "words": ["a, b", None, 'c "d"', "é"],
        }
    )
    assert csv_text(data) == (
        'months,lost,n,words\n0.333333,true,1,"a, b"\n100,false,,\n0,,1234567,"c ""d"""\n,true,4,é\n'
    )
