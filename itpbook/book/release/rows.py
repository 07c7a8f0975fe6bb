"""Every number of patients, events or values in a book: true, as printed, why it is withheld, what can be inferred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from implied.ledger import Entry, Ledger
from implied.ledger.conditions import attributes_of, holds
from implied.numbers.rounding import print_exactly
from implied.numbers.units import months
from itpbook.disclosure.counted import SUBGROUPS, LabelledCount
from itpbook.disclosure.shared_quantities import neighbours
from itpbook.disclosure.small_numbers import WITHHELD, Members, Objection, SmallNumbers, Why
from itpbook.disclosure.suppression_plan import ledger_counts, planned_counts
from itpbook.disclosure.withheld_limits import Count, inferred_limits
from itpbook.results import Result
from itpbook.results.formatting import print_share
from itpbook.study.statistics import median_range

PRINTED, HIDDEN = "printed", "withheld"

_MISSING = "a small number of patients lack the value"
_KNOWN = "it, or the number of those who lack the value, is small or would reveal a small number"
_UNKNOWN = "the chapter recorded it without the patients behind it"
_ENDS = "the value of a single patient"
_FEW = "fewer patients than this statistic needs"
_TWICE = "the patients overlap with those of another summary of the same measurement"
_HEADING = "another number below this heading is withheld"
_EVENTS = "so many events, the patients who had one, or what other printed numbers of events leave, are a small number"


@dataclass(frozen=True)
class ReleaseRow:
    """One number of the book, true and as printed.

    ``true`` is never printed in the book where ``decision`` is :data:`HIDDEN`; ``low`` and ``high`` are what can be
    inferred of it from everything printed and from the rules; empty where there is no limit, or none is worked out.
    """

    place: str
    label: str
    group: str
    statistic: str
    true: str
    printed: str
    decision: str
    why: str = ""
    low: str = ""
    high: str = ""


def release_rows(
    patients: pd.DataFrame,
    ledger: Ledger,
    results: Iterable[Result],
    beyond: Iterable[LabelledCount],
    small: SmallNumbers,
) -> list[ReleaseRow]:
    """Return every number that is printed of the records or withheld, in the order of the chapters' results and tables.

    Parameters
    ----------
    patients
        One row per patient, as :func:`itpbook.study.outcomes.derive` returns it.
    results
        What the executed chapters recorded.
    beyond
        What the book counts beyond the ledger.
    small
        The judge of small numbers, having gone through all of these.
    """
    shown = [
        result
        for result in results
        if result.basis == "records" and not (result.published and ledger[result.id].is_threshold)
    ]
    counted = _Counts(patients, ledger, list(beyond), small, shown)
    rows: list[ReleaseRow] = []
    for result in shown:
        entry = ledger[result.id] if result.published else None
        count = counted.by_result.get((result.id, result.reading))
        if count is not None:
            rows.append(counted.row(result.id, result.label, result.population, count, result.printed))
        elif entry is not None and entry.sum:
            rows.append(_events(result, int(patients[list(entry.sum)].sum().sum()), small))
        elif entry is not None and entry.quantity is not None:
            rows += _values(result, entry, patients, small)
        else:
            rows += [_unknown(result, name) for name in result.statistics]
    return [*rows, *map(counted.row_of_table, counted.in_tables)]


class _Counts:
    """All counts of patients, which of them are withheld, and what can be inferred of each."""

    def __init__(
        self,
        patients: pd.DataFrame,
        ledger: Ledger,
        beyond: list[LabelledCount],
        small: SmallNumbers,
        results: list[Result],
    ) -> None:
        self._small = small
        recorded = {result.id for result in results}
        self.by_result: dict[tuple[str, str], Count] = {}
        self._names: dict[Members, str] = {}
        for entry, reading, count in ledger_counts(ledger, patients):
            self.by_result[entry.id, reading.name] = count
            self._names.setdefault(count.counted, entry.label)
        for item in beyond:
            self._names.setdefault(item.count.counted, item.label)
            if item.printed_in in recorded:
                self.by_result[item.printed_in, "literal"] = item.count
        self.in_tables = [item for item in beyond if item.printed_in not in recorded]
        counts = planned_counts(patients, ledger, (item.count for item in beyond))
        suppressed = {(result.id, result.reading) for result in results if result.suppressed}
        self._objections: dict[Count, Objection | None] = {
            count: small.objection(count.counted, count.group, count.kind) for count in counts
        }
        self._refused = {count for count in counts if self._objections[count] is not None}
        self._refused |= {count for key, count in self.by_result.items() if key in suppressed}
        self._headings = {item.count.kind for item in self.in_tables if item.count in self._refused}
        self._limits = inferred_limits(small.below, counts, self._refused, small.masked)

    def row_of_table(self, item: LabelledCount) -> ReleaseRow:
        """Return the row of a count that a table prints; of subgroups, all numbers below a heading or none."""
        count, size = item.count, item.count.counted.bit_count()
        printed = WITHHELD if count.family in self._small.masked else self._small.printed(size)
        if count not in self._refused:
            printed = print_share(size, count.group.bit_count())
        row = self.row(item.printed_in, item.label, "", count, printed)
        if item.printed_in != SUBGROUPS or count.kind not in self._headings:
            return row
        return replace(row, printed=WITHHELD, decision=HIDDEN, why=row.why or _HEADING)

    def row(self, source: str, label: str, group: str, count: Count, printed: str) -> ReleaseRow:
        """Return the row of a count."""
        size, total = count.counted.bit_count(), count.group.bit_count()
        objection = self._objections[count]
        why = "" if count not in self._refused else _MISSING if objection is None else self._words(objection)
        low, high = self._limits[count.counted]
        decision = HIDDEN if count in self._refused else PRINTED
        true = f"{size}/{total}"
        return ReleaseRow(source, label, group, "patients", true, printed, decision, why, str(low), str(high))

    def _words(self, objection: Objection) -> str:
        number = objection.members.bit_count()
        other = self._names.get(objection.members)
        named = f": {other}" if other and objection.why in (Why.DIFFERENCE, Why.ELSEWHERE) else ""
        return f"{objection.why}{named} ({number})"


def _events(result: Result, total: int, small: SmallNumbers) -> ReleaseRow:
    decision, why, low, high = PRINTED, "", str(total), str(total)
    if result.suppressed:
        decision, why, low, high = HIDDEN, _EVENTS, "0", ""
        if small.small(total):
            why, low, high = Why.ITSELF, "1", str(small.below - 1)
    return ReleaseRow(*_of(result), "events", str(total), result.printed, decision, why, low, high)


def _of(result: Result) -> tuple[str, str, str]:
    return result.id, result.label, result.population


def _values(result: Result, entry: Entry, patients: pd.DataFrame, small: SmallNumbers) -> Iterator[ReleaseRow]:
    population = entry.reading(result.reading).population
    members = holds(population, patients) if set(attributes_of(population)) <= set(patients.columns) else None
    values = patients[str(entry.quantity)].astype("float64")
    values = values if members is None else values[members]
    values = months(values) if result.unit == "months" else values
    quantity = median_range(values)
    averaged = neighbours(quantity.n, small.below)
    for name, statistic in result.statistics.items():
        value = quantity.n if name == "available" else getattr(quantity, name)
        hidden = statistic["formatted"] == WITHHELD
        why = ""
        if not hidden and averaged.get(name):
            ranks = averaged[name]
            why = f"mean of {len(ranks)} ordered values, ranks {ranks.start + 1} to {ranks.stop} of {quantity.n}"
        elif hidden and name in ("minimum", "maximum"):
            why = _ENDS
        elif hidden and result.suppressed and quantity.n >= 2 * small.below:
            why = _TWICE
        elif hidden:
            why = _KNOWN if name == "available" and not result.suppressed else _FEW
        true = "" if value is None else print_exactly(float(f"{value:.12g}"))
        decision = HIDDEN if hidden else PRINTED
        yield ReleaseRow(*_of(result), name, true, str(statistic["formatted"]), decision, why)


def _unknown(result: Result, name: str) -> ReleaseRow:
    decision, why = PRINTED, "not an entry of the ledger: look at its chapter"
    if result.suppressed:
        decision, why = HIDDEN, _UNKNOWN
    return ReleaseRow(*_of(result), name, "", str(result.statistics[name]["formatted"]), decision, why)
