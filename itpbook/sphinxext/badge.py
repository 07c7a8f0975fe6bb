"""The directive ``verdict-badge``: how many claims there are, and how many of each verdict.

Each part leads to the verification page with just these claims shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from itpbook.presentation.tables.verdict_table import filtered, slug
from itpbook.sphinxext.chapter_pages import record_of
from itpbook.sphinxext.nodes import Line, Link, Span
from itpbook.sphinxext.record import GLYPHS, LEDGER_PAGE


class VerdictBadge(SphinxDirective):
    """A line such as "63 published figures: ✓ 61 reproduced, ✗ 2 contradicted", of the executed chapters."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        """Return the line; all pages are read again when a chapter changes, and this with them."""
        page = self.env.app.builder.get_relative_uri(self.env.docname, LEDGER_PAGE)
        lines = record_of(self.env.app).lines.values()
        return [badge(lines, page or f"{LEDGER_PAGE.rpartition('/')[2]}.html")]


def tally(lines: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Count the lines of each verdict that any has, in the order of the verdicts."""
    counts = Counter(str(line["verdict"]) for line in lines)
    return {verdict: counts[verdict] for verdict in GLYPHS if counts[verdict]}


def badge(lines: Iterable[Mapping[str, Any]], page: str) -> Line:
    """Return the line of counts.

    Parameters
    ----------
    lines
        Lines of the verification, each with its ``verdict``.
    page
        Address of the verification page, seen from the page that the line stands on.
    """
    counts = tally(lines)
    total = sum(counts.values())
    line = Line("", "", classes=["verdict-badge"], html={})
    figures = "1 published figure" if total == 1 else f"{total or 'No'} published figures"
    line += _link(filtered(page), nodes.Text(figures), kind="badge-all")
    for number, (verdict, count) in enumerate(counts.items()):
        line += nodes.Text(", " if number else ": ")
        glyph = Span("", "", nodes.Text(GLYPHS[verdict]), classes=["badge-mark"], html={"aria-hidden": "true"})
        words = nodes.Text(f" {count} {verdict}")
        line += _link(filtered(page, verdict=verdict), glyph, words, kind=f"badge-{slug(verdict)}")
    return line


def _link(address: str, *words: nodes.Node, kind: str) -> Link:
    return Link("", "", *words, internal=True, refuri=address, html={}, classes=[kind, "internal"])
