"""Every rule and declaration of the book's own style sheets is one that the browser understands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from itpbook import sphinxext

SHEETS = sorted((Path(sphinxext.__file__).parent / "static").glob("*.css"))

_NOT_IN_RULES = re.compile(r"/\*.*?\*/|@page[^{]*\{(?:[^{}]|\{[^{}]*\})*\}|@font-face\s*\{[^{}]*\}", re.DOTALL)
"""Comments, and what the browser keeps in another way than rules; the PDF shows the pages, the pages show the fonts."""
_DECLARATIONS = re.compile(r"\{([^{}]*)\}")

_RULES = """text => {
    const style = document.createElement("style");
    style.textContent = text;
    document.head.replaceChildren(style);
    const count = rules => [...rules].reduce((sum, rule) => sum + 1 + count(rule.cssRules ?? []), 0);
    return count(style.sheet.cssRules);
}"""
_UNKNOWN = "all => all.filter(([name, value]) => !CSS.supports(name, value))"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    return browser.new_page()


def faults(page: Page, sheet: str) -> list[str]:
    """Return what the browser would pass over in a style sheet without a word."""
    text = _NOT_IN_RULES.sub("", sheet)
    written, understood = text.count("{"), page.evaluate(_RULES, text)
    lines = [line for block in _DECLARATIONS.findall(text) for line in block.split(";") if line.strip()]
    pairs = [[part.strip() for part in line.replace("!important", "").partition(":")[::2]] for line in lines]
    unknown = [f"{name}: {value}" for name, value in page.evaluate(_UNKNOWN, pairs)]
    return unknown + [f"{understood} of {written} rules"] * (understood != written)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_browser_understands_all_of_a_style_sheet(page: Page, path: Path) -> None:
    assert faults(page, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("sheet", "fault"),
    [
        ("p { colour: red; }", "colour: red"),
        ("p { margin: 1 px; }", "margin: 1 px"),
        ("p { margin: 0 } } a { color: red }", "1 of 2 rules"),
        ("p:hovered { color: red }", "0 of 1 rules"),
        ("@media (hover: hover) { p { color: red } a[ { color: red } }", "2 of 3 rules"),
    ],
)
def test_a_mistake_is_seen(page: Page, sheet: str, fault: str) -> None:
    assert faults(page, sheet) == [fault]
