"""The paper as a whole, in built pages: the title block, the edition, and a checklist whose every link is checked."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from handmade_book import Book

from itpbook import __version__, project
from itpbook.intake.citation import CitationError, read_citation
from itpbook.intake.own_edition import Author, Edition
from itpbook.sphinxext.title_block import _authors

CITATION = """title: A paper
version: 3.2.1
date-released: "2021-02-03"
license: MIT
authors: [{given-names: Ann, family-names: Author}, {name: A group}]
"""


def item(name: str, **given: object) -> dict[str, object]:
    return {"id": name, "section": "Methods", "topic": "A <topic>", "asks": "Is it told?", **given}


def place(page: str, fragment: str) -> list[dict[str, str]]:
    return [{"page": page, "fragment": fragment, "phrase": "There"}]


def with_checklist(book: Book, monkeypatch: pytest.MonkeyPatch, *items: dict[str, object]) -> Book:
    path = book.source / "reporting.yaml"
    path.write_text(yaml.safe_dump([{"name": "STROBE", "title": "A list", "items": list(items)}]), encoding="utf-8")
    monkeypatch.setattr(project, "REPORTING", path)
    return book.write("pages/deeper/below.md", "# Checklist\n\n```{reporting-checklist}\n```\n").build()


def test_links_of_the_checklist_lead_to_headings_and_to_what_outputs_hold(
    own_book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    heading = item("1a", where=place("index", "results"), gap="Half of it.")
    output = item("1b", where=[*place("chapters/efficacy", "table-response"), *place("index", "results")])
    book = with_checklist(
        own_book,
        monkeypatch,
        heading,
        output,
        item("2", reason="It is <not>."),
        item("3", reason="Does not apply: no."),
    )
    assert not book.failed, book.warnings
    table = book.get_html("pages/deeper/below").select_one("#checklist-strobe")
    assert table is not None
    addresses = [str(link["href"]) for link in table.select("a")]
    results = "../../index.html#results"
    assert addresses == [results, "../../chapters/efficacy.html#table-response", results]
    assert "There. Half of it." in table.get_text()
    assert "Not dealt with. It is <not>." in table.get_text()
    assert "Not dealt with. Does not apply" not in table.get_text()
    assert [row["id"] for row in table.select("tr[id]")] == ["strobe-1a", "strobe-1b", "strobe-2", "strobe-3"]


def test_link_of_the_checklist_that_leads_nowhere_fails_the_build_and_names_the_item(
    own_book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, fragment = item("4", where=place("pages/gone", "x")), item("12b", where=place("index", "gone"))
    book = with_checklist(own_book, monkeypatch, page, fragment)
    assert book.failed
    assert "checklist: STROBE 4: there is no page pages/gone" in book.warnings
    assert "checklist: STROBE 12b: index has no place gone" in book.warnings


def test_checklist_that_cannot_be_read_fails_the_build(own_book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    book = with_checklist(own_book, monkeypatch, item("4"))
    assert book.failed
    assert "STROBE 4: give either where" in book.warnings


def with_citation(book: Book, monkeypatch: pytest.MonkeyPatch, text: str) -> Book:
    path = book.source / "CITATION.cff"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(project, "CITATION", path)
    book.write("pages/deeper/below.md", "# Declarations\n\n```{how-to-cite}\n```\n\nIn hand: {edition}`version`.\n")
    return book.write("pages/references.md", "# Title\n\n```{title-block}\n```\n").build()


def test_title_block_says_what_the_citation_file_says(own_book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    book = with_citation(own_book, monkeypatch, CITATION)
    assert not book.failed, book.warnings
    block = book.get_html("pages/references").select_one("dl.title-block")
    assert block is not None
    assert [term.get_text() for term in block.select("dt")] == ["Authors", "Edition", "Licence", "How to cite"]
    said = [definition.get_text().strip() for definition in block.select("dd")]
    assert said[0].startswith("Ann Author, A group. ")
    assert said[1].startswith("Version 3.2.1, 3 February 2021. ")
    assert said[2] == "MIT License (code)"
    assert said[3].startswith("Ann Author, A group. A paper. Version 3.2.1; 2021. ")
    below = book.get_html("pages/deeper/below").get_text()
    assert "Ann Author, A group. A paper. Version 3.2.1; 2021." in below
    assert "In hand: Version 3.2.1, 3 February 2021." in below


def test_authors_of_an_edition_are_named_or_said_not_to_be() -> None:
    named = Edition(authors=(Author("Ann Author", "0000-0002-1825-0097"), Author("Bo")))
    assert [words.astext() for words in _authors(named)] == ["Ann Author (ORCID 0000-0002-1825-0097), Bo. "]
    assert [words.astext() for words in _authors(Edition())] == ["Not named for this edition. "]


def test_citation_file_that_lacks_something_fails_the_build(own_book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    book = with_citation(own_book, monkeypatch, "title: A paper\n")
    assert book.failed
    assert "version is missing" in book.warnings


def test_all_that_is_wrong_with_a_citation_file_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "CITATION.cff"
    path.write_text("title: A paper\nversion: 1\nlicense: WTFPL\ndate-released: soon\n", encoding="utf-8")
    with pytest.raises(CitationError) as caught:
        read_citation(path)
    said = str(caught.value)
    assert "authors is missing" in said
    assert "licence 'WTFPL' is none of MIT, CC-BY-4.0" in said
    assert "date-released 'soon' is no date" in said


@pytest.mark.parametrize("content", ["- a", "a: ["])
def test_file_that_is_no_citation_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "CITATION.cff"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CitationError, match=r"CITATION\.cff"):
        read_citation(path)


def test_edition_before_its_release_has_no_date(tmp_path: Path) -> None:
    path = tmp_path / "CITATION.cff"
    path.write_text(CITATION.replace('date-released: "2021-02-03"\n', ""), encoding="utf-8")
    assert read_citation(path).edition == "Version 3.2.1"
    assert read_citation(path).line.endswith("A paper. Version 3.2.1.")


def test_version_of_the_citation_file_is_that_of_the_package() -> None:
    assert read_citation().version == __version__
    assert len(read_citation().licences) == 2
