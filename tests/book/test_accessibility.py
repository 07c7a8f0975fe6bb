"""What axe and a screen reader would miss, in built pages."""

from __future__ import annotations

import pytest
from handmade_book import SVG, Book, code, efficacy, figure_cell, handmade, output

ALT = "Steps of response over time"


def test_both_pictures_of_a_figure_have_the_words_of_its_output(book: Book) -> None:
    assert [image["alt"] for image in book.get_html("chapters/efficacy").select(".cell_output img")] == [ALT, ALT]


NO_WORDS = {
    "none": (figure_cell("figure-none"), "image has no alternative text"),
    "blank": (figure_cell("figure-blank", alt=" "), "image has no alternative text"),
    "file name": (
        figure_cell("figure-file", alt="plots/time.svg"),
        "image has a file name for alternative text (plots/time.svg)",
    ),
    "in HTML": (code("html", output({"text/html": '<p><img src="data:,"></p>'})), "image has no alternative text"),
}


@pytest.fixture(scope="module")
def wordless(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Return a book, built as far as that goes, whose images lack words each in another way."""
    book = handmade(tmp_path_factory.mktemp("wordless"))
    (book.source / "pages" / "plot.svg").write_text(SVG, encoding="utf-8")
    cells = [cell for cell, _ in NO_WORDS.values()]
    return (
        book.chapter("efficacy", efficacy(*cells))
        .write("pages/references.md", "# References\n\n![](plot.svg)\n")
        .build()
    )


@pytest.mark.parametrize("damage", NO_WORDS)
def test_image_without_words_fails_the_build_and_names_the_cell(wordless: Book, damage: str) -> None:
    assert wordless.failed
    message = f"cell {4 + list(NO_WORDS).index(damage)}: {NO_WORDS[damage][1]}"
    assert [line for line in wordless.warnings.splitlines() if message in line and "efficacy.ipynb" in line]


def test_image_of_a_page_without_words_fails_the_build(wordless: Book) -> None:
    (warning,) = (line for line in wordless.warnings.splitlines() if "references.md" in line)
    assert "image has no alternative text" in warning


def test_references_are_a_list_without_roles_of_their_own(book: Book) -> None:
    page = book.get_html("pages/references")
    lists = page.select("ul.citation-list")
    assert len(lists) == 1
    assert len(lists[0].find_all("li", recursive=False)) == 2
    assert page.select('article [role="list"], article [role="doc-biblioentry"]') == []


def test_publication_table_keeps_its_one_region(book: Book) -> None:
    regions = book.get_html("chapters/efficacy").select('.cell_output [role="region"]')
    assert [region["aria-label"] for region in regions] == ["Response"]


def test_folded_cell_is_named_by_what_it_shows(book: Book) -> None:
    summaries = book.get_html("chapters/efficacy").select("details.hide > summary")
    assert {summary.get_text() for summary in summaries} == {"Cell content", "Cell source"}
    assert not any(summary.has_attr("aria-label") for summary in summaries)


def test_sidebar_has_landmarks_and_a_search_button_named_by_its_text(book: Book) -> None:
    page = book.get_html("index")
    assert page.select_one('nav[aria-label="Home"] a.logo') is not None
    button = page.select_one("button.search-button-field")
    assert button is not None
    assert button.get_text(strip=True) == "Search this book"
    assert not button.has_attr("aria-label")
