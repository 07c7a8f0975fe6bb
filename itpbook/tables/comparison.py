"""The table of published figures and those of other records: both values, the difference, an exact test."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from itpbook.comparison import KINDS, Pair
from itpbook.formatting import with_unit
from itpbook.results import NO_FIGURE, anchor, result_anchor
from itpbook.statistics import DIFFERENCE_INTERVAL, PROPORTION_INTERVAL
from itpbook.tables.ledger import slug
from itpbook.tables.markup import Markup, Table, link, publication_table


def pair_table(
    pairs: Sequence[Pair], *, id: str = "table-comparison", caption: str = "Every published figure, and ours"
) -> Table:
    """Set pairs of figures as a table: one row per published figure, with its anchor as id.

    Parameters
    ----------
    pairs
        In the order of the ledger, with sections together.
    """
    frame = pd.DataFrame(
        {
            "Section": [pair.section.capitalize() for pair in pairs],
            "Figure": [Markup(f"{escape(pair.label)} <code>{escape(pair.id)}</code>") for pair in pairs],
            "Published": [_figure(pair.printed, pair, pair.published_share, pair.published_interval) for pair in pairs],
            "Ours": [_figure(pair.recomputed, pair, pair.share, pair.interval) for pair in pairs],
            "Difference, percentage points": [_difference(pair) for pair in pairs],
            "p": [pair.p or NO_FIGURE for pair in pairs],
            "Comparison": [_comparison(pair) for pair in pairs],
            "Where": [_where(pair) for pair in pairs],
        },
        dtype="object",
    )
    notes = [
        f"In small print: n/N (%) and the 95% interval, {PROPORTION_INTERVAL}. A denominator that the abstract does not "
        "print with a figure is implied by its other figures.",
        f"Difference: ours less the published percentage, with the 95% interval by {DIFFERENCE_INTERVAL}. "
        "p: Fisher's exact test, two-sided. No correction is made for the number of tests; they describe.",
    ]
    attributes = [
        {
            "id": anchor(pair.id),
            "class": f"verdict-{slug(pair.verdict)}",
            "data-section": slug(pair.section),
            "data-verdict": slug(pair.verdict),
            "data-rank": str(KINDS.index(pair.verdict)),
        }
        for pair in pairs
    ]
    return publication_table(
        frame,
        id=id,
        caption=caption,
        stub="Figure",
        groups="Section",
        footnotes=notes,
        row_attributes=attributes,
        empty="The ledger holds no figure",
    )


def _figure(printed: str | None, pair: Pair, share: str, interval: str) -> Markup:
    """Return a figure as the source arranges it, and below it of how many patients it is, with the exact interval."""
    figure = NO_FIGURE if printed is None else with_unit(printed, pair.unit)
    below = f"{share}{f', 95% CI {interval}%' if interval else ''}" if share else ""
    return Markup(escape(figure) + (f'<div class="interval">{escape(below)}</div>' if below else ""))


def _difference(pair: Pair) -> Markup | str:
    if not pair.difference:
        return NO_FIGURE
    return Markup(f'{pair.difference}<div class="interval">95% CI {escape(pair.difference_interval)}</div>')


def _comparison(pair: Pair) -> Markup:
    said = f'<div class="lacking">{escape(pair.statement)}</div>' if pair.statement else ""
    return Markup(f'<span class="verdict">{escape(pair.verdict)}</span>{said}')


def _where(pair: Pair) -> Markup | str:
    if not pair.chapter:
        return ""
    name = pair.chapter.replace("_", " ").capitalize()
    return link(f"{pair.chapter}.html#{result_anchor(pair.id, pair.reading)}", name)
