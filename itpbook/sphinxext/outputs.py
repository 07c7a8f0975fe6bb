"""How outputs of a chapter look on its page: a line for each recorded result, and nothing for the verdicts.

Drawn figures and tables become parts of the book.
MyST-NB finds :class:`ResultRenderer` through the entry point group ``myst_nb.mime_renderers``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer

from implied.numbers.rounding import with_unit
from itpbook.presentation.tables.verdict_table import slug
from itpbook.results import COMPARISON, DATA, RESULT, RUN, VERDICTS, Result, anchor, result_anchor
from itpbook.sphinxext.chapter_pages import record_of
from itpbook.sphinxext.nodes import BookLink, Line, Span
from itpbook.sphinxext.notice import Run
from itpbook.sphinxext.numbered import numbered_table
from itpbook.sphinxext.pictures import pictures
from itpbook.sphinxext.record import GLYPHS, LEDGER_PAGE, Record, Target


class ResultRenderer:
    """Renders what a chapter records, draws and tabulates.

    The priorities are ascending and HTML has 30: a result or a run is shown as here whatever else the output
    holds, while verdicts and data give way to the table or picture that may come with them. All precede plain text.
    """

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = (
        ("*", RESULT, 1),
        ("*", RUN, 2),
        ("*", VERDICTS, 90),
        ("*", COMPARISON, 90),
        ("*", DATA, 95),
    )

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: bool) -> list[nodes.Element] | None:
        """Return the nodes of an output, or None for a kind that is not ours."""
        if data.mime_type in {VERDICTS, COMPARISON, DATA}:
            # An output without any node would be shown as plain text.
            return [nodes.raw("", "", format="html")]
        if data.mime_type == "image/svg+xml" and not inline:
            return pictures(renderer, data)
        if data.mime_type == "text/html" and not inline:
            return numbered_table(str(data.content), renderer.renderer.document) or None
        if data.mime_type not in {RESULT, RUN} or not isinstance(data.content, dict):
            return None
        if data.mime_type == RUN:
            return [Run("", payload=data.content)]
        env = renderer.renderer.sphinx_env
        # Without Sphinx there is no book to judge or link the result in.
        return None if env is None else [result_line(Result(**data.content), record_of(env.app))]


def result_line(result: Result, record: Record) -> Line:
    """Return a recorded result as one line, the target of its links: id, characters, interval, verdict."""
    verdict = record.verdict(result)
    kind = slug(verdict) if verdict else record.origin(result)[0]
    subject = f"{result.label}; {result.population}" + (f"; {result.note}" if result.note else "")
    line: Line = Line(
        "",
        "",
        ids=[result_anchor(result.id, result.reading)],
        classes=["result", f"result-{kind}"],
        html={"data-result": result.id, "title": subject},
    )
    if verdict:
        line += BookLink.to(Target(LEDGER_PAGE, anchor(result.id)), result.id, classes=["result-id"])
    else:
        line += nodes.inline("", result.id, classes=["result-id"])
    pieces = [
        ("result-reading", "" if result.reading == "literal" else f"{result.reading} reading"),
        ("result-figure", with_unit(result.printed, result.unit)),
        ("result-interval", f"95% CI {result.interval_of_share}%" if result.interval_of_share else ""),
        ("result-possible", result.possible),
        ("result-verdict", verdict or ("derived, not printed" if kind == "derived" else "not published")),
    ]
    for name, text in pieces:
        if text:
            line += [nodes.Text(" "), nodes.inline("", text, classes=[name])]
    if verdict:
        mark = Span("", GLYPHS[verdict], classes=["result-mark"], html={"aria-hidden": "true"})
        # Not to be parted: a mark alone on a line says nothing.
        line += [nodes.Text("\u00a0"), mark]
    return line
