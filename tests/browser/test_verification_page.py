"""The ledger in a browser: filtered, searched and sorted, by mouse and keyboard, from disk, and without a script."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, expect
from visits import Opener

from itpbook.presentation.tables.verdict_table import slug
from itpbook.results import anchor
from itpbook.results.verify import CONTRADICTED, REPRODUCED
from itpbook.shipped import shipped_ledger

LEDGER = "chapters/verification.html"
SECTIONS = list(dict.fromkeys(entry.section for entry in shipped_ledger()))
ROWS = "#table-verification tr[data-verdict]"
VISIBLE = f"{ROWS}:visible"

# Sorted pages have one body with rows; the theme scrolls smoothly, so a place is waited for.
IN_VIEW = """id => {
    const place = document.getElementById(id).getBoundingClientRect();
    return place.height > 0 && place.top >= 0 && place.top < window.innerHeight;
}"""


def ids(page: Page, selector: str = VISIBLE) -> list[str]:
    return page.locator(selector).evaluate_all("rows => rows.map(row => row.id)")


def verdicts(page: Page) -> dict[str, list[str]]:
    """Name the rows of each verdict, as the page holds them whether shown or not."""
    pairs = page.locator(ROWS).evaluate_all("rows => rows.map(row => [row.dataset.verdict, row.id])")
    return {name: [row for verdict, row in pairs if verdict == name] for name, _ in pairs}


def asked(page: Page) -> dict[str, list[str]]:
    # Of the page itself: Playwright hears of a changed address only a little later.
    return parse_qs(page.evaluate("location.search.slice(1)"))


def box(page: Page, verdict: str) -> str:
    return f'.ledger-controls input[value="{slug(verdict)}"]'


def sort_by(page: Page, column: str) -> None:
    page.locator("#table-verification thead").get_by_role("button", name=column, exact=True).click()


def column(page: Page, place: int) -> list[str]:
    return page.locator(VISIBLE).evaluate_all(
        "(rows, place) => rows.map(row => row.cells[place].textContent.trim())", place
    )


def test_all_rows_are_shown_at_first_and_counted(visit: Opener) -> None:
    with visit() as book:
        page = book.go(LEDGER)
        assert len(ids(page)) == len(shipped_ledger())
        expect(page.get_by_role("status")).to_have_text(
            f"{len(shipped_ledger())} of {len(shipped_ledger())} figures shown."
        )


def test_each_verdict_shows_just_its_rows_and_says_how_many(visit: Opener) -> None:
    with visit() as book:
        page = book.go(LEDGER)
        found = verdicts(page)
        assert len(found) > 1
        for verdict, rows in found.items():
            page.check(box(page, verdict))
            assert ids(page) == rows
            expect(page.get_by_role("status")).to_have_text(f"{len(rows)} of {len(shipped_ledger())} figures shown.")
            chip = page.locator(f"label.ledger-chip:has({box(page, verdict).split()[-1]}) .ledger-count")
            assert chip.inner_text() == str(len(rows))
            assert asked(page) == {"verdict": [verdict]}
            page.uncheck(box(page, verdict))
        assert len(ids(page)) == len(shipped_ledger())
        assert book.complaints == []


def test_two_verdicts_show_the_rows_of_both(visit: Opener) -> None:
    with visit() as book:
        page = book.go(LEDGER)
        first, second = list(verdicts(page).items())[:2]
        page.check(box(page, first[0]))
        page.check(box(page, second[0]))
        assert sorted(ids(page)) == sorted(first[1] + second[1])
        shown = ids(page)
        page.reload()
        assert ids(page) == shown


def test_each_section_shows_just_its_rows(visit: Opener) -> None:
    with visit() as book:
        page = book.go(LEDGER)
        for section in SECTIONS:
            page.get_by_label("Section").select_option(slug(section))
            expected = [anchor(entry.id) for entry in shipped_ledger() if entry.section == section]
            assert ids(page) == expected
            expect(page.locator("#table-verification .group-heading:visible")).to_have_count(1)
            assert asked(page) == {"section": [slug(section)]}


def test_search_finds_by_id_label_and_printed_figure(visit: Opener) -> None:
    found_by = {
        "efficacy.no_steroid.cr": "efficacy-no-steroid-cr",
        "COMPLETE  response": "efficacy-cr",
        "19/31": "efficacy-cr",
    }
    with visit() as book:
        page = book.go(LEDGER)
        for words, row in found_by.items():
            page.get_by_label("Name, id or published figure").fill(words)
            assert row in ids(page), words
            assert 0 < len(ids(page)) < len(shipped_ledger()) / 2, words


def test_search_without_a_match_says_so(visit: Opener) -> None:
    with visit() as book:
        page = book.go(LEDGER)
        page.get_by_label("Name, id or published figure").fill("no such figure")
        assert ids(page) == []
        expect(page.get_by_role("status")).to_have_text("No figure matches.")


def test_column_is_sorted_both_ways_and_then_the_sections_are_back(visit: Opener) -> None:
    with visit() as book:
        page = book.go(LEDGER)
        before = ids(page)
        heading = page.locator("#table-verification thead th").first
        sort_by(page, "Figure")
        rising = column(page, 0)
        assert rising == sorted(rising, key=str.casefold)
        assert heading.get_attribute("aria-sort") == "ascending"
        expect(page.locator("#table-verification .group-heading:visible")).to_have_count(0)
        expect(page.get_by_role("status")).to_contain_text("by Figure, ascending")
        sort_by(page, "Figure")
        assert column(page, 0) == rising[::-1]
        assert heading.get_attribute("aria-sort") == "descending"
        sort_by(page, "Figure")
        assert ids(page) == before
        assert heading.get_attribute("aria-sort") is None
        expect(page.locator("#table-verification .group-heading:visible")).to_have_count(len(SECTIONS))


def test_figures_are_sorted_as_numbers_with_those_that_lack_them_last(visit: Opener) -> None:
    with visit() as book:
        page = book.go(LEDGER)
        for turn in (1, -1):
            sort_by(page, "n/N")
            shares = column(page, 3)
            full = [tuple(int(part) for part in share.split("/")) for share in shares if share]
            assert full == sorted(full, reverse=turn < 0)
            assert shares[len(full) :] == [""] * (len(shares) - len(full))
            assert len(full) < len(shares)


def test_verdicts_are_sorted_in_their_own_order(visit: Opener) -> None:
    with visit() as book:
        page = book.go(LEDGER)
        sort_by(page, "Verdict")
        sort_by(page, "Verdict")
        ranks = page.locator(VISIBLE).evaluate_all("rows => rows.map(row => Number(row.dataset.rank))")
        assert ranks == sorted(ranks, reverse=True)
        assert ranks[0] > ranks[-1]


@pytest.mark.parametrize(
    "query", ["?verdict=contradicted", "?section=safety", "?q=herpes", "?sort=n-n&order=descending"]
)
def test_deep_link_shows_its_row_whatever_the_filters_say(visit: Opener, query: str) -> None:
    with visit() as book:
        page = book.go(f"{LEDGER}{query}#efficacy-cr")
        page.wait_for_function(IN_VIEW, arg="efficacy-cr")
        assert page.locator("tr:target").get_attribute("id") == "efficacy-cr"
        plain = page.locator("#efficacy-response td").first
        lit = page.locator("#efficacy-cr td").first
        colour = "cell => getComputedStyle(cell).backgroundColor"
        assert lit.evaluate(colour) != plain.evaluate(colour) or not plain.is_visible()
        assert page.url.endswith("#efficacy-cr")


def test_deep_link_keeps_the_filters_that_do_not_hide_its_row(visit: Opener) -> None:
    with visit() as book:
        page = book.go(f"{LEDGER}?verdict=contradicted&section=efficacy#efficacy-cr")
        page.wait_for_function(IN_VIEW, arg="efficacy-cr")
        assert asked(page) == {"section": ["efficacy"]}
        assert set(page.locator(VISIBLE).evaluate_all("rows => rows.map(row => row.dataset.section)")) == {"efficacy"}


def test_link_of_a_row_to_one_that_is_hidden_brings_it_back(visit: Opener) -> None:
    with visit() as book:
        page = book.go(f"{LEDGER}?verdict=contradicted")
        assert "cohort-n" not in ids(page)
        page.locator(f'{VISIBLE} a[href="#cohort-n"]').first.click()
        page.wait_for_function(IN_VIEW, arg="cohort-n")
        assert not page.locator(box(page, CONTRADICTED)).is_checked()
        page.go_back()
        expect(page.locator("#cohort-n")).to_be_hidden()


def test_back_and_forward_go_through_the_filters(visit: Opener) -> None:
    with visit() as book:
        page = book.go(LEDGER)
        everything = ids(page)
        page.check(box(page, CONTRADICTED))
        contradicted = ids(page)
        page.get_by_label("Section").select_option("safety")
        assert ids(page) == []
        page.go_back()
        expect(page.locator(VISIBLE)).to_have_count(len(contradicted))
        assert page.get_by_label("Section").input_value() == ""
        page.go_back()
        expect(page.locator(VISIBLE)).to_have_count(len(everything))
        assert not page.locator(box(page, CONTRADICTED)).is_checked()
        page.go_forward()
        expect(page.locator(VISIBLE)).to_have_count(len(contradicted))


def test_show_all_undoes_everything(visit: Opener) -> None:
    with visit() as book:
        page = book.go(f"{LEDGER}?verdict=contradicted&section=efficacy&q=response&sort=figure&order=descending")
        page.get_by_role("button", name="Show all").click()
        assert ids(page) == [anchor(entry.id) for entry in shipped_ledger()]
        assert asked(page) == {}


def test_address_that_asks_for_what_is_not_there_shows_everything(visit: Opener) -> None:
    with visit() as book:
        page = book.go(f"{LEDGER}?verdict=<b>&section=none&sort=none#%")
        assert len(ids(page)) == len(shipped_ledger())
        assert book.complaints == []


def test_counts_of_the_summary_lead_to_their_rows(visit: Opener) -> None:
    with visit() as book:
        page = book.go(LEDGER)
        for verdict in (REPRODUCED, CONTRADICTED):
            link = page.locator(f".verdict-badge a.badge-{slug(verdict)}")
            count = int(link.inner_text().split()[1])
            link.click()
            page.wait_for_url(f"**verdict={slug(verdict)}*")
            expect(page.locator(VISIBLE)).to_have_count(count)
        cell = page.locator("#table-tally tbody tr", has_text="Efficacy").locator("td a").first
        count = int(cell.inner_text())
        cell.click()
        expect(page.locator(VISIBLE)).to_have_count(count)
        expect(page.get_by_label("Section")).to_have_value("efficacy")


def test_without_javascript_the_page_is_the_whole_table(browser: Browser, built_book: Path) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True, viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.goto(f"{(built_book / LEDGER).as_uri()}?verdict=contradicted")
    expect(page.locator(VISIBLE)).to_have_count(len(shipped_ledger()))
    expect(page.locator("#table-verification .group-heading:visible")).to_have_count(len(SECTIONS))
    expect(page.locator(".ledger-controls, .ledger-sort")).to_have_count(0)
    context.close()


def test_everything_can_be_done_by_keyboard(visit: Opener) -> None:
    with visit() as book:
        page = book.go(LEDGER)
        page.locator(box(page, REPRODUCED)).focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        assert asked(page) == {"verdict": [CONTRADICTED]}
        outline = "getComputedStyle(document.activeElement.closest('label, button, th')).outlineStyle"
        assert page.evaluate(outline) == "solid"
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        assert "section" in asked(page)
        page.keyboard.press("Tab")
        page.keyboard.type("cr")
        assert asked(page)["q"] == ["cr"]
        page.keyboard.press("Enter")
        assert asked(page)["q"] == ["cr"]
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Show all"
        page.keyboard.press("Enter")
        assert asked(page) == {}
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Figure"
        assert page.evaluate(outline) == "solid"
        page.keyboard.press("Enter")
        assert page.locator("th[aria-sort]").inner_text() == "Figure"


def test_cells_on_a_phone_carry_the_headings_of_their_columns(visit: Opener) -> None:
    with visit(390) as book:
        page = book.go(LEDGER)
        headings = page.locator("#table-verification thead th").all_inner_texts()[1:]
        shown = page.locator("#efficacy-cr td").evaluate_all(
            'cells => cells.map(cell => /^"([^"]*)"/.exec(getComputedStyle(cell, \'::before\').content)[1])'
        )
        assert shown == headings


def test_script_leaves_nothing_on_the_window(visit: Opener) -> None:
    with visit() as book:
        names = "Object.keys(window)"
        without = set(book.go("chapters/efficacy.html").evaluate(names))
        assert set(book.go(LEDGER).evaluate(names)) <= without
