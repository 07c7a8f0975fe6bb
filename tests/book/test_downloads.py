"""What readers can take away: numbered tables, pictures for both schemes, data of each, all recorded figures."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest
from handmade_book import RESULTS, SVG, Book, code, efficacy, handmade, output, picture, table_cell

from implied.files.spreadsheets import NOTICE
from itpbook.presentation.tables import publication_table
from itpbook.presentation.tables.table_download import csv_of, plain
from itpbook.results import DATA, ResultsError, read_data


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Return a small book whose chapter draws a figure and sets two tables, with data; another page refers to them."""
    book = handmade(tmp_path_factory.mktemp("downloads"))
    frame = pd.DataFrame({"Group": ["All"], "n/N": ["19/31"]})
    table = publication_table(frame, id="table-second", caption="Second: of two")
    shown = output({"text/html": table.html, **table._repr_mimebundle_()})
    figure = {"caption": "Time to response. In days.", "name": "figure-time"}
    drawn = code(
        "show(figure)",
        picture(
            {"image/svg+xml": SVG.replace('fill="white"', 'style="fill: #ffffff"'), DATA: {"csv": "day\n7\n"}},
            alt="Steps",
        ),
        mystnb={"figure": figure},
    )
    book.chapter("efficacy", efficacy(table_cell(), code("table", shown), drawn))
    words = "# Below\n\nSee {numref}`table-second` and {numref}`figure-time`.\n\n```{results-download}\n```\n"
    book.write("pages/deeper/below.md", words).build()
    assert not book.failed, book.warnings
    return book


def test_tables_are_numbered_in_the_order_of_the_book(book: Book) -> None:
    captions = [caption.get_text() for caption in book.get_html("chapters/efficacy").select("caption")]
    assert captions == ["Table 1 Response", "Table 2 Second: of two"]


def test_prose_refers_to_tables_and_figures_by_their_numbers(book: Book) -> None:
    page = book.get_html("pages/deeper/below")
    links = {link.get_text(): link["href"] for link in page.select("article a.reference.internal")}
    assert links["Table 2"] == "../../chapters/efficacy.html#table-second"
    assert links["Figure 1"] == "../../chapters/efficacy.html#figure-time"


def test_figure_has_a_picture_for_each_scheme_in_its_size(book: Book) -> None:
    images = book.get_html("chapters/efficacy").select("figure img")
    assert [image["class"] for image in images] == [["for-light"], ["for-dark"]]
    assert {(image["width"], image["height"], image["alt"]) for image in images} == {("400", "160", "Steps")}
    light, dark = ((book.html / "chapters" / str(image["src"])).read_text(encoding="utf-8") for image in images)
    assert "#ffffff" in light
    assert "#ffffff" not in dark


@pytest.mark.parametrize(
    ("name", "text"), [("figure-time", "day\n7\n"), ("table-second", "Group,n/N\nAll,19/31\n")], ids=["figure", "table"]
)
def test_data_lie_beside_the_pages_and_are_linked_where_they_are_shown(book: Book, name: str, text: str) -> None:
    page = book.get_html("chapters/efficacy")
    (link,) = page.select(f'p.downloads a[href$="{name}.csv"]')
    assert (book.html / "chapters" / str(link["href"])).resolve().read_text(encoding="utf-8") == text
    assert link["download"] == f"{name}.csv"
    # Who asks for it by voice says what is seen.
    assert str(link["aria-label"]).startswith(link.get_text())


def test_link_speaks_of_what_it_belongs_to_in_a_few_words(book: Book) -> None:
    labels = [str(link["aria-label"]) for link in book.get_html("chapters/efficacy").select("p.downloads a")]
    assert labels == ["Data (CSV): Second", "Data (CSV): Time to response"]


def test_all_recorded_figures_can_be_had_as_json_and_as_csv(book: Book) -> None:
    page = book.get_html("pages/deeper/below")
    addresses = [str(link["href"]) for link in page.select("p.downloads a")]
    assert addresses == ["../../downloads/results.json", "../../downloads/results.csv"]
    assert page.select_one("p.downloads").get_text().endswith(f"CSV. {NOTICE}")
    everything = json.loads((book.html / "downloads" / "results.json").read_text(encoding="utf-8"))
    assert everything["synthetic"] is True
    assert [found["id"] for found in everything["results"]] == [result.id for result in RESULTS]
    verdicts = {(found["id"], found["reading"]): found["verdict"] for found in everything["results"]}
    assert verdicts["efficacy.cr", "literal"] == "reproduced"
    assert verdicts["efficacy.similarity", "literal"] is None
    rows = list(csv.DictReader(io.StringIO((book.html / "downloads" / "results.csv").read_text(encoding="utf-8"))))
    assert len(rows) == sum(len(result.statistics) for result in RESULTS)
    assert {row["synthetic"] for row in rows} == {"True"}
    (percent,) = [row for row in rows if row["id"] == "efficacy.cr" and row["statistic"] == "percent"]
    assert (percent["formatted"], percent["n"], percent["N"]) == ("61", "19", "31")


def test_cells_lose_their_markup_and_keep_their_words() -> None:
    assert plain('19/31 &lt;1<br>next<div class="possible">forced: 6</div>') == "19/31 <1; next; forced: 6"
    assert plain('<a href="#x">Complete</a> response') == "Complete response"
    assert csv_of(pd.DataFrame({"A, B": ["<i>1</i>, 2"]})) == '"A, B"\n"1, 2"\n'


@pytest.mark.parametrize(("names", "said"), [([None], "without a name"), (["a", "a"], "twice: a")])
def test_data_without_a_name_or_under_one_twice_are_refused(tmp_path: Path, names: list[str | None], said: str) -> None:
    cells = [code("x", output({DATA: {"csv": "a\n", "name": name}})) for name in names]
    book = Book(tmp_path).chapter("efficacy", cells)
    with pytest.raises(ResultsError, match=said):
        read_data(book.source / "chapters")
