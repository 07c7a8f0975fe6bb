"""The search of the book from disk: what it finds is quoted, and nothing is asked for."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect
from visits import Opener, Visit


def results(book: Visit, words: str) -> Locator:
    page = book.go(f"search.html?q={words.replace(' ', '+')}")
    expect(page.locator("#search-results .search-summary")).to_contain_text("found")
    return page.locator("#search-results ul.search > li")


@pytest.mark.parametrize("words", ["response", "splenectomy", "thrombosis", "complete response"])
def test_what_is_found_is_quoted_with_its_words_marked(visit: Opener, words: str) -> None:
    with visit() as book:
        found = results(book, words)
        quotes = found.locator("p.context")
        assert found.count() > 0
        expect(quotes).to_have_count(found.count())
        marked = quotes.locator(".highlighted").all_inner_texts()
        assert {word.casefold() for word in marked} <= set(words.split())
        assert marked
        assert book.outside == []
        assert book.complaints == []


def test_nothing_but_the_files_of_the_search_page_is_asked_for(visit: Opener) -> None:
    with visit() as book:
        results(book, "response").first.wait_for()
        pages = [address for address in book.requests if address.partition("?")[0].endswith(".html")]
        assert [address.rpartition("/")[2] for address in pages] == ["search.html?q=response"]


def test_word_in_the_middle_of_a_page_is_in_its_quotation(visit: Opener) -> None:
    with visit() as book:
        quotes = results(book, "Waldenström").locator("p.context")
        expect(quotes.first).to_contain_text("Waldenström")


def test_quotations_hold_no_code_and_no_notice(visit: Opener) -> None:
    with visit() as book:
        quotes = results(book, "verification").locator("p.context").all_inner_texts()
        assert quotes
        assert not any("Cell source" in quote or "start_verification" in quote for quote in quotes)
        assert not any("are not patients" in quote for quote in quotes)


def test_heading_that_is_found_is_quoted_from_its_own_section(visit: Opener) -> None:
    with visit() as book:
        found = results(book, "What cannot be right")
        address = 'a[href*="verification.html#what-cannot-be-right"]'
        own = found.filter(has=book.page.locator(address))
        expect(own).to_have_count(1)
        expect(own.locator("p.context")).to_have_text(re.compile("^What cannot be right:"))
