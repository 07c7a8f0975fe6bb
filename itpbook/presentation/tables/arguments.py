"""Tables that argue: definitions side by side, verdicts counted, contradictions proved, remarks computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from implied.ledger import Entry
from implied.numbers.percentages import counts_printing, possible_denominators
from implied.numbers.rounding import print_exactly
from itpbook.definitions import IWG2009, SOURCE, Definitions
from itpbook.presentation.tables.markup import Markup, Table, link, publication_table
from itpbook.presentation.tables.verdict_table import LEDGER_PAGE, PROOFS_PAGE, filtered, to_ledger
from itpbook.results import anchor
from itpbook.results.formatting import print_interval
from itpbook.results.remarks import Share, rounded
from itpbook.results.verify import VERDICTS_IN_ORDER
from itpbook.study.statistics import proportion

if TYPE_CHECKING:
    from itpbook.results.verify import VerdictLine, Verification

_DEFINED = {
    "cr_threshold": "Complete response: bound, 10⁹/L",
    "cr_inclusive": "Complete response: bound included",
    "response_lower": "Response: lowest count, 10⁹/L",
    "response_fold": "Response: multiple of baseline",
    "confirmation_days": "Response confirmed after, days",
    "loss_confirmation_days": "Loss confirmed after, days",
    "loss_by_category": "Loss of a complete response below its own bound",
    "require_no_bleeding": "Response excludes bleeding",
    "rescue_washout_days": "Counts left out after rescue, days",
    "corticosteroid_dependence_days": "Counts left out under corticosteroids lasting, days",
    "baseline_window_days": "Baseline count within, days",
    "persistent_months": "Persistent ITP: longer than, months",
    "chronic_months": "Chronic ITP: longer than, months",
    "tpo_ra_failed": "TPO receptor agonists failed",
    "ana_titre": "Antinuclear antibodies: titre above 1 in",
}


def definitions_table(in_force: Definitions) -> Table:
    """Set the source's definitions against those of the international working group and those of this book."""
    columns = {"Source": SOURCE, "IWG 2009": IWG2009, "In force": in_force}
    rows = [
        {"Definition": _DEFINED[field.name]}
        | {heading: _value(getattr(definitions, field.name)) for heading, definitions in columns.items()}
        for field in fields(Definitions)
        if field.name != "name"
    ]
    return publication_table(
        pd.DataFrame(rows),
        id="table-definitions",
        caption="Definitions of the source and of the working group",
        footnotes=[
            "A dash stands where nothing is asked. "
            "Where the source is silent, its column holds what this manuscript assumes."
        ],
    )


def _value(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return print_exactly(value) if isinstance(value, int | float) else str(value)


def tally_table(lines: Sequence[VerdictLine]) -> Table:
    """Count the claims by section and verdict; each count leads to its rows of the ledger."""
    occurring = {line.verdict for line in lines}
    verdicts = [verdict for verdict in VERDICTS_IN_ORDER if verdict in occurring]
    sections = list(dict.fromkeys(line.section for line in lines))
    rows = []
    for section in [*sections, None]:
        inside = [line for line in lines if section is None or line.section == section]
        wanted = {} if section is None else {"section": section}
        row: dict[str, str] = {"Section": "All" if section is None else section.capitalize()}
        for verdict in verdicts:
            count = sum(line.verdict == verdict for line in inside)
            row[verdict.capitalize()] = _count(count, f"{verdict}, {section or 'all'}", verdict=verdict, **wanted)
        rows.append(row | {"Figures": _count(len(inside), f"figures, {section or 'all'}", **wanted)})
    return publication_table(pd.DataFrame(rows), id="table-tally", caption="Published figures by verdict")


def _count(count: int, words: str, **wanted: str) -> str:
    """Return a number of claims as a link that a screen reader hears with what it counts; none leads nowhere."""
    if not count:
        return str(count)
    address = escape(filtered(LEDGER_PAGE, **wanted))
    return Markup(f'<a href="{address}" aria-label="{count} {escape(words)}">{count}</a>')


def conflict_table(verification: Verification) -> Table:
    """Set each contradicted claim against the sets of claims that rule it out, the arithmetic, and what would do."""
    ledger = verification.ledger
    rows = []
    for name, conflict in verification.conflicts.items():
        entry = ledger[name]
        sets = ["; ".join(_claim(ledger[other]) for other in others) for others in conflict.others]
        would_do = "–"
        if len(entry.readings) > 1 and "percent" in entry.printed:
            same = [other for other in ledger if other.readings == entry.readings and "percent" in other.printed]
            percents = [other.printed["percent"] for other in same]
            sizes = possible_denominators(percents, ledger.size)
            would_do = "; ".join(_fits(size, percents) for size in sizes) or "none"
        proof = verification.proofs.get(frozenset({name, *conflict.others[0]}))
        because = _because(conflict.statement, proof)
        rows.append((_claim(entry), Markup("<br>or with ".join(sets)), because, would_do))
    notes = [
        "Group sizes are tried from one patient to all of them; a size does when some count of it prints every "
        "percentage that the source gives for the group."
    ]
    return publication_table(
        pd.DataFrame(rows, columns=["Figure", "Cannot stand with", "Because", "Group sizes that would do"]),
        id="table-conflicts",
        caption="Figures that no records can satisfy together",
        footnotes=notes if rows else [],
        empty="No contradiction was found",
    )


def _because(statement: str, proof: str | None) -> str:
    return Markup(f"{escape(statement)} {link(f'{PROOFS_PAGE}#{proof}', 'Proof')}") if proof else statement


def _fits(size: int, percents: Sequence[str]) -> str:
    counts = [f"{count}/{size} prints {percent}%" for percent in percents for count in counts_printing(percent, size)]
    return f"{size} ({', '.join(counts)})"


def _claim(entry: Entry) -> Markup:
    return Markup(f"{link(f'#{anchor(entry.id)}', entry.label)}: {escape(entry.text)}")


def rounding_table(shares: Sequence[Share]) -> Table:
    """Set the published percentages under each rounding rule, what does not fit crossed out."""
    rows = []
    for share in shares:
        percent = share.entry.printed["percent"]
        row: dict[str, str] = {**_share(share), "Published": f"{percent}%"}
        for rule, value in rounded(share).items():
            row[rule.capitalize()] = f"{value}%" if value == percent else Markup(f"<del>{value}%</del>")
        rows.append(row)
    notes = ["Struck out: not what the source prints. Only a rule without any of these can have been used throughout."]
    return publication_table(
        pd.DataFrame(rows),
        id="table-rounding",
        caption="The published percentages under four rounding rules",
        footnotes=notes,
    )


def comparison_table(frame: pd.DataFrame) -> Table:
    """Set the exact comparisons of the groups that the source calls similar."""
    cells = pd.DataFrame(
        {
            "Group": [str(group).capitalize() for group in frame["group"]],
            "Outcome": [str(outcome).capitalize() for outcome in frame["outcome"]],
            "In the group": frame["inside"],
            "Outside it": frame["outside"],
            "Difference, percentage points": frame["difference"],
            "95% CI": frame["interval"],
            "p": frame["p"],
        }
    )
    notes = ["p by Fisher's exact test, two-sided; interval of the difference by Newcombe's method."]
    return publication_table(
        cells,
        id="table-similar",
        caption="Response inside and outside two groups",
        stub="Outcome",
        groups="Group",
        footnotes=notes,
    )


def interval_table(shares: Sequence[Share]) -> Table:
    """Set every published percentage with its exact interval."""
    rows = []
    for share in shares:
        exact = proportion(share.n, share.N)
        interval = {"95% CI, %": print_interval(exact.low, exact.high), "Denominator": share.known}
        rows.append({**_share(share), "Per cent": f"{share.entry.printed['percent']}%", **interval})
    return publication_table(
        pd.DataFrame(rows),
        id="table-intervals",
        caption="Exact intervals of the published percentages",
        footnotes=["Clopper-Pearson intervals."],
    )


def _share(share: Share) -> dict[str, str]:
    return {"Figure": to_ledger(share.entry.id, share.entry.label), "n/N": f"{share.n}/{share.N}"}
