"""The whole book, as readers get it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from itpbook import project
from itpbook.book.build import compile_book
from itpbook.shipped import shipped_ledger

CHAPTERS = ("methods", "cohort", "efficacy", "safety", "verification", "determined", "remarks", "refusals", "example")
PROSE = [project.ROOT / "index.md", *sorted((project.ROOT / "pages").rglob("*.md"))]
NAMES_WITH_DIGITS = ("IWG 2009", "10⁹/L", "CC BY 4.0", "UTF-8")


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="session")
def pages(built_book: Path) -> dict[str, BeautifulSoup]:
    names = ["index", *(f"chapters/{name}" for name in CHAPTERS), "pages/synthetic-records"]
    return {name: soup(built_book / f"{name}.html") for name in names}


@pytest.mark.parametrize("entry", shipped_ledger(), ids=lambda entry: entry.id)
def test_every_published_figure_is_printed_by_the_role(entry, pages: dict[str, BeautifulSoup]):
    printed = [
        claim.select_one(".claim-figure").get_text()
        for page in pages.values()
        for claim in page.select(f'.claim[data-claim="{entry.id}"]')
    ]
    assert entry.text in printed


@pytest.mark.parametrize("entry", shipped_ledger(), ids=lambda entry: entry.id)
def test_every_published_figure_has_a_row_in_the_ledger_table(entry, pages: dict[str, BeautifulSoup]):
    from itpbook.results import anchor

    row = pages["chapters/verification"].find(id=anchor(entry.id))
    assert row is not None
    assert entry.text in row.get_text(" ")


def test_links_of_claims_lead_to_elements_that_exist(built_book: Path, pages: dict[str, BeautifulSoup]):
    dead = []
    for name, page in pages.items():
        for link in page.select(".claim a"):
            file, _, fragment = link["href"].partition("#")
            target = (built_book / f"{name}.html").parent / file if file else built_book / f"{name}.html"
            if soup(target.resolve()).find(id=fragment) is None:
                dead.append((name, link["href"]))
    assert dead == []


@pytest.mark.parametrize("name", ["index", *(f"chapters/{name}" for name in CHAPTERS)])
def test_pages_say_that_the_records_are_synthetic(name: str, pages: dict[str, BeautifulSoup]):
    assert "Synthetic records" in pages[name].find("article").get_text()


def prose_of(path: Path) -> str:
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


@pytest.mark.parametrize(
    "path", [*PROSE, *(project.CHAPTERS / f"{name}.ipynb" for name in CHAPTERS)], ids=lambda path: path.stem
)
def test_prose_holds_no_typed_figure(path: Path):
    text = prose_of(path)
    text = re.sub(r"\{\w+\}`[^`]*`", "", text)  # roles
    text = re.sub(r"\]\([^)]*\)", "]", text)  # link targets
    text = re.sub(r"`[^`]*`", "", text)  # code
    text = re.sub(r"^\s*\d+\. ", "", text, flags=re.MULTILINE)  # numbered lists
    for name in NAMES_WITH_DIGITS:
        text = text.replace(name, "")
    assert re.findall(r"[^\n]*\d[^\n]*", text) == []


WORDS = "two three four five six seven eight nine ten eleven twelve twenty thirty hundred dozen both nobody never"
NUMBERS = rf"\d|\b({'|'.join(WORDS.split())})\b"


@pytest.mark.parametrize("name", CHAPTERS)
def test_captions_hold_no_typed_figure(name: str):
    cells = json.loads((project.CHAPTERS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    captions = [cell["metadata"]["mystnb"]["figure"]["caption"] for cell in cells if "mystnb" in cell["metadata"]]
    assert [caption for caption in captions if re.search(NUMBERS, caption, re.IGNORECASE)] == []


def test_nothing_is_fetched_from_the_network(built_book: Path):
    outside = re.compile(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""")
    loading = ("script", "img", "iframe", "source", "embed")
    found = []
    for path in sorted(built_book.rglob("*.html")):
        page = soup(path)
        elements = [
            *page.find_all(loading),
            *page.find_all("link", rel=lambda rel: rel not in ("canonical", ["canonical"])),
        ]
        found += [(path.name, str(element)[:120]) for element in elements if outside.search(str(element))]
    assert found == []


def test_pages_hold_nothing_of_the_machine(built_book: Path):
    found = [
        path.relative_to(built_book)
        for path in sorted(built_book.rglob("*"))
        if path.suffix in {".html", ".ipynb", ".js", ".txt"} and str(project.ROOT) in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_the_same_inputs_give_the_same_bytes(built_book: Path, tmp_path: Path):
    """A second compilation, from the stored chapters instead of freshly executed ones, gives identical files."""

    source = tmp_path / "source"
    shutil.copytree(project.CHAPTERS, source / "chapters")
    again = compile_book(source, tmp_path, tmp_path, pdf=True)
    first = {path.relative_to(built_book): path.read_bytes() for path in built_book.rglob("*") if path.is_file()}
    second = {path.relative_to(again): path.read_bytes() for path in again.rglob("*") if path.is_file()}
    del first[Path(project.PDF)]  # printed from these pages; that it is the same is tested with it
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
