"""The book is set in the fonts that it ships."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from visits import Opener

# Asking for the fonts of an element takes long: each character of each style is asked for in one element that shows it.
_CHOOSE = """() => {
    const seen = new Set();
    const isNew = (style, text) => {
        const unseen = [...text].map(sign => `${sign} ${style.fontFamily} ${style.fontWeight} ${style.fontStyle}`
            + ` ${style.fontVariant} ${style.textTransform}`).filter(sign => !seen.has(sign));
        unseen.forEach(sign => seen.add(sign));
        return unseen.length > 0;
    };
    for (const element of document.querySelectorAll("body, body *:not(svg *, script, style)")) {
        const own = [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE).map(node => node.data);
        const texts = [[null, own.join("") + (element.value ?? "") + (element.placeholder ?? "")]];
        for (const pseudo of ["::before", "::after", "::marker"]) {
            texts.push([pseudo, getComputedStyle(element, pseudo).content]);
        }
        const shown = element.checkVisibility();
        if (shown && texts.filter(([pseudo, text]) => isNew(getComputedStyle(element, pseudo), text)).length) {
            element.setAttribute("data-fonts", "");
        }
    }
}"""


def fonts_of_the_system(page: Page) -> dict[str, list[str]]:
    """Return which fonts draw text without being one that the page brought, each with some of its places."""
    page.evaluate(_CHOOSE)
    tools = page.context.new_cdp_session(page)
    tools.send("DOM.enable")
    tools.send("CSS.enable")
    document = tools.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    nodes = tools.send("DOM.querySelectorAll", {"nodeId": document, "selector": "[data-fonts]"})
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
