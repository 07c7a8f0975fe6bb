"""The whole book, as readers get it."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from bs4 import BeautifulSoup

from implied.ledger import Entry
from itpbook import project
from itpbook.book.build import compile_book
from itpbook.results import anchor
from itpbook.shipped import shipped_ledger

CHAPTERS = ("methods", "cohort", "efficacy", "safety", "verification", "determined", "remarks", "refusals", "example")
GENERATED = ("genindex.html", "search.html")
"""Pages that Sphinx makes by itself; they show no records."""
PROSE = [project.ROOT / "index.md", *sorted((project.ROOT / "pages").rglob("*.md"))]
NAMES_WITH_DIGITS = ("IWG 2009", "10⁹/L", "CC BY 4.0", "UTF-8")


@pytest.fixture(scope="module")
def parsed(built_book: Path) -> Mapping[str, BeautifulSoup]:
    """Return every page of the book, parsed once for all tests, by its address."""
    return {
        path.relative_to(built_book).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(built_book.rglob("*.html"))
    }


@pytest.fixture(scope="module")
def pages(parsed: Mapping[str, BeautifulSoup]) -> Mapping[str, BeautifulSoup]:
    """Return the pages of the contents and those that Sphinx makes by itself."""
    return {address: page for address, page in parsed.items() if not address.startswith("_")}


@pytest.fixture(scope="module")
def ids(pages: Mapping[str, BeautifulSoup]) -> Mapping[str, Counter[str]]:
    """Return how often each identifier stands on each page."""
    return {
        address: Counter(str(element["id"]) for element in page.find_all(id=True)) for address, page in pages.items()
    }


@pytest.fixture(scope="module")
def printed(pages: Mapping[str, BeautifulSoup]) -> Mapping[str, set[str]]:
    """Return what is printed of each published figure by the role, by its id."""
    texts: dict[str, set[str]] = {}
    for name in ("index", *(f"chapters/{name}" for name in CHAPTERS), "pages/synthetic-records"):
        for claim in pages[f"{name}.html"].find_all("span", class_="claim"):
            figure = claim.find(class_="claim-figure")
            assert figure is not None
            texts.setdefault(str(claim["data-claim"]), set()).add(figure.get_text())
    return texts


@pytest.mark.parametrize("entry", shipped_ledger(), ids=lambda entry: entry.id)
def test_every_published_figure_is_printed_by_the_role(entry: Entry, printed: Mapping[str, set[str]]):
    assert entry.text in printed[entry.id]


@pytest.mark.parametrize("entry", shipped_ledger(), ids=lambda entry: entry.id)
def test_every_published_figure_has_a_row_in_the_ledger_table(entry: Entry, pages: Mapping[str, BeautifulSoup]):
    row = pages["chapters/verification.html"].find(id=anchor(entry.id))
    assert row is not None
    assert entry.text in row.get_text(" ")


def test_every_link_within_the_book_leads_to_an_element(
    pages: Mapping[str, BeautifulSoup], ids: Mapping[str, Counter[str]], built_book: Path
) -> None:
    root = built_book.resolve()
    dead = []
    for page_address, page in pages.items():
        for link in page.find_all("a", href=True):
            address, fragment = urldefrag(unquote(str(link["href"])))
            if ":" in address:
                continue
            address = address.partition("?")[0]  # what the ledger is filtered by
            goal = (root / page_address).parent.joinpath(address).resolve() if address else root / page_address
            known = ids.get(goal.relative_to(root).as_posix()) if goal.is_relative_to(root) else None
            if not goal.is_file() or (fragment and known is not None and fragment not in known):
                dead.append(f"{page_address}: {link['href']}")
    assert dead == []


def test_no_identifier_stands_twice_on_a_page(ids: Mapping[str, Counter[str]]) -> None:
    for address, counts in ids.items():
        assert [name for name, count in counts.items() if count > 1] == [], address


def test_abstract_quotes_every_published_figure(pages: Mapping[str, BeautifulSoup]) -> None:
    quoted = {str(claim["data-claim"]) for claim in pages["index.html"].find_all("span", class_="claim")}
    assert {entry.id for entry in shipped_ledger()} - quoted == set()


def test_each_published_figure_has_one_row_and_one_cell(pages: Mapping[str, BeautifulSoup]) -> None:
    rows = Counter(str(row["id"]) for page in pages.values() for row in page.find_all("tr", id=True))
    cells = Counter(str(cell["id"]) for page in pages.values() for cell in page.find_all("p", class_="result"))
    for entry in shipped_ledger():
        assert (rows[anchor(entry.id)], cells[f"result-{anchor(entry.id)}"]) == (1, 1), entry.id


def test_every_page_says_once_that_records_are_synthetic(pages: Mapping[str, BeautifulSoup]) -> None:
    for address, page in pages.items():
        assert len(page.find_all(class_="synthetic-notice")) == (address not in GENERATED), address


def test_the_abstract_and_every_chapter_have_a_description_of_their_own(pages: Mapping[str, BeautifulSoup]) -> None:
    descriptions = {}
    for address, page in pages.items():
        if address != "index.html" and not address.startswith("chapters/"):
            continue
        (tag,) = page.find_all("meta", attrs={"name": "description"})
        descriptions[address] = tag["content"]
    assert len(set(descriptions.values())) == len(descriptions)


def test_every_table_and_figure_offers_its_data(pages: Mapping[str, BeautifulSoup], built_book: Path) -> None:
    for address, page in pages.items():
        if not address.startswith("chapters/"):
            continue
        shown = [str(table["id"]) for table in page.select("table.publication-table")]
        shown += [str(figure["id"]) for figure in page.select("article figure[id]")]
        offered = [
            re.sub(r".*/(.*)\.csv", r"\1", str(link["href"])) for link in page.select('p.downloads a[href$=".csv"]')
        ]
        assert sorted(set(offered) - {"results"}) == sorted(shown), address
        for name in offered:
            text = (built_book / "downloads" / f"{name}.csv").read_text(encoding="utf-8")
            assert text.count("\n") >= 2, name


@pytest.mark.parametrize("name", ["index", *(f"chapters/{name}" for name in CHAPTERS)])
def test_pages_say_that_the_records_are_synthetic(name: str, pages: Mapping[str, BeautifulSoup]):
    article = pages[f"{name}.html"].find("article")
    assert article is not None
    assert "Synthetic records" in article.get_text()


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


def test_nothing_is_fetched_from_the_network(parsed: Mapping[str, BeautifulSoup]):
    outside = re.compile(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""")
    loading = ("script", "img", "iframe", "source", "embed")
    fetched = []
    for address, page in parsed.items():
        elements = [
            *page.find_all(loading),
            *page.find_all("link", rel=lambda rel: rel not in ("canonical", ["canonical"])),
        ]
        fetched += [(address, str(element)[:120]) for element in elements if outside.search(str(element))]
    assert fetched == []


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
