"""The book of a centre's own records: its own pages, its figures beside the published ones, small numbers withheld."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from whole_books import WatchedBook

from implied.files.input_files import digest_of_folder
from implied.ledger import Ledger
from itpbook import project
from itpbook.book.book_folder import RELEASE
from itpbook.book.release import pack, write_release
from itpbook.book.search import search_folder
from itpbook.provenance import Commit
from itpbook.results import anchor
from itpbook.sphinxext.edition_pages import UNWRITTEN

OF_THE_PUBLISHED = (
    "French centres",
    "reference network",
    "adenocarcinoma",
    "reconstructed from",
    "made up",
    "Synthetic records",
    "What recomputing adds",
)
"""Words that hold of the published series or its reconstruction, and of no other records."""


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def words(path: Path) -> str:
    article = soup(path).select_one("article")
    assert article is not None
    for beside in article.select(".claim-card, .claim-mark, .headerlink, .cell_input, .result"):
        beside.decompose()
    return " ".join(article.get_text().split())


@pytest.fixture(scope="module")
def html(centre_book: WatchedBook) -> Path:
    return centre_book.html


def test_title_authors_and_texts_are_those_of_the_centre(html: Path):
    index = words(html / "index.html")
    assert index.startswith("Our *own* patients")
    assert "Ann Author (ORCID 0000-0002-1825-0097), Bo Other. Declarations" in index
    assert "A hospital, 1 March 2026. This run" in index
    assert "Ann Author, Bo Other. Our *own* patients. A hospital; 2026." in index
    assert "Background. Little was known here." in index
    assert f"Conclusion. {UNWRITTEN}" in index
    assert "Patients were found in our files." in words(html / "chapters" / "methods.html")


def test_headings_of_a_text_stay_where_the_text_stands(html: Path):
    page = soup(html / "pages" / "discussion.html")
    headings = [
        (each.name, each.get_text().rstrip("#"))
        for each in page.select("article h1, article h2, article h3, article h4")
    ]
    assert headings == [
        ("h1", "Discussion"),
        ("h2", "What these records show"),
        ("h3", "What we saw"),
        ("h4", "And more"),
        ("h2", "What holds of any such series"),
    ]


@pytest.mark.parametrize("page", ["index", "pages/introduction", "pages/declarations"])
def test_what_was_not_written_is_said(html: Path, page: str):
    assert UNWRITTEN in words(html / f"{page}.html")


PAGES = (
    "index",
    "chapters/methods",
    "chapters/cohort",
    "chapters/efficacy",
    "chapters/safety",
    "chapters/verification",
    "pages/introduction",
    "pages/discussion",
    "pages/declarations",
)


@pytest.mark.parametrize("page", PAGES)
def test_nothing_that_holds_of_the_published_series_alone_is_said_of_others(html: Path, page: str):
    found = words(html / f"{page}.html")
    assert [phrase for phrase in OF_THE_PUBLISHED if phrase in found] == []
    assert soup(html / f"{page}.html").select(".synthetic-notice") == []


def test_there_are_no_pages_of_the_published_series_alone(html: Path):
    for name in ("checklist", "editions", "synthetic-records"):
        assert not (html / "pages" / f"{name}.html").exists()


def test_every_figure_of_the_ledger_has_its_row_without_a_verdict(html: Path, ledger: Ledger):
    page = soup(html / "chapters" / "verification.html")
    assert page.select_one("h1").get_text().startswith("Published and ours")
    for entry in ledger:
        row = page.find(id=anchor(entry.id))
        assert row is not None
        assert entry.text in row.get_text(" ")
        assert row["data-verdict"] in ("compared", "side-by-side", "not-available")


def test_links_of_claims_lead_to_elements_that_exist(html: Path):
    pages = {path: soup(path) for path in sorted(html.rglob("*.html"))}
    places = {path: {str(each["id"]) for each in page.select("[id]")} for path, page in pages.items()}
    for path, page in pages.items():
        for link in page.select(".claim a"):
            file, _, fragment = str(link["href"]).partition("#")
            target = (path.parent / file).resolve() if file else path
            assert fragment in places[target], (path.name, link["href"])


def test_what_is_not_drawn_is_said_where_it_would_stand(html: Path):
    page = soup(html / "chapters" / "efficacy.html")
    said = [each.get_text() for each in page.select("p.nothing-drawn")]
    assert said
    assert all(words.startswith("Left out: it would show single patients") for words in said)


def test_cards_give_both_figures_and_their_difference(html: Path):
    card = soup(html / "chapters" / "cohort.html").select_one('.claim[data-claim="cohort.female"] .claim-card')
    said = " ".join(card.get_text().split())
    assert re.search(r"Published: 65%\. Ours: \d+%\. Patients: \d+ of 14 ", said), said
    assert "percentage points (95% CI" in said
    assert "Verdict" not in said
    row = soup(html / "chapters" / "verification.html").find(id="cohort-female")
    assert "65%" in row.get_text()
    assert re.search(r"\d+/14 \(\d+%\)", row.get_text()), row.get_text()


def test_pages_about_the_published_series_quote_its_figures(html: Path):
    remarks = soup(html / "chapters" / "remarks.html")
    (claim, *_) = remarks.select('.claim[data-claim="efficacy.cr"]')
    assert claim.select_one(".claim-figure").get_text() == "61%"
    assert "about the published abstract" in words(html / "chapters" / "remarks.html")


def test_results_are_those_of_the_imported_patients(html: Path):
    results = json.loads((html / "downloads" / "results.json").read_text(encoding="utf-8"))["results"]
    numbers = {result["id"]: (result["n"], result["N"]) for result in results if result["published"]}
    assert numbers["cohort.n"] == (14, 14)
    assert numbers["cohort.female"][1] == 14


def test_no_small_number_is_in_any_file_of_the_book(html: Path):
    results = json.loads((html / "downloads" / "results.json").read_text(encoding="utf-8"))["results"]
    for result in results:
        if result["basis"] != "records":
            continue
        if result["suppressed"]:
            assert result["printed"] in ("<5", "withheld")
            assert {each["raw"] for each in result["statistics"].values()} == {None}
        elif result["n"] is not None and result["N"] is not None:
            assert not 0 < result["n"] < 5, result["id"]
            assert not 0 < result["N"] - result["n"] < 5, result["id"]
    drawn = {path.stem for path in (html / "downloads").glob("figure-*.csv")}
    assert not drawn & {"figure-flow", "figure-swimmer", "figure-waterfall", "figure-duration", "figure-envelope"}
    for path in html.rglob("*"):
        if path.is_file() and path.suffix in {".html", ".ipynb", ".json", ".csv", ".js", ".md", ".svg"}:
            assert not re.search(r"\bC-\d\d\b", path.read_text(encoding="utf-8")), path.name


def test_the_settings_and_contents_are_those_of_the_edition(html: Path):
    page = soup(html / "chapters" / "cohort.html")
    assert page.select_one(".book-title").get_text().strip() == "Our *own* patients"
    contents = yaml.safe_load((project.ROOT / "pages" / "own" / "_toc.yml").read_text(encoding="utf-8"))
    listed = [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    assert all((html / f"{name}.html").is_file() for name in listed)


def test_no_share_of_the_patients_is_printed_of_which_either_side_is_small(html: Path):
    for path in html.rglob("*"):
        if path.is_file() and path.suffix in {".html", ".ipynb", ".json", ".csv", ".js", ".md", ".svg"}:
            text = path.read_text(encoding="utf-8")
            # Published figures have this denominator, too: one group of the remarks, whose rows say which it is.
            shares = set(re.findall(r"(?<![\d/])(\d+)(?:/| of )14(?![\d/])", text)) - {"13"}
            assert not [share for share in shares if 0 < int(share) < 5 or 0 < 14 - int(share) < 5], path.name
            assert not re.search(r"withheld%|(<|&lt;)5%", text), path.name


def test_no_number_that_is_downloaded_has_more_digits_than_are_printed(html: Path):
    for result in json.loads((html / "downloads" / "results.json").read_text(encoding="utf-8"))["results"]:
        for statistic in result["statistics"].values():
            if result["basis"] == "records" and isinstance(statistic["raw"], float):
                assert statistic["formatted"] == f"{statistic['raw']:g}", result["id"]
    age = soup(html / "chapters" / "cohort.html").select_one('.claim[data-claim="cohort.age"] .claim-figure')
    assert re.fullmatch(r"\d+", age.get_text()), "of fourteen patients no quartiles"


def test_the_release_pack_lies_beside_the_book_for_its_owner_alone_and_tells_every_number(html: Path):
    pack = html.parent / RELEASE
    assert oct(pack.stat().st_mode & 0o777) == "0o700"
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in pack.iterdir()} == {
        "README.md": "0o600",
        "numbers.csv": "0o600",
    }
    assert not (html / RELEASE).exists()
    text = (pack / "README.md").read_text(encoding="utf-8")
    assert f"| {digest_of_folder(html)} |" in text
    assert "| Parameter suppress_below | 5 |" in text
    rows = list(csv.DictReader((pack / "numbers.csv").read_text(encoding="utf-8").splitlines()))
    recorded = json.loads((html / "downloads" / "results.json").read_text(encoding="utf-8"))["results"]
    told = {row["place"] for row in rows}
    for result in recorded:
        if (
            result["basis"] == "records"
            and "threshold" not in result["statistics"]
            and result["id"] != "methods.r_range"
        ):
            assert result["id"] in told
            hidden = [row for row in rows if row["place"] == result["id"] and row["decision"] == "withheld"]
            assert bool(result["suppressed"]) <= bool(hidden), result["id"]
            assert all(row["why"] for row in hidden)
    printed = {row["place"]: row["printed"] for row in rows if row["statistic"] == "patients"}
    assert printed["cohort.female"] == next(each["printed"] for each in recorded if each["id"] == "cohort.female")
    with (html / "downloads" / "table-adverse-events.csv").open(encoding="utf-8") as file:
        shown = [row["Patients, n/N (%)"] for row in csv.DictReader(file)]
    among_all = [row for row in rows if row["place"] == "table-adverse-events" and "among" not in row["label"]]
    assert {row["printed"] for row in among_all} >= set(shown) - {"withheld"}


def test_the_pack_is_the_same_bytes_again(centre_book: WatchedBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    html = centre_book.html
    # The copy that built the book is no repository.
    monkeypatch.setattr(pack, "commit", lambda: Commit(None))
    values = {"data_dir": str(centre_book.records), "suppress_below": 5}
    write_release(tmp_path / "again", html, html / "_sources" / "chapters", values)
    for name in ("README.md", "numbers.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (html.parent / RELEASE / name).read_bytes()


def test_a_search_finds_no_patient_in_the_book_but_each_in_its_records(centre_book: WatchedBook):
    patients = csv.DictReader((centre_book.records / "patients.csv").read_text(encoding="utf-8").splitlines())
    names = [row["patient_id"] for row in patients]
    assert len(names) == 14
    for folder in ("chapters", "downloads", "pages", "_sources"):
        report = search_folder(centre_book.html / folder, names)
        assert report.files
        assert report.hits == ()
    assert {hit.text for hit in search_folder(centre_book.records, names).hits} == set(names)


def test_the_commands_say_what_they_did_and_no_page_names_their_folder(centre_book: WatchedBook):
    assert f"{centre_book.records}: 14 patients, no problem found\n" in centre_book.printed
    assert f"{centre_book.html / 'index.html'}\n" in centre_book.printed
    # What no page of the edition shows is not executed.
    assert "executed: comparison" in centre_book.printed
    assert "verification" not in centre_book.printed
    for path in centre_book.html.rglob("*"):
        assert not path.is_file() or str(centre_book.folder).encode() not in path.read_bytes(), path


def test_what_is_withheld_is_said_on_each_page_and_below_each_table(html: Path):
    for name in ("cohort", "efficacy", "safety"):
        page = soup(html / "chapters" / f"{name}.html")
        assert "counts above zero and below 5" in page.select_one(".definitions-notice").get_text()
    for name, table in (("cohort", "table-baseline"), ("safety", "table-safety"), ("efficacy", "table-subgroups")):
        place = soup(html / "chapters" / f"{name}.html").find(id=table)
        assert "Small numbers are not printed" in place.get_text()
