"""Tables of recorded results: the characters are those that the chapter recorded, formatted once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from implied.numbers.rounding import unit_name
from itpbook.disclosure.small_numbers import NOTE, WITHHELD
from itpbook.presentation.tables.markup import Markup, Table, link, publication_table
from itpbook.results import Recorder, Result, result_anchor

Headings = Mapping[str, Sequence[str]]
"""Headings of a table, each with the ids below it: an id speaks for itself and for all that it begins."""


@dataclass(frozen=True)
class TableLayout:
    """Which results stand in a table and under which headings; ``intervals`` are the exact ones of percentages."""

    id: str
    caption: str
    headings: Headings
    intervals: bool = False


BASELINE = TableLayout(
    "table-baseline",
    "Patients at the start of the combination",
    {
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
    },
)
TREATMENT = TableLayout(
    "table-treatment",
    "Treatment by the combination, and what was given beside it",
    {
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
    },
)
RESPONSE = TableLayout(
    "table-response",
    "Response to the combination",
    {
        "All patients": ["efficacy.response", "efficacy.cr"],
        "Responders": ["efficacy.time_to_response", "efficacy.duration_of_response"],
        "No corticosteroids beside the combination": ["efficacy.no_steroid"],
        "Earlier immunosuppressant": ["efficacy.prior_ist"],
        "Other": ["efficacy"],
    },
    intervals=True,
)
SAFETY = TableLayout(
    "table-safety",
    "Adverse events and follow-up",
    {
        "Adverse events related to treatment": ["safety.any_ae", "safety.severe"],
        "Thromboembolic events": ["safety.thromboembolic", "safety.dvt_pe", "safety.cvt"],
        "Infections": ["safety.infection"],
        "Follow-up": ["safety.followup", "safety.deaths"],
        "Other": ["safety"],
    },
    intervals=True,
)

INTERVAL = "95% CI, %"
POSSIBLE = Markup(
    "Possible or forced: what the figure can be over all records that satisfy the published figures, "
    f"as {link('determined.html#table-possible', 'worked out from these')}. Printed figures need no such words."
)


def results_table(record: Recorder, layout: TableLayout) -> Table:
    """Set what a chapter recorded as a table: characteristic, recomputed, 95% interval, possible, published."""
    rows = [
        (heading, result)
        for heading, results in grouped(record.results.values(), layout.headings).items()
        for result in results
    ]
    results = [result for _, result in rows]
    ids = {result.id for result in results}
    cells = {
        "Group": [heading for heading, _ in rows],
        "Characteristic": [_characteristic(result) for result in results],
        "Recomputed": [recomputed(result) for result in results],
    }
    if layout.intervals and any(result.interval_of_share for result in results):
        cells[INTERVAL] = [result.interval_of_share for result in results]
    if any(result.possible for result in results):
        cells["Possible"] = [result.possible.removeprefix("possible: ") for result in results]
    cells["Published"] = [record.ledger[result.id].text if result.published else "" for result in results]
    return publication_table(
        pd.DataFrame(cells),
        id=layout.id,
        caption=layout.caption,
        groups="Group",
        footnotes=[*_notation(results, INTERVAL in cells), *([POSSIBLE] if "Possible" in cells else [])],
        row_attributes=[{"class": "sub-level"} if result.id.rpartition(".")[0] in ids else {} for result in results],
        empty="No figure recorded",
    )


def grouped(results: Iterable[Result], headings: Headings) -> dict[str, list[Result]]:
    """Put results under the heading that names their id most closely, in their order; others are left out.

    Thresholds belong to definitions and not to patients, and are left out too.
    """
    rows: dict[str, list[Result]] = {heading: [] for heading in headings}
    for result in results:
        begun = [
            (len(prefix), heading)
            for heading, prefixes in headings.items()
            for prefix in prefixes
            if f"{result.id}.".startswith(f"{prefix}.")
        ]
        if begun and "threshold" not in result.statistics:
            rows[max(begun)[1]].append(result)
    return {heading: inner for heading, inner in rows.items() if inner}


def recomputed(result: Result) -> str:
    """Return a result with its denominator: ``19/31 (61%)``, ``57 [23-82], n = 31``, ``4 events in 3 of 31``.

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
        printed = result.printed if result.n is None else f"{result.printed}, n = {result.n}"
        return f"{printed} ({result.note})" if result.note else printed
    if set(result.statistics) == {"count"} and result.N is not None:
        return f"{result.printed} {'event' if result.printed == '1' else 'events'} in {result.n} of {result.N}"
    return result.printed


def _characteristic(result: Result) -> Markup:
    words = ""
    if "median" in result.statistics:
        ends = {name: result.formatted(name) == WITHHELD for name in ("minimum", "q1")}
        spread = "" if ends["q1"] else " (quartiles)" if ends["minimum"] else " [range]"
        words = f", {unit_name(result.unit)}, median{spread}" if result.unit else f", median{spread}"
    if result.reading != "literal":
        words += f" ({result.reading} reading: {result.population})"
    return Markup(link(f"#{result_anchor(result.id, result.reading)}", result.label) + escape(words))


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
