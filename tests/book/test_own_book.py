"""Whole books of other records: a centre's own pages, its figures beside the published ones, small numbers withheld."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from other_cohorts import other_records

from implied.files.input_files import digest_of_folder
from implied.ledger import Ledger
from itpbook.book.book_folder import RELEASE
from itpbook.book.build import build
from itpbook.book.release import write_release
from itpbook.book.search import search_folder
from itpbook.intake.own_edition import Author, Edition
from itpbook.results import anchor
from itpbook.sphinxext.edition_pages import UNWRITTEN

EDITION = Edition(
    title="Our *own* patients",
    authors=(Author("Ann Author", "0000-0002-1825-0097"), Author("Bo Other")),
    centre="A hospital",
    date="2026-03-01",
    licence="CC BY 4.0",
    texts={
        "background": "Little was known here.",
        "discussion": "# What we saw\n\nOf all, {claim}`efficacy.response` responded.\n\n## And more\n\nThe end.",
        "methods_setting": "Patients were found in our files.",
    },
)

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
def sparse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the book of records that lack whatever they may lack."""
    folder = tmp_path_factory.mktemp("sparse")
    records = other_records("as little as allowed", folder / "records")
    return build(folder / "book", {"data_dir": str(records)}, edition=EDITION)


@pytest.fixture(scope="module")
def withheld(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the book of a small centre that prints no small numbers and wrote nothing."""
    folder = tmp_path_factory.mktemp("withheld")
    records = other_records("fourteen, of whom all respond", folder / "records")
    return build(folder / "book", {"data_dir": str(records), "suppress_below": 5}, edition=Edition())


def test_title_authors_and_texts_are_those_of_the_centre(sparse: Path):
    index = words(sparse / "index.html")
    assert index.startswith("Our *own* patients")
    assert "Ann Author (ORCID 0000-0002-1825-0097), Bo Other. Declarations" in index
    assert "A hospital, 1 March 2026. This run" in index
    assert "Ann Author, Bo Other. Our *own* patients. A hospital; 2026." in index
    assert "Background. Little was known here." in index
    assert f"Conclusion. {UNWRITTEN}" in index
    assert "Patients were found in our files." in words(sparse / "chapters" / "methods.html")


def test_headings_of_a_text_stay_where_the_text_stands(sparse: Path):
    page = soup(sparse / "pages" / "discussion.html")
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


@pytest.mark.parametrize("page", ["index", "pages/introduction", "pages/discussion", "pages/declarations"])
def test_what_was_not_written_is_said(withheld: Path, page: str):
    assert UNWRITTEN in words(withheld / f"{page}.html")


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
def test_nothing_that_holds_of_the_published_series_alone_is_said_of_others(sparse: Path, page: str):
    found = words(sparse / f"{page}.html")
    assert [phrase for phrase in OF_THE_PUBLISHED if phrase in found] == []
    assert soup(sparse / f"{page}.html").select(".synthetic-notice") == []


def test_there_are_no_pages_of_the_published_series_alone(sparse: Path):
    for name in ("checklist", "editions", "synthetic-records"):
        assert not (sparse / "pages" / f"{name}.html").exists()


@pytest.mark.parametrize("book", ["sparse", "withheld"])
def test_every_figure_of_the_ledger_has_its_row_without_a_verdict(
    book: str, ledger: Ledger, request: pytest.FixtureRequest
):
    page = soup(request.getfixturevalue(book) / "chapters" / "verification.html")
    assert page.select_one("h1").get_text().startswith("Published and ours")
    for entry in ledger:
        row = page.find(id=anchor(entry.id))
        assert row is not None
        assert entry.text in row.get_text(" ")
        assert row["data-verdict"] in ("compared", "side-by-side", "not-available")


def test_links_of_claims_lead_to_elements_that_exist(sparse: Path):
    places: dict[Path, set[str]] = {}
    for path in sorted(sparse.rglob("*.html")):
        places[path] = {str(each["id"]) for each in soup(path).select("[id]")}
    for path in places:
        for link in soup(path).select(".claim a"):
            file, _, fragment = str(link["href"]).partition("#")
            target = (path.parent / file).resolve() if file else path
            assert fragment in places[target], (path.name, link["href"])


def test_what_the_records_lack_is_said_where_it_would_stand(sparse: Path):
    page = soup(sparse / "chapters" / "efficacy.html")
    said = [each.get_text() for each in page.select("p.nothing-drawn")]
    assert "The records hold no responder; there is no duration of response to draw." in said
    row = soup(sparse / "chapters" / "verification.html").find(id="efficacy-time-to-response")
    assert "The records hold none of its patients" in row.get_text(" ")


def test_cards_give_both_figures_and_their_difference(sparse: Path):
    card = soup(sparse / "chapters" / "efficacy.html").select_one('.claim[data-claim="efficacy.response"] .claim-card')
    said = " ".join(card.get_text().split())
    assert "Published: 81% (25/31). Ours: 0% (0/31)." in said
    assert "percentage points (95% CI" in said
    assert "Verdict" not in said


def test_pages_about_the_published_series_quote_its_figures(sparse: Path):
    remarks = soup(sparse / "chapters" / "remarks.html")
    (claim, *_) = remarks.select('.claim[data-claim="efficacy.cr"]')
    assert claim.select_one(".claim-figure").get_text() == "61%"
    assert "about the published abstract" in words(sparse / "chapters" / "remarks.html")


def test_no_small_number_is_in_any_file_of_the_book(withheld: Path):
    results = json.loads((withheld / "downloads" / "results.json").read_text(encoding="utf-8"))["results"]
    for result in results:
        if result["basis"] != "records":
            continue
        if result["suppressed"]:
            assert result["printed"] in ("<5", "withheld")
            assert {each["raw"] for each in result["statistics"].values()} == {None}
        elif result["n"] is not None and result["N"] is not None:
            assert not 0 < result["n"] < 5, result["id"]
            assert not 0 < result["N"] - result["n"] < 5, result["id"]
    drawn = {path.stem for path in (withheld / "downloads").glob("figure-*.csv")}
    assert not drawn & {"figure-flow", "figure-swimmer", "figure-waterfall", "figure-duration", "figure-envelope"}
    for path in withheld.rglob("*"):
        if path.is_file() and path.suffix in {".html", ".ipynb", ".json", ".csv", ".js", ".md", ".svg"}:
            assert not re.search(r"\bC-\d\d\b", path.read_text(encoding="utf-8")), path.name


def test_the_settings_and_contents_are_those_of_the_edition(sparse: Path):
    page = soup(sparse / "chapters" / "cohort.html")
    assert page.select_one(".book-title").get_text().strip() == "Our *own* patients"
    contents = yaml.safe_load((Path(__file__).parents[2] / "pages" / "own" / "_toc.yml").read_text(encoding="utf-8"))
    listed = [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    assert all((sparse / f"{name}.html").is_file() for name in listed)


def test_no_share_of_the_patients_is_printed_of_which_either_side_is_small(withheld: Path):
    for path in withheld.rglob("*"):
        if path.is_file() and path.suffix in {".html", ".ipynb", ".json", ".csv", ".js", ".md", ".svg"}:
            text = path.read_text(encoding="utf-8")
            # Published figures have this denominator, too: one group of the remarks, whose rows say which it is.
            shares = set(re.findall(r"(?<![\d/])(\d+)(?:/| of )14(?![\d/])", text)) - {"13"}
            assert not [share for share in shares if 0 < int(share) < 5 or 0 < 14 - int(share) < 5], path.name
            assert not re.search(r"withheld%|(<|&lt;)5%", text), path.name


def test_no_number_that_is_downloaded_has_more_digits_than_are_printed(withheld: Path):
    for result in json.loads((withheld / "downloads" / "results.json").read_text(encoding="utf-8"))["results"]:
        for statistic in result["statistics"].values():
            if result["basis"] == "records" and isinstance(statistic["raw"], float):
                assert statistic["formatted"] == f"{statistic['raw']:g}", result["id"]
    age = soup(withheld / "chapters" / "cohort.html").select_one('.claim[data-claim="cohort.age"] .claim-figure')
    assert re.fullmatch(r"\d+", age.get_text()), "of fourteen patients no quartiles"


def test_the_release_pack_lies_beside_the_book_for_its_owner_alone_and_tells_every_number(withheld: Path):
    pack = withheld.parent / RELEASE
    assert oct(pack.stat().st_mode & 0o777) == "0o700"
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in pack.iterdir()} == {
        "README.md": "0o600",
        "numbers.csv": "0o600",
    }
    assert not (withheld / RELEASE).exists()
    text = (pack / "README.md").read_text(encoding="utf-8")
    assert f"| {digest_of_folder(withheld)} |" in text
    assert "| Parameter suppress_below | 5 |" in text
    rows = list(csv.DictReader((pack / "numbers.csv").read_text(encoding="utf-8").splitlines()))
    recorded = json.loads((withheld / "downloads" / "results.json").read_text(encoding="utf-8"))["results"]
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
    with (withheld / "downloads" / "table-adverse-events.csv").open(encoding="utf-8") as file:
        shown = [row["Patients, n/N (%)"] for row in csv.DictReader(file)]
    among_all = [row for row in rows if row["place"] == "table-adverse-events" and "among" not in row["label"]]
    assert {row["printed"] for row in among_all} >= set(shown) - {"withheld"}


def test_the_pack_is_the_same_bytes_again(withheld: Path, tmp_path: Path):
    pack = withheld.parent / RELEASE
    records = withheld.parents[1] / "records"
    values = {"data_dir": str(records), "suppress_below": 5}
    write_release(tmp_path / "again", withheld, withheld / "_sources" / "chapters", values)
    for name in ("README.md", "numbers.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (pack / name).read_bytes()


def test_a_search_finds_no_patient_in_the_book_but_each_in_its_records(withheld: Path):
    names = [f"C-{number:02d}" for number in range(1, 32)]
    for folder in ("chapters", "downloads", "pages", "_sources"):
        report = search_folder(withheld / folder, names)
        assert report.files
        assert report.hits == ()
    assert {hit.file for hit in search_folder(withheld.parents[1] / "records", names[:14]).hits} >= {"patients.csv"}


def test_what_is_withheld_is_said_on_each_page_and_below_each_table(withheld: Path):
    for name in ("cohort", "efficacy", "safety"):
        page = soup(withheld / "chapters" / f"{name}.html")
        assert "counts above zero and below 5" in page.select_one(".definitions-notice").get_text()
    for name, table in (("cohort", "table-baseline"), ("safety", "table-safety"), ("efficacy", "table-subgroups")):
        place = soup(withheld / "chapters" / f"{name}.html").find(id=table)
        assert "Small numbers are not printed" in place.get_text()
