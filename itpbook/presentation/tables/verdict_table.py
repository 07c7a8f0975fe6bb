"""The verification table: each claim and the recomputed result, with verdict and grounds."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from implied.numbers.rounding import with_unit
from itpbook.presentation.tables.markup import Markup, Table, link, publication_table
from itpbook.results import NO_FIGURE, anchor, result_anchor
from itpbook.results.verify import VERDICTS_IN_ORDER

if TYPE_CHECKING:
    from itpbook.results.verify import Alternative, VerdictLine

PROOFS_PAGE = "determined.html"
"""Page of the proofs, as seen from the other chapters."""

LEDGER_PAGE = "verification.html"
"""Page of the verification table, as seen from the other chapters."""

LEDGER_PLACE = "ledger"
"""Where on its page the verification table begins, with the controls above it."""


def verification_table(lines: Sequence[VerdictLine]) -> Table:
    """Set the verdicts as a table: one row per claim, with its anchor as id and its verdict as class.

    Parameters
    ----------
    lines
        In the order of the ledger with sections together. An ``alternative`` reading has the same row below the
        verdict; ``conflict`` names the claims that this one cannot be right together with.
    """
    frame = pd.DataFrame(
        {
            "Section": [line.section.capitalize() for line in lines],
            "Figure": [named_figure(line.label, line.id) for line in lines],
            "Published": [with_unit(line.printed, line.unit) for line in lines],
            "Recomputed": [_recomputed(line) for line in lines],
            "n/N": [_share(line) for line in lines],
            "Verdict": [_verdict(line) for line in lines],
            "Where": [_where(line) for line in lines],
        },
        dtype="object",
    )
    return publication_table(
        frame,
        id="table-verification",
        caption="Every published figure, recomputed",
        stub="Figure",
        groups="Section",
        row_attributes=[
            row_attributes(line.id, line.section, line.verdict, VERDICTS_IN_ORDER.index(line.verdict)) for line in lines
        ],
        empty="The ledger holds no figure",
    )


def filtered(page: str, **wanted: str) -> str:
    """Return the address of the ledger on its page with only some rows shown.

    Parameters
    ----------
    page
        Address of the verification page.
    wanted
        ``verdict`` and ``section`` of the rows to show; all rows when left out.
    """
    query = "&".join(f"{name}={slug(value)}" for name, value in wanted.items())
    return f"{page}{'?' if query else ''}{query}#{LEDGER_PLACE}"


def slug(verdict: str) -> str:
    """Return a verdict as part of a class: ``not-available``."""
    return verdict.replace(" ", "-")


def row_attributes(result_id: str, section: str, verdict: str, rank: int) -> dict[str, str]:
    """Return the attributes of a row: those that begin with ``data-`` are what the page filters and sorts by."""
    return {
        "id": anchor(result_id),
        "class": f"verdict-{slug(verdict)}",
        "data-section": slug(section),
        "data-verdict": slug(verdict),
        "data-rank": str(rank),
    }


def to_ledger(result_id: str, label: str) -> Markup:
    """Return a link from another page to the row of a claim."""
    return link(f"{LEDGER_PAGE}#{anchor(result_id)}", label)


def named_figure(label: str, result_id: str) -> Markup:
    """Return the cell that names a claim: its label and its id."""
    return Markup(f"{escape(label)} <code>{escape(result_id)}</code>")


def _recomputed(line: VerdictLine) -> str:
    return NO_FIGURE if line.recomputed is None else with_unit(line.recomputed, line.unit)


def _share(counted: VerdictLine | Alternative) -> str:
    """Return n/N; a summary has only the number of patients it summarises, a threshold neither."""
    if counted.N is None:
        return "" if counted.n is None else str(counted.n)
    return str(counted.N) if counted.n is None else f"{counted.n}/{counted.N}"


def _verdict(line: VerdictLine) -> Markup:
    parts = [f'<span class="verdict">{escape(line.verdict)}</span>']
    grounds = [escape(line.statement)]
    conflict = [other for other in line.conflict if other != line.id]
    if conflict:
        others = ", ".join(link(f"#{anchor(other)}", other) for other in conflict)
        grounds.insert(0, f"Cannot be right together with {others}.")
        if line.proof:
            grounds.append(link(f"{PROOFS_PAGE}#{line.proof}", "Proof"))
    if any(grounds):
        kind = "conflict" if conflict else "lacking"
        parts.append(f'<div class="{kind}">{" ".join(grounds).strip()}</div>')
    if line.alternative:
        parts.append(f'<div class="alternative">{escape(_alternative(line.alternative, line))}</div>')
    return Markup("".join(parts))


def _alternative(alternative: Alternative, line: VerdictLine) -> str:
    """Say what the inferred reading gives, unless the row itself shows it, and why that reading."""
    words = f"{alternative.reading.capitalize()} reading"
    if alternative.reading != line.reading:
        printed = NO_FIGURE if alternative.recomputed is None else alternative.recomputed
        share = _share(alternative)
        words += f": {printed}{f' ({share})' if share else ''}, {alternative.verdict}"
    return f"{words}. {alternative.statement}".strip()


def _where(line: VerdictLine) -> Markup | str:
    if not line.chapter:
        return ""
    page, name = f"{line.chapter}.html", line.chapter.capitalize()
    links = [link(f"{page}#{result_anchor(line.id, line.reading)}", name)]
    alternative = line.alternative
    if alternative and alternative.recomputed is not None and alternative.reading != line.reading:
        target = f"{page}#{result_anchor(line.id, alternative.reading)}"
        links.append(link(target, f"{name}, {alternative.reading} reading"))
    return Markup("<br>".join(links))
