"""Tables of what the published claims imply: proofs of conflicts, rounding rules, intervals, single patients."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from implied.determine.grouped import grouped_conflicts
from implied.determine.stored_answers import Determined, KnownBound, KnownPatient
from implied.ledger import Ledger
from implied.ledger.questions import Questions
from implied.numbers.rounding import with_unit
from itpbook.presentation.tables.markup import Markup, Table, publication_table
from itpbook.presentation.tables.verdict_table import to_ledger


def proof_table(ledger: Ledger, determined: Determined) -> Table:
    """Set the conflicts with their arithmetic: a row for those that differ only in how the size is known.

    The id of each row is that of :func:`implied.determine.grouped.anchors_of_proofs`.
    """
    groups = grouped_conflicts(ledger, determined.conflicts)
    rows = [
        (
            Markup("<br>".join(_entry(ledger, name) for name in group.shown.entries) + _instead(ledger, group.instead)),
            Markup("<br>".join(map(escape, group.shown.arithmetic or (group.shown.statement,)))),
            ", ".join(map(str, group.shown.denominators)) or "none",
        )
        for group in groups
    ]
    columns = ["Figures", "Why not together", "Group sizes that would do"]
    notes = [
        "Each set was proved impossible by itself, and possible as soon as any one of its figures is left out: "
        "patients who satisfy the rest were constructed and counted again."
    ]
    return publication_table(
        pd.DataFrame(rows, columns=columns),
        id="table-proofs",
        caption="Smallest sets of published figures that no records satisfy together",
        footnotes=notes if rows else [],
        row_attributes=[{"id": group.anchor} for group in groups],
        empty="No contradiction was found",
    )


def _instead(ledger: Ledger, others: Sequence[Sequence[str]]) -> str:
    """Return the claims that can replace the one that gives the number of patients, folded away."""
    if not others:
        return ""
    inside = "; ".join(" and ".join(_entry(ledger, name) for name in entries) for entries in others)
    words = f"or {len(others)} others that tell how many patients there are"
    return f"<details><summary>{words}</summary>{inside}</details>"


def rule_table(ledger: Ledger, determined: Determined) -> Table:
    """Set the rounding rules, and the claims that rule out all but those that can have been at work."""
    rows = [
        (
            rule.capitalize(),
            "impossible" if conflict else "possible",
            Markup("; ".join(_entry(ledger, name) for name in conflict)),
        )
        for rule, conflict in determined.rounding.items()
    ]
    return publication_table(
        pd.DataFrame(rows, columns=["Rule", "All figures together", "Ruled out by"]),
        id="table-rules",
        caption="Rounding rules that the figures allow",
        footnotes=["Of the figures that rule a rule out, a smallest set is named."],
    )


def possible_table(questions: Questions, determined: Determined) -> Table:
    """Set the least and the greatest value of numbers that the source does not print, forced ones first.

    Outcomes of subgroups are left to :func:`itpbook.presentation.tables.subgroup_table`.
    """
    single = {question.id for question in questions.single}
    by_figure: dict[tuple[str, str], list[KnownBound]] = {}
    for interval in determined.intervals:
        if not interval.published and (interval.id in single or not interval.id.startswith("subgroup.")):
            by_figure.setdefault((interval.id, interval.reading), []).append(interval)
    rows = [
        _row(heading, intervals)
        for heading, forced in (("Forced", True), ("Left open", False))
        for intervals in by_figure.values()
        if intervals[0].forced == forced
    ]
    columns = ["Group", "Figure", "Possible", "Per cent"]
    notes = [
        "Every limit is reached: patients were constructed who satisfy all published figures and have it.",
        "Summaries are medians.",
    ]
    if determined.readings and any(interval.without_reading for interval in determined.intervals):
        notes.append(
            "Without: what is possible when the figures that are read under an inferred population are left out "
            "altogether; given where it is more."
        )
    return publication_table(
        pd.DataFrame(rows, columns=columns),
        id="table-possible",
        caption="What the published figures force, and what they leave open",
        groups="Group",
        footnotes=notes,
    )


def _row(heading: str, intervals: Sequence[KnownBound]) -> tuple[str, str, str, str]:
    first, share = intervals[0], next((other for other in intervals[1:] if other.statistic == "percent"), None)
    words = escape(first.label)
    if share is not None and first.among != "all patients":
        words += f', <span class="among">{escape(first.among)}</span>'
    return heading, Markup(words), _possible(first), "" if share is None else _possible(share)


def _possible(interval: KnownBound) -> str:
    words = interval.with_unit + (", or nobody" if interval.may_be_empty else "")
    if interval.without_reading is None:
        return words
    return Markup(f'{escape(words)}<div class="possible">without: {escape(interval.without_reading)}</div>')


def disclosure_table(ledger: Ledger, determined: Determined) -> Table:
    """Set what is forced about single patients."""
    rows = [(_subject(patient), _facts(ledger, patient)) for patient in determined.patients]
    return publication_table(
        pd.DataFrame(rows, columns=["Patient", "What else is forced of that patient"]),
        id="table-disclosed",
        caption="Single patients whom the figures tell apart",
        footnotes=[
            "Figures in brackets are those that it takes beside the definitions; without them the definitions and the "
            "number of patients suffice. What is forced of everybody is left out."
        ],
        empty="No single patient stands out",
    )


def _subject(patient: KnownPatient) -> Markup:
    aside = "" if patient.alone else " (each of those who share it, if they are several)"
    return Markup(escape(f"{patient.subject}{aside}"))


def _facts(ledger: Ledger, patient: KnownPatient) -> Markup:
    facts = []
    for fact in patient.facts:
        words = escape(f"{fact.attribute}: {fact.value}")
        if fact.entries:
            words += " [" + ", ".join(_named(ledger, name) for name in fact.entries) + "]"
        facts.append(words)
    return Markup("<br>".join(facts) or "nothing")


def _entry(ledger: Ledger, name: str) -> str:
    entry = ledger[name]
    words = with_unit(entry.text, entry.unit) if entry.quantity else entry.text
    return f"{_named(ledger, name)}: {escape(words)}"


def _named(ledger: Ledger, name: str) -> str:
    return to_ledger(name, ledger[name].label)
