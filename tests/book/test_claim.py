"""The role in built pages: printed characters, links, verdicts, and builds that must fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from urllib.parse import urldefrag

import pytest
from bs4 import BeautifulSoup, Tag
from handmade_book import RESULTS, Book, efficacy, handmade, verdicts_payload, verification
from nbformat import v4

from itpbook.results import Result

PAGES = ("index", "chapters/efficacy", "pages/deeper/below")


def claims(page: BeautifulSoup, result_id: str) -> list[Tag]:
    return page.select(f'span.claim[data-claim="{result_id}"]')


def figure(claim: Tag) -> str:
    found = claim.select_one(".claim-figure")
    assert found is not None
    return found.get_text()


@pytest.mark.parametrize(
    ("result_id", "text", "kind", "glyph"),
    [
        ("efficacy.cr", "61% (19/31)", "reproduced", "✓"),
        ("efficacy.time_to_response", "30 [7-270]", "reproduced", "✓"),
        ("methods.cr", ">100", "reproduced", "✓"),
        ("efficacy.no_steroid.cr", "59%", "contradicted", "✗"),
        ("efficacy.prior_ist.r", "25%", "differs", "≠"),
        ("efficacy.unrecorded", "not available", "not-available", None),
        ("efficacy.similarity", "p = 0.90", "synthetic", "∘"),
        ("efficacy.sum", "80%", "derived", "∘"),
    ],
)
def test_figure_prints_recorded_characters_with_the_verdict_as_class_and_mark(
    book: Book, result_id: str, text: str, kind: str, glyph: str | None
) -> None:
    claim = claims(book.get_html("index"), result_id)[0]
    assert figure(claim) == text
    assert claim["class"] == ["claim", f"claim-{kind}"]
    mark = claim.select_one("a.claim-mark")
    assert (mark.get_text() if mark else None) == glyph


def test_readings_of_one_figure_stand_beside_each_other(book: Book) -> None:
    found = claims(book.get_html("index"), "efficacy.no_steroid.cr")
    assert [(figure(claim), claim["class"][1]) for claim in found] == [
        ("59%", "claim-contradicted"),
        ("57%", "claim-contradicted"),
        ("59%", "claim-reproduced-under-an-inferred-reading"),
    ]


def test_parts_of_a_figure_print_alone(book: Book) -> None:
    texts = [figure(claim) for claim in claims(book.get_html("index"), "efficacy.cr")]
    assert texts == ["61% (19/31)", "61%", "19", "31"]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_figure_leads_to_an_element_of_the_book(book: Book, page: str) -> None:
    links = book.get_html(page).select(".claim a, p.result a")
    assert links
    for link in links:
        address, fragment = urldefrag(str(link["href"]))
        target = (book.html / f"{page}.html").parent / address if address else book.html / f"{page}.html"
        goal = BeautifulSoup(target.resolve().read_text(encoding="utf-8"), "html.parser")
        assert goal.find(id=fragment) is not None, link["href"]


def test_figure_leads_to_its_row_and_its_mark_to_the_cell(book: Book) -> None:
    claim = claims(book.get_html("index"), "efficacy.cr")[0]
    addresses = [str(link["href"]) for link in claim.select("a:not(.claim-way)")]
    assert addresses == [
        "chapters/verification.html#efficacy-cr",
        "chapters/efficacy.html#result-efficacy-cr",
    ]


def test_links_are_relative_to_a_page_in_a_deeper_folder(book: Book) -> None:
    claim = claims(book.get_html("pages/deeper/below"), "efficacy.cr")[0]
    paths = [PurePosixPath(urldefrag(str(link["href"])).url) for link in claim.select("a:not(.claim-way)")]
    assert paths == [
        PurePosixPath("../../chapters/verification.html"),
        PurePosixPath("../../chapters/efficacy.html"),
    ]


def test_figure_in_a_notebook_leads_to_its_own_page_by_fragment_alone(book: Book) -> None:
    mark = claims(book.get_html("chapters/efficacy"), "efficacy.cr")[0].select_one("a.claim-mark")
    assert mark is not None
    assert mark["href"] == "#result-efficacy-cr"


def test_figure_beyond_the_ledger_links_only_to_its_cell(book: Book) -> None:
    claim = claims(book.get_html("index"), "efficacy.similarity")[0]
    assert [str(link["href"]) for link in claim.select("a:not(.claim-way)")] == [
        "chapters/efficacy.html#result-efficacy-similarity"
    ]


def test_mark_says_its_verdict_and_where_it_goes(book: Book) -> None:
    mark = claims(book.get_html("index"), "efficacy.prior_ist.r")[0].select_one("a.claim-mark")
    assert mark is not None
    assert mark["aria-label"] == "differs: go to where efficacy.prior_ist.r is computed"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("efficacy.rc", "unknown figure 'efficacy.rc'; known: efficacy.cr"),
        ("efficacy.cr median", "'efficacy.cr' has no median; known: count, denominator, percent"),
        ("efficacy.cr/inferred", "'efficacy.cr' has no inferred reading; known: literal"),
        ("61%", "cannot read '61%'"),
    ],
)
def test_claims_that_cannot_be_resolved_fail_the_build_with_place_and_help(
    damaged: Callable[[str], str], words: str, said: str
) -> None:
    assert said in damaged(words)


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Return what the build says of a role, from one book that holds all the wrong ones."""
    wrong = ["efficacy.rc", "efficacy.cr median", "efficacy.cr/inferred", "61%"]
    book = handmade(tmp_path_factory.mktemp("damaged"))
    roles = "\n\n".join(f"{{claim}}`{words}`" for words in wrong)
    book.write("pages/deeper/below.md", f"# Below\n\n{roles}\n").build()
    assert book.failed
    page = book.get_html("pages/deeper/below")
    assert len(page.select("span.claim-unknown")) == len(wrong)

    def warning(words: str) -> str:
        place = f"below.md:{3 + 2 * wrong.index(words)}: WARNING: claim: "
        return next(line for line in book.warnings.splitlines() if place in line)

    return warning


def test_figure_that_changed_changes_on_pages_that_did_not(own_book: Book) -> None:
    own_book.build()
    changed = (Result(**{**RESULTS[0].__dict__, "printed": "58% (18/31)"}), *RESULTS[1:])
    own_book.chapter("efficacy", efficacy(results=changed))
    own_book.chapter("verification", verification(verdicts_payload(changed))).build(everything=False)
    assert not own_book.failed, own_book.warnings
    assert figure(claims(own_book.get_html("pages/deeper/below"), "efficacy.cr")[0]) == "58% (18/31)"


@pytest.mark.parametrize("damage", ["stopped", "older"])
def test_book_is_not_built_from_chapters_that_failed_or_moved_on(own_book: Book, damage: str) -> None:
    if damage == "stopped":
        error = v4.new_output("error", ename="ValueError", evalue="no", traceback=["Traceback"])
        own_book.chapter("efficacy", [v4.new_code_cell("1", outputs=[error], execution_count=1)])
    else:
        own_book.chapter("efficacy", efficacy(results=RESULTS[1:]))
    own_book.build()
    assert own_book.failed
    assert {"stopped": "cell 1 stopped with ValueError", "older": "older than the others"}[damage] in own_book.warnings
    assert not (own_book.html / "index.html").exists()


def test_card_of_a_figure_tells_what_is_known_and_describes_both_links(book: Book) -> None:
    page = book.get_html("index")
    claim = claims(page, "efficacy.cr")[0]
    known = claim.select_one(".claim-card .claim-known")
    assert known is not None
    assert known.get_text() == (
        "label of efficacy.cr. Published: 61% (19/31). Recomputed: 61% (19/31). Patients: 19 of 31 (all patients). "
        "Exact 95% interval: 42-78%. Verdict: reproduced. "
    )
    links = claim.select("a:not(.claim-way)")
    assert [link["aria-describedby"] for link in links] == [known["id"]] * 2
    assert len(page.select(f"#{known['id']}")) == 1


def test_card_leads_where_the_figure_and_its_mark_lead_without_a_stop_for_the_keyboard(book: Book) -> None:
    claim = claims(book.get_html("index"), "efficacy.cr")[0]
    ways = [(link.get_text(), link["href"], link["tabindex"]) for link in claim.select("a.claim-way")]
    first, second = (link["href"] for link in claim.select("a:not(.claim-way)"))
    assert ways == [("Row in the ledger", first, "-1"), ("Where it is computed", second, "-1")]


def test_card_of_what_is_not_published_leads_to_the_cell_alone(book: Book) -> None:
    claim = claims(book.get_html("index"), "efficacy.similarity")[0]
    assert [link.get_text() for link in claim.select("a.claim-way")] == ["Where it is computed"]
