"""Recorded figures, runs and verdicts as the pages show them."""

from __future__ import annotations

from handmade_book import (
    PLAIN,
    RESULTS,
    SVG,
    Book,
    code,
    efficacy,
    figure_cell,
    output,
    picture,
    recorded,
    run_payload,
    verdict_html,
    verdicts_payload,
    verification,
)
from nbformat import v4

from itpbook.results import RESULT, RUN, VERDICTS, result_anchor


def words(tag: object) -> str:
    return " ".join(str(getattr(tag, "get_text", lambda: "")()).split())


def test_each_recorded_figure_is_one_line_with_its_anchor_in_recorded_order(book: Book) -> None:
    lines = book.get_html("chapters/efficacy").select(".cell_output p.result")
    assert [line["id"] for line in lines] == [result_anchor(r.id, r.reading) for r in RESULTS]
    assert [line["data-result"] for line in lines] == [result.id for result in RESULTS]


def test_line_tells_id_figure_interval_and_verdict(book: Book) -> None:
    page = book.get_html("chapters/efficacy")
    assert words(page.find(id="result-efficacy-cr")) == "efficacy.cr 61% (19/31) 95% CI 42-78% reproduced ✓"
    assert words(page.find(id="result-efficacy-no-steroid-cr-inferred")) == (
        "efficacy.no_steroid.cr inferred reading 59% 95% CI 42-78% reproduced under an inferred reading ≈"
    )
    assert words(page.find(id="result-efficacy-no-steroid-cr")).endswith("contradicted ✗")
    assert words(page.find(id="result-methods-cr")) == "methods.cr >100 \u00d7 10⁹/L reproduced ✓"


def test_line_of_what_is_not_published_says_so_and_has_no_link(book: Book) -> None:
    page = book.get_html("chapters/efficacy")
    line = page.find(id="result-efficacy-similarity")
    assert words(line) == "efficacy.similarity p = 0.90 not published"
    assert page.select_one("#result-efficacy-similarity a") is None
    assert words(page.find(id="result-efficacy-sum")) == "efficacy.sum 80% derived, not printed"


def test_line_links_to_its_row_of_the_ledger(book: Book) -> None:
    link = book.get_html("chapters/efficacy").select_one("#result-efficacy-cr a")
    assert link is not None
    assert link["href"] == "verification.html#efficacy-cr"


def test_plain_forms_are_shown_nowhere(book: Book) -> None:
    for page in sorted(book.html.rglob("*.html")):
        assert PLAIN not in page.read_text(encoding="utf-8"), page


def test_verdicts_leave_nothing_on_the_page_but_the_table(book: Book) -> None:
    cell = book.get_html("chapters/verification").select("div.cell_output")
    assert len(cell) == 1
    assert [child.name for child in cell[0].find_all(recursive=False)] == ["div"]
    assert cell[0].select_one("table#table-verification") is not None


def test_verdicts_give_way_to_html_of_the_same_output(own_book: Book) -> None:
    payload = verdicts_payload()
    together = output({VERDICTS: payload, "text/html": verdict_html(payload["lines"])})
    own_book.chapter("verification", [v4.new_markdown_cell("# Verification"), code("v", together)]).build()
    assert not own_book.failed, own_book.warnings
    assert own_book.get_html("chapters/verification").select_one("table#table-verification") is not None


def test_figures_and_runs_take_precedence_over_html_of_the_same_output(own_book: Book) -> None:
    html = {"text/html": "<p>HTML FORM</p>"}
    setup = code("run", output({RUN: run_payload(), **html}))
    outputs = [output({**result._repr_mimebundle_(), **html}) for result in RESULTS]
    own_book.chapter("efficacy", [v4.new_markdown_cell("# Efficacy"), setup, code("record", *outputs)])
    own_book.chapter("verification", verification()).build()
    assert not own_book.failed, own_book.warnings
    page = own_book.get_html("chapters/efficacy")
    assert "HTML FORM" not in page.get_text()
    assert len(page.select("p.result")) == len(RESULTS)


def test_picture_that_does_not_tell_its_size_is_shown_without_one(own_book: Book) -> None:
    unsized = picture({"image/svg+xml": SVG.replace("viewBox", "data-box")}, alt="Steps")
    own_book.chapter("efficacy", efficacy(figure_cell(alt="Sized"), code("show()", unsized))).build()
    assert not own_book.failed, own_book.warnings
    sized, shown = own_book.get_html("chapters/efficacy").select("img.for-light")
    assert (sized["width"], sized["height"]) == ("400", "160")
    assert shown["alt"] == "Steps"
    assert not {"width", "height"} & set(shown.attrs)


def test_text_of_an_edition_that_there_is_not_fails_the_build(own_book: Book) -> None:
    own_book.write("pages/deeper/below.md", "# Below\n\n```{edition-text} nothing\n```\n").build()
    assert own_book.failed
    assert "edition-text: no text 'nothing'; known: background, " in own_book.warnings


def test_figures_of_several_cells_each_stay_in_their_cell(own_book: Book) -> None:
    cells = efficacy(recorded(RESULTS[4:]), results=RESULTS[:4])
    own_book.chapter("efficacy", cells).build()
    assert not own_book.failed, own_book.warnings
    groups = own_book.get_html("chapters/efficacy").select("div.cell_output")
    assert [len(group.select("p.result")) for group in groups] == [4, len(RESULTS) - 4]
    assert RESULT not in own_book.get_html("chapters/efficacy").get_text()
