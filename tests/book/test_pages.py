"""The book as a whole: nothing from the network, the same bytes each time, the dictionary."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
import yaml
from handmade_book import PROJECT, Book, handmade

PARTS = ["Manuscript", "Verification", "Your own cohort", "Data", "About"]
_ADDRESS = re.compile(r"""(?:src|href|action|content)\s*=\s*["'](?:https?:)?//[^"']*|url\(["']?(?:https?:)?//""")


def test_no_page_and_no_style_names_an_address_of_the_network_to_load(book: Book) -> None:
    for file in [*book.html.rglob("*.html"), *book.html.rglob("*.css")]:
        assert _ADDRESS.findall(file.read_text(encoding="utf-8")) == [], file


def test_no_page_configures_a_kernel_in_the_network(book: Book) -> None:
    for page in book.html.rglob("*.html"):
        assert not re.search(r"thebe|binder|mathjax", page.read_text(encoding="utf-8"), re.IGNORECASE), page


def test_every_page_has_the_icon_of_the_book(book: Book) -> None:
    page = book.get_html("pages/deeper/below")
    icon = page.select_one('link[rel="icon"]')
    assert icon is not None
    assert (book.html / "pages" / "deeper" / str(icon["href"])).resolve().is_file()


def test_building_twice_in_different_folders_gives_the_same_bytes(book: Book, tmp_path: Path) -> None:
    again = handmade(tmp_path / "elsewhere").build()

    def contents(built: Book) -> dict[str, bytes]:
        files = [path for path in built.html.rglob("*") if path.is_file()]
        return {path.relative_to(built.html).as_posix(): path.read_bytes() for path in files}

    first, second = contents(book), contents(again)
    assert set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_pages_of_the_contents_are_those_of_the_design() -> None:
    contents = yaml.safe_load((PROJECT / "_toc.yml").read_text(encoding="utf-8"))
    assert contents["root"] == "index"
    assert [part["caption"] for part in contents["parts"]] == PARTS
    manuscript = [chapter["file"].rpartition("/")[2] for chapter in contents["parts"][0]["chapters"]]
    assert manuscript == ["introduction", "methods", "cohort", "efficacy", "safety", "discussion"]


@pytest.fixture
def own_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the dictionary of every table be one column; what the real one says is tested with the schemas."""
    columns = {"column": ["patient_id"], "type": ["text"], "unit": [None], "meaning": ["<b>who</b>"]}
    dictionary = ModuleType("itpbook.records.data_dictionary")
    dictionary.dictionary_table = lambda name: pd.DataFrame(columns)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "itpbook.records.data_dictionary", dictionary)


@pytest.mark.usefixtures("own_dictionary")
def test_data_dictionary_is_a_table_for_each_kind_of_records(own_book: Book) -> None:
    own_book.write("pages/references.md", "# Dictionary\n\n```{data-dictionary}\n```\n").build()
    assert not own_book.failed, own_book.warnings
    page = own_book.get_html("pages/references")
    captions = [caption.get_text().partition(" Columns")[2] for caption in page.select("table caption")]
    assert captions == [f" of {name}.csv" for name in ("patients", "treatments", "platelets", "adverse_events")]
    assert page.select_one("table b") is None
