"""The notice that records are synthetic, and the definitions in force."""

from __future__ import annotations

import pytest
from handmade_book import Book, efficacy, run_payload

from itpbook.definitions import IWG2009, SOURCE
from itpbook.sphinxext.notice import WORDS, departure

PAGES = ("index", "chapters/efficacy", "chapters/verification", "pages/deeper/below", "pages/references")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_once_below_its_title_that_records_are_synthetic(book: Book, page: str) -> None:
    html = book.get_html(page)
    notices = html.select(".synthetic-notice")
    assert len(notices) == 1
    assert WORDS in notices[0].get_text()
    before = notices[0].find_previous_sibling()
    assert before is not None
    assert before.name == "h1"
    assert html.select_one("details .synthetic-notice") is None


def test_cell_that_only_recorded_its_run_leaves_no_empty_output(book: Book) -> None:
    for output in book.get_html("chapters/efficacy").select("div.cell_output"):
        assert output.find_all(recursive=False)


def test_page_without_title_begins_with_it(own_book: Book) -> None:
    own_book.write("index.md", "Only words.\n").build()
    first = own_book.get_html("index").select_one("article.bd-article").find(recursive=False)
    assert first["class"] == ["synthetic-notice"]


def test_real_records_under_the_definitions_of_the_source_need_no_notice(own_book: Book) -> None:
    own_book.chapter("efficacy", efficacy(run=run_payload(synthetic=False))).build()
    assert not own_book.failed, own_book.warnings
    for page in PAGES:
        assert own_book.get_html(page).select(".synthetic-notice, .definitions-notice") == []


def test_pages_that_quote_chapters_name_the_definitions_these_used(own_book: Book) -> None:
    run = run_payload(synthetic=False, definitions="iwg2009, changed", cr_threshold=90.0, definitions_="x")
    own_book.chapter("efficacy", efficacy(run=run)).build()
    assert not own_book.failed, own_book.warnings
    for page in ("index", "chapters/efficacy"):
        notice = own_book.get_html(page).select_one(".definitions-notice")
        assert notice is not None
        assert notice.get_text() == "Definitions: iwg2009, with cr threshold 90."


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (run_payload(), ""),
        (run_payload(cr_threshold=SOURCE.cr_threshold, confirmation_days=None), ""),
        (run_payload(definitions="iwg2009"), "Definitions: iwg2009."),
        (run_payload(definitions="iwg2009", confirmation_days=IWG2009.confirmation_days),
         "Definitions: iwg2009."),
        (run_payload(definitions="source, changed", confirmation_days=7, response_fold=2.5),
         "Definitions: source, with confirmation days 7, response fold 2.5."),
    ],
)  # fmt: skip
def test_only_departures_from_the_definitions_are_named(run: dict[str, object], said: str) -> None:
    assert departure(run) == said


def test_pages_say_that_small_numbers_are_withheld_and_below_which(own_book: Book) -> None:
    run = run_payload(synthetic=False, suppress_below=5)
    own_book.chapter("efficacy", efficacy(run=run)).build()
    assert not own_book.failed, own_book.warnings
    for page in ("index", "chapters/efficacy"):
        (notice,) = own_book.get_html(page).select(".definitions-notice")
        assert notice.get_text() == (
            "Small numbers are not printed: counts above zero and below 5, what would reveal them, and the values of"
            " single patients."
        )
