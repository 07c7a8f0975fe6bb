"""What readers can take away: tables and drawn figures as CSV, all recorded results as JSON and CSV, and the PDF.

The files lie in ``downloads`` next to the pages; links to them are below each table and figure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from implied.files.spreadsheets import NOTICE, csv_line
from itpbook.results import Result
from itpbook.sphinxext.chapter_pages import record_of
from itpbook.sphinxext.edition_pages import book_of
from itpbook.sphinxext.nodes import Line, Link, to_root
from itpbook.sphinxext.numbered import NumberedTable
from itpbook.sphinxext.record import Record

FOLDER = "downloads"
RESULTS = "results"
PDF_WORDS = "PDF of the whole manuscript"


class OfferData(SphinxPostTransform):
    """Sets a link to its CSV below each table and drawn figure that has one."""

    # After MyST-NB has chosen among the outputs (4).
    default_priority = 105
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Add the links of the page."""
        data = record_of(self.app).data
        offered = [*self.document.findall(NumberedTable), *self.document.findall(nodes.figure)]
        for node in offered:
            name = next(iter(node["names"]), None)
            if name in data:
                link = download(f"{to_root(self.env)}{FOLDER}/{name}.csv", "Data (CSV)", f"Data (CSV): {spoken(node)}")
                line = Line("", "", link, classes=["downloads"], html={})
                if isinstance(node, nodes.figure):
                    node += line
                else:
                    node.parent.insert(node.parent.index(node) + 1, line)


class ResultsDownload(SphinxDirective):
    """The directive ``results-download``: links to all recorded results as JSON and as CSV."""

    def run(self) -> list[nodes.Node]:
        """Return the line of links."""
        line = Line("", "", classes=["downloads"], html={})
        line += nodes.Text("All recorded figures: ")
        for number, kind in enumerate(("json", "csv")):
            words = kind.upper()
            line += [nodes.Text(", ")] if number else []
            line += download(f"{to_root(self.env)}{FOLDER}/{RESULTS}.{kind}", words, f"{words}: all recorded figures")
        line += nodes.Text(f". {NOTICE}")
        return [line]


class PdfLink(SphinxDirective):
    """The directive ``pdf-link``: a way to the manuscript as a PDF, in books that are made with one."""

    def run(self) -> list[nodes.Node]:
        """Return the link in a paragraph of its own; nothing where there is no PDF."""
        name = book_of(self.env.app).pdf
        if not name:
            return []
        link = nodes.reference("", PDF_WORDS, refuri=f"{to_root(self.env)}{name}", internal=True)
        return [nodes.paragraph("", "", link, classes=["pdf-link"])]


def download(address: str, words: str, label: str) -> Link:
    """Return a link to a file; ``label`` is what a screen reader says of it, beginning as its words do."""
    file = address.rpartition("/")[2]
    return Link("", words, internal=True, refuri=address, html={"download": file, "aria-label": label})


def spoken(node: nodes.Element) -> str:
    """Return the caption of a table or figure in a few words: up to its first full stop or colon."""
    caption = node.next_node(nodes.caption)
    words = node.get("caption") or (caption.astext() if caption is not None else str(node["names"][0]))
    return str(words).partition(".")[0].partition(":")[0]


def write_downloads(record: Record, folder: Path) -> None:
    """Write the CSV of every table and figure, and all recorded results, into a folder."""
    folder.mkdir(exist_ok=True)
    for name, text in record.data.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    results = list(record.results.values())
    described = [{**asdict(result), "verdict": record.verdict(result)} for result in results]
    text = json.dumps({"synthetic": record.synthetic, "results": described}, indent=1, ensure_ascii=False)
    (folder / f"{RESULTS}.json").write_text(f"{text}\n", encoding="utf-8", newline="")
    (folder / f"{RESULTS}.csv").write_text(results_csv(results, record), encoding="utf-8", newline="")


def results_csv(results: Iterable[Result], record: Record) -> str:
    """Return recorded results as CSV, a row for each statistic of each."""
    columns = ["id", "reading", "label", "population", "n", "N", "statistic", "raw", "formatted", "unit", "verdict"]
    lines = [csv_line([*columns, "basis", "synthetic", "chapter"])]
    for result in results:
        for statistic, value in result.statistics.items():
            before = (result.id, result.reading, result.label, result.population, result.n, result.N)
            after = (result.unit, record.verdict(result) or "", result.basis, record.synthetic, result.chapter)
            lines.append(csv_line([*before, statistic, value["raw"], value["formatted"], *after]))
    return "".join(lines)


def _write(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        write_downloads(record_of(app), Path(app.outdir) / FOLDER)


def add_to(app: Sphinx) -> None:
    """Register links and files."""
    app.add_post_transform(OfferData)
    app.add_directive("results-download", ResultsDownload)
    app.add_directive("pdf-link", PdfLink)
    app.connect("build-finished", _write)
