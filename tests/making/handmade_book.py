"""A small book on hand-made chapters: compiled for real, with the project's own configuration and style."""

from __future__ import annotations

import contextlib
import io
import shutil
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from bs4 import BeautifulSoup
from nbformat import NotebookNode, v4

from itpbook.presentation.tables import publication_table, verification_table
from itpbook.results import RUN, VERDICTS, Result, digest
from itpbook.results.verify import Alternative, VerdictLine

PROJECT = Path(__file__).resolve().parents[2]

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 120" width="300" height="120">'
    '<rect width="300" height="120" fill="white"/><path d="M20 10 V100 H290" fill="none" stroke="#222"/>'
    '<path d="M20 100 L100 60 L180 40 L280 30" fill="none" stroke="#222"/></svg>'
)

PLAIN = "PLAIN FORM OF AN OUTPUT"


def proportion(result_id: str, n: int, total: int, printed: str, **given: Any) -> Result:
    """Return a recorded proportion whose percentage is the first number of ``printed``."""
    percent = printed.partition("%")[0]
    statistics = {
        "count": {"raw": n, "formatted": str(n)},
        "denominator": {"raw": total, "formatted": str(total)},
        "percent": {"raw": 100 * n / total, "formatted": percent},
    }
    interval = {"low": 0.42, "high": 0.78, "formatted": "42-78", "level": 0.95, "method": "Clopper-Pearson"}
    given = {"label": f"label of {result_id}", "population": "all patients", "chapter": "efficacy", **given}
    return Result(result_id, n=n, N=total, statistics=statistics, printed=printed, interval=interval, **given)


RESULTS = (
    proportion("efficacy.cr", 19, 31, "61% (19/31)"),
    proportion("efficacy.no_steroid.cr", 12, 21, "57%", population="21 patients without corticosteroids"),
    proportion("efficacy.no_steroid.cr", 10, 17, "59%", reading="inferred", population="17 patients"),
    Result(
        "efficacy.time_to_response",
        "Time to response",
        "responders",
        25,
        25,
        {
            "median": {"raw": 30, "formatted": "30"},
            "minimum": {"raw": 7, "formatted": "7"},
            "maximum": {"raw": 270, "formatted": "270"},
        },
        "30 [7-270]",
        unit="days",
        chapter="efficacy",
    ),
    Result(
        "methods.cr",
        "Complete response is a platelet count above",
        "definition",
        None,
        None,
        {"threshold": {"raw": ">100", "formatted": ">100"}},
        ">100",
        unit="10^9/L",
        chapter="efficacy",
    ),
    proportion("efficacy.prior_ist.r", 4, 16, "25%"),
    Result(
        "efficacy.similarity",
        "Difference of the two rates",
        "all patients",
        None,
        None,
        {"value": {"raw": 0.9, "formatted": "p = 0.90"}},
        "p = 0.90",
        published=False,
        chapter="efficacy",
    ),
    Result(
        "efficacy.sum",
        "Sum of two published percentages",
        "all patients",
        None,
        None,
        {"value": {"raw": 80, "formatted": "80%"}},
        "80%",
        published=False,
        basis="published",
        chapter="efficacy",
    ),
)


def line(
    result_id: str, label: str, printed: str, recomputed: str | None, verdict: str, **given: Any
) -> dict[str, Any]:
    """Return a line of the verdicts; ``given`` are the fields that are not those of an ordinary line."""
    known = {
        "id": result_id,
        "section": result_id.partition(".")[0],
        "label": label,
        "printed": printed,
        "recomputed": recomputed,
        "verdict": verdict,
    }
    blank = {
        "n": None,
        "N": None,
        "reading": "literal",
        "alternative": None,
        "conflict": [],
        "chapter": "efficacy",
        "population": "all patients",
    }
    return {**blank, **known, **given}


ALTERNATIVE = {
    "reading": "inferred",
    "population": "17 patients",
    "recomputed": "59%",
    "n": 10,
    "N": 17,
    "verdict": "reproduced under an inferred reading",
    "statement": "Only 17 patients print 59%.",
}

LINES = (
    line("methods.cr", "Complete response above", ">100", ">100", "reproduced"),
    line("efficacy.cr", "Complete response", "61% (19/31)", "61% (19/31)", "reproduced", n=19, N=31),
    line(
        "efficacy.no_steroid.cr",
        "CR without corticosteroids",
        "59%",
        "57%",
        "contradicted",
        n=12,
        N=21,
        alternative=ALTERNATIVE,
        conflict=["efficacy.no_steroid.cr", "efficacy.cr"],
    ),
    line("efficacy.time_to_response", "Time to response", "30 [7-270]", "30 [7-270]", "reproduced", n=25, N=25),
    line("efficacy.prior_ist.r", "R after an immunosuppressant", "24%", "25%", "differs", n=4, N=16),
    line("efficacy.unrecorded", "What these records lack", "5", None, "not available", chapter=None),
)


def run_payload(*, synthetic: bool = True, definitions: str = "source", **parameters: Any) -> dict[str, Any]:
    """Return what a chapter's setup cell records."""
    records = {"synthetic": synthetic, "patients": 31, "digests": {}}
    return {"chapter": "efficacy", "definitions": definitions, "parameters": parameters, "records": records}


def verdicts_payload(results: Iterable[Result] = RESULTS) -> dict[str, Any]:
    """Return what the verification chapter records."""
    return {"ledger": "0" * 64, "results": digest(results), "lines": [dict(known) for known in LINES]}


def verdict_html(lines: Iterable[Mapping[str, Any]]) -> str:
    """Return the verification table of stored lines."""
    judged = [
        VerdictLine(**{**line, "alternative": line["alternative"] and Alternative(**line["alternative"])})
        for line in lines
    ]
    return verification_table(judged).html


def output(data: Mapping[str, Any], **metadata: Any) -> NotebookNode:
    """Return a displayed output; each has a plain form too, as in a real chapter."""
    return v4.new_output("display_data", data={**data, "text/plain": PLAIN}, metadata=metadata)


def picture(data: Mapping[str, Any], **image: str) -> NotebookNode:
    """Return a drawn figure; ``image`` is what its output says of it."""
    return output(data, **{"image/svg+xml": image})


def code(source: str, *outputs: NotebookNode, tags: Iterable[str] = (), **metadata: Any) -> NotebookNode:
    """Return an executed cell."""
    return v4.new_code_cell(source, outputs=list(outputs), execution_count=1, metadata={"tags": [*tags], **metadata})


def recorded(results: Iterable[Result] = RESULTS) -> NotebookNode:
    """Return a cell that recorded figures."""
    outputs = [output(result._repr_mimebundle_()) for result in results]
    return code("record(...)", *outputs, tags=["hide-input"])


def efficacy(
    *cells: NotebookNode, results: Iterable[Result] = RESULTS, run: Mapping[str, Any] | None = None
) -> list[NotebookNode]:
    """Return the cells of a chapter: title, run, figures, and whatever else."""
    setup = code("chapter = begin(...)", output({RUN: dict(run or run_payload())}), tags=["hide-cell"])
    title = v4.new_markdown_cell("# Efficacy\n\nComplete response in {claim}`efficacy.cr`.")
    return [title, setup, recorded(results), *cells]


def verification(payload: Mapping[str, Any] | None = None) -> list[NotebookNode]:
    """Return the cells of the verification chapter."""
    found = dict(payload or verdicts_payload())
    table = verdict_html(LINES)
    return [
        v4.new_markdown_cell("# Verification\n\nEach published figure."),
        code("verdicts", output({VERDICTS: found}), output({"text/html": table}), tags=["hide-input"]),
    ]


def figure_cell(name: str = "figure-time", **image: str) -> NotebookNode:
    """Return a cell that shows an image; ``image`` is what its output says of it."""
    metadata = {"mystnb": {"figure": {"caption": "Time to response", "name": name}}}
    return code("show(figure)", picture({"image/svg+xml": SVG}, **image), tags=["hide-input"], **metadata)


def table_cell() -> NotebookNode:
    """Return a cell that shows a publication table wider than a phone."""
    rows = {
        "Group": ["Responders", "Responders", "All patients"],
        "Characteristic": [
            "Time to response, days, median [range]",
            "Duration of response",
            "Complete response",
        ],
        "Recomputed": ["30 [7-270], n = 25", "12 [4-55], n = 25", "19/31 (61%)"],
        "95% CI, %": ["", "", "42-78"],
        "Published": ["30 [7-270]", "12 [4-55]", "61% (19/31)"],
    }
    notes = ["95% CI: exact (Clopper-Pearson) confidence interval."]
    html = publication_table(
        pd.DataFrame(rows), id="table-response", caption="Response", groups="Group", footnotes=notes
    )
    return code("table", output({"text/html": html.html}), tags=["hide-input"])


INDEX = """# Multirefractory immune thrombocytopenia

## Results

Complete response was reached by {claim}`efficacy.cr`, after {claim}`efficacy.time_to_response` days; without
corticosteroids by {claim}`efficacy.no_steroid.cr`, by the letter {claim}`efficacy.no_steroid.cr/literal`, as
inferred {claim}`efficacy.no_steroid.cr/inferred`; after an immunosuppressant {claim}`efficacy.prior_ist.r`;
for lack of records {claim}`efficacy.unrecorded`. The threshold is {claim}`methods.cr`. The rates were alike
({claim}`efficacy.similarity`), and the parts make {claim}`efficacy.sum`.

Parts: {claim}`efficacy.cr percent` or {claim}`efficacy.cr count` of {claim}`efficacy.cr denominator`, median
{claim}`efficacy.time_to_response median`, longest {claim}`efficacy.time_to_response maximum`, above
{claim}`methods.cr threshold`.
"""

REFERENCES = """# References

```{bibliography}
:all:
```
"""

BIBLIOGRAPHY = """@article{series,
  author = {Author, Ann and Other, Olga}, title = {A series}, journal = {Journal}, year = {2020},
}
@article{report,
  author = {Author, Ann}, title = {A report}, journal = {Journal}, year = {2023},
}
"""

TOC = """format: jb-book
root: index
parts:
  - caption: Manuscript
    chapters:
      - file: chapters/efficacy
  - caption: Verification
    chapters:
      - file: chapters/verification
  - caption: Data
    chapters:
      - file: pages/deeper/below
      - file: pages/references
"""


@dataclass
class Book:
    """A book in a folder: write pages, build, look at the warnings and the pages."""

    source: Path
    warnings: str = ""
    failed: bool = False

    @property
    def html(self) -> Path:
        """Return the folder of the built pages."""
        return self.source / "_build" / "html"

    def write(self, page: str, text: str) -> Book:
        """Write a page of text."""
        path = self.source / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return self

    def chapter(self, name: str, cells: Iterable[NotebookNode]) -> Book:
        """Write an executed chapter."""
        metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        notebook = v4.new_notebook(cells=list(cells), metadata=metadata)
        for position, cell in enumerate(notebook.cells):
            cell["id"] = f"cell-{position}"
        (self.source / "chapters").mkdir(exist_ok=True)
        nbformat.write(notebook, self.source / "chapters" / f"{name}.ipynb")
        return self

    def build(self, *, everything: bool = True) -> Book:
        """Compile the book as ``jupyter-book build -W --keep-going`` does."""
        from jupyter_book.sphinx import build_sphinx

        said = io.StringIO()
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stderr(said),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            # Sphinx and its extensions deprecate parts of each other.
            warnings.simplefilter("ignore")
            outcome = build_sphinx(
                self.source,
                self.html,
                path_config=self.source / "_config.yml",
                confoverrides={
                    "external_toc_path": str(self.source / "_toc.yml"),
                    "latex_individualpages": False,
                },
                noconfig=True,
                force_all=everything,
                freshenv=everything,
                warningiserror=True,
                keep_going=True,
            )
        self.warnings = said.getvalue() + (f"{outcome}" if isinstance(outcome, Exception) else "")
        self.failed = outcome != 0
        return self

    def get_html(self, page: str) -> BeautifulSoup:
        """Return a built page, parsed."""
        return BeautifulSoup((self.html / f"{page}.html").read_text(encoding="utf-8"), "html.parser")


def handmade(folder: Path) -> Book:
    """Write a small book that builds without a warning."""
    folder.mkdir(parents=True, exist_ok=True)
    book = Book(folder)
    shutil.copy(PROJECT / "_config.yml", folder)
    shutil.copytree(PROJECT / "_static", folder / "_static")
    book.write("_toc.yml", TOC).write("index.md", INDEX).write("references.bib", BIBLIOGRAPHY)
    book.write("pages/references.md", REFERENCES)
    book.write("pages/deeper/below.md", "# Below\n\nComplete response: {claim}`efficacy.cr`.\n")
    book.chapter("efficacy", efficacy(table_cell(), figure_cell(alt="Steps of response over time")))
    return book.chapter("verification", verification())
