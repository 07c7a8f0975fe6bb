"""The directive ``reporting-checklist``: a table for each guideline, whose every link is checked by the build."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any, ClassVar

import pandas as pd
from docutils import nodes
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from itpbook import project
from itpbook.presentation.reporting import Answer, Guideline, Item, ReportingError, load_checklist
from itpbook.presentation.tables.markup import Markup, link, publication_table
from itpbook.sphinxext.nodes import warn

_ID = re.compile(r"""\bid=["']([^"']+)["']""")


_NOT_APPLICABLE = "Does not apply"
"""How a reason begins that is no omission."""


class Checklist(nodes.General, nodes.Element):
    """The table of a guideline, still without the addresses of its links."""


class ReportingChecklist(SphinxDirective):
    """Tables of what the guidelines ask, and where the manuscript deals with it or why it does not."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        """Return a place for the table of each guideline; pages that links lead to may not have been read yet."""
        self.env.note_dependency(str(project.REPORTING))
        try:
            guidelines = load_checklist(project.REPORTING)
        except ReportingError as error:
            warn("checklist", f"checklist: {error}", self.get_location())
            return []
        tables: list[nodes.Node] = [Checklist("", guideline=guideline) for guideline in guidelines]
        for table in tables:
            self.set_source_info(table)
        return tables


class PlaceChecklist(SphinxPostTransform):
    """Sets the tables once all pages are read, and reports every link that leads nowhere."""

    default_priority = 205
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Replace each place by its table."""
        fragments: dict[str, set[str]] = {}
        for node in list(self.document.findall(Checklist)):
            guideline: Guideline = node["guideline"]
            for item in guideline.items:
                for answer in item.where:
                    if missing := self._missing(answer, fragments):
                        warn("checklist", f"checklist: {guideline.name} {item.id}: {missing}", node)
            table = checklist_table(guideline, self._address)
            node.replace_self(nodes.raw("", table, format="html"))

    def _address(self, answer: Answer) -> str:
        page = self.app.builder.get_relative_uri(self.env.docname, answer.page)
        return f"{page}#{answer.fragment}"

    def _missing(self, answer: Answer, fragments: dict[str, set[str]]) -> str:
        if answer.page not in self.env.found_docs:
            return f"there is no page {answer.page}"
        if answer.page not in fragments:
            fragments[answer.page] = _fragments(self.env, answer.page)
        return "" if answer.fragment in fragments[answer.page] else f"{answer.page} has no place {answer.fragment}"


def _fragments(env: BuildEnvironment, page: str) -> set[str]:
    """Return what a link can lead to on a page: what is marked in its text, and in its outputs of HTML."""
    document = env.get_doctree(page)
    ids = {name for node in document.findall(nodes.Element) for name in node["ids"]}
    return ids.union(*(_ID.findall(output.astext()) for output in document.findall(nodes.raw)))


def checklist_table(guideline: Guideline, address: Callable[[Answer], str]) -> str:
    """Return the table of a guideline as HTML; ``address`` says where an answer is, seen from the page."""
    rows = [
        {
            "Section": item.section,
            "Item": item.id,
            "What it asks": Markup(f"<strong>{escape(item.topic)}.</strong> {escape(item.asks)}"),
            "Where, or why not": _answered(item, address),
        }
        for item in guideline.items
    ]
    return publication_table(
        pd.DataFrame(rows),
        id=f"checklist-{guideline.name.lower()}",
        caption=guideline.title,
        stub="Item",
        groups="Section",
        row_attributes=[
            {
                "id": f"{guideline.name.lower()}-{item.id.replace('.', '-')}",
                "class": "answered" if item.where else "unanswered",
            }
            for item in guideline.items
        ],
    ).html


def _answered(item: Item, address: Callable[[Answer], str]) -> Markup:
    if not item.where:
        lead = "" if item.reason.startswith(_NOT_APPLICABLE) else "<em>Not dealt with.</em> "
        return Markup(f"{lead}{escape(item.reason)}")
    links = "; ".join(link(address(answer), answer.phrase) for answer in item.where)
    return Markup(f"{links}.{f' {escape(item.gap)}' if item.gap else ''}")
