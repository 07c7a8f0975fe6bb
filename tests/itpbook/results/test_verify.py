"""Verdicts on the published figures."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from ledgers import as_published, entry_of, loaded, printing, small_ledger

from implied.determine.contradicted import Contradiction
from implied.ledger import Ledger
from itpbook import project
from itpbook.book.chapter import start_verification
from itpbook.results import NO_FIGURE, VERDICTS, Result, digest, read_outputs, read_results
from itpbook.results.verify import (
    CONTRADICTED,
    DIFFERS,
    INFERRED,
    NOT_AVAILABLE,
    REPRODUCED,
    VERDICTS_IN_ORDER,
    Move,
    VerdictLine,
    moved,
    other_records,
    summary,
    tally,
    verify,
)
from itpbook.results.withheld import without_numbers
from itpbook.shipped import shipped_ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return loaded(small_ledger(), tmp_path)


TWO = "cohort.women.cr"
"""The entry with two readings."""

CONFLICT = {TWO: Contradiction(TWO, (("cohort.n",), ("cohort.women",)), "None of 6 prints it.")}


def judged(
    ledger: Ledger, *results: Result, conflicts: dict[str, Contradiction] | None = None
) -> dict[str, VerdictLine]:
    return {line.id: line for line in verify(ledger, results, conflicts or {})}


def test_the_verdicts_are_those_of_the_design():
    assert VERDICTS_IN_ORDER == (
        "reproduced",
        "reproduced under an inferred reading",
        "contradicted",
        "differs",
        "not available",
    )


def test_the_same_characters_are_a_reproduction(ledger: Ledger):
    line = judged(ledger, as_published(ledger["cohort.long"], n=4, N=10))["cohort.long"]
    assert (line.verdict, line.printed, line.recomputed, line.n, line.N) == (
        REPRODUCED,
        "4/10 (40%)",
        "4/10 (40%)",
        4,
        10,
    )
    assert (line.chapter, line.reading, line.population, line.statement, line.alternative) == (
        "cohort",
        "literal",
        "all patients",
        "",
        None,
    )
    assert line.sound


@pytest.mark.parametrize("wrong", [{"count": "5"}, {"denominator": "11"}, {"percent": "40.0"}, {"percent": "41"}])
def test_any_other_character_is_a_difference(wrong: dict[str, str], ledger: Ledger):
    line = judged(ledger, printing(ledger["cohort.long"], **wrong))["cohort.long"]
    assert (line.verdict, line.sound) == (DIFFERS, False)
    assert line.recomputed != line.printed


def test_what_the_source_does_not_print_may_be_anything(ledger: Ledger):
    entry = ledger["cohort.women"]
    assert judged(ledger, printing(entry, count="7"))[entry.id].verdict == REPRODUCED


def test_a_figure_that_nobody_recorded_is_not_available_and_what_it_needs_is_named(ledger: Ledger):
    lines = judged(ledger)
    assert {line.verdict for line in lines.values()} == {NOT_AVAILABLE}
    assert not any(line.sound or line.recomputed or line.chapter for line in lines.values())
    assert lines["cohort.long"].statement == "No chapter recorded it; it needs duration_days."
    assert lines["cohort.duration"].statement == "No chapter recorded it; it needs duration_days."
    assert lines["cohort.events"].statement == "No chapter recorded it; it needs events."
    assert lines["methods.long"].statement == "No chapter recorded it."
    assert lines[TWO].statement == "No chapter recorded it; it needs response, sex."
    assert lines[TWO].alternative is not None
    assert lines[TWO].alternative.statement == "Only six fit. No chapter recorded it; it needs response, sex, events."


def test_a_figure_of_nobody_or_of_missing_values_is_not_available_and_says_why(ledger: Ledger):
    nothing = {"median": NO_FIGURE, "minimum": NO_FIGURE, "maximum": NO_FIGURE}
    entry = ledger["cohort.duration"]
    nobody = replace(printing(entry, **nothing), n=0, N=0)
    missing = replace(printing(entry, **nothing), n=0, N=10, note="missing in 10")
    assert judged(ledger, nobody)[entry.id].statement == "The records hold none of its patients (all patients)."
    assert judged(ledger, missing)[entry.id].statement == "The records lack the values: missing in 10 of all patients."
    for found in (nobody, missing):
        assert judged(ledger, found)[entry.id].verdict == NOT_AVAILABLE


def test_a_figure_recorded_as_something_else_is_not_available(ledger: Ledger):
    other = as_published(ledger["cohort.long"], statistics={"value": {"raw": 4, "formatted": "4"}})
    line = judged(ledger, other)["cohort.long"]
    assert line.verdict == NOT_AVAILABLE
    assert line.statement == "Chapter cohort recorded no count, denominator, percent."


def test_the_literal_reading_comes_first(ledger: Ledger):
    entry = ledger[TWO]
    line = judged(ledger, as_published(entry), as_published(entry, "inferred"))[TWO]
    assert (line.verdict, line.reading, line.population) == (REPRODUCED, "literal", "women")
    assert line.alternative is not None
    assert (line.alternative.verdict, line.alternative.population) == (INFERRED, "women without events")
    assert line.sound


def test_an_inferred_reading_counts_where_the_literal_one_does_not_come_out(ledger: Ledger):
    entry = ledger[TWO]
    inferred = as_published(entry, "inferred", n=3, N=6, chapter="efficacy")
    for results in (
        [printing(entry, percent="33"), inferred],
        [printing(entry, percent=NO_FIGURE), inferred],
        [inferred],
    ):
        line = judged(ledger, *results)[TWO]
        assert (line.verdict, line.reading, line.recomputed, line.n, line.N) == (INFERRED, "inferred", "50%", 3, 6)
        assert (line.chapter, line.population, line.statement) == ("efficacy", "women without events", "")
        assert line.alternative is not None
        assert line.alternative.statement == "Only six fit."
        assert line.sound


def test_neither_reading_may_come_out(ledger: Ledger):
    entry = ledger[TWO]
    line = judged(ledger, printing(entry, percent="33"), printing(entry, "inferred", percent="34"))[TWO]
    assert (line.verdict, line.reading, line.recomputed) == (DIFFERS, "literal", "33%")
    assert line.alternative is not None
    assert (line.alternative.verdict, line.alternative.recomputed) == (DIFFERS, "34%")
    assert not line.sound


def test_an_impossible_figure_is_contradicted_and_sound_only_with_a_reading_that_comes_out(ledger: Ledger):
    entry = ledger[TWO]
    literal = printing(entry, percent="33")
    for results, sound in (
        ([literal, as_published(entry, "inferred")], True),
        ([literal, printing(entry, "inferred", percent="34")], False),
        ([literal], False),
        ([as_published(entry)], False),
    ):
        line = judged(ledger, *results, conflicts=CONFLICT)[TWO]
        assert (line.verdict, line.reading, line.sound) == (CONTRADICTED, "literal", sound)
        assert (line.conflict, line.statement) == (("cohort.n",), "None of 6 prints it.")


def test_an_impossible_figure_without_another_reading_is_never_sound(ledger: Ledger):
    conflicts = {"cohort.women": Contradiction("cohort.women", (("cohort.n",),), "None prints it.")}
    line = judged(ledger, as_published(ledger["cohort.women"]), conflicts=conflicts)["cohort.women"]
    assert (line.verdict, line.sound) == (CONTRADICTED, False)


def test_lines_follow_the_ledger_and_results_beside_it_are_ignored(ledger: Ledger):
    results = [as_published(entry) for entry in ledger][::-1]
    other = replace(results[0], id="remarks.other", published=False)
    lines = verify(ledger, [other, *results], {})
    assert [line.id for line in lines] == [entry.id for entry in ledger]
    assert [line.section for line in lines] == [entry.section for entry in ledger]


def test_the_tally_names_every_verdict_and_the_summary_counts_them(ledger: Ledger):
    entry = ledger[TWO]
    results = [
        as_published(ledger["cohort.n"]),
        printing(ledger["cohort.long"], count="5"),
        printing(entry, percent="33"),
        as_published(entry, "inferred"),
    ]
    lines = verify(ledger, results, CONFLICT)
    assert tally(lines) == {REPRODUCED: 1, INFERRED: 0, CONTRADICTED: 1, DIFFERS: 1, NOT_AVAILABLE: 4}
    assert list(tally([])) == list(VERDICTS_IN_ORDER)
    assert summary(lines) == (
        "7 published figures: 1 reproduced, 0 reproduced under an inferred reading, 1 contradicted, 1 differs,"
        " 4 not available (1 of the contradicted are reproduced under an inferred reading)"
    )
    assert summary(verify(ledger, results[:3], CONFLICT)).endswith("4 not available")


def test_a_figure_moves_when_any_of_its_statistics_does(ledger: Ledger):
    before = [as_published(ledger[name]) for name in ("cohort.n", "cohort.women", "cohort.long")]
    unseen = replace(before[1], statistics={**before[1].statistics, "count": {"raw": 7, "formatted": "7"}})
    after = [before[0], unseen, as_published(ledger["cohort.events"])]
    assert moved(before, before[::-1]) == []
    assert moved(before, after) == [
        Move("cohort.women", "literal", "60%", "60%", ("count",)),
        Move("cohort.long", "literal", "4/10 (40%)", None, ("count", "denominator", "percent")),
        Move("cohort.events", "literal", None, "5", ("count",)),
    ]


def test_other_records_are_noticed_by_table():
    def run(chapter: str, **digests: str) -> dict[str, object]:
        return {"chapter": chapter, "records": {"digests": digests}}

    stored = [run("cohort", patients="a", platelets="b"), run("safety", patients="a", platelets="b")]
    assert other_records(stored, stored) == []
    assert other_records(stored, [run("cohort", patients="a", platelets="c")]) == ["platelets"]
    assert other_records([], [run("cohort", patients="a")]) == ["patients"]


@pytest.fixture(scope="module")
def published() -> Ledger:
    return shipped_ledger()


@pytest.fixture(scope="module")
def stored() -> list[Result]:
    return read_results(project.CHAPTERS)


def test_the_published_ledger_against_the_stored_chapters(published: Ledger, stored: list[Result]):
    verification = start_verification({})
    assert verification.results == tuple(stored)
    assert tally(verification.lines) == {REPRODUCED: 61, INFERRED: 0, CONTRADICTED: 2, DIFFERS: 0, NOT_AVAILABLE: 0}
    assert all(line.sound for line in verification.lines)
    for line in verification.lines:
        if line.verdict == CONTRADICTED:
            assert line.id in ("efficacy.no_steroid.cr", "efficacy.no_steroid.r")
            assert "treatment.corticosteroids" in line.conflict
            assert re.search(r"21 patients", line.statement)
            assert line.proof in set(verification.proofs.values())
            assert line.alternative is not None
            assert (line.N, line.alternative.N, line.alternative.verdict) == (21, 17, INFERRED)
    bundle = verification._repr_mimebundle_(include=None)
    payload = bundle[VERDICTS]
    assert json.loads(json.dumps(payload)) == payload
    assert (payload["ledger"], payload["results"]) == (published.digest, digest(stored))
    assert bundle["text/plain"] == summary(verification.lines)
    assert read_outputs(project.CHAPTERS, VERDICTS) == [payload]


CONSISTENT = {
    "efficacy.cr": {"count": "20", "denominator": "31", "percent": "65"},
    "cohort.mgus": {"count": "5"},
    "cohort.age": {"median": "57", "minimum": "23", "maximum": "83"},
    "methods.chronic": {"threshold": ">21"},
    "safety.deaths": {"count": "2"},
}
"""Wrong claims that all others allow."""
IMPOSSIBLE = {
    "cohort.itp_duration": {"median": "57", "minimum": "3", "maximum": "28"},
    "safety.severe": {"count": "8"},
}
"""Claims that no patients satisfy together with the others, and of which no other reading is offered."""


def typed_into_published(typed: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Type other numbers into the published ledger."""
    written: dict[str, Any] = yaml.safe_load(project.LEDGER.read_text(encoding="utf-8"))
    for entry_id, printed in typed.items():
        entry = entry_of(written, entry_id)
        assert entry["printed"] != printed
        entry["printed"] = printed
    return written


@pytest.fixture(scope="module")
def mistyped(stored: list[Result], tmp_path_factory: pytest.TempPathFactory) -> dict[str, VerdictLine]:
    """Judge the stored results with all of these typed into the ledger: the solver takes seconds."""
    written = typed_into_published(CONSISTENT | IMPOSSIBLE)
    return {line.id: line for line in verify(loaded(written, tmp_path_factory.mktemp("mistyped")), stored)}


def test_wrong_figures_typed_consistently_into_the_ledger_differ(mistyped: dict[str, VerdictLine]):
    differing = {line.id: line.sound for line in mistyped.values() if line.verdict == DIFFERS}
    assert differing == dict.fromkeys(CONSISTENT, False)


def test_figures_that_cannot_be_are_contradicted_though_no_other_reading_is_offered(mistyped: dict[str, VerdictLine]):
    assert all((mistyped[name].verdict, mistyped[name].sound) == (CONTRADICTED, False) for name in IMPOSSIBLE)
    in_doubt = ("efficacy.no_steroid.cr", "efficacy.no_steroid.r")
    assert all((mistyped[name].verdict, mistyped[name].sound) == (CONTRADICTED, True) for name in in_doubt)


def test_a_wrong_figure_that_its_group_cannot_give_is_contradicted_and_not_sound(stored: list[Result], tmp_path: Path):
    written = typed_into_published({"efficacy.prior_ist.cr": {"percent": "64"}})
    # Nothing else that is printed is needed, and the solver takes seconds with all of it.
    written["entries"] = [
        entry for entry in written["entries"] if entry["id"].startswith(("cohort.n", "cohort.prior", "efficacy."))
    ]
    lines = {line.id: line for line in verify(loaded(written, tmp_path), stored)}
    line = lines["efficacy.prior_ist.cr"]
    assert (line.verdict, line.sound, line.conflict) == (CONTRADICTED, False, ("cohort.prior.immunosuppressant",))


def test_figure_of_a_small_number_is_not_available_and_says_why_not_what_it_is(ledger: Ledger):
    counted = as_published(ledger["cohort.long"])
    small = without_numbers(counted, "<5")
    line = judged(ledger, small)[counted.id]
    assert (line.verdict, line.recomputed, line.n, line.N) == (NOT_AVAILABLE, "<5", None, None)
    assert line.statement == "Small numbers of these records, and what would reveal them, are not printed."
    # The verdict must not tell whether the number is the published one.
    assert judged(ledger, without_numbers(counted, "withheld"))[counted.id].verdict == NOT_AVAILABLE


def test_summary_without_the_values_of_single_patients_is_not_available(ledger: Ledger):
    summary = as_published(ledger["cohort.duration"])
    ends = {name: {"raw": None, "formatted": "withheld"} for name in ("minimum", "maximum")}
    line = judged(ledger, replace(summary, statistics={**summary.statistics, **ends}))[summary.id]
    assert line.verdict == NOT_AVAILABLE
    assert line.statement == "The least and the greatest value are those of single patients, which are not printed."
