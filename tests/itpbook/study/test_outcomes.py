"""The whole table of outcomes: phase, treatment before, in and beside the combination, safety, follow-up."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd
import pytest
from outcome_records import cohort, course, event

from itpbook.definitions import IWG2009, SOURCE
from itpbook.records.cohort import cohort_of
from itpbook.study.outcomes import derive

# fmt: off
COLUMNS = [
    "patient_id", "centre", "sex", "age_years", "itp_type", "mgus", "ana_positive",
    "bleeding_at_baseline", "corticosteroid_refractory", "splenectomy", "splenectomy_reason", "died",
    "itp_duration_days", "itp_duration_months", "phase", "baseline_count", "prior_corticosteroids",
    "prior_ivig", "prior_rituximab", "prior_immunosuppressant", "prior_lines", "tpo_ra",
    "immunosuppressant", "combination_days", "combination_months", "concomitant_corticosteroids",
    "hydroxychloroquine", "combination_only", "best_count", "response", "evaluable",
    "time_to_response_days", "response_duration_days", "response_duration_months", "response_lost",
    "followup_days", "followup_months", "any_adverse_event", "severe_events", "thromboembolic_events",
    "dvt_pe_events", "cvt_events", "infections", "cholecystitis", "herpes_zoster", "dental_abscess",
    "eligible", "eligible_strict",
]
# fmt: on


def outcome(*courses: dict[str, Any], **patient: Any) -> dict[str, Any]:
    """Derive the row of one patient from courses and from what differs from the usual patient."""
    records = cohort({"P1": {0: 10, 30: 50}}, courses=courses, patients={"P1": patient})
    return {str(column): value for column, value in derive(records).iloc[0].items()}


def test_columns_come_in_the_documented_order() -> None:
    assert derive(cohort({"P1": {0: 10}})).columns.tolist() == COLUMNS


def test_every_derived_column_is_documented() -> None:
    missing = [column for column in COLUMNS[12:] if f"``{column}``" not in str(derive.__doc__)]
    assert missing == []


def test_the_inferred_column_is_taken_over_only_where_it_was_recorded() -> None:
    patients = {"P1": {"corticosteroid_free_inferred": True}, "P2": {"corticosteroid_free_inferred": False}}
    found = derive(cohort({"P1": {}, "P2": {}}, patients=patients))
    assert found["corticosteroid_free_inferred"].tolist() == [True, False]


def test_one_row_per_patient_sorted_by_id_with_a_plain_index() -> None:
    found = derive(cohort({"P3": {0: 10}, "P1": {}, "P10": {0: 10, 3: 50}}))
    assert found["patient_id"].tolist() == ["P1", "P10", "P3"]
    assert found.index.equals(pd.RangeIndex(3))


def test_a_cohort_of_nobody_gives_an_empty_table_with_all_columns() -> None:
    everybody = cohort({"P1": {0: 10}}, courses=[course("ivig", "rescue", 3)], events=[event()])
    nobody = dataclasses.replace(
        everybody,
        patients=everybody.patients.iloc[:0],
        treatments=everybody.treatments.iloc[:0],
        platelets=everybody.platelets.iloc[:0],
        adverse_events=everybody.adverse_events.iloc[:0],
    )
    assert derive(nobody, SOURCE.replace(rescue_washout_days=7)).columns.tolist() == COLUMNS


@pytest.mark.parametrize("table", ["courses", "counts", "events"])
def test_records_of_an_unknown_patient_are_refused_by_name(table: str) -> None:
    records = cohort(
        {"P1": {0: 10}, "P2": {0: 10} if table == "counts" else {}},
        courses=[course("ivig", "prior", -9, patient_id="P2")] if table == "courses" else [],
        events=[event(patient_id="P2")] if table == "events" else [],
    )
    known = records.patients[records.patients["patient_id"] == "P1"]
    with pytest.raises(ValueError, match="not in the table of patients: P2"):
        derive(dataclasses.replace(records, patients=known))


@pytest.mark.parametrize(
    ("days", "phase"),
    [
        (1, "newly diagnosed"),
        (91, "newly diagnosed"),  # 2.99 months
        (92, "persistent"),  # 3.02
        (365, "persistent"),  # 11.99
        (366, "chronic"),  # 12.02
        (11962, "chronic"),  # 393
    ],
)
def test_phase_follows_the_duration_of_itp(days: int, phase: str) -> None:
    found = outcome(diagnosis_day=-days)
    assert found["phase"] == phase
    assert found["itp_duration_days"] == days
    assert found["itp_duration_months"] == pytest.approx(days / 30.4375)


def test_phase_bounds_are_strict() -> None:
    patients = {"P1": {"diagnosis_day": -487}, "P2": {"diagnosis_day": -488}}
    records = cohort({"P1": {}, "P2": {}}, patients=patients)
    sixteen = SOURCE.replace(chronic_months=16)  # 16 months are 487 days exactly
    assert derive(records, sixteen)["phase"].tolist() == ["persistent", "chronic"]
    assert derive(records, SOURCE.replace(persistent_months=16, chronic_months=17))["phase"].tolist() == [
        "newly diagnosed",
        "persistent",
    ]


def test_follow_up_ends_on_its_last_day() -> None:
    found = outcome(last_followup_day=974)
    assert (found["followup_days"], found["followup_months"]) == (974, 32.0)


def test_prior_treatments_are_those_of_role_prior() -> None:
    found = outcome(
        course("corticosteroids", "prior", -900, -800),
        course("rituximab", "prior", -700, -672),
        course("ivig", "rescue", 20, 21),
        course("azathioprine", "combination", 0, 100),
    )
    assert found["prior_corticosteroids"]
    assert found["prior_rituximab"]
    assert not found["prior_ivig"]
    assert not found["prior_immunosuppressant"]


def test_any_immunosuppressant_given_before_counts() -> None:
    for agent in ("mycophenolate", "azathioprine", "cyclophosphamide", "ciclosporin", "everolimus"):
        assert outcome(course(agent, "prior", -300, -200))["prior_immunosuppressant"]


def test_lines_are_distinct_agents_and_splenectomy_counts_once() -> None:
    repeated = [course("corticosteroids", "prior", start, start + 20) for start in (-900, -700, -500)]
    surgery = course("splenectomy", "prior", -400, -400, response="none")
    assert outcome(*repeated, course("ivig", "prior", -450, -449), surgery)["prior_lines"] == 3
    assert outcome(*repeated, course("ivig", "prior", -450, -449))["prior_lines"] == 3
    assert outcome(*repeated, splenectomy="refused")["prior_lines"] == 1
    assert outcome(splenectomy="contraindicated")["prior_lines"] == 0


def eltrombopag(start: int, end: int | None = None) -> dict[str, Any]:
    """Write a course of the combination's first drug."""
    return course("eltrombopag", "combination", start, end)


def romiplostim(start: int, end: int | None = None) -> dict[str, Any]:
    """Write a course of the drug that may take its place."""
    return course("romiplostim", "combination", start, end)


def azathioprine(start: int, end: int | None = None) -> dict[str, Any]:
    """Write a course of the combination's second drug."""
    return course("azathioprine", "combination", start, end)


DURATIONS: list[tuple[str, list[dict[str, Any]], int]] = [
    ("both from day 0", [eltrombopag(0, 100), azathioprine(0, 100)], 100),
    ("one stopped earlier", [eltrombopag(0, 100), azathioprine(0, 60)], 60),
    ("one added later", [eltrombopag(0, 100), azathioprine(30, 100)], 70),
    ("one begun before day 0", [eltrombopag(-50, 100), azathioprine(0, 80)], 80),
    ("both going on until day 400", [eltrombopag(0), azathioprine(0)], 400),
    ("one going on", [eltrombopag(0), azathioprine(0, 90)], 90),
    ("an interruption of 20 days", [eltrombopag(0, 40), eltrombopag(60, 100), azathioprine(0, 100)], 80),
    ("a change of drug without a gap", [eltrombopag(0, 40), romiplostim(40, 90), azathioprine(0)], 90),
    ("two drugs of a class count once", [eltrombopag(0, 40), romiplostim(20, 90), azathioprine(0)], 90),
    ("never together", [eltrombopag(0, 40), azathioprine(50, 90)], 0),
    ("only one of the two", [eltrombopag(0, 40)], 0),
    ("none", [], 0),
    ("given beside, not combined", [course("azathioprine", "concomitant", 0, 90), eltrombopag(0, 90)], 0),
    ("given before", [course("eltrombopag", "prior", -90, 50), azathioprine(0, 90)], 0),
]


@pytest.mark.parametrize(
    ("courses", "days"), [pytest.param(courses, days, id=name) for name, courses, days in DURATIONS]
)
def test_the_combination_lasts_while_both_drugs_are_given(courses: list[dict[str, Any]], days: int) -> None:
    found = outcome(*courses, last_followup_day=400)
    assert found["combination_days"] == days
    assert found["combination_months"] == pytest.approx(days / 30.4375)


def test_the_combination_is_named_by_its_earliest_drugs() -> None:
    found = outcome(
        eltrombopag(60, 100),
        romiplostim(0, 60),
        course("mycophenolate", "combination", 0, 50),
        course("everolimus", "prior", -50, -20),
    )
    assert (found["tpo_ra"], found["immunosuppressant"]) == ("romiplostim", "mycophenolate")


def test_drugs_begun_on_one_day_name_the_combination_by_alphabet() -> None:
    for courses in ([eltrombopag(0), romiplostim(0)], [romiplostim(0), eltrombopag(0)]):
        assert outcome(*courses)["tpo_ra"] == "eltrombopag"


def test_a_combination_that_was_not_recorded_has_no_names() -> None:
    found = outcome()
    assert (found["tpo_ra"], found["immunosuppressant"]) == (None, None)


SHORT = course("corticosteroids", "concomitant", 0, 10, regimen="short_high_dose")
LONG = course("corticosteroids", "concomitant", 0, 200, regimen="long_low_dose")
UNKNOWN = course("corticosteroids", "concomitant", 0, 200)


@pytest.mark.parametrize(
    ("courses", "regimen"),
    [
        ([], "none"),
        ([SHORT], "short_high_dose"),
        ([SHORT, SHORT | {"start_day": 50, "end_day": 60}], "short_high_dose"),
        ([LONG], "long_low_dose"),
        ([SHORT, LONG], "other"),
        ([UNKNOWN], "other"),
        ([LONG, UNKNOWN], "other"),
        ([course("corticosteroids", "rescue", 0, 10, regimen="short_high_dose")], "none"),
        ([course("corticosteroids", "prior", -50, -10)], "none"),
        ([course("hydroxychloroquine", "concomitant", 0, 200)], "none"),
    ],
)
def test_corticosteroids_beside_the_combination_go_by_their_regimen(
    courses: list[dict[str, Any]], regimen: str
) -> None:
    assert outcome(*courses)["concomitant_corticosteroids"] == regimen


def test_hydroxychloroquine_counts_beside_the_combination_only() -> None:
    assert outcome(course("hydroxychloroquine", "concomitant", 0))["hydroxychloroquine"]
    assert not outcome(course("hydroxychloroquine", "prior", -90, -10))["hydroxychloroquine"]


def test_combination_only_means_no_concomitant_and_no_rescue_course() -> None:
    combination = [eltrombopag(0), azathioprine(0), course("ivig", "prior", -9, -8)]
    assert outcome(*combination)["combination_only"]
    for more in (SHORT, course("danazol", "concomitant", 5), course("ivig", "rescue", 20, 21)):
        assert not outcome(*combination, more)["combination_only"]


def test_adverse_events_are_counted_by_kind() -> None:
    events = [
        event(term="deep vein thrombosis or pulmonary embolism", category="thromboembolic", severe=True),
        event(term="deep vein thrombosis or pulmonary embolism", category="thromboembolic", severe=True, day=90),
        event(term="cerebral venous thrombosis", category="thromboembolic", severe=True),
        event(term="herpes zoster", category="infection"),
        event(term="sinusitis", category="infection"),
        event(patient_id="P2", term="cholecystitis", category="infection", severe=True),
        event(patient_id="P2", term="dental abscess", category="infection"),
    ]
    found = derive(cohort({"P1": {}, "P2": {}, "P3": {}}, events=events))
    kinds = COLUMNS[COLUMNS.index("any_adverse_event") : COLUMNS.index("eligible")]
    assert found[kinds].to_numpy().tolist() == [
        [True, 3, 3, 2, 1, 2, 0, 1, 0],
        [True, 1, 0, 0, 0, 2, 1, 0, 1],
        [False, 0, 0, 0, 0, 0, 0, 0, 0],
    ]


def test_events_unrelated_to_the_treatment_are_not_counted() -> None:
    unrelated = event(term="herpes zoster", category="infection", severe=True, related=False)
    found = derive(cohort({"P1": {}}, events=[unrelated]))
    kinds = COLUMNS[COLUMNS.index("any_adverse_event") : COLUMNS.index("eligible")]
    assert found[kinds].to_numpy().tolist() == [[False, 0, 0, 0, 0, 0, 0, 0, 0]]


def test_loaded_records_give_the_same_outcomes_as_those_in_memory() -> None:
    surgery = course("splenectomy", "prior", -800, -800, response="none")
    agonist = course("romiplostim", "prior", -400, -300, response="lost", at_maximal_dose=True)
    courses = [
        surgery,
        agonist,
        eltrombopag(0),
        azathioprine(0, 300),
        SHORT,
        course("ivig", "rescue", 20, 21),
    ]
    records = cohort({"P1": {0: 10, 30: 50, 60: 120}}, courses=courses, events=[event()], bleeding={"P1": [30]})
    for definitions in (SOURCE, IWG2009):
        pd.testing.assert_frame_equal(derive(cohort_of(records.tables), definitions), derive(records, definitions))


def test_outcomes_have_the_types_that_others_rely_on() -> None:
    types = derive(cohort({"P1": {0: 10, 30: 50}}, courses=[SHORT], events=[event()])).dtypes
    for column in ("evaluable", "response_lost", "combination_only", "any_adverse_event", "eligible", "died"):
        assert types[column] == "bool"
    for column in ("itp_duration_days", "prior_lines", "combination_days", "followup_days", "severe_events"):
        assert types[column] == "int64"
    for column in ("baseline_count", "best_count", "time_to_response_days", "response_duration_days"):
        assert types[column] == "float64"
