"""What is stored of all that the ledger determines; that it is what the ledger determines, `itpbook verify` checks."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from implied.determine.stored_answers import NotDetermined, load_determined
from implied.ledger import Ledger
from implied.ledger.questions import Questions
from itpbook import project
from itpbook.shipped import shipped_determined


def test_every_interval_that_ships_is_proven_sharp(ledger: Ledger, questions: Questions):
    kept = shipped_determined(ledger, questions)
    assert kept.intervals
    assert all(each.proven for each in kept.intervals)
    for each in kept.intervals:
        assert each.exact is not None
        low, high = map(Fraction, each.exact)
        assert low <= high
        assert each.forced == (low == high and not each.may_be_empty)


def test_what_can_be_reckoned_by_hand_is_reckoned_so(ledger: Ledger, questions: Questions):
    kept = shipped_determined(ledger, questions)

    def possible(name: str, statistic: str = "count", reading: str = "literal") -> str:
        found = kept.interval(name, reading, statistic)
        assert found is not None
        return found.text

    assert possible("remarks.both") == "3"  # 10 + 5 - (31 - 19)
    assert possible("open.two_thromboses") == "1"  # four events in three patients
    assert possible("open.severe_patients") == "3 to 6"  # three with thromboses, three infected, who may be the same
    assert possible("subgroup.eltrombopag.complete") == "6 to 18"  # 19 - 13 and 18
    assert possible("subgroup.not_splenectomised.response") == "0 to 6"
    assert possible("subgroup.immunosuppressant_never.response") == "11"  # 25 - 14
    assert possible("cohort.female") == "20"
    assert possible("efficacy.no_steroid.cr", "count", "inferred") == "10"


def test_only_half_up_is_possible_and_the_tie_rules_out_half_even(ledger: Ledger, questions: Questions):
    rounding = shipped_determined(ledger, questions).rounding
    assert [name for name, conflict in rounding.items() if not conflict] == ["half up"]
    assert set(rounding["half even"]) == {"cohort.prior.immunosuppressant", "efficacy.prior_ist.cr"}


def test_the_longest_treated_patient_was_followed_as_long(ledger: Ledger, questions: Questions):
    kept = shipped_determined(ledger, questions)
    facts = {single.subject: {fact.attribute: fact.value for fact in single.facts} for single in kept.patients}
    assert facts["Duration of the combination: 103 months"] == {"Follow-up": "103 months"}
    lupus = facts["Systemic lupus with antiphospholipid syndrome"]
    assert lupus["Splenectomy"] == "contraindicated"
    twice = next(facts[subject] for subject in facts if subject.startswith("More than one of"))
    assert twice["Splenectomy"] == "Splenectomised"


@pytest.mark.parametrize("changed", ["ledger", "questions"])
def test_what_was_worked_out_for_others_is_refused(changed: str, ledger: Ledger, questions: Questions):
    given = {"ledger": ledger, "questions": questions}
    given[changed] = replace(given[changed], digest="another")  # type: ignore[type-var]
    with pytest.raises(NotDetermined, match=r"for another ledger or other questions; .* itpbook bounds --store"):
        shipped_determined(**given)  # type: ignore[arg-type]


def test_a_file_that_is_missing_or_broken_says_how_to_make_it(ledger: Ledger, questions: Questions, tmp_path: Path):
    with pytest.raises(NotDetermined, match="cannot be read"):
        load_determined(ledger, questions, tmp_path / "determined.json")
    (tmp_path / "determined.json").write_text("{", encoding="utf-8")
    with pytest.raises(NotDetermined, match="cannot be read"):
        load_determined(ledger, questions, tmp_path / "determined.json")
    assert json.loads(project.DETERMINED.read_text(encoding="utf-8"))["ledger"] == ledger.digest
