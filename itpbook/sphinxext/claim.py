"""The role ``claim``: a computed result in a sentence, linked to its row in the ledger and to its cell."""

from __future__ import annotations

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from itpbook.sphinxext.chapter_pages import record_of
from itpbook.sphinxext.nodes import BookLink, Span, warn
from itpbook.sphinxext.record import Quote, QuoteError

OF_THE_PUBLISHED = ("chapters/remarks", "chapters/determined")
"""Pages about the published series: in a book of other records they quote the published claims."""


class ClaimRole(SphinxRole):
    """Quotes a result: ``efficacy.cr``, ``efficacy.cr percent`` or ``efficacy.no_steroid.cr/literal``.

    What was not recorded is reported with its place in the text, so that a build with ``-W`` fails.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the result as nodes."""
        try:
            record = record_of(self.env.app)
            published = record.quote_published(self.text) if self.env.docname in OF_THE_PUBLISHED else None
            quote = published or record.quote(self.text)
        except QuoteError as error:
            warn("claim", f"claim: {error}", self.get_location())
            return [nodes.inline("", f"[no figure: {self.text}]", classes=["claim", "claim-unknown"])], []
        return [claim(quote, f"claim-{self.env.new_serialno('claim')}")], []


def claim(quote: Quote, card_id: str) -> Span:
    """Return a quoted result: the printed characters and the mark of the verdict as links, and a card of what is known.

    The card appears when the result is pointed at, focused or tapped; it describes both links to a screen reader.
    """
    span = Span("", "", classes=["claim", f"claim-{quote.kind}"], html={"data-claim": quote.id})
    described = {"aria-describedby": card_id}
    if quote.row is None:
        span += nodes.inline("", quote.text, classes=["claim-figure"])
    else:
        span += BookLink.to(quote.row, quote.text, classes=["claim-figure"], **described)
    if quote.cell is not None:
        span += BookLink.to(quote.cell, quote.glyph, classes=["claim-mark"], label=quote.goes_to, **described)
    span += card(quote, card_id)
    return span


def card(quote: Quote, card_id: str) -> Span:
    """Return what is known of a result, a line for each fact, and where it leads to."""
    details = Span("", "", ids=[card_id], classes=["claim-known"], html={})
    details += nodes.inline("", f"{quote.subject}. ", classes=["claim-subject"])
    for name, words in quote.facts:
        fact = nodes.inline("", "", classes=["claim-fact"])
        details += [fact, nodes.Text(" ")]
        fact += [nodes.inline("", f"{name}: ", classes=["claim-name"]), nodes.inline("", f"{words}.")]
    # The keyboard reaches both places by the result and its mark; these are for a finger and for the mouse.
    ways = Span("", "", classes=["claim-ways"], html={})
    for target, words in ((quote.row, "Row in the ledger"), (quote.cell, "Where it is computed")):
        if target is not None:
            ways += [BookLink.to(target, words, classes=["claim-way"], tabindex="-1"), nodes.Text(" ")]
    return Span("", "", details, ways, classes=["claim-card"], html={})
