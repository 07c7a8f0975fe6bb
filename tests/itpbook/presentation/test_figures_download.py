"""The data of a figure as CSV: all that is drawn, the same characters each time."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from itpbook.presentation.figures.figure_download import csv_text
from tests.itpbook.presentation.test_figures import COHORTS, DRAWN, drawn


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


@pytest.mark.parametrize("cohort", COHORTS)
@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_keeps_what_it_draws(name: str, cohort: str):
    figure = drawn(name, cohort)
    if figure.words:
        assert cohort in ("nobody", "no responder", "one patient")
        return
    read = pd.read_csv(io.StringIO(csv_text(figure.data)))
    assert len(read) == len(figure.data) > 0
    assert list(read.columns) == list(figure.data.columns)
    assert all(isinstance(column, str) and column.isidentifier() for column in read.columns)


def test_the_rows_are_the_patients_and_counts_that_are_drawn():
    records = COHORTS["ordinary"]
    assert sorted(drawn("baseline_counts", "ordinary").data["patient_id"]) == sorted(records.patients["patient_id"])
    prior = drawn("prior_treatments", "ordinary").data
    assert len(prior) == len(records.treatments.drop_duplicates(["patient_id", "agent"]))
    curve = drawn("time_to_response", "ordinary").data
    assert curve["responded_share"].is_monotonic_increasing
    assert (curve["responded_low"] <= curve["responded_share"]).all()
    assert (curve["responded_share"] <= curve["responded_high"]).all()
