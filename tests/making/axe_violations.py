"""What axe finds on an open page: rules of colour look at one text of each look, and at no look that passed before."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

_STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_OF_COLOUR = {"color-contrast": "[data-look]", "link-in-text-block": "a[data-look]"}
"""Rules that take nine tenths of the time of all, and the texts that they are confined to."""
_MARK_LOOKS = Path(__file__).with_name("looks.js").read_text(encoding="utf-8")
_RUN = """async ([only, selectors]) => {
    axe.configure({rules: Object.entries(selectors).map(([id, selector]) => ({id, selector}))});
    // It can read no style sheet of a page from disk, and complains of it in the console.
    const result = await axe.run(document, {runOnly: only, resultTypes: ["violations"], preload: false});
    return result.violations.flatMap(rule => rule.nodes.map(
        node => `${rule.id}: ${node.html.replace(' data-look=""', "").slice(0, 200)}`
    ));
}"""

_PASSED: set[str] = set()
"""The looks in which axe found nothing so far; of one with a fault none of its page is added, so it is found again."""


def violations_on(page: Page, *, only_colours: bool = False, every_text: bool = False) -> list[str]:
    """Return what axe finds on a page, one line for each element.

    Parameters
    ----------
    page
        The page, open in a browser.
    only_colours
        Whether to leave out the rules that find the same whatever the colours are.
    every_text
        Whether the rules of colour look at every text.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    looks: list[str] = page.evaluate(_MARK_LOOKS, list(_PASSED))
    selectors = {"color-contrast": "*", "link-in-text-block": "a[href]"} if every_text else _OF_COLOUR
    only: dict[str, object] = {"type": "tag", "values": _STANDARDS}
    if only_colours:
        only = {"type": "rule", "values": list(_OF_COLOUR)}
        if not looks and not every_text:
            return []
    violations: list[str] = page.evaluate(_RUN, [only, selectors])
    if not any(violation.partition(":")[0] in _OF_COLOUR for violation in violations):
        _PASSED.update(looks)
    return violations
