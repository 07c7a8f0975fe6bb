"""What a page loads: no script that holds it up, and nothing that no reader needs."""

from __future__ import annotations

import pytest
from handmade_book import Book

from itpbook.sphinxext.loading import SOURCE_MAP

OWN = ("fonts.css", "paper.css", "itpbook.css", "claim.css", "verification.css", "print.css")


def _pages(book: Book) -> list[str]:
    names = [path.relative_to(book.html).as_posix().removesuffix(".html") for path in book.html.rglob("*.html")]
    return [name for name in names if not name.startswith("_static")]


def test_no_script_holds_up_a_page_but_that_of_the_search(book: Book) -> None:
    for name in _pages(book):
        if name == "search":
            continue
        holding = [
            script["src"] for script in book.get_html(name).select("script[src]") if not script.has_attr("defer")
        ]
        assert holding == [], name


def test_style_of_the_book_comes_after_that_of_the_theme(book: Book) -> None:
    for name in _pages(book):
        links = book.get_html(name).select('link[rel="stylesheet"]')
        sheets = [str(link["href"]).partition("?")[0].rpartition("/")[2] for link in links]
        own = [sheet for sheet in sheets if sheet in OWN]
        assert own == list(OWN), name
        assert sheets[-len(OWN) :] == own, name
        assert "pydata-sphinx-theme.css" in sheets, name


def test_no_icons_ship_that_no_page_has(book: Book) -> None:
    icons = [path.name for path in (book.html / "_static").rglob("fa-*")]
    assert icons == ["fa-solid-900.woff2"]
    assert not (book.html / "_static" / "scripts" / "fontawesome.js").exists()


def test_no_source_map_ships_and_no_file_points_to_one(book: Book) -> None:
    texts = [path for path in book.html.rglob("*") if path.suffix in (".css", ".html", ".js")]
    assert len([path for path in texts if path.suffix == ".js"]) > 5
    assert list(book.html.rglob("*.map")) == []
    assert [path.name for path in texts if "sourceMappingURL" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("run();\n//# sourceMappingURL=run.js.map", "run();"),
        ("run();\n//@ sourceMappingURL=data:application/json;base64,e30=\n", "run();\n"),
        ("a{b:c}\n/*# sourceMappingURL=a.css.map */\n", "a{b:c}\n"),
        ("const address = 'https://example.org'; // a map", "const address = 'https://example.org'; // a map"),
    ],
)
def test_comments_that_point_to_source_maps_are_removed(text: str, left: str) -> None:
    assert SOURCE_MAP.sub("", text) == left
