"""The book is set in the fonts that it ships, and its layout fits fonts as wide and as narrow as those of systems."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from visits import STAND_INS, Opener

from tests.browser.test_tables_fit import CUT_OFF

PHONE, DESKTOP = 390, 1280
LEDGER = "chapters/verification.html"
LEDGER_QUERIES = ("?verdict=contradicted&sort=published", "?q=nothing-like-this", "?section=efficacy#efficacy-cr")
LEDGER_CONTROLS = (
    ".ledger-chip, .ledger-controls :is(select, button, input[type=search]), .ledger-sort, .verdict-badge a,"
    " #table-tally a"
)


def fonts_of_the_system(page: Page) -> dict[str, list[str]]:
    """Return which fonts draw text without being one that the page brought, each with some of its places."""
    tools = page.context.new_cdp_session(page)
    tools.send("DOM.enable")
    tools.send("CSS.enable")
    document = tools.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    nodes = tools.send("DOM.querySelectorAll", {"nodeId": document, "selector": "body *:not(svg *, script, style)"})
    foreign: dict[str, list[str]] = {}
    for node in nodes["nodeIds"]:
        for font in tools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]:
            if not font["isCustomFont"]:
                outer = tools.send("DOM.getOuterHTML", {"nodeId": node})["outerHTML"]
                foreign.setdefault(font["familyName"], []).append(outer[:120])
    return foreign


@pytest.mark.parametrize("address", ["index.html", "chapters/efficacy.html", LEDGER, "pages/data-dictionary.html"])
def test_every_glyph_of_a_page_comes_from_the_fonts_of_the_book(visit: Opener, address: str) -> None:
    with visit() as book:
        page = book.go(address)
        page.evaluate("document.fonts.ready.then(() => null)")
        assert fonts_of_the_system(page) == {}


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("stand_in", STAND_INS)
def test_layout_fits_a_font_of_the_system(visit: Opener, pages: list[str], stand_in: str, width: int) -> None:
    faults = {}
    with visit(width, stand_in=stand_in) as book:
        for address in [*pages, *(f"{LEDGER}{query}" for query in LEDGER_QUERIES)]:
            page = book.go(address)
            assert page.evaluate("getComputedStyle(document.body).fontFamily") == "Stand-in"
            beyond = page.evaluate("document.documentElement.scrollWidth") - width
            # On a phone a table may scroll, but for the ledger, whose rows become cards.
            cut = page.evaluate(CUT_OFF) if width == DESKTOP or address.startswith(LEDGER) else []
            if beyond > 0 or cut:
                faults[address] = (beyond, cut)
    assert faults == {}


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("stand_in", STAND_INS)
def test_controls_of_the_ledger_can_be_hit_in_a_font_of_the_system(visit: Opener, stand_in: str, width: int) -> None:
    with visit(width, stand_in=stand_in) as book:
        small = (
            book.go(LEDGER)
            .locator(LEDGER_CONTROLS)
            .evaluate_all(
                "all => all.map(one => [one.textContent, one.getBoundingClientRect()])"
                ".filter(([, box]) => box.width < 24 || box.height < 24).map(([words]) => words)"
            )
        )
    assert small == []
