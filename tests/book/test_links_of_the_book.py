"""The built book of the project: every link leads to an element, and what must stand once stands once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from bs4 import BeautifulSoup

from itpbook.results import anchor
from itpbook.shipped import shipped_ledger

GENERATED = ("genindex.html", "search.html")
"""Pages that Sphinx makes by itself; they show no records."""


@pytest.fixture(scope="module")
def parsed(built_book: Path) -> Mapping[Path, BeautifulSoup]:
    """Return every page of the book, parsed, by its address."""
    paths = [path.relative_to(built_book) for path in built_book.rglob("*.html")]
    return {
        path: BeautifulSoup((built_book / path).read_text(encoding="utf-8"), "html.parser")
        for path in paths
        if path.parts[0] != "_static"
    }


def test_every_link_within_the_book_leads_to_an_element(parsed: Mapping[Path, BeautifulSoup], built_book: Path) -> None:
    root = built_book.resolve()
    ids = {path: {str(element["id"]) for element in page.select("[id]")} for path, page in parsed.items()}
    dead = []
    for path, page in parsed.items():
        for link in page.select("a[href]"):
            address, fragment = urldefrag(unquote(str(link["href"])))
            if ":" in address:
                continue
            address = address.partition("?")[0]  # what the ledger is filtered by
            goal = (root / path.parent / address).resolve() if address else root / path
            known = ids.get(goal.relative_to(root)) if goal.is_relative_to(root) else None
            if not goal.is_file() or (fragment and known is not None and fragment not in known):
                dead.append(f"{path}: {link['href']}")
    assert dead == []


def test_no_identifier_stands_twice_on_a_page(parsed: Mapping[Path, BeautifulSoup]) -> None:
    for path, page in parsed.items():
        counts = Counter(str(element["id"]) for element in page.select("[id]"))
        assert [name for name, count in counts.items() if count > 1] == [], path


def test_abstract_quotes_every_published_figure(parsed: Mapping[Path, BeautifulSoup]) -> None:
    quoted = {str(claim["data-claim"]) for claim in parsed[Path("index.html")].select("span.claim")}
    assert {entry.id for entry in shipped_ledger()} - quoted == set()


def test_each_published_figure_has_one_row_and_one_cell(parsed: Mapping[Path, BeautifulSoup]) -> None:
    rows = Counter(str(row["id"]) for page in parsed.values() for row in page.select("tr[id]"))
    cells = Counter(str(cell["id"]) for page in parsed.values() for cell in page.select("p.result"))
    for entry in shipped_ledger():
        assert (rows[anchor(entry.id)], cells[f"result-{anchor(entry.id)}"]) == (1, 1), entry.id


def test_every_page_says_once_that_records_are_synthetic(parsed: Mapping[Path, BeautifulSoup]) -> None:
    for path, page in parsed.items():
        assert len(page.select(".synthetic-notice")) == (path.as_posix() not in GENERATED), path
