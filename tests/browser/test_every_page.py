"""What must hold on every page: nothing from outside, no complaint, no sideways scrolling, accessible."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from visits import Opener

PHONE, DESKTOP = 390, 1280


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_page_opens_from_disk_asking_for_nothing_and_complaining_of_nothing(
    visit: Opener, pages: list[str], width: int
) -> None:
    with visit(width) as book:
        for address in pages:
            book.go(address).wait_for_load_state("networkidle")
        assert book.outside == []
        assert book.complaints == []


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_page_is_no_wider_than_its_window(visit: Opener, pages: list[str], width: int) -> None:
    with visit(width) as book:
        wide = {}
        for address in pages:
            page = book.go(address)
            found = page.evaluate("document.documentElement.scrollWidth")
            if found > width:
                wide[address] = found
        assert wide == {}


_STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations_on(page: Page) -> list[str]:
    """Return what axe finds on a page, one line for each element."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": _STANDARDS}})
    return [
        f"{page.url}: {rule['id']}: {node['html'][:200]}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_follows_the_colour_scheme_and_has_no_violation_that_axe_finds(
    visit: Opener, pages: list[str], scheme: str, width: int
) -> None:
    with visit(width, scheme) as book:
        violations = []
        for address in pages:
            page = book.go(address)
            assert page.evaluate("document.documentElement.dataset.theme") == scheme
            violations += violations_on(page)
        assert violations == []


_SCROLLED = "to => new Promise(done => { addEventListener('scroll', done, {once: true}); scrollTo(0, to); })"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_the_theme_shows_when_asked_has_no_violation_on_a_phone(visit: Opener, scheme: str) -> None:
    with visit(PHONE, scheme) as book:
        page = book.go("chapters/efficacy.html")
        for position in (3000, 2000):
            page.evaluate(_SCROLLED, position)
        button = page.locator("#pst-back-to-top")
        button.wait_for()
        assert violations_on(page) == []
        button.hover()
        assert violations_on(page) == []
        shown = {
            "button.primary-toggle": "#pst-primary-sidebar-modal",
            "button.secondary-toggle": "#pst-secondary-sidebar-modal",
            "button.search-button__button": "#pst-search-dialog",
            "button[aria-label='Download this page']": ".dropdown-menu.show",
        }
        for control, part in shown.items():
            page = book.go("chapters/efficacy.html")
            page.locator(control).locator("visible=true").first.click()
            page.locator(part).locator("visible=true").first.wait_for()
            assert violations_on(page) == [], control


_IMAGES = """async () => Promise.all(
    [...document.images].filter(image => image.checkVisibility()).map(async image => {
        image.loading = "eager";
        await image.decode();
        return {
            alt: image.alt,
            scheme: image.className,
            sized: image.hasAttribute("width") && image.hasAttribute("height"),
            drawn: image.naturalWidth > 0,
        };
    }))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_images_are_drawn_for_the_scheme_in_their_size_and_say_what_they_show(
    visit: Opener, pages: list[str], scheme: str
) -> None:
    drawn = 0
    with visit(scheme=scheme) as book:
        for address in pages:
            for image in book.go(address).evaluate(_IMAGES):
                assert image["alt"].strip(), address
                assert image["drawn"], (address, image)
                assert image["sized"], (address, image)
                assert image["scheme"] == f"for-{scheme}", (address, image)
                drawn += 1
    assert drawn >= 10
