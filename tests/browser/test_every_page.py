"""What must hold on every page, in a wide and a narrow window, in light and dark: each page is opened once."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from axe_violations import violations_on
from visits import STAND_INS, Opener, Scheme, Visit, is_stand_in

from itpbook import project
from itpbook.book.manuscript.print_page import pages_in_order
from itpbook.sphinxext.search_texts import SCRIPT

PHONE, DESKTOP = 390, 1280
PAGES = [f"{name}.html" for name, _ in pages_in_order(project.ROOT / "_toc.yml")] + ["genindex.html", "search.html"]
LEDGER = "chapters/verification.html"
LEDGER_QUERIES = ("?verdict=contradicted&sort=published", "?q=nothing-like-this", "?section=efficacy#efficacy-cr")


def test_these_are_all_pages_of_the_book(built_book: Path) -> None:
    files = (path.relative_to(built_book) for path in built_book.rglob("*.html"))
    assert {path.as_posix() for path in files if not path.parts[0].startswith("_")} == set(PAGES)


_LAYOUT = """width => ({
    beyond: document.documentElement.scrollWidth - width,
    cut: [...document.querySelectorAll(".table-wrapper")]
        .filter(each => each.scrollWidth > each.clientWidth)
        .map(each => each.getAttribute("aria-label")),
    small: [...document.querySelectorAll(
        ".ledger-chip, .ledger-controls :is(select, button, input[type=search]), .ledger-sort,"
        + " body:has(.ledger-controls) :is(.verdict-badge a, #table-tally a)"
    )].filter(each => {
        const box = each.getBoundingClientRect();
        return box.width < 24 || box.height < 24;
    }).map(each => each.textContent),
    font: getComputedStyle(document.body).fontFamily,
})"""


def layout_faults(book: Visit, address: str, width: int, stand_in: str = "") -> dict[str, Any]:
    """Return how the layout of the open page fails in its window."""
    layout = book.page.evaluate(_LAYOUT, width)
    return {
        f"wider than the window {stand_in}": max(layout["beyond"], 0),
        # On a phone a table may scroll, but for the ledger, whose rows become cards.
        f"tables that are cut off {stand_in}": layout["cut"] if width == DESKTOP or address.startswith(LEDGER) else [],
        f"controls too small to hit {stand_in}": layout["small"],
        f"not in the font {stand_in}": bool(stand_in) and layout["font"] != "Stand-in",
    }


_PICTURES = """async () => Promise.all(
    [...document.images].filter(image => image.checkVisibility()).map(async image => {
        image.loading = "eager";
        await image.decode();
        return {
            alt: image.alt.trim(),
            scheme: image.className,
            sized: image.hasAttribute("width") && image.hasAttribute("height"),
            drawn: image.naturalWidth > 0,
            figure: image.closest("figure")?.id,
        };
    }))"""
_FIGURES = "[...document.querySelectorAll('article figure:has(img)')].map(figure => figure.id)"


def scheme_faults(book: Visit, scheme: Scheme, *, only_colours: bool) -> dict[str, Any]:
    """Return what is wrong on the open page with its colours and pictures, and what axe finds."""
    page = book.page
    book.turn(scheme)
    # From where a link leads to, the bar of the theme may cover half of a control.
    page.evaluate("scrollTo(0, 0)")
    pictures = page.evaluate(_PICTURES)
    return {
        f"pictures in {scheme}": [
            picture
            for picture in pictures
            if not (picture["alt"] and picture["drawn"] and picture["sized"] and picture["scheme"] == f"for-{scheme}")
        ],
        f"figures without one picture in {scheme}": (
            [picture["figure"] for picture in pictures if picture["figure"]] != page.evaluate(_FIGURES)
        ),
        f"violations in {scheme}": violations_on(page, only_colours=only_colours),
    }


# What a window loads in is a matter of the theme: every other page loads in each.
LOADED_IN: list[tuple[int, Scheme]] = [(DESKTOP, "light"), (PHONE, "dark"), (DESKTOP, "dark"), (PHONE, "light")]
ADDRESSES = [*PAGES, *(f"{LEDGER}{query}" for query in LEDGER_QUERIES)]


@pytest.mark.parametrize(("address", "loaded_in"), list(zip(ADDRESSES, cycle(LOADED_IN), strict=False)))
def test_page_is_whole_fits_and_can_be_used_in_both_schemes(
    visit: Opener, address: str, loaded_in: tuple[int, Scheme]
) -> None:
    first_width, first_scheme = loaded_in
    second_scheme: Scheme = "dark" if first_scheme == "light" else "light"
    faults: dict[str, Any] = {}
    with visit(first_width, first_scheme) as book:
        page = book.go(address)
        faults["not the scheme it loads in"] = page.evaluate("document.documentElement.dataset.theme") != first_scheme
        for width in (first_width, PHONE if first_width == DESKTOP else DESKTOP):
            page.set_viewport_size({"width": width, "height": 900})
            faults_in_width = layout_faults(book, address, width)
            faults_in_width |= scheme_faults(book, first_scheme, only_colours=False)
            faults_in_width |= scheme_faults(book, second_scheme, only_colours=True)
            # A narrow font can only make the controls of the ledger too small.
            for stand_in in STAND_INS if address == LEDGER else ("wide",):
                with book.set_in(stand_in):
                    faults_in_width |= layout_faults(book, address, width, f"in a {stand_in} font of the system")
            faults |= {f"{promise} at {width}": fault for promise, fault in faults_in_width.items()}
        faults["complaints"] = list(book.complaints)
        faults["asked for from outside"] = [request for request in book.outside if not is_stand_in(request)]
        texts_loaded = any(request.endswith(SCRIPT) for request in book.requests)
        faults["texts of the search"] = texts_loaded != (address == "search.html")
    assert {promise: fault for promise, fault in faults.items() if fault} == {}


_SCROLLED = "to => new Promise(done => { addEventListener('scroll', done, {once: true}); scrollTo(0, to); })"


def test_what_the_theme_shows_when_asked_has_no_violation_on_a_phone(visit: Opener) -> None:
    with visit(PHONE) as book:

        def violations() -> list[str]:
            faults = []
            for scheme in ("dark", "light"):
                book.turn(scheme)
                faults += violations_on(book.page, only_colours=scheme == "dark")
            return faults

        page = book.go("chapters/methods.html")
        for position in (3000, 2000):
            page.evaluate(_SCROLLED, position)
        button = page.locator("#pst-back-to-top")
        button.wait_for()
        assert violations() == []
        button.hover()
        assert violations() == []
        shown = {
            "button.primary-toggle": "#pst-primary-sidebar-modal",
            "button.secondary-toggle": "#pst-secondary-sidebar-modal",
            "button.search-button__button": "#pst-search-dialog",
            "button[aria-label='Download this page']": ".dropdown-menu.show",
        }
        for control, part in shown.items():
            page = book.go("chapters/methods.html")
            page.locator(control).locator("visible=true").first.click()
            page.locator(part).locator("visible=true").first.wait_for()
            assert violations() == [], control
