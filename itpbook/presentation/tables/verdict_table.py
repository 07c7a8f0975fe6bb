"""The verification table: each published figure beside the recomputed one, with verdict and grounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from html import escape
from typing import Any

import pandas as pd

from implied.numbers.rounding import with_unit
from itpbook.presentation.tables.markup import Markup, Table, link, publication_table
from itpbook.results import NO_FIGURE, anchor, result_anchor
from itpbook.results.verify import VERDICTS_IN_ORDER

Fields = Mapping[str, Any]

PROOFS_PAGE = "determined.html"
"""Page of the proofs, as seen from the other chapters."""

LEDGER_PAGE = "verification.html"
"""Page of the verification table, as seen from the other chapters."""

LEDGER_PLACE = "ledger"
"""Where on its page the verification table begins, with the controls above it."""


def verification_table(
    lines: Sequence[Any],
    *,
    id: str = "table-verification",
    caption: str = "Every published figure, recomputed",
) -> Table:
    """Set the verdicts as a table: one row per figure, with its anchor as id and its verdict as class.

    Parameters
    ----------
    lines
        Lines of :class:`itpbook.results.verify.Verification`, or as its output stores them, in the order of the
        ledger with sections together. An ``alternative`` reading stands in the same row below the verdict;
        ``conflict`` names the figures that this one cannot be right together with.
    """
    stored = [_fields(line) for line in lines]
    frame = pd.DataFrame(
        {
            "Section": [str(line["section"]).capitalize() for line in stored],
            "Figure": [_figure(line) for line in stored],
            "Published": [_with_unit(line["printed"], line) for line in stored],
            "Recomputed": [_with_unit(line["recomputed"], line) for line in stored],
            "n/N": [_share(line) for line in stored],
            "Verdict": [_verdict(line) for line in stored],
            "Where": [_where(line) for line in stored],
        },
        dtype="object",
    )
    attributes = [_row(line) for line in stored]
    return publication_table(
        frame,
        id=id,
        caption=caption,
        stub="Figure",
        groups="Section",
        row_attributes=attributes,
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


def _fields(line: Any) -> Fields:
    """Return a line as it is stored."""
    return asdict(line) if is_dataclass(line) and not isinstance(line, type) else dict(line)


def row_attributes(result_id: str, section: str, verdict: str, rank: int) -> dict[str, str]:
    """Return the attributes of a row: those that begin with ``data-`` are what the page filters and sorts by."""
    return {
        "id": anchor(result_id),
        "class": f"verdict-{slug(verdict)}",
        "data-section": slug(section),
        "data-verdict": slug(verdict),
        "data-rank": str(rank),
    }


def _row(line: Fields) -> dict[str, str]:
    verdict = str(line["verdict"])
    return row_attributes(line["id"], line["section"], verdict, VERDICTS_IN_ORDER.index(verdict))


def _figure(line: Fields) -> Markup:
    return Markup(f"{escape(str(line['label']))} <code>{escape(str(line['id']))}</code>")


def _with_unit(printed: object, line: Fields) -> str:
    if printed is None:
        return NO_FIGURE
    return with_unit(str(printed), line.get("unit"))


def _share(found: Fields) -> str:
    """Return n/N; a summary has only the number of patients it summarises, a threshold neither."""
    n, total = found.get("n"), found.get("N")
    if total is None:
        return "" if n is None else str(n)
    return str(total) if n is None else f"{n}/{total}"


def _verdict(line: Fields) -> Markup:
    parts = [f'<span class="verdict">{escape(str(line["verdict"]))}</span>']
    conflict = [other for other in line.get("conflict") or [] if other != line["id"]]
    grounds = [escape(str(line.get("statement") or ""))]
    if conflict:
        others = ", ".join(str(link(f"#{anchor(other)}", other)) for other in conflict)
        grounds.insert(0, f"Cannot be right together with {others}.")
        if line.get("proof"):
            grounds.append(str(link(f"{PROOFS_PAGE}#{line['proof']}", "Proof")))
    if any(grounds):
        kind = "conflict" if conflict else "lacking"
        parts.append(f'<div class="{kind}">{" ".join(grounds).strip()}</div>')
    alternative = line.get("alternative")
    if alternative:
        parts.append(f'<div class="alternative">{escape(_alternative(alternative, line))}</div>')
    return Markup("".join(parts))


def _alternative(alternative: Fields, line: Fields) -> str:
    """Say what the inferred reading gives, unless the row itself shows it, and why that reading."""
    words = f"{str(alternative['reading']).capitalize()} reading"
    if alternative["reading"] != line.get("reading"):
        printed = NO_FIGURE if alternative["recomputed"] is None else str(alternative["recomputed"])
        share = _share(alternative)
        words += f": {printed}{f' ({share})' if share else ''}, {alternative['verdict']}"
    return f"{words}. {alternative.get('statement') or ''}".strip()


def _where(line: Fields) -> Markup | str:
    chapter = line.get("chapter")
    if not chapter:
        return ""
    page, name = f"{chapter}.html", str(chapter).replace("_", " ").capitalize()
    reading = str(line.get("reading") or "literal")
    links = [link(f"{page}#{result_anchor(line['id'], reading)}", name)]
    alternative = line.get("alternative")
    if alternative and alternative.get("recomputed") is not None and alternative["reading"] != reading:
        target = f"{page}#{result_anchor(line['id'], alternative['reading'])}"
        links.append(link(target, f"{name}, {alternative['reading']} reading"))
    return Markup("<br>".join(links))
