"""On a desk's screen no table is cut off: scrolling inside a table is for phones."""

from __future__ import annotations

from visits import Opener

CUT_OFF = """
    [...document.querySelectorAll('.table-wrapper')]
        .filter(each => each.scrollWidth > each.clientWidth)
        .map(each => each.getAttribute('aria-label'))
"""


def test_no_table_is_cut_off_at_desk_width(visit: Opener, pages: list[str]) -> None:
    with visit(width=1280) as visited:
        cut = {address: names for address in pages if (names := visited.go(address).evaluate(CUT_OFF))}
    assert cut == {}
