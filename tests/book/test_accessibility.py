"""What axe and a screen reader would miss, in built pages."""

from __future__ import annotations

import pytest
from handmade_book import SVG, Book, code, efficacy, figure_cell, output
from nbformat import NotebookNode

ALT = "Steps of response over time"


def test_both_pictures_of_a_figure_have_the_words_of_its_output(book: Book) -> None:
    assert [image["alt"] for image in book.get_html("chapters/efficacy").select(".cell_output img")] == [ALT, ALT]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (figure_cell(), "cell 4: image has no alternative text"),
        (figure_cell(alt=" "), "cell 4: image has no alternative text"),
        (
            figure_cell(alt="plots/time.svg"),
            "cell 4: image has a file name for alternative text (plots/time.svg)",
        ),
        (
            code("html", output({"text/html": '<p><img src="data:,"></p>'})),
            "cell 4: image has no alternative text",
        ),
    ],
    ids=["none", "blank", "file name", "in HTML"],
)
def test_image_without_words_fails_the_build_and_names_the_cell(own_book: Book, cell: NotebookNode, said: str) -> None:
    own_book.chapter("efficacy", efficacy(cell)).build()
    assert own_book.failed
    assert said in own_book.warnings
    assert "efficacy.ipynb" in own_book.warnings


def test_image_of_a_page_without_words_fails_the_build(own_book: Book) -> None:
    (own_book.source / "pages" / "plot.svg").write_text(SVG, encoding="utf-8")
    own_book.write("pages/references.md", "# References\n\n![](plot.svg)\n").build()
    assert own_book.failed
    assert "references.md" in own_book.warnings
    assert "image has no alternative text" in own_book.warnings


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
