"""Flow, sets of agents, swimmer and waterfall are true to the records."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from drawn_figures import DRAWN
from figure_records import COHORTS
from figure_texts import words

from itpbook.presentation import figures
from itpbook.presentation.figures.flow import Box, FlowDoesNotAddUp, check_sums, flow_boxes
from itpbook.presentation.figures.prior_treatments import MOST, sets_of_agents
from itpbook.presentation.figures.swimmer import LANES, happenings, in_order
from itpbook.presentation.figures.waterfall import fold_changes


def test_the_parts_of_the_flow_are_the_whole_whatever_is_missing():
    patients = COHORTS["ordinary"].patients.copy()
    patients["response_lost"] = patients["response_lost"].astype("boolean")
    patients.loc[patients.index[:3], "response_lost"] = pd.NA
    patients.loc[patients.index[3:5], "evaluable"] = False
    patients.loc[patients.index[4:7], "eligible"] = False
    found = {box.id: box for box in flow_boxes(patients)}
    assert found["not_eligible"].patients == 3
    assert found["not_evaluable"].patients == 1
    leaves = [box for box in found.values() if box.id not in {other.parent for other in found.values()}]
    assert sum(box.patients for box in leaves) == len(patients)


def test_a_flow_that_does_not_add_up_is_refused():
    with pytest.raises(FlowDoesNotAddUp, match="All: 2 \\+ 3 is not 6"):
        check_sums([Box("a", "", "All", 6), Box("b", "a", "One", 2), Box("c", "a", "Other", 3)])
    patients = COHORTS["ordinary"].patients.assign(response="unheard of")
    with pytest.raises(FlowDoesNotAddUp):
        figures.flow(patients)


def test_every_patient_has_one_set_of_agents_whatever_the_order_of_courses():
    patients = pd.DataFrame({"patient_id": list("ABCD")})
    rows = [("A", "ivig"), ("A", "rituximab"), ("B", "rituximab"), ("B", "ivig"), ("B", "ivig"), ("C", "ivig")]
    treatments = pd.DataFrame(rows, columns=["patient_id", "agent"]).assign(role="prior")
    sets = sets_of_agents(treatments, patients)
    assert list(sets.itertuples(index=False, name=None)) == [(("ivig", "rituximab"), 2), ((), 1), (("ivig",), 1)]


def test_sets_that_are_not_drawn_are_counted():
    records = COHORTS["large"]
    sets = sets_of_agents(records.treatments, records.patients)
    assert sets["patients"].sum() == 300
    left = sets.iloc[MOST:]
    shown = words(DRAWN["prior_combinations"](records))
    assert f"Not drawn: {len(left)} rarer sets, {left['patients'].sum()} patients" in shown


def test_waterfall_takes_counts_below_one_as_one_and_says_who_has_no_count():
    patients = COHORTS["ordinary"].patients.copy()
    patients.loc[0, ["baseline_count", "best_count"]] = [0, 8]
    patients.loc[[1, 2], "best_count"] = np.nan
    table = fold_changes(patients).set_index("patient_id")
    assert table.loc["SYN-001", "fold_change"] == 8
    assert table["fold_change"].is_monotonic_decreasing
    assert len(table) == 29
    assert "Not drawn: 2 without a count" in words(figures.waterfall(patients))


def one_patient() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient_id": ["A"],
            "response": ["R"],
            "time_to_response_days": [30.4375],
            "response_duration_days": [60.875],
            "response_lost": [True],
            "combination_days": [91.3125],
            "followup_days": [365.25],
            "died": [True],
        }
    )


def test_a_lane_holds_what_happened_and_when():
    columns = ["patient_id", "agent", "role", "start_day", "end_day"]
    courses = [
        ("A", "corticosteroids", "concomitant", 0, 30.4375),
        ("A", "ivig", "rescue", 182.625, None),
        ("A", "hydroxychloroquine", "concomitant", 0, None),
        ("B", "ivig", "rescue", 1, 2),
    ]
    events = pd.DataFrame({"patient_id": ["A", "A"], "day": [60.875, 5], "severe": [True, False]})
    table = happenings(one_patient(), pd.DataFrame(courses, columns=columns), events)
    found = [tuple(row) for row in table.drop(columns="patient_id").fillna(-1).itertuples(index=False)]
    assert found == [
        ("combination", 0, 3),
        ("response", 1, 3),
        ("corticosteroids or rescue", 0, 1),
        ("corticosteroids or rescue", 6, 12),
        ("response starts", 1, -1),
        ("response lost", 3, -1),
        ("severe adverse event", 2, -1),
        ("death", 12, -1),
    ]


def test_lanes_stand_by_response_and_then_by_followup_and_say_when_some_are_left_out():
    order = in_order(COHORTS["ordinary"].patients)
    assert order["response"].astype(str).map(["CR", "R", "none"].index).is_monotonic_increasing
    assert all(group["followup_days"].is_monotonic_decreasing for _, group in order.groupby("rank"))
    label = DRAWN["swimmer"](COHORTS["large"]).axes[0].get_xlabel()
    assert label.endswith(f"({LANES} of 300 patients drawn)")
