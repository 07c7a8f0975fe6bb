"""Tables of recorded figures: the characters are those that the chapter recorded, formatted once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

import pandas as pd

from implied.ledger import Ledger
from implied.numbers.rounding import unit_name
from itpbook.disclosure.small_numbers import NOTE, WITHHELD
from itpbook.presentation.tables.markup import Markup, Table, link, publication_table
from itpbook.results import Result, result_anchor

Headings = Mapping[str, Sequence[str]]
"""Headings of a table, each with the ids below it: an id speaks for itself and for all that it begins."""

BASELINE: Headings = {
    "Patients": ["cohort.n", "cohort.female", "cohort.age"],
    "Type of ITP": ["cohort.secondary", "cohort.mgus", "cohort.ana"],
    "At the start of the combination": [
        "cohort.itp_duration",
        "cohort.chronic",
        "cohort.persistent",
        "cohort.bleeding",
        "cohort.platelets",
    ],
    "Earlier treatment": [
        "cohort.prior",
        "cohort.steroid_refractory",
        "cohort.splenectomy",
        "cohort.no_splenectomy",
    ],
    "Other": ["cohort"],
}
TREATMENT: Headings = {
    "TPO receptor agonist": ["treatment.eltrombopag", "treatment.romiplostim"],
    "Immunosuppressant": [
        "treatment.mycophenolate",
        "treatment.azathioprine",
        "treatment.cyclophosphamide",
        "treatment.ciclosporin",
        "treatment.everolimus",
    ],
    "Combination": ["treatment.duration", "treatment.combination_only"],
    "Beside the combination": ["treatment.corticosteroids", "treatment.hydroxychloroquine"],
    "Other": ["treatment"],
}
RESPONSE: Headings = {
    "All patients": ["efficacy.response", "efficacy.cr"],
    "Responders": ["efficacy.time_to_response", "efficacy.duration_of_response"],
    "No corticosteroids beside the combination": ["efficacy.no_steroid"],
    "Earlier immunosuppressant": ["efficacy.prior_ist"],
    "Other": ["efficacy"],
}
SAFETY: Headings = {
    "Adverse events related to treatment": ["safety.any_ae", "safety.severe"],
    "Thromboembolic events": ["safety.thromboembolic", "safety.dvt_pe", "safety.cvt"],
    "Infections": ["safety.infection"],
    "Follow-up": ["safety.followup", "safety.deaths"],
    "Other": ["safety"],
}

INTERVAL = "95% CI, %"
POSSIBLE = Markup(
    "Possible or forced: what the figure can be over all records that satisfy the published figures, "
    f"as {link('determined.html#table-possible', 'worked out from these')}. Printed figures need no such words."
)


def results_table(
    groups: Mapping[str, Sequence[Result]] | Sequence[Result],
    *,
    id: str,
    caption: str,
    ledger: Ledger | None = None,
    intervals: bool = True,
    footnotes: Sequence[str] = (),
    chapter: str | None = None,
) -> Table:
    """Set recorded figures as a table: characteristic, recomputed, 95% interval, published.

    Parameters
    ----------
    groups
        Figures in the order of the rows, under headings or without.
    id, caption, footnotes
        As in :func:`publication_table`; notes that explain the notation come first.
    ledger
        Gives the published figures; without it that column is left out.
    intervals
        Whether to show the exact intervals; the column is left out when no figure has one.
    chapter
        Where the table stands: figures recorded by another chapter are linked there. Without it, all are
        linked within the page.
    """
    headed = groups if isinstance(groups, Mapping) else {"": groups}
    rows = [(heading, result) for heading, results in headed.items() for result in results]
    shown = [result for _, result in rows]
    ids = {result.id for result in shown}
    cells = {
        "Group": [heading for heading, _ in rows],
        "Characteristic": [_characteristic(result, chapter) for result in shown],
        "Recomputed": [recomputed(result) for result in shown],
    }
    if intervals and any(result.interval_of_share for result in shown):
        cells[INTERVAL] = [result.interval_of_share for result in shown]
    if any(result.possible for result in shown):
        cells["Possible"] = [_possible(result) for result in shown]
    if ledger is not None:
        cells["Published"] = [ledger[result.id].text if result.published else "" for result in shown]
    with_groups = any(heading for heading in headed)
    return publication_table(
        pd.DataFrame(cells if with_groups else {name: cells[name] for name in cells if name != "Group"}),
        id=id,
        caption=caption,
        groups="Group" if with_groups else None,
        footnotes=[*_notation(shown, INTERVAL in cells), *([POSSIBLE] if "Possible" in cells else []), *footnotes],
        row_attributes=[{"class": "sub-level"} if result.id.rpartition(".")[0] in ids else {} for result in shown],
        empty="No figure recorded",
    )


def baseline_table(
    results: Iterable[Result],
    *,
    id: str = "table-baseline",
    caption: str = "Patients at the start of the combination",
    ledger: Ledger | None = None,
    chapter: str | None = None,
) -> Table:
    """Set the recorded figures of section ``cohort`` as the table of baseline characteristics."""
    groups = grouped(results, BASELINE)
    return results_table(groups, id=id, caption=caption, ledger=ledger, intervals=False, chapter=chapter)


def treatment_table(
    results: Iterable[Result],
    *,
    id: str = "table-treatment",
    caption: str = "Treatment by the combination, and what was given beside it",
    ledger: Ledger | None = None,
    chapter: str | None = None,
) -> Table:
    """Set the recorded figures of treatment as a table."""
    groups = grouped(results, TREATMENT)
    return results_table(groups, id=id, caption=caption, ledger=ledger, intervals=False, chapter=chapter)


def response_table(
    results: Iterable[Result],
    *,
    id: str = "table-response",
    caption: str = "Response to the combination",
    ledger: Ledger | None = None,
    chapter: str | None = None,
) -> Table:
    """Set the recorded figures of efficacy as a table with exact intervals."""
    return results_table(grouped(results, RESPONSE), id=id, caption=caption, ledger=ledger, chapter=chapter)


def safety_table(
    results: Iterable[Result],
    *,
    id: str = "table-safety",
    caption: str = "Adverse events and follow-up",
    ledger: Ledger | None = None,
    chapter: str | None = None,
) -> Table:
    """Set the recorded figures of safety as a table with exact intervals."""
    return results_table(grouped(results, SAFETY), id=id, caption=caption, ledger=ledger, chapter=chapter)


def grouped(results: Iterable[Result], headings: Headings) -> dict[str, list[Result]]:
    """Put figures under the heading that names their id most closely, in their order; others are left out.

    Thresholds belong to definitions and not to patients, and are left out too.
    """
    found: dict[str, list[Result]] = {heading: [] for heading in headings}
    for result in results:
        begun = [
            (len(prefix), heading)
            for heading, prefixes in headings.items()
            for prefix in prefixes
            if f"{result.id}.".startswith(f"{prefix}.")
        ]
        if begun and "threshold" not in result.statistics:
            found[max(begun)[1]].append(result)
    return {heading: rows for heading, rows in found.items() if rows}


def recomputed(result: Result) -> str:
    """Return a figure with its denominator: ``19/31 (61%)``, ``57 [23-82], n = 31``, ``4 events in 3 of 31``.

    The counted percentage follows the recorded characters; nothing is formatted here.
    """
    if result.suppressed:
        return result.printed
    count, total, percent = (result.formatted(name) for name in ("count", "denominator", "percent"))
    if count is not None and total is not None and result.printed != total:
        # "all" is a word for the prose; a table counts.
        counted = total if count == "all" else count
        return f"{counted}/{total} ({percent}%)" if result.N else f"{counted}/{total}"
    if "median" in result.statistics:
        known = result.printed if result.n is None else f"{result.printed}, n = {result.n}"
        return f"{known} ({result.note})" if result.note else known
    if set(result.statistics) == {"count"} and result.N is not None:
        return f"{result.printed} {'event' if result.printed == '1' else 'events'} in {result.n} of {result.N}"
    return result.printed


def _characteristic(result: Result, chapter: str | None) -> Markup:
    page = "" if chapter in {None, result.chapter} else f"{result.chapter}.html"
    words = ""
    if "median" in result.statistics:
        ends = {name: result.formatted(name) == WITHHELD for name in ("minimum", "q1")}
        spread = "" if ends["q1"] else " (quartiles)" if ends["minimum"] else " [range]"
        words = f", {unit_name(result.unit)}, median{spread}" if result.unit else f", median{spread}"
    if result.reading != "literal":
        words += f" ({result.reading} reading: {result.population})"
    return Markup(link(f"{page}#{result_anchor(result.id, result.reading)}", result.label) + escape(words))


def _possible(result: Result) -> str:
    return result.possible.removeprefix("possible: ")


def _notation(results: Sequence[Result], intervals: bool) -> list[str]:
    notes = []
    if any("percent" in result.statistics for result in results):
        notes.append("n/N (%): patients with the characteristic among the patients of whom it is asked.")
    if any(set(result.statistics) == {"count"} for result in results):
        notes.append("Rows of events count events; all other rows count patients.")
    if intervals:
        notes.append("95% CI: exact (Clopper-Pearson) confidence interval of the percentage.")
    if any(WITHHELD in map(result.formatted, result.statistics) or result.suppressed for result in results):
        notes.append(NOTE)
    return notes
