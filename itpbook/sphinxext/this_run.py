"""The directive ``this-run``: what the book in hand was made from, as three tables.

``parameters`` has each parameter with its value, ``records`` the tables of records with their digests, ``software``
the project's commit, its lock and the versions that count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any, ClassVar

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from implied.files.input_files import digest_of_file
from implied.numbers.rounding import PLATELETS, unit_name
from itpbook import parameters, project
from itpbook.presentation.tables.markup import Markup, Table, link, publication_table
from itpbook.provenance import commit, software
from itpbook.sphinxext.chapter_pages import record_of
from itpbook.sphinxext.numbered import numbered_table

_DEFINITIONS = "as the definitions say"


def _code(text: str) -> Markup:
    return Markup(f"<code>{escape(text)}</code>")


def parameters_table(runs: list[Mapping[str, Any]]) -> Table:
    """Set every parameter of the chapters with its value; ``runs`` are what they recorded of themselves."""
    values = {name: value for run in runs for name, value in run["parameters"].items()}
    rows = []
    for parameter in parameters.analysis():
        value = values.get(parameter.name, parameter.default)
        shown = _DEFINITIONS if value is None else f"{value:g}" if isinstance(value, float) else str(value)
        origin = "given" if value != parameter.default else "default"
        rows.append(
            (
                _code(parameter.name),
                shown,
                origin,
                parameter.meaning.replace(PLATELETS, unit_name(PLATELETS)),
                parameter.allowed,
            )
        )
    columns = ["Parameter", "Value", "From", "Meaning", "Allowed"]
    note = Markup(f"What each threshold is under the definitions: {link('../chapters/methods.html', 'Methods')}.")
    return publication_table(
        pd.DataFrame(rows, columns=columns), id="table-run-parameters", caption="Parameters", footnotes=[note]
    )


def records_table(runs: list[Mapping[str, Any]]) -> Table:
    """Set what the chapters say of the records that they read: kind, number of patients, digest of each table."""
    rows = []
    for records in {str(run["records"]): run["records"] for run in runs}.values():
        kind = "synthetic" if records["synthetic"] else "as the centre supplied them"
        rows += [("Kind of records", kind), ("Patients", str(records["patients"]))]
        rows += [(_code(name), _code(digest)) for name, digest in records["digests"].items()]
    note = (
        "Digest: SHA-256 of the table as CSV in the one way that the project writes it, whatever file it was read from."
    )
    return publication_table(
        pd.DataFrame(rows, columns=["Records", "Value or digest"]),
        id="table-run-records",
        caption="Records",
        footnotes=[note],
    )


def software_table() -> Table:
    """Set the commit of the project, the digests of its ledger and lock, and the versions of what computed."""
    files = {"Ledger of published figures": project.LEDGER, "Lock of all packages": project.LOCK_OF_ALL}
    state = commit()
    named = Markup(" ".join(filter(None, [state.name and _code(state.name), escape(state.remark)])))
    rows = [
        ("Commit of the project", named),
        *((f"{words}, digest", _code(str(digest_of_file(path)))) for words, path in files.items()),
        *software().items(),
    ]
    return publication_table(
        pd.DataFrame(rows, columns=["Software", "Version or digest"]), id="table-run-software", caption="Software"
    )


_TABLES: Mapping[str, Callable[[list[Mapping[str, Any]]], Table]] = {
    "parameters": parameters_table,
    "records": records_table,
    "software": lambda _: software_table(),
}


class ThisRun(SphinxDirective):
    """One of the tables, by its name."""

    required_arguments = 1
    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        table = _TABLES[directives.choice(self.arguments[0], tuple(_TABLES))]
        html = table(list(record_of(self.env.app).runs)).html
        return [*numbered_table(html, self.state.document)]


def add_to(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("this-run", ThisRun)
