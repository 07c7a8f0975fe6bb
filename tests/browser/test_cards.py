"""What is known of a figure appears where it is pointed at, focused or tapped, and goes away again."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from visits import Opener

FIGURE = '.claim[data-claim="efficacy.cr"]'


def parts(page: Page) -> tuple[Locator, Locator]:
    claim = page.locator(FIGURE).first
    return claim.locator("a.claim-figure"), claim.locator(".claim-card")


def test_card_opens_under_the_mouse_and_stays_while_it_is_read(visit: Opener) -> None:
    with visit() as book:
        figure, card = parts(book.go("index.html"))
        expect(card).to_be_hidden()
        figure.hover()
        expect(card).to_be_visible()
        card.get_by_text("Exact 95% interval").hover()
        expect(card).to_be_visible()
        expect(card).to_contain_text("Patients: 19 of 31")


def test_card_opens_for_the_keyboard_and_escape_closes_it(visit: Opener) -> None:
    with visit() as book:
        page = book.go("index.html")
        figure, card = parts(page)
        figure.focus()
        expect(card).to_be_visible()
        page.keyboard.press("Escape")
        expect(card).to_be_hidden()
        page.keyboard.press("Tab")
        expect(page.locator(f"{FIGURE} a.claim-mark").first).to_be_focused()


def test_screen_reader_is_told_what_is_known(visit: Opener) -> None:
    with visit() as book:
        figure, _ = parts(book.go("index.html"))
        expect(figure).to_have_accessible_description(
            "Complete response. Published: 19/31 (61%). Recomputed: 19/31 (61%). Patients: 19 of 31 (all patients)."
            " Exact 95% interval: 42-78%. Verdict: reproduced."
        )


def test_first_tap_opens_the_card_and_the_card_leads_on(browser: Browser, built_book: Path) -> None:
    address = (built_book / "index.html").as_uri()
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, offline=True)
    page = context.new_page()
    page.goto(address)
    figure, card = parts(page)
    figure.tap()
    expect(card).to_be_visible()
    assert page.url == address
    card.get_by_text("Row in the ledger").tap()
    page.wait_for_url("**/verification.html#efficacy-cr")
    context.close()


_CARDS = """() => [...document.querySelectorAll(".claim")].map(claim => {
    claim.querySelector("a.claim-figure, a.claim-mark").focus();
    const box = claim.querySelector(".claim-card").getBoundingClientRect();
    return {figure: claim.dataset.claim, left: box.left, right: box.right, width: box.width};
})"""


@pytest.mark.parametrize("width", [390, 1280])
def test_no_card_leaves_the_window(visit: Opener, width: int) -> None:
    with visit(width) as book:
        page = book.go("index.html")
        cards = page.evaluate(_CARDS)
        assert len(cards) >= 60
        assert [card for card in cards if card["width"] == 0 or card["left"] < 0 or card["right"] > width] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
