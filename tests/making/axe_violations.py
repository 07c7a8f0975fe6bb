"""What axe finds on an open page: rules of colour look at one text of each look, and at no look that passed before."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

_STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_OF_COLOUR = {"color-contrast": "[data-look]", "link-in-text-block": "a[data-look]"}
"""Rules that take nine tenths of the time of all, and the texts that they are confined to."""
_MARK_LOOKS = Path(__file__).with_name("looks.js").read_text(encoding="utf-8")
_RUN = """async ([only, selectors, left_out]) => {
    axe.configure({rules: Object.entries(selectors).map(([id, selector]) => ({id, selector}))});
    const rules = Object.fromEntries(left_out.map(id => [id, {enabled: false}]));
    // It can read no style sheet of a page from disk, and complains of it in the console.
    const result = await axe.run(document, {runOnly: only, rules, resultTypes: ["violations"], preload: false});
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
    violations: list[str] = []
    if not only_colours:
        violations += _run(page, {"type": "tag", "values": _STANDARDS}, left_out=list(_OF_COLOUR))
    colours = {"type": "rule", "values": list(_OF_COLOUR)}
    if every_text:
        return violations + _run(page, colours, {"color-contrast": "*", "link-in-text-block": "a[href]"})
    looks = page.evaluate(_MARK_LOOKS, list(_PASSED))
    if looks:
        faults = _run(page, colours, _OF_COLOUR)
        violations += faults
        if not faults:
            _PASSED.update(looks)
    return violations


def _run(
    page: Page, only: dict[str, object], selectors: dict[str, str] | None = None, left_out: list[str] | None = None
) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations: list[str] = page.evaluate(_RUN, [only, selectors or {}, left_out or []])
    return violations
