"""Alternative texts of figures: every number comes from the data drawn, so other records have other words."""

from __future__ import annotations

import pandas as pd
import pytest
from drawn_figures import DRAWN
from figure_records import COHORTS, Records

from itpbook.presentation import figures
from itpbook.presentation.figures import alternative


def without_one(records: Records, response: str) -> Records:
    """Leave out one patient with a best response from all tables."""
    (first, *_) = records.patients.loc[records.patients["response"].eq(response), "patient_id"]
    tables = (table[table["patient_id"].ne(first)] for table in vars(records).values())
    return Records(*tables)


@pytest.mark.parametrize("name", sorted(set(DRAWN) - {"adverse_events"}))
def test_one_patient_less_changes_the_words(name: str):
    records, draw = COHORTS["ordinary"], DRAWN[name]
    assert draw(without_one(records, "CR")).alternative != draw(records).alternative


def test_what_can_be_counted_by_hand_is_counted_so():
    patients = pd.DataFrame({"patient_id": list("abc"), "baseline_count": [5, 31, None]})
    assert figures.baseline_counts(patients).alternative == (
        "Strip of the platelet counts of 2 patients at the start of the combination on a logarithmic axis: "
        "median 18 (range 5-31), 1 below the lowest count of a response (30 × 10⁹/L)."
    )
    events = pd.DataFrame(
        [("a", "infection", True, True), ("a", "infection", False, True), ("b", "hepatic", False, True)],
        columns=["patient_id", "category", "severe", "related"],
    )
    assert figures.adverse_events(events, patients).alternative == (
        "Bars of adverse events by category, patients on the left and events on the right: "
        "infection 1 patient (1 severe), 2 events (1 severe); hepatic 1 patient (0 severe), 1 event (0 severe)."
    )


def test_group_sizes_are_named_as_ranges():
    data = pd.DataFrame(
        [(1, "59% can be printed", 17), (1, "59% can be printed", 22), (1, "Women: 20", 21), (1, "Women: 20", 22)],
        columns=["group", "allowed_by", "patients_in_group"],
    )
    assert alternative.of_conflicts(data, [[]]) == (
        "Rows of marks and bars for the number of patients that a group can have. Every percentage can be printed: "
        "no size. 59% can be printed: sizes 17, 22. Women: 20: sizes 21 to 22."
    )


def test_open_and_settled_percentages_are_told_apart():
    rows = [("Published", "One", 50.0, None, None), ("Published", "Two", 60.0, 40.0, 70.0)]
    columns = ["heading", "figure", "published_percent", "possible_low_percent", "possible_high_percent"]
    data = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:], float))
    assert alternative.of_percentages(data) == (
        "Rows along a scale of percentages. Published: 50 to 60% (2 marks); 1 line between open circles, "
        "the longest 40 to 70% (Two)."
    )


def test_rates_by_definition_name_those_of_the_source():
    data = pd.DataFrame(
        [("a", "50", False, "complete", 3, 4, 0.75), ("a", "100", True, "complete", 2, 4, 0.5)],
        columns=["heading", "scenario", "source", "outcome", "n", "N", "share"],
    )
    assert alternative.of_sensitivity(data, {"complete": "Complete response"}) == (
        "Forest plot of response rates by definition with exact intervals. Complete response: source 2/4 (50%); "
        "other definitions 75%."
    )
