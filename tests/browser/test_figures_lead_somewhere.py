"""From a figure in the abstract to its row in the ledger and to the cell that computed it, by clicking."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from visits import Opener

from itpbook.results import anchor

FIGURES = [("cohort.n", 1280), ("efficacy.cr", 1280), ("efficacy.no_steroid.cr", 390), ("safety.followup", 390)]
"""Figures of each chapter, each with the width of the window in which it is clicked."""

# The theme scrolls smoothly, so a page may still be on its way.
_IN_VIEW = """fragment => {
    const target = document.querySelector(":target");
    const place = target && target.getBoundingClientRect();
    return target && target.id === fragment
        && place.height > 0 && place.top >= 0 && place.top < window.innerHeight;
}"""


def arrived(page: Page, result_id: str, fragment: str) -> None:
    page.wait_for_url(f"**#{fragment}*")
    page.wait_for_function(_IN_VIEW, arg=fragment)
    assert result_id in page.locator(f"#{fragment}").inner_text()


@pytest.mark.parametrize(("result_id", "width"), FIGURES)
def test_figure_of_the_abstract_leads_to_its_row_in_the_ledger(visit: Opener, result_id: str, width: int) -> None:
    with visit(width) as book:
        page = book.go("index.html")
        page.locator(f'.claim[data-claim="{result_id}"] a.claim-figure').first.click()
        arrived(page, result_id, anchor(result_id))
        assert page.url.partition("#")[0].endswith("chapters/verification.html")


@pytest.mark.parametrize(("result_id", "width"), FIGURES)
def test_mark_of_a_figure_leads_to_the_cell_that_computed_it(visit: Opener, result_id: str, width: int) -> None:
    with visit(width) as book:
        page = book.go("index.html")
        mark = page.locator(f'.claim[data-claim="{result_id}"] a.claim-mark').first
        fragment = str(mark.get_attribute("href")).partition("#")[2]
        assert fragment.startswith(f"result-{anchor(result_id)}")
        mark.click()
        arrived(page, result_id, fragment)


def test_row_of_the_ledger_leads_on_to_the_cell(visit: Opener) -> None:
    with visit() as book:
        page = book.go(f"chapters/verification.html#{anchor('efficacy.cr')}")
        page.locator(f"#{anchor('efficacy.cr')} td:last-child a").first.click()
        arrived(page, "efficacy.cr", f"result-{anchor('efficacy.cr')}")


def test_recorded_figure_leads_back_to_its_row(visit: Opener) -> None:
    with visit() as book:
        page = book.go("chapters/efficacy.html")
        page.locator("#result-efficacy-cr a.result-id").click()
        arrived(page, "efficacy.cr", "efficacy-cr")


def test_search_finds_a_word_without_a_network(visit: Opener) -> None:
    with visit() as book:
        page = book.go("index.html")
        page.locator("button.search-button-field").click()
        page.locator("dialog[open] input[type=search]").fill("response")
        page.keyboard.press("Enter")
        page.locator("#search-results li a").first.wait_for()
        assert book.outside == []
        assert book.complaints == []
