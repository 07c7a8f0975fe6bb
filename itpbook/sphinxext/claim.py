"""The role ``claim``: a computed figure in a sentence, linked to its row in the ledger and to its cell."""

from __future__ import annotations

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from itpbook.sphinxext.chapters import record_of
from itpbook.sphinxext.nodes import BookLink, Span
from itpbook.sphinxext.record import Quote, QuoteError

LOGGER = logging.getLogger(__name__)


class ClaimRole(SphinxRole):
    """Quotes a figure: ``efficacy.cr``, ``efficacy.cr percent`` or ``efficacy.no_steroid.cr/literal``.

    What was not recorded is reported with its place in the text, so that a build with ``-W`` fails.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the figure as nodes."""
        try:
            quote = record_of(self.env.app).quote(self.text)
        except QuoteError as error:
            LOGGER.warning("claim: %s", error, location=self.get_location(), type="itpbook", subtype="claim")
            return [nodes.inline("", f"[no figure: {self.text}]", classes=["claim", "claim-unknown"])], []
        return [claim(quote)], []


def claim(quote: Quote) -> Span:
    """Return a quoted figure as a span of two links, the printed characters and the mark of the verdict."""
    attributes = {"data-claim": quote.id, "title": quote.tooltip}
    span = Span("", "", classes=["claim", f"claim-{quote.kind}"], html=attributes)
    if quote.row is None:
        span += nodes.inline("", quote.text, classes=["claim-figure"])
    else:
        span += BookLink.to(quote.row, quote.text, classes=["claim-figure"])
    if quote.cell is not None:
        span += BookLink.to(quote.cell, quote.glyph, classes=["claim-mark"], label=quote.goes_to)
    return span
