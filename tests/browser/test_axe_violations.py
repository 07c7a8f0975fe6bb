"""That axe's rules of colour find on one text of each new look what they find on all texts."""

from __future__ import annotations

import re

import pytest
from axe_violations import violations_on
from playwright.sync_api import Page

ROWS = "".join(f"<tr><td>Row {number}</td><td><b>{number} of 31</b></td></tr>" for number in range(40))
PAGE = """<!doctype html><html lang="en"><title>Looks</title><style>
body {{ color: #222; background: #fff; font: 16px sans-serif }} a {{ color: #0645ad }}
#ground {{ position: absolute; background: #333; z-index: -1 }} {style}
</style><main><h1>Looks</h1><p>Some words, <span id="some">some</span> in a span, and <a href="#there">a link</a>.</p>
<p>Other words, <span>some</span> in a span, and <a href="#there" id="other">another link</a>.</p>
<table id="there">{rows}</table><p id="last">The <i>last</i> words.</p><i id="ground"></i></main></html>"""

FAULTS = {
    "colour of one text": ("#some { color: #bbb }", "color-contrast"),
    "colour of the last text": ("#last i { color: #bbb }", "color-contrast"),
    "transparent colour": ("tr:nth-child(30) b { color: rgb(0 0 0 / 30%) }", "color-contrast"),
    "transparent row": ("tr:nth-child(30) { opacity: .4 }", "color-contrast"),
    "ground of a row": ("tr:nth-child(30) { background: #555 }", "color-contrast"),
    "ground that only lies behind": ("#ground { top: 0; left: 0; width: 100%; height: 90px }", "color-contrast"),
    "link almost like its text": ("#other { color: #444; text-decoration: none }", "link-in-text-block"),
}


def faults_on(page: Page, *, every_text: bool) -> set[str]:
    """Return what axe finds, without the numbers of rows."""
    return {re.sub(r"\d+", "N", fault) for fault in violations_on(page, only_colours=True, every_text=every_text)}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_of_any_text_is_found(window: Page, fault: str) -> None:
    style, rule = FAULTS[fault]
    window.set_content(PAGE.format(style=style, rows=ROWS))
    faults = faults_on(window, every_text=True)
    assert {line.partition(":")[0] for line in faults} == {rule}
    assert faults_on(window, every_text=False) == faults
    # A look with a fault is not remembered as one that passed.
    assert faults_on(window, every_text=False) == faults


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_found_though_all_other_looks_of_the_page_passed_before(window: Page, fault: str) -> None:
    window.set_content(PAGE.format(style="", rows=ROWS))
    assert violations_on(window) == []
    style, rule = FAULTS[fault]
    window.add_style_tag(content=style)
    assert {line.partition(":")[0] for line in violations_on(window, only_colours=True)} == {rule}


def test_page_without_a_fault_has_none(window: Page) -> None:
    window.set_content(PAGE.format(style="", rows=ROWS))
    assert violations_on(window) == []
