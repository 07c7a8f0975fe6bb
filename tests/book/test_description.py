"""What search engines are told of a page."""

from __future__ import annotations

from docutils import nodes
from handmade_book import Book

from itpbook.sphinxext.description import LONGEST, description


def page(*paragraphs: tuple[str, list[str]]) -> nodes.document:
    document = nodes.document(None, None)
    document.extend(nodes.paragraph("", words, classes=classes) for words, classes in paragraphs)
    return document


def test_description_is_the_first_paragraph_that_is_no_notice() -> None:
    assert description(page(("Not patients.", ["synthetic-notice"]), ("Who was\ntreated.", []))) == "Who was treated."


def test_description_is_cut_after_a_whole_word() -> None:
    words = description(page(("word " * 100, [])))
    assert len(words) <= LONGEST + 2
    assert words.endswith("word …")


def test_page_without_paragraphs_has_none() -> None:
    assert description(page()) == ""


def test_built_page_has_one_description(book: Book) -> None:
    found = [tag["content"] for tag in book.get_html("chapters/efficacy").select('meta[name="description"]')]
    assert found == ["Complete response in 61% (19/31)."]
