"""Published figures beside those of other records: differences where they can be had, and no verdict."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from ledgers import loaded, small_ledger
from shown_tables import rows

from implied.ledger import Ledger
from itpbook import project
from itpbook.presentation.tables import pair_table
from itpbook.results import NO_FIGURE, Result, read_results
from itpbook.results.comparison import BESIDE, COMPARED, NOT_AVAILABLE, compare
from itpbook.results.formatting import print_p
from itpbook.study.statistics import compare_proportions


@pytest.fixture(scope="module")
def results() -> list[Result]:
    return [result for result in read_results(project.CHAPTERS) if result.published and result.reading == "literal"]


def changed(results: list[Result], name: str, **given: object) -> list[Result]:
    return [replace(result, **given) if result.id == name else result for result in results]


def test_every_published_figure_has_its_pair(ledger: Ledger, results: list[Result]):
    pairs = compare(ledger, results)
    assert [pair.id for pair in pairs] == [entry.id for entry in ledger]
    assert {pair.verdict for pair in pairs} == {COMPARED, BESIDE}


def test_shares_are_compared_with_an_interval_and_an_exact_test(ledger: Ledger, results: list[Result]):
    given = changed(results, "efficacy.cr", n=3, N=14, printed="3/14 (21%)")
    (pair,) = [pair for pair in compare(ledger, given) if pair.id == "efficacy.cr"]
    found = compare_proportions(3, 14, 19, 31)
    assert (pair.published_share, pair.published_interval) == ("19/31 (61%)", "42-78")
    assert (pair.share, pair.interval) == ("3/14 (21%)", "5-51")
    assert (pair.difference, pair.difference_interval) == ("-40", "-60 to -8")
    assert found.p is not None
    assert pair.p == print_p(found.p) == "0.02"
    assert pair.statement == ""


def test_a_denominator_that_is_inferred_is_said_to_be(ledger: Ledger, results: list[Result]):
    pairs = {pair.id: pair for pair in compare(ledger, results)}
    assert pairs["efficacy.no_steroid.cr"].published_share == "10/17 (59%)"
    assert pairs["efficacy.no_steroid.cr"].statement == "The published denominator is inferred."


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cohort.age", "Medians with their ranges; no test."),
        ("safety.severe", "Events, not patients; no test."),
        ("methods.cr", "A definition."),
        ("cohort.n", "The number of patients."),
    ],
)
def test_what_is_not_compared_says_why(ledger: Ledger, results: list[Result], name: str, said: str):
    pairs = {pair.id: pair for pair in compare(ledger, results)}
    assert (pairs[name].verdict, pairs[name].statement) == (BESIDE, said)
    assert (pairs[name].difference, pairs[name].p) == ("", "")


def test_a_percentage_of_nobody_knows_how_many_is_not_compared(results: list[Result], tmp_path: Path):
    (found,) = (replace(result, id="cohort.women.cr") for result in results if result.id == "efficacy.cr")
    pairs = compare(loaded(small_ledger(), tmp_path), [found])
    (pair,) = (pair for pair in pairs if pair.id == found.id)
    assert (pair.verdict, pair.published_share, pair.share) == (BESIDE, "", "19/31 (61%)")
    assert pair.statement == "The abstract does not tell of how many patients."


def test_what_the_records_lack_is_named(ledger: Ledger, results: list[Result]):
    nobody = changed(results, "efficacy.prior_ist.cr", n=0, N=0, printed="–")
    pairs = {pair.id: pair for pair in compare(ledger, [each for each in nobody if each.id != "safety.deaths"])}
    lacking = pairs["efficacy.prior_ist.cr"]
    assert (lacking.verdict, lacking.recomputed) == (NOT_AVAILABLE, None)
    assert re.fullmatch(r"The records hold none of its patients \(.+\)\.", lacking.statement)
    assert pairs["safety.deaths"].statement == "No chapter recorded it; it needs died."
    for row in rows(pair_table([lacking, pairs["safety.deaths"]]))[1::2]:
        assert row[2:4] == [NO_FIGURE, NO_FIGURE]


def test_a_suppressed_figure_is_shown_as_it_is_printed(ledger: Ledger, results: list[Result]):
    given = changed(results, "efficacy.cr", n=None, N=None, printed="<5", suppressed=True)
    pairs = {pair.id: pair for pair in compare(ledger, given)}
    assert (pairs["efficacy.cr"].recomputed, pairs["efficacy.cr"].share) == ("<5", "")
    assert pairs["efficacy.cr"].statement == "Small numbers are not printed."


def test_the_table_has_a_row_for_each_and_no_verdict_of_failure(ledger: Ledger, results: list[Result]):
    table = pair_table(compare(ledger, results))
    assert table.html.count('data-verdict="') == len(ledger)
    assert 'id="efficacy-cr"' in table.html
    assert not re.search(r"reproduced|contradicted|differs", table.html)
    assert "No correction is made for the number of tests" in table.html
