"""What is asked beyond the published figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from implied.ledger import Ledger
from implied.ledger.conditions import EVERYONE, OneOf
from implied.ledger.questions import QuestionsError, load_questions
from itpbook.shipped import shipped_ledger, shipped_questions


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return shipped_ledger()


def test_the_questions_that_ship_can_be_asked_of_the_ledger(ledger: Ledger):
    questions = shipped_questions(ledger)
    ids = [question.id for question in questions]
    assert len(set(ids)) == len(ids) == len(questions.single) + len(questions.subgroups) * len(questions.outcomes)
    assert not [name for name in ids if name in ledger]
    asked = {question.id: question for question in questions}
    eltrombopag = asked["subgroup.eltrombopag.complete"]
    assert eltrombopag.condition == OneOf("response", ("CR",))
    assert eltrombopag.population == OneOf("tpo_ra", ("eltrombopag",))
    assert eltrombopag.among == "TPO receptor agonist: Eltrombopag"
    assert asked["open.severe_patients"].population == EVERYONE


def test_subgroups_under_one_heading_part_the_patients(ledger: Ledger):
    """Every patient is in exactly one subgroup of a heading, but for the inferred set."""
    by_heading: dict[str, list[str | bool]] = {}
    for group in shipped_questions(ledger).subgroups:
        assert isinstance(group.condition, OneOf)
        if group.id != "steroids_inferred":
            by_heading.setdefault(f"{group.heading}/{group.condition.attribute}", []).extend(group.condition.values)
    for heading, values in by_heading.items():
        assert sorted(map(str, values)) == sorted(map(str, ledger.attributes[heading.partition("/")[2]].values))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("figures: [{id: a, label: A}]", "a: give one of condition, sum and quantity"),
        ("figures: [{id: a, label: A, condition: {height: 3}}]", "a: unknown attribute 'height'"),
        ("figures: [{id: a, label: A, quantity: sex}]", "a: 'sex' is no number of the ledger"),
        (
            "figures: [{id: a, label: A, condition: {age_years: {above: cohort.n}}}]",
            "a: age_years: 'cohort.n' is neither",
        ),
        ("subgroups: [{id: g, label: G, condition: {sex: neither}}]", "g: sex cannot be neither"),
        ("figures: [{id: a, label: A, colour: red}]", "colour"),
        ("figures: [", "expected"),
    ],
)
def test_a_question_that_cannot_be_asked_is_named(text: str, said: str, ledger: Ledger, tmp_path: Path):
    path = tmp_path / "questions.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(QuestionsError, match=r"questions\.yaml") as error:
        load_questions(ledger, path)
    assert said in str(error.value)


def test_all_questions_in_error_are_named_at_once(ledger: Ledger, tmp_path: Path):
    path = tmp_path / "questions.yaml"
    path.write_text(
        "figures: [{id: a, label: A, quantity: sex}, {id: b, label: B, condition: {sex: x}}]", encoding="utf-8"
    )
    with pytest.raises(QuestionsError) as error:
        load_questions(ledger, path)
    assert "a: " in str(error.value)
    assert "b: " in str(error.value)


def test_a_file_that_is_not_there_is_said(ledger: Ledger, tmp_path: Path):
    with pytest.raises(QuestionsError, match=r"nothing\.yaml"):
        load_questions(ledger, tmp_path / "nothing.yaml")
