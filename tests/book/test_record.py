"""What a role prints and where it leads, without Sphinx."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from handmade_book import (
    LINES,
    RESULTS,
    Book,
    code,
    efficacy,
    output,
    run_payload,
    verdicts_payload,
    verification,
)
from hypothesis import given
from hypothesis import strategies as st

from itpbook.results import Result, ResultsError
from itpbook.results.comparison import COMPARED
from itpbook.results.verify import VERDICTS_IN_ORDER
from itpbook.results.withheld import without_numbers
from itpbook.sphinxext.chapter_pages import read_record
from itpbook.sphinxext.record import Quote, QuoteError, Record, Target

RECORD = Record(
    {(result.id, result.reading): result for result in RESULTS},
    {line["id"]: line for line in LINES},
    (run_payload(),),
    "",
)


def quote(words: str) -> Quote:
    return RECORD.quote(words)


def with_line(result_id: str, **changes: Any) -> Record:
    return replace(RECORD, lines={**RECORD.lines, result_id: {**RECORD.lines[result_id], **changes}})


@given(st.sampled_from(RESULTS))
def test_figure_prints_what_its_chapter_recorded(result: Result) -> None:
    assert quote(f"{result.id}/{result.reading}").text == result.printed


@given(
    st.sampled_from([(result, part) for result in RESULTS for part in result.statistics]),
    st.sampled_from(["", " ", "\n"]),
)
def test_part_prints_its_recorded_characters(of: tuple[Result, str], space: str) -> None:
    result, part = of
    text = quote(f"{result.id}/{result.reading} {part}{space}").text
    assert text == f"{result.formatted(part)}{'%' if part == 'percent' else ''}"


@given(st.text(max_size=30))
def test_any_other_words_are_refused_with_a_sentence(words: str) -> None:
    known = {name for result in RESULTS for name in (result.id, f"{result.id}/{result.reading}")}
    if words.strip().split(maxsplit=1)[:1] and words.split()[0] in known:
        return
    with pytest.raises(QuoteError, match=r"unknown figure|cannot read"):
        quote(words)


def test_unknown_figure_names_what_comes_near() -> None:
    with pytest.raises(QuoteError, match=r"unknown figure 'efficacy\.rc'; known: .*efficacy\.cr"):
        quote("efficacy.rc")


def test_unknown_part_names_the_parts() -> None:
    with pytest.raises(QuoteError, match=r"'efficacy\.cr' has no median; known: count, denominator, percent"):
        quote("efficacy.cr median")


def test_unknown_reading_names_the_readings() -> None:
    with pytest.raises(QuoteError, match=r"'efficacy\.cr' has no inferred reading; known: literal"):
        quote("efficacy.cr/inferred")


def test_figure_leads_to_its_row_and_to_its_cell() -> None:
    found = quote("efficacy.no_steroid.cr/inferred")
    assert found.row == Target("chapters/verification", "efficacy-no-steroid-cr")
    assert found.cell == Target("chapters/efficacy", "result-efficacy-no-steroid-cr-inferred")


def test_contradicted_figure_prints_the_reading_that_comes_out_under_its_own_verdict() -> None:
    found = quote("efficacy.no_steroid.cr")
    assert (found.text, found.kind, found.glyph) == ("59%", "contradicted", "✗")


@pytest.mark.parametrize(
    ("reading", "text", "kind"),
    [("literal", "57%", "contradicted"), ("inferred", "59%", "reproduced-under-an-inferred-reading")],
)
def test_reading_that_is_asked_for_has_its_own_verdict(reading: str, text: str, kind: str) -> None:
    found = quote(f"efficacy.no_steroid.cr/{reading}")
    assert (found.text, found.kind) == (text, kind)


@pytest.mark.parametrize("verdict", ["differs", "not available"])
def test_contradicted_figure_whose_alternative_fails_prints_the_literal_reading(verdict: str) -> None:
    alternative = {**RECORD.lines["efficacy.no_steroid.cr"]["alternative"], "verdict": verdict}
    record = with_line("efficacy.no_steroid.cr", alternative=alternative)
    assert record.quote("efficacy.no_steroid.cr").text == "57%"


def test_figure_that_is_possible_but_differs_prints_the_literal_reading() -> None:
    record = with_line("efficacy.no_steroid.cr", verdict="differs")
    assert (record.quote("efficacy.no_steroid.cr").text, record.quote("efficacy.no_steroid.cr").kind) == (
        "57%",
        "differs",
    )


def test_figure_judged_under_the_inferred_reading_prints_that_one() -> None:
    verdict = "reproduced under an inferred reading"
    record = with_line("efficacy.no_steroid.cr", verdict=verdict, reading="inferred")
    found = record.quote("efficacy.no_steroid.cr")
    assert (found.text, found.glyph) == ("59%", "≈")


@pytest.mark.parametrize("verdict", VERDICTS_IN_ORDER)
def test_every_verdict_has_a_mark_a_class_and_words(verdict: str) -> None:
    found = with_line("efficacy.cr", verdict=verdict).quote("efficacy.cr")
    assert found.kind == verdict.replace(" ", "-")
    assert len(found.glyph) == 1
    assert found.facts[-1] == ("Verdict", verdict)
    assert found.goes_to.startswith(verdict)


def test_facts_tell_published_recomputed_patients_interval_and_verdict() -> None:
    found = quote("efficacy.prior_ist.r percent")
    assert found.subject == "label of efficacy.prior_ist.r"
    assert found.facts == (
        ("Published", "24%"),
        ("Recomputed", "25%"),
        ("Patients", "4 of 16 (all patients)"),
        ("Exact 95% interval", "42-78%"),
        ("Verdict", "differs"),
    )


def test_facts_give_the_unit_and_only_what_there_is() -> None:
    assert quote("efficacy.time_to_response").facts[:3] == (
        ("Published", "30 [7-270] days"),
        ("Recomputed", "30 [7-270] days"),
        ("Patients", "25 of 25 (responders)"),
    )
    assert quote("methods.cr").facts == (
        ("Published", ">100 × 10⁹/L"),
        ("Recomputed", ">100 × 10⁹/L"),
        ("Verdict", "reproduced"),
    )


def test_figure_that_records_lack_says_so_and_leads_only_to_its_row() -> None:
    found = quote("efficacy.unrecorded")
    assert (found.text, found.kind, found.cell) == ("not available", "not-available", None)
    assert found.row == Target("chapters/verification", "efficacy-unrecorded")


def test_figure_beyond_the_ledger_has_no_row_and_says_it_is_not_published() -> None:
    found = quote("efficacy.similarity")
    assert (found.kind, found.row) == ("synthetic", None)
    assert found.facts[-1] == ("Origin", "computed from synthetic records and not published")


def test_figure_beyond_the_ledger_from_real_records_is_not_called_synthetic() -> None:
    record = replace(RECORD, runs=(run_payload(synthetic=False),))
    assert record.quote("efficacy.similarity").kind == "unpublished"
    assert record.quote("efficacy.similarity").facts[-1] == ("Origin", "computed from these records and not published")


def test_figure_that_follows_from_published_ones_is_not_called_synthetic() -> None:
    assert quote("efficacy.sum").kind == "derived"
    assert "follows from the published figures" in quote("efficacy.sum").facts[-1][1]


def broken(folder: Path, **changes: Any) -> Path:
    """Write the chapters of the small book; ``changes`` are what the recording cell holds instead."""
    book = Book(folder)
    book.chapter("efficacy", efficacy()).chapter("verification", verification())
    path = folder / "chapters" / "efficacy.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells[2].update(changes)
    nbformat.write(notebook, path)
    return folder / "chapters"


def test_chapter_that_stopped_is_refused(tmp_path: Path) -> None:
    stopped = nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
    with pytest.raises(ResultsError, match=r"efficacy\.ipynb: cell 3 stopped with ValueError: no"):
        read_record(broken(tmp_path, outputs=[stopped]))


def test_chapter_that_was_not_executed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"efficacy\.ipynb: cell 3 was never executed"):
        read_record(broken(tmp_path, execution_count=None, outputs=[]))


def test_verdicts_on_other_figures_are_refused(tmp_path: Path) -> None:
    changed = replace(RESULTS[0], printed="58% (18/31)", n=18)
    chapters = broken(tmp_path, outputs=[output(r._repr_mimebundle_()) for r in (changed, *RESULTS[1:])])
    with pytest.raises(ResultsError, match="verification chapter is older than the others"):
        read_record(chapters)


def test_published_figure_without_verdict_is_refused(tmp_path: Path) -> None:
    payload = verdicts_payload()
    payload["lines"] = [line for line in payload["lines"] if line["id"] != "efficacy.cr"]
    book = Book(tmp_path).chapter("efficacy", efficacy()).chapter("verification", verification(payload))
    with pytest.raises(ResultsError, match=r"holds no verdict on efficacy\.cr"):
        read_record(book.source / "chapters")


def test_two_sets_of_verdicts_are_refused(tmp_path: Path) -> None:
    book = Book(tmp_path).chapter("efficacy", efficacy()).chapter("verification", verification())
    book.chapter("second", verification())
    with pytest.raises(ResultsError, match="2 cells hold verdicts"):
        read_record(book.source / "chapters")


def test_unknown_verdict_is_refused(tmp_path: Path) -> None:
    payload = verdicts_payload()
    payload["lines"][0]["verdict"] = "fine"
    book = Book(tmp_path).chapter("efficacy", efficacy()).chapter("verification", verification(payload))
    with pytest.raises(ResultsError, match="unknown verdicts: fine"):
        read_record(book.source / "chapters")


def test_folder_without_chapters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="no executed chapters"):
        read_record(tmp_path)


def test_any_change_of_a_chapter_changes_the_digest(tmp_path: Path) -> None:
    book = Book(tmp_path).chapter("efficacy", efficacy()).chapter("verification", verification())
    before = read_record(book.source / "chapters").digest
    book.chapter("efficacy", efficacy(code("1")))
    assert read_record(book.source / "chapters").digest != before


def test_reading_that_these_records_lack_says_so_instead_of_failing() -> None:
    record = with_line("efficacy.no_steroid.cr", alternative={"reading": "inferred", "verdict": "not available"})
    lacking = {key: result for key, result in record.results.items() if key != ("efficacy.no_steroid.cr", "inferred")}
    found = replace(record, results=lacking).quote("efficacy.no_steroid.cr/inferred")
    assert (found.text, found.kind, found.cell) == ("not available", "not-available", None)


def test_facts_end_with_what_is_possible_where_the_chapter_knew() -> None:
    result = replace(RECORD.results["efficacy.prior_ist.r", "literal"], possible="forced: 4")
    record = replace(RECORD, results={**RECORD.results, ("efficacy.prior_ist.r", "literal"): result})
    before = quote("efficacy.prior_ist.r").facts
    assert record.quote("efficacy.prior_ist.r").facts == (*before, ("Other records", "forced: 4"))


def test_page_about_the_published_series_quotes_its_claim_where_the_records_are_others() -> None:
    record = with_line("efficacy.cr", statistics={"percent": "61", "count": "19"})
    found = record.quote_published("efficacy.cr percent")
    assert found is not None
    assert (found.text, found.kind, found.facts) == ("61%", "published", (("Published", "61% (19/31)"),))
    whole = record.quote_published("efficacy.cr")
    assert whole is not None
    assert whole.text == "61% (19/31)"
    assert [RECORD.quote_published(words) for words in ("efficacy.cr", "efficacy.similarity", "")] == [None] * 3
    with pytest.raises(QuoteError, match=r"'efficacy\.cr' has no published median; known: count, percent"):
        record.quote_published("efficacy.cr median")


COMPARED_FACTS = (
    ("Difference", "-40 percentage points (95% CI -60 to -8)"),
    ("Fisher's exact test", "p 0.02"),
)


@pytest.mark.parametrize(
    ("difference", "statement", "facts"),
    [
        ("-40", "", COMPARED_FACTS),
        ("", "The number of patients.", (("Difference", "The number of patients"),)),
        ("", "", (("Difference", "not asked"),)),
    ],
)
def test_figure_of_other_records_has_its_difference_and_no_verdict(
    difference: str, statement: str, facts: tuple[tuple[str, str], ...]
) -> None:
    compared = {"difference": difference, "difference_interval": "-60 to -8", "p": "0.02", "statement": statement}
    found = with_line("efficacy.cr", verdict=COMPARED, **compared).quote("efficacy.cr").facts
    assert found[1][0] == "Ours"
    assert found[-len(facts) :] == facts
    assert "Verdict" not in dict(found)


def test_part_of_a_withheld_figure_is_what_stands_for_it_without_a_sign_of_its_own() -> None:
    found = next(result for result in RESULTS if "percent" in result.statistics)
    withheld = without_numbers(found, "<5")
    record = replace(RECORD, results={**RECORD.results, (found.id, found.reading): withheld})
    assert record.quote(f"{found.id}/{found.reading} percent").text == "<5"
