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
TABLES = ("patients", "treatments", "platelets", "adverse_events")


def naive(records: Cohort, chosen: Definitions) -> list[tuple[Reading, int]]:
    """Read every patient of a cohort the naive way."""
    readings = []
    for name in sorted(records.patients["patient_id"]):
        own = records.platelets[records.platelets["patient_id"] == name]
        by_day = {int(day): float(count) for day, count in zip(own["day"], own["count"], strict=True)}
        bled = {int(day) for day in own.loc[own["bleeding"], "day"]} if "bleeding" in own else set()
        table = records.treatments[records.treatments["patient_id"] == name].astype(object)
        courses = table.where(table.notna(), None).to_dict("records")
        readings.append((read(by_day, bled, courses, LAST_DAY, chosen), days_on_both(courses, LAST_DAY)))
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
@given(cohorts(evaluable_counts), st.sampled_from([SOURCE, IWG2009, IWG2009.replace(rescue_washout_days=28)]))
def test_named_definitions_equal_the_naive_reading_of_evaluable_patients(records: Cohort, chosen: Definitions) -> None:
    assert vectorised(records, chosen) == naive(records, chosen)


@MANY
@given(st.data(), cohorts(evaluable_counts), definitions)
def test_raising_counts_never_makes_the_best_response_worse(
    data: st.DataObject, records: Cohort, chosen: Definitions
) -> None:
    before = derive(records, chosen)["response"]
    raised = records.platelets.copy()
    after = raised["day"] > 0
    higher = data.draw(st.lists(st.sampled_from([0, *COUNTS]), min_size=int(after.sum()), max_size=int(after.sum())))
    raised.loc[after, "count"] = np.maximum(raised.loc[after, "count"], higher)
    assert (derive(dataclasses.replace(records, platelets=raised), chosen)["response"] >= before).all()


@SOME
@given(st.data(), cohorts(), definitions)
def test_the_order_of_rows_changes_nothing(data: st.DataObject, records: Cohort, chosen: Definitions) -> None:
    shuffled: dict[str, Any] = {}
    for name in TABLES:
        table = getattr(records, name)
        shuffled[name] = table.iloc[data.draw(st.permutations(range(len(table))))]
    pd.testing.assert_frame_equal(derive(dataclasses.replace(records, **shuffled), chosen), derive(records, chosen))


@SOME
@given(st.data(), cohorts(), definitions)
def test_relabelling_patients_permutes_rows_only(data: st.DataObject, records: Cohort, chosen: Definitions) -> None:
    names = sorted(records.patients["patient_id"])
    labels = dict(zip(names, data.draw(st.permutations([f"Q{name}" for name in names])), strict=True))
    relabelled: dict[str, Any] = {
        name: (table := getattr(records, name)).assign(patient_id=table["patient_id"].map(labels)) for name in TABLES
    }
    expected = derive(records, chosen)
    expected["patient_id"] = expected["patient_id"].map(labels)
    pd.testing.assert_frame_equal(
        derive(dataclasses.replace(records, **relabelled), chosen),
        expected.sort_values("patient_id", ignore_index=True),
    )


@SOME
@given(st.data(), cohorts(), definitions)
def test_no_patient_depends_on_another(data: st.DataObject, records: Cohort, chosen: Definitions) -> None:
    some = data.draw(st.sets(st.sampled_from(sorted(records.patients["patient_id"])), min_size=1, max_size=3))
    alone: dict[str, Any] = {name: (rows := getattr(records, name))[rows["patient_id"].isin(some)] for name in TABLES}
    together = derive(records, chosen)
    pd.testing.assert_frame_equal(
        derive(dataclasses.replace(records, **alone), chosen),
        together[together["patient_id"].isin(some)].reset_index(drop=True),
    )


@SOME
@given(cohorts(), definitions)
def test_response_times_and_losses_fit_each_other(records: Cohort, chosen: Definitions) -> None:
    found = derive(records, chosen)
    responded = found["response"] >= "R"
    assert found["time_to_response_days"].notna().equals(responded)
    assert found["response_duration_days"].notna().equals(responded)
    assert found.loc[responded, "evaluable"].all()
    assert not found.loc[~responded, "response_lost"].any()
    ends = found["time_to_response_days"] + found["response_duration_days"]
    last = records.platelets.groupby("patient_id")["day"].max().reindex(found["patient_id"])
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
