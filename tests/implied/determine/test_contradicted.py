"""Figures that cannot be right: found, explained, and gone as soon as one of their conflict is left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_ledger import NINE, nine_patients, only, without

from implied.determine.conflicts import NOT_BY_HAND
from implied.determine.contradicted import Contradiction, contradicted
from implied.determine.readings import chosen_readings
from implied.ledger import Ledger
from implied.numbers.percentages import counts_printing, possible_denominators
from itpbook.shipped import shipped_ledger

IN_DOUBT = ("efficacy.no_steroid.cr", "efficacy.no_steroid.r")


@pytest.fixture(scope="module")
def found() -> dict[str, Contradiction]:
    return contradicted(shipped_ledger())


def test_exactly_the_two_percentages_without_corticosteroids_are_contradicted(found: dict[str, Contradiction]):
    assert tuple(found) == IN_DOUBT
    for contradiction in found.values():
        assert contradiction.others[0] == ("cohort.n", "treatment.corticosteroids")
        assert {len(others) for others in contradiction.others} == {2}
        assert not any(set(others) & set(IN_DOUBT) for others in contradiction.others)


def test_the_statement_can_be_checked_by_hand(found: dict[str, Contradiction]):
    group = (
        "31 (Patients) \N{MINUS SIGN} 10 (Corticosteroids beside the combination) = "
        "21 patients without corticosteroids beside the combination. "
    )
    assert found["efficacy.no_steroid.cr"].statement == group + "12/21 prints 57%, 13/21 prints 62%; none prints 59%."
    assert found["efficacy.no_steroid.r"].statement == group + "2/21 prints 10%, 3/21 prints 14%; none prints 12%."


def test_the_solver_and_plain_arithmetic_agree(ledger: Ledger):
    percentages = [ledger[name] for name in IN_DOUBT]
    assert all(not counts_printing(entry.printed["percent"], 21) for entry in percentages)
    assert possible_denominators([entry.printed["percent"] for entry in percentages], ledger.size) == (17,)


def test_even_without_the_count_of_corticosteroids_twelve_per_cent_cannot_be(found: dict[str, Contradiction]):
    """Nineteen had nothing else and five hydroxychloroquine: 19 to 24 without corticosteroids, none prints 12%."""
    assert ("treatment.combination_only", "treatment.hydroxychloroquine") in found[IN_DOUBT[1]].others


def test_without_the_two_nothing_is_contradicted(ledger: Ledger):
    assert contradicted(without(ledger, *IN_DOUBT)) == {}


def test_the_reading_offered_is_taken_for_the_contradicted_alone(ledger: Ledger):
    assert chosen_readings(ledger) == dict.fromkeys(IN_DOUBT, "inferred")


def test_a_ledger_without_contradiction_gives_none(tmp_path: Path):
    ledger = nine_patients(tmp_path)
    assert contradicted(ledger) == {}
    assert chosen_readings(ledger) == {}


def test_a_contradiction_with_decimals_is_explained_by_the_nearest_counts(tmp_path: Path):
    text = NINE.replace('printed: {percent: "33"}', 'printed: {percent: "34.5"}')
    ledger = only(nine_patients(tmp_path, text), "n", "coughing", "cough.women")
    found = contradicted(ledger)["cough.women"]
    assert "2/6 prints 33.3%, 3/6 prints 50.0%; none prints 34.5%." in found.statement


def test_a_part_greater_than_its_whole_is_contradicted_by_points(tmp_path: Path):
    """Four women, five of whom cough: no percentage is to blame."""
    text = NINE.replace('printed: {percent: "33"}', 'printed: {count: "5"}')
    found = contradicted(nine_patients(tmp_path, text))
    assert set(found) == {"n", "women", "cough.women"} or "cough.women" in found
    assert "Nobody can have more than 0 points." in found["cough.women"].statement


def test_every_figure_of_a_conflict_that_no_reading_mends_is_contradicted(tmp_path: Path):
    """Three of six print 50%, but 11% of nine leave a single woman."""
    text = NINE.replace('printed: {percent: "33"}', 'printed: {percent: "50"}').replace(
        'printed: {percent: "44"}, condition: {sex', 'printed: {percent: "11"}, condition: {sex'
    )
    found = contradicted(nine_patients(tmp_path, text))
    assert {"n", "women", "cough.women"} <= set(found)
    assert found["cough.women"].statement != NOT_BY_HAND
