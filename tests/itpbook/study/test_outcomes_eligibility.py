"""Who is multirefractory: the usual eligible patient, and one thing changed at a time."""

from __future__ import annotations

from typing import Any

import pytest
from outcome_records import cohort, course

from itpbook.definitions import SOURCE, Definitions
from itpbook.study.outcomes import derive

RITUXIMAB = course("rituximab", "prior", -900, -870, response="none")
SPLENECTOMY = course("splenectomy", "prior", -800, -800, response="lost")
ELTROMBOPAG = course("eltrombopag", "prior", -500, -400, response="none", at_maximal_dose=True)
ROMIPLOSTIM = course("romiplostim", "prior", -300, -200, response="lost", at_maximal_dose=True)


USUAL = {
    "rituximab": RITUXIMAB,
    "splenectomy": SPLENECTOMY,
    "eltrombopag": ELTROMBOPAG,
    "romiplostim": ROMIPLOSTIM,
}


def eligible(
    changed: dict[str, list[dict[str, Any]]] | None = None,
    *,
    definitions: Definitions = SOURCE,
    **patient: Any,
) -> tuple[bool, bool]:
    """Tell whether a patient is eligible and strictly so; ``changed`` holds other courses by agent."""
    courses = [row for agent, usual in USUAL.items() for row in (changed or {}).get(agent, [usual])]
    found = derive(cohort({"P1": {0: 10}}, courses=courses, patients={"P1": patient}), definitions)
    return bool(found["eligible"].iloc[0]), bool(found["eligible_strict"].iloc[0])


BOTH, NEITHER, NOT_STRICTLY = (True, True), (False, False), (True, False)


def test_all_treatments_failed() -> None:
    assert eligible() == BOTH


@pytest.mark.parametrize("diagnosis_day", [-91, -1])
def test_newly_diagnosed_itp_is_not_eligible(diagnosis_day: int) -> None:
    assert eligible(diagnosis_day=diagnosis_day) == NEITHER


def test_persistent_itp_is_eligible() -> None:
    assert eligible(diagnosis_day=-92) == BOTH


@pytest.mark.parametrize(("age", "expected"), [(17, NEITHER), (18, BOTH)])
def test_only_adults_are_eligible(age: int, expected: tuple[bool, bool]) -> None:
    assert eligible(age_years=age) == expected


@pytest.mark.parametrize("response", ["CR", "R", None])
@pytest.mark.parametrize("treatment", USUAL)
def test_a_treatment_that_works_or_has_no_recorded_response_has_not_failed(
    treatment: str, response: str | None
) -> None:
    assert eligible({treatment: [USUAL[treatment] | {"response": response}]}) == NEITHER


@pytest.mark.parametrize("treatment", USUAL)
def test_a_treatment_never_given_has_not_failed(treatment: str) -> None:
    assert eligible({treatment: []}) == NEITHER


def test_a_lost_response_is_a_failure() -> None:
    assert eligible({"rituximab": [RITUXIMAB | {"response": "lost"}]}) == BOTH


@pytest.mark.parametrize("maximal", [False, None])
def test_a_tpo_receptor_agonist_must_fail_at_maximal_dose(maximal: bool | None) -> None:
    assert eligible({"romiplostim": [ROMIPLOSTIM | {"at_maximal_dose": maximal}]}) == NEITHER


def test_one_tpo_receptor_agonist_suffices_when_one_is_asked_for() -> None:
    assert eligible({"romiplostim": []}, definitions=SOURCE.replace(tpo_ra_failed=1)) == BOTH
    assert eligible({"romiplostim": [], "eltrombopag": []}, definitions=SOURCE.replace(tpo_ra_failed=1)) == NEITHER
    assert eligible({"romiplostim": [], "eltrombopag": []}, definitions=SOURCE.replace(tpo_ra_failed=0)) == BOTH


def test_the_same_tpo_receptor_agonist_twice_is_one() -> None:
    assert eligible({"romiplostim": [], "eltrombopag": [ELTROMBOPAG, ELTROMBOPAG | {"start_day": -300}]}) == NEITHER


def test_the_combination_itself_is_no_prior_failure() -> None:
    given_now = ROMIPLOSTIM | {"role": "combination", "start_day": 0, "end_day": 90}
    assert eligible({"romiplostim": [given_now]}) == NEITHER


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [("R", "none", BOTH), ("none", "R", NEITHER), ("none", "none", BOTH), ("none", None, NEITHER)],
)
def test_the_latest_course_of_a_drug_decides(first: str, then: str | None, expected: tuple[bool, bool]) -> None:
    courses = [
        RITUXIMAB | {"response": then, "start_day": -600, "end_day": -570},
        RITUXIMAB | {"response": first},
    ]
    assert eligible({"rituximab": courses}) == expected
    assert eligible({"rituximab": courses[::-1]}) == expected


def test_of_courses_begun_on_the_same_day_all_must_have_failed() -> None:
    courses = [RITUXIMAB, RITUXIMAB | {"response": "R"}]
    assert eligible({"rituximab": courses}) == NEITHER
    assert eligible({"rituximab": courses[::-1]}) == NEITHER


def test_a_lower_dose_later_does_not_undo_a_failure_at_maximal_dose() -> None:
    lower = ELTROMBOPAG | {"start_day": -100, "end_day": -50, "at_maximal_dose": False, "response": "R"}
    assert eligible({"eltrombopag": [ELTROMBOPAG, lower]}) == BOTH


def test_a_contraindicated_splenectomy_counts_like_a_failed_one() -> None:
    spared: dict[str, Any] = {"splenectomy": "contraindicated", "splenectomy_reason": "aps"}
    assert eligible({"splenectomy": []}, **spared) == BOTH


def test_a_refused_splenectomy_is_eligible_but_not_strictly() -> None:
    refused: dict[str, Any] = {"splenectomy": "refused", "splenectomy_reason": "refusal"}
    assert eligible({"splenectomy": []}, **refused) == NOT_STRICTLY


def test_other_failures_are_needed_whatever_became_of_the_spleen() -> None:
    for splenectomy in ("contraindicated", "refused"):
        assert eligible({"splenectomy": [], "rituximab": []}, splenectomy=splenectomy) == NEITHER
