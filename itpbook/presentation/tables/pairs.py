"""The table of published claims and the results of other records: both values, the difference, an exact test."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from implied.numbers.rounding import with_unit
from itpbook.presentation.tables.markup import Markup, Table, link, publication_table
from itpbook.presentation.tables.verdict_table import named_figure, row_attributes
from itpbook.results import NO_FIGURE, result_anchor
from itpbook.results.comparison import KINDS, Pair
from itpbook.study.statistics import DIFFERENCE_INTERVAL, PROPORTION_INTERVAL


def pair_table(pairs: Sequence[Pair]) -> Table:
    """Set pairs of claim and result in the order of the ledger: one row per claim, with its anchor as id."""
    frame = pd.DataFrame(
        {
            "Section": [pair.section.capitalize() for pair in pairs],
            "Figure": [named_figure(pair.label, pair.id) for pair in pairs],
            "Published": [
                _figure(escape(with_unit(pair.printed, pair.unit)), pair.published_share, pair.published_interval)
                for pair in pairs
            ],
            "Ours": [_figure(_ours(pair), pair.share, pair.interval) for pair in pairs],
            "Difference": [_difference(pair) for pair in pairs],
            "Comparison": [_comparison(pair) for pair in pairs],
        },
        dtype="object",
    )
    notes = [
        "Ours leads to the cell that computed it. In small print: n/N (%) and the 95% interval, "
        f"{PROPORTION_INTERVAL}. A denominator that is not printed with a published figure follows from others.",
        f"Difference: ours less the published percentage, in percentage points, with the 95% interval by "
        f"{DIFFERENCE_INTERVAL}. p: Fisher's exact test, two-sided. No correction is made for the number of tests; "
        "they describe.",
    ]
    return publication_table(
        frame,
        id="table-comparison",
        caption="Every published figure, and ours",
        stub="Figure",
        groups="Section",
        footnotes=notes,
        row_attributes=[
            row_attributes(pair.id, pair.section, pair.verdict, KINDS.index(pair.verdict)) for pair in pairs
        ],
        empty="The ledger holds no figure",
    )


def _figure(figure: str, share: str, interval: str) -> Markup:
    """Return a number as the source arranges it, and below it of how many patients it is, with the exact interval."""
    return Markup(figure + _below(share) + _below(f"95% CI {interval}%" if interval else ""))


def _ours(pair: Pair) -> str:
    """Return the result of these records as a link to the cell that computed it."""
    if pair.recomputed is None:
        return NO_FIGURE
    return link(f"{pair.chapter}.html#{result_anchor(pair.id, pair.reading)}", with_unit(pair.recomputed, pair.unit))


def _difference(pair: Pair) -> Markup | str:
    if not pair.difference:
        return NO_FIGURE
    tested = f"p {pair.p}" if pair.p else ""
    return Markup(pair.difference + _below(f"95% CI {pair.difference_interval}") + _below(tested))


def _comparison(pair: Pair) -> Markup:
    statement = f'<div class="lacking">{escape(pair.statement)}</div>' if pair.statement else ""
    return Markup(f'<span class="verdict">{escape(pair.verdict)}</span>{statement}')


def _below(words: str) -> str:
    """Return words on a line of their own, in small print."""
    return f'<div class="interval">{escape(words)}</div>' if words else ""
