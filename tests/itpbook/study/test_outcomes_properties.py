"""What holds of every cohort: against a naive reading, when counts rise, rows move or patients join."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_outcomes import Reading, days_on_both, read
from outcome_records import cohort
from outcome_strategies import COUNTS, LAST_DAY, cohorts, counts, definitions, evaluable_counts

from itpbook.definitions import IWG2009, SOURCE, Definitions
from itpbook.records.cohort import Cohort
from itpbook.study.outcomes import derive

MANY = settings(max_examples=40, deadline=None)
SOME = settings(max_examples=10, deadline=None)
NAMED = (SOURCE, IWG2009, IWG2009.replace(rescue_washout_days=28))
TABLES = ("patients", "treatments", "platelets", "adverse_events")


def naive(records: Cohort, chosen: Definitions) -> list[tuple[Reading, int]]:
    """Read every patient of a cohort the naive way."""
    treatments = records.treatments.astype(object)
    courses = treatments.where(treatments.notna(), None).to_dict("records")
    counts_read = records.platelets.to_dict("records")
    readings = []
    for name in sorted(records.patients["patient_id"]):
        own = [row for row in counts_read if row["patient_id"] == name]
        by_day = {int(row["day"]): float(row["count"]) for row in own}
        bled = {int(row["day"]) for row in own if row.get("bleeding")}
        given_to = [course for course in courses if course["patient_id"] == name]
        readings.append((read(by_day, bled, given_to, LAST_DAY, chosen), days_on_both(given_to, LAST_DAY)))
    return readings


def vectorised(records: Cohort, chosen: Definitions) -> list[tuple[Reading, int]]:
    """Bring the derived table into the form of the naive reading."""
    return [
        (
            Reading(
                row["response"],
                row["evaluable"],
                None if pd.isna(row["time_to_response_days"]) else int(row["time_to_response_days"]),
                None if pd.isna(row["response_duration_days"]) else int(row["response_duration_days"]),
                row["response_lost"],
            ),
            row["combination_days"],
        )
        for row in derive(records, chosen).to_dict("records")
    ]


@MANY
@given(cohorts(), definitions)
def test_the_derivation_equals_a_naive_reading_of_the_definitions(records: Cohort, chosen: Definitions) -> None:
    assert vectorised(records, chosen) == naive(records, chosen)


@MANY
@given(st.data(), cohorts(evaluable_counts), st.sampled_from(NAMED) | definitions)
def test_of_evaluable_patients_it_does_too_and_higher_counts_never_make_the_best_response_worse(
    data: st.DataObject, records: Cohort, chosen: Definitions
) -> None:
    before = vectorised(records, chosen)
    assert before == naive(records, chosen)
    raised = records.platelets.copy()
    after = raised["day"] > 0
    # By a seed: to draw each count takes longer than to derive the outcomes.
    counts_drawn = np.random.default_rng(data.draw(st.integers(0, 2**32))).choice([0, *COUNTS], size=int(after.sum()))
    raised.loc[after, "count"] = np.maximum(raised.loc[after, "count"], counts_drawn)
    best = derive(dataclasses.replace(records, platelets=raised), chosen)["response"]
    rank = ["none", "R", "CR"].index
    assert all(rank(now) >= rank(reading.response) for now, (reading, _) in zip(best, before, strict=True))


@SOME
@given(st.data(), cohorts(), definitions)
def test_row_order_and_names_permute_the_outcomes_and_no_patient_depends_on_another(
    data: st.DataObject, records: Cohort, chosen: Definitions
) -> None:
    outcomes = derive(records, chosen)
    assert_times_and_losses_fit(records, outcomes)
    names = sorted(records.patients["patient_id"])
    labels = dict(zip(names, data.draw(st.permutations([f"Q{name}" for name in names])), strict=True))
    moved: dict[str, Any] = {}
    for name in TABLES:
        table = getattr(records, name)
        rows = table.iloc[data.draw(st.permutations(range(len(table))))]
        moved[name] = rows.assign(patient_id=rows["patient_id"].map(labels))
    pd.testing.assert_frame_equal(
        derive(dataclasses.replace(records, **moved), chosen),
        outcomes.assign(patient_id=outcomes["patient_id"].map(labels)).sort_values("patient_id", ignore_index=True),
    )
    some = data.draw(st.sets(st.sampled_from(names), min_size=1, max_size=3))
    alone: dict[str, Any] = {name: (rows := getattr(records, name))[rows["patient_id"].isin(some)] for name in TABLES}
    pd.testing.assert_frame_equal(
        derive(dataclasses.replace(records, **alone), chosen),
        outcomes[outcomes["patient_id"].isin(some)].reset_index(drop=True),
    )


def assert_times_and_losses_fit(records: Cohort, outcomes: pd.DataFrame) -> None:
    responded = outcomes["response"] >= "R"
    assert outcomes["time_to_response_days"].notna().equals(responded)
    assert outcomes["response_duration_days"].notna().equals(responded)
    assert outcomes.loc[responded, "evaluable"].all()
    assert not outcomes.loc[~responded, "response_lost"].any()
    ends = outcomes["time_to_response_days"] + outcomes["response_duration_days"]
    last = records.platelets.groupby("patient_id")["day"].max().reindex(outcomes["patient_id"])
    assert (ends[responded].to_numpy() <= last.to_numpy()[responded.to_numpy()]).all()


@SOME
@given(st.lists(counts, min_size=3, max_size=6), st.sampled_from([0.5, 50]))
def test_counts_before_the_window_change_nothing(of_patients: list[dict[int, float]], count: float) -> None:
    without = {f"P{number}": days for number, days in enumerate(of_patients)}
    with_older = {name: {**days, -33: count, -400: count} for name, days in without.items()}
    pd.testing.assert_frame_equal(derive(cohort(without)), derive(cohort(with_older)))


def test_the_derivation_leaves_the_records_as_they_are() -> None:
    records = cohort({"P2": {30: 50, 0: 10}, "P1": {0: 10}})
    copies = {name: getattr(records, name).copy() for name in TABLES}
    derive(records, IWG2009)
    for name, copy in copies.items():
        pd.testing.assert_frame_equal(getattr(records, name), copy)
