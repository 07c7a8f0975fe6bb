"""Figures that cannot stand together: found, explained, and gone as soon as one of them is left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_ledger import NINE, nine_patients, only, without

from itpbook.percentages import counts_printing, possible_denominators
from itpbook.published import Ledger, load_ledger
from itpbook.reconstruct.conflicts import contradictions, readings

IN_DOUBT = ("efficacy.no_steroid.cr", "efficacy.no_steroid.r")


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return load_ledger()


def test_exactly_the_two_percentages_without_corticosteroids_are_contradicted(ledger: Ledger):
    found = contradictions(ledger)
    assert tuple(found) == IN_DOUBT
    for conflict in found.values():
        assert conflict.sizes == (21,)
        assert ("cohort.n", "treatment.corticosteroids") in conflict.others
        assert {len(others) for others in conflict.others} == {2}


def test_the_statement_can_be_checked_by_hand(ledger: Ledger):
    found = contradictions(ledger)
    assert found["efficacy.no_steroid.cr"].statement == (
        "The other figures leave 21 patients: 12 of 21 prints 57%; 13 of 21 prints 62%; none prints 59%."
    )
    assert found["efficacy.no_steroid.r"].statement == (
        "The other figures leave 21 patients: 2 of 21 prints 10%; 3 of 21 prints 14%; none prints 12%."
    )


def test_the_solver_and_plain_arithmetic_agree(ledger: Ledger):
    percentages = [ledger[name] for name in IN_DOUBT]
    assert all(not counts_printing(entry.printed["percent"], 21) for entry in percentages)
    assert possible_denominators(ledger, percentages) == (17,)


@pytest.mark.parametrize("name", IN_DOUBT)
def test_each_set_suffices_and_none_of_its_figures_can_be_left_out(ledger: Ledger, name: str):
    for others in contradictions(ledger)[name].others:
        assert list(contradictions(only(ledger, name, *others))) == [name]
        for spared in others:
            assert contradictions(only(ledger, name, *(other for other in others if other != spared))) == {}


def test_without_the_two_nothing_is_contradicted(ledger: Ledger):
    assert contradictions(without(ledger, *IN_DOUBT)) == {}


def test_the_reading_offered_is_taken_for_the_contradicted_alone(ledger: Ledger):
    assert readings(ledger) == dict.fromkeys(IN_DOUBT, "inferred")


def test_a_ledger_without_contradiction_gives_none(tmp_path: Path):
    ledger = nine_patients(tmp_path)
    assert contradictions(ledger) == {}
    assert readings(ledger) == {}


def test_a_contradiction_with_decimals_is_explained_by_the_nearest_counts(tmp_path: Path):
    text = NINE.replace('printed: {percent: "33"}', 'printed: {percent: "34.5"}')
    ledger = only(nine_patients(tmp_path, text), "coughing", "cough.women")
    conflict = contradictions(ledger)["cough.women"]
    assert conflict.sizes == (6,)
    assert conflict.statement == (
        "The other figures leave 6 patients: 2 of 6 prints 33.3%; 3 of 6 prints 50.0%; none prints 34.5%."
    )


def test_a_part_greater_than_its_whole_is_contradicted(tmp_path: Path):
    """Four women, five of whom cough: no percentage is to blame, so none is explained."""
    text = NINE.replace('printed: {percent: "33"}', 'printed: {count: "5"}')
    conflict = contradictions(nine_patients(tmp_path, text))["cough.women"]
    assert conflict.others == (("n", "women"),)
    assert conflict.statement == "No patients give 5 together with the other figures."


def test_a_percentage_possible_of_the_group_alone_is_not_explained_by_its_size(tmp_path: Path):
    """Three of six print 50%, but 11% of nine leave a single woman."""
    text = NINE.replace('printed: {percent: "33"}', 'printed: {percent: "50"}').replace(
        'printed: {percent: "44"}, condition: {sex', 'printed: {percent: "11"}, condition: {sex'
    )
    conflict = contradictions(nine_patients(tmp_path, text))["cough.women"]
    assert conflict.others == (("n", "women", "coughing"),)
    assert conflict.statement == "No patients give 50% together with the other figures."
