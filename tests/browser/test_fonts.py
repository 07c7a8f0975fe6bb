"""The book is set in the fonts that it ships."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from visits import Opener


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


@pytest.mark.parametrize(
    "address", ["index.html", "chapters/efficacy.html", "chapters/verification.html", "pages/data-dictionary.html"]
)
def test_every_glyph_of_a_page_comes_from_the_fonts_of_the_book(visit: Opener, address: str) -> None:
    with visit() as book:
        page = book.go(address)
        page.evaluate("document.fonts.ready.then(() => null)")
        assert fonts_of_the_system(page) == {}
