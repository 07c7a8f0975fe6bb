"""The manuscript as a PDF: whole, tagged, found by its contents, nothing beyond the page, the same every time."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from bs4 import BeautifulSoup
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from itpbook import project
from itpbook.book.build import build
from itpbook.book.manuscript import pdf as pdf_module
from itpbook.book.manuscript.chromium import NAMES, VARIABLE, NoChromium
from itpbook.book.manuscript.pdf import PdfError, _finished, _print, page_numbers, write_pdf
from itpbook.book.manuscript.print_page import Manuscript, ManuscriptError, join, pages_in_order
from itpbook.intake.citation import read_citation


@pytest.fixture(scope="module")
def pdf(built_book: Path) -> PdfReader:
    return PdfReader(built_book / project.PDF)


class Sheet(NamedTuple):
    """What is read of a page of the PDF, once for all tests: its text, and the words that begin beyond its margins."""

    text: str
    beyond: list[str]


@pytest.fixture(scope="module")
def sheets(built_book: Path) -> list[Sheet]:
    return [read_sheet(page) for page in PdfReader(built_book / project.PDF).pages]


@pytest.fixture(scope="module")
def texts(sheets: list[Sheet]) -> list[str]:
    return [sheet.text for sheet in sheets]


@pytest.fixture(scope="module")
def manuscript(built_book: Path) -> Manuscript:
    return join(built_book, pages_in_order(project.ROOT / "_toc.yml"))


def bare(words: str) -> str:
    return re.sub(r"\s", "", words)


def test_every_page_has_text_and_there_are_as_many_as_a_paper_has(texts: list[str]) -> None:
    assert 20 <= len(texts) <= 90
    assert [number for number, text in enumerate(texts, 1) if len(text) < 20] == []


def outline_of(entries: list[Any], level: int = 1) -> list[tuple[int, Any]]:
    """Return the bookmarks with their levels, in order: the browser makes them by itself, from the headings."""
    found: list[tuple[int, Any]] = []
    for entry in entries:
        found += outline_of(entry, level + 1) if isinstance(entry, list) else [(level, entry)]
    return found


def test_contents_give_the_page_on_which_each_heading_stands(
    pdf: PdfReader, texts: list[str], manuscript: Manuscript
) -> None:
    bookmarks = [entry for level, entry in outline_of(pdf.outline) if level <= 2][1:]
    assert [str(entry.title) for entry in bookmarks] == [each.words for each in manuscript.headings]
    first = pdf.get_destination_page_number(bookmarks[0])
    assert first is not None
    contents = bare(" ".join(texts[1:first]))
    for entry in bookmarks:
        page = pdf.get_destination_page_number(entry)
        assert page is not None
        assert bare(str(entry.title)) in bare(texts[page])
        line = f"{bare(str(entry.title))}{page + 1}"
        assert line in contents, line
        contents = contents.partition(line)[2]


def test_titles_and_computed_figures_are_printed(built_book: Path, texts: list[str]) -> None:
    whole = bare(" ".join(texts))
    for name, _ in pages_in_order(project.ROOT / "_toc.yml"):
        page = BeautifulSoup((built_book / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        title = page.select_one("article h1")
        assert title is not None
        assert bare(title.get_text().removesuffix("#")) in whole
        for figure in page.select("article a.claim-figure")[:5]:
            assert bare(figure.get_text()) in whole


def test_it_is_tagged_has_a_language_a_title_and_an_outline(pdf: PdfReader, manuscript: Manuscript) -> None:
    assert pdf.root_object["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert "/StructTreeRoot" in pdf.root_object
    assert pdf.root_object["/Lang"] == "en"
    assert pdf.metadata is not None
    assert pdf.metadata.title
    assert pdf.metadata.author
    top = [str(entry.title) for entry in pdf.outline if not isinstance(entry, list)]
    chapters = [heading.words for heading in manuscript.headings if heading.level == 1]
    assert top == ["Contents", *chapters]


def test_a_heading_that_goes_on_to_a_new_line_keeps_its_space_in_the_outline(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    parent = writer.add_outline_item(title="The patients of acentre", page_number=0)
    writer.add_outline_item(title="Howthey were found", page_number=0, parent=parent)
    writer.add_outline_item(title="Elsewhere", page_number=0)
    writer.write(tmp_path / "printed.pdf")
    headings = ["The patients of a centre", "How they were found"]
    found = PdfReader(_finished(tmp_path / "printed.pdf", tmp_path / "whole.pdf", read_citation(), headings))
    assert [str(entry.title) for _, entry in outline_of(found.outline)] == [*headings, "Elsewhere"]


@pytest.mark.parametrize("title", ["RecordsRecords", "Records Records", "RecordsRecordsRecords"])
def test_a_heading_that_was_moved_to_the_next_page_stands_once_in_the_outline(tmp_path: Path, title: str) -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    for name in (title, "Bonbon", "No heading No heading"):
        writer.add_outline_item(title=name, page_number=0)
    writer.write(tmp_path / "printed.pdf")
    found = PdfReader(
        _finished(tmp_path / "printed.pdf", tmp_path / "whole.pdf", read_citation(), ["Records", "Bonbon"])
    )
    assert [str(entry.title) for _, entry in outline_of(found.outline)] == [
        "Records",
        "Bonbon",
        "No heading No heading",
    ]


def test_a_page_without_outline_whose_font_names_no_letters_is_finished_all_the_same(tmp_path: Path) -> None:
    writer = PdfWriter()
    font = writer._add_object(DictionaryObject({NameObject("/Type"): NameObject("/Font")}))
    resources = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
    writer.add_blank_page(100, 100)[NameObject("/Resources")] = resources
    writer.write(tmp_path / "printed.pdf")
    found = PdfReader(_finished(tmp_path / "printed.pdf", tmp_path / "whole.pdf", read_citation(), []))
    assert found.root_object["/Lang"] == "en"
    assert found.outline == []


def test_every_font_is_embedded(pdf: PdfReader) -> None:
    for number, page in enumerate(pdf.pages, 1):
        for font in page["/Resources"].get("/Font", {}).values():
            described = font.get_object()
            for each in described.get("/DescendantFonts", [described]):
                each = each.get_object()
                if each.get("/Subtype") != "/Type3":
                    assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(each["/FontDescriptor"]), number


def test_text_is_set_in_the_fonts_of_the_book_without_ligatures(pdf: PdfReader, texts: list[str]) -> None:
    names = {
        str(font.get_object()["/BaseFont"]).lstrip("/").rpartition("+")[2]
        for page in pdf.pages
        for font in page["/Resources"].get("/Font", {}).values()
        if font.get_object().get("/Subtype") != "/Type3"
    }
    assert {name.partition("-")[0] for name in names} == {"SourceSerifPro", "SourceSansPro", "DejaVuSansMono"}
    assert set("ﬀﬁﬂﬃﬄ") & set("".join(texts)) == set()


def test_quotation_marks_are_copied_as_such(texts: list[str]) -> None:
    text = "".join(texts)
    assert "\N{RIGHT SINGLE QUOTATION MARK}" in text
    assert "\N{MODIFIER LETTER APOSTROPHE}" not in text
    assert "\N{MODIFIER LETTER TURNED COMMA}" not in text


DRAWING = re.compile(rb"^(?:.* )?(?:m|l|c|h|re|f|n|S|rg|gs|EMC)\n", re.MULTILINE)
BETWEEN_LETTERS = re.compile(rb"> Tj\n[-\d.]+ 0 Td <")


def read_sheet(page: PageObject) -> Sheet:
    """Read a page without its drawings, and with the letters of a line in one piece: that takes pypdf a sixth."""
    content = DecodedStreamObject()
    content.set_data(BETWEEN_LETTERS.sub(b"", DRAWING.sub(b"", page.get_contents().get_data())))
    page[NameObject("/Contents")] = content
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    beyond: list[str] = []

    def seen(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        if text.strip() and not (40 <= x <= width - 40 and 20 <= y <= height - 40):
            beyond.append(f"{text} at {x:.0f}, {y:.0f}")

    text = page.extract_text(visitor_text=seen)
    return Sheet(" ".join(text.split()), beyond)


def test_pages_are_a4_and_no_word_begins_beyond_the_margins(pdf: PdfReader, sheets: list[Sheet]) -> None:
    for page in pdf.pages:
        assert abs(float(page.mediabox.width) - 595.28) < 1.5
        assert abs(float(page.mediabox.height) - 841.89) < 1.5
    assert {number: sheet.beyond for number, sheet in enumerate(sheets, 1) if sheet.beyond} == {}


def test_links_between_pages_lead_inside_the_document(pdf: PdfReader, manuscript: Manuscript) -> None:
    named = set(pdf.named_destinations)
    inside = 0
    for page in pdf.pages:
        for annotation in page.get("/Annots", []):
            link = annotation.get_object()
            if "/Dest" in link:
                assert str(link["/Dest"]) in named
                inside += 1
            else:
                assert str(link["/A"]["/URI"]).startswith(("http://", "https://", "mailto:"))
    assert inside > len(manuscript.headings)


def test_printing_again_gives_the_same_bytes(built_book: Path, chromium: str, tmp_path: Path) -> None:
    """In a copy of the pages, so that other tests can read the PDF meanwhile."""
    pages = Path(shutil.copytree(built_book, tmp_path / "html"))
    (pages / project.PDF).unlink()
    assert write_pdf(pages, chromium).read_bytes() == (built_book / project.PDF).read_bytes()


def test_ids_of_the_printed_page_are_unique_and_nothing_for_screens_is_left(manuscript: Manuscript) -> None:
    page = BeautifulSoup(manuscript.body, "html.parser")
    ids = [each["id"] for each in page.select("[id]")]
    assert len(ids) == len(set(ids))
    assert page.select("details.hide, .claim-mark, .claim-card, .downloads, .for-dark, .headerlink") == []
    assert {link["href"] for link in page.select('a[href^="#"]')} <= {f"#{each}" for each in ids}


def write_page(folder: Path, name: str, article: str) -> None:
    path = folder / f"{name}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'<html><body><article class="bd-article">{article}</article></body></html>', encoding="utf-8")


def test_links_become_places_of_the_document_or_text_and_images_are_found(tmp_path: Path) -> None:
    write_page(
        tmp_path,
        "index",
        '<section id="a"><h1>A</h1><a href="deep/b.html#x">in</a><a href="a.csv">file</a>'
        '<img src="data:image/png;base64,AA"><img src="_images/a%20b.png">',
    )
    write_page(
        tmp_path,
        "deep/b",
        '<section id="b"><h1>B</h1><p id="x"></p><a href="../index.html">up</a><a href="#no">dead</a>',
    )
    body = BeautifulSoup(join(tmp_path, [("index", ""), ("deep/b", "Part")]).body, "html.parser")
    assert [(link["href"], link.get_text()) for link in body.select("a")] == [("#deep-b--x", "in"), ("#index", "up")]
    assert "file" in body.get_text()
    assert "dead" in body.get_text()
    images = ["data:image/png;base64,AA", (tmp_path / "_images" / "a b.png").as_uri()]
    assert [image["src"] for image in body.select("img")] == images


def test_page_that_was_not_built_or_has_no_article_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManuscriptError, match="chapters/lost stands in the contents but was not built"):
        join(tmp_path, [("chapters/lost", "")])
    (tmp_path / "bare.html").write_text("<html><body></body></html>", encoding="utf-8")
    with pytest.raises(ManuscriptError, match="bare has no article"):
        join(tmp_path, [("bare", "")])


def test_contents_may_be_nested_and_hold_links(tmp_path: Path) -> None:
    chapters = "  - file: a\n    sections:\n    - file: b\n  - url: a\n  - file: c\n"
    toc = f"root: index\nparts:\n- caption: P\n  chapters:\n{chapters}"
    (tmp_path / "_toc.yml").write_text(toc, encoding="utf-8")
    assert pages_in_order(tmp_path / "_toc.yml") == [("index", ""), ("a", "P"), ("b", ""), ("c", "")]


def test_heading_that_is_not_in_the_pdf_is_said(built_book: Path) -> None:
    with pytest.raises(PdfError, match="the PDF lacks nowhere"):
        page_numbers(built_book / project.PDF, ["nowhere"])


def test_without_a_browser_nothing_is_built_and_what_was_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "index.html").write_text("old", encoding="utf-8")
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoChromium, match=f"none of {NAMES[0]}"):
        build(tmp_path, {}, pdf=True)
    assert [path.name for path in tmp_path.iterdir()] == ["html"]
    assert (tmp_path / "html" / "index.html").read_text(encoding="utf-8") == "old"


def test_browser_that_fails_is_quoted(built_book: Path, tmp_path: Path) -> None:
    broken = tmp_path / "browser"
    broken.write_text("#!/bin/sh\necho out of paper >&2\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    before = (built_book / project.PDF).read_bytes()
    contents = tmp_path / "_toc.yml"
    contents.write_text("root: pages/references\n", encoding="utf-8")
    with pytest.raises(PdfError, match="out of paper"):
        write_pdf(built_book, str(broken), toc=contents)
    assert (built_book / project.PDF).read_bytes() == before


def test_browser_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    with pytest.raises(PdfError, match=r"no-browser could not print the manuscript: .*No such file or directory"):
        _print(str(tmp_path / "no-browser"), tmp_path / "page.html", tmp_path / "page.pdf")


def test_page_numbers_that_never_settle_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_page(tmp_path, "index", '<section id="a"><h1>A</h1></section>')
    (tmp_path / "_toc.yml").write_text("root: index\n", encoding="utf-8")
    found = iter(range(1, 4))
    monkeypatch.setattr(pdf_module, "_sheet", lambda _: "")
    monkeypatch.setattr(pdf_module, "_print", lambda *_: None)
    monkeypatch.setattr(pdf_module, "page_numbers", lambda *_: {"index--a--heading": next(found)})
    with pytest.raises(PdfError, match="the page numbers of the contents do not settle"):
        write_pdf(tmp_path, "browser", toc=tmp_path / "_toc.yml")


def test_browser_writes_beside_its_page_however_long_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chromium: str
) -> None:
    deep = tmp_path / ("long-" * 30)
    for name, folder in (("", deep), ("HOME", tmp_path / "home"), ("TMPDIR", tmp_path / "tmp")):
        folder.mkdir()
        if name:
            monkeypatch.setenv(name, str(folder))
    (deep / "page.html").write_text("<!doctype html><title>A page</title><p>Words", encoding="utf-8")
    _print(chromium, deep / "page.html", deep / "page.pdf")
    assert (deep / "page.pdf").read_bytes().startswith(b"%PDF")
    assert sorted(path.name for path in tmp_path.rglob("*") if deep not in (path, *path.parents)) == ["home", "tmp"]
