"""What publication reveals: facts that the figures force about a single patient.

A figure of one patient singles somebody out. Whoever recognises that patient learns from the other figures all that
they leave no choice about. None of this needs any records: it is true of the real patient if the source is true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import combinations
from typing import Any

from implied.check.attribute_table import meets, rows_of
from implied.determine.asked import Figure
from implied.determine.bounds import Bounds
from implied.determine.joint_cells import Cells
from implied.determine.kinds import Kind
from implied.determine.model import Solution
from implied.determine.readings import chosen_readings
from implied.determine.witness import patients_in
from implied.ledger import Entry, Ledger
from implied.ledger.conditions import AllOf, AnyOf, Attribute, Between, Condition, OneOf, attributes_of
from implied.ledger.printed import WholeRange, whole_numbers


@dataclass(frozen=True)
class Fact:
    """What is forced about the only patient who meets ``subject``.

    The patient's ``attribute`` has the ``value``: one of its values, a range of whole numbers, or None when it does not
    apply. ``entries`` are figures of which none can be spared to conclude it; without any, rules alone do.
    """

    subject: Condition
    attribute: str
    value: Kind
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Single:
    """A patient whom figures single out, by ``subject``, with all that is forced about this patient.

    Several patients may share a printed extreme: unless ``alone``, the facts hold for each of them.
    """

    subject: Condition
    alone: bool
    facts: tuple[Fact, ...]


def forced_facts(ledger: Ledger, readings: Mapping[str, str] | None = None) -> tuple[Single, ...]:
    """Find all whom a value, a printed extreme or a repeated event singles out, and what is forced about them.

    What is forced of everybody, by figures that do not hang together with what singles a patient out, is not repeated.

    Parameters
    ----------
    ledger
        The published figures.
    readings
        For each entry that is not read literally, the name of its reading; chosen by default.

    Raises
    ------
    Contradicted
        When no records satisfy the ledger.
    """
    read = chosen_readings(ledger) if readings is None else dict(readings)
    everything = Bounds(ledger, read)
    found = []
    for subject in subjects(ledger):
        figure = Figure("", "count", subject)
        extreme = isinstance(subject, Between) and subject.high is not None
        if extreme or figure.value(everything.anybody()) == 1:
            bound = everything.of(figure)
            if bound.low and (extreme or bound.forced):
                single = _Somebody(everything, subject).told(alone=bound.high == 1)
                found += [single] if single.alone or single.facts else []
    return tuple(found)


def subjects(ledger: Ledger) -> Iterator[Condition]:
    """Yield what may single a patient out: a value, a printed extreme, a number of events, more than one event."""
    for name, attribute in ledger.attributes.items():
        yield from (OneOf(name, (value,)) for value in attribute.values if value is not False)
        if attribute.unit == "events":
            yield from (Between(name, Fraction(n), None, above=False) for n in range(1, attribute.maximum + 1))
    for entry in ledger:
        if entry.quantity is not None:
            attribute = ledger.attributes[entry.quantity]
            for statistic in ("minimum", "maximum"):
                if statistic in entry.printed:
                    yield _between(entry.quantity, whole_numbers(entry.printed[statistic], entry.unit, attribute))
        if isinstance(entry.condition, AnyOf):
            repeated = _more_than_one(entry.condition)
            yield from [] if repeated is None else [repeated]


def _between(name: str, whole: WholeRange) -> Between:
    return Between(name, Fraction(whole.low), Fraction(whole.high), above=False)


def _more_than_one(condition: AnyOf) -> Condition | None:
    """Of patients who had an event of any of several kinds, those who had two or more; None for other conditions."""
    parts = [each for each in condition.parts if isinstance(each, Between) and each.low == 1 and each.high is None]
    if len(parts) < len(condition.parts):
        return None
    repeated = [Between(each.attribute, Fraction(2), None, above=False) for each in parts]
    return AnyOf((*repeated, *(AllOf(pair) for pair in combinations(parts, 2))))


class _Somebody:
    """The only patient who meets a condition, under all figures of the ledger."""

    def __init__(self, everything: Bounds, subject: Condition) -> None:
        self.everything = everything
        self.subject = subject
        self.names = frozenset(attributes_of(subject))
        self.part = everything.part(self.names)
        self.rows = [row for row in rows_of(everything.anybody()) if meets(subject, row)]

    def told(self, *, alone: bool) -> Single:
        """Find all that is forced about the patient, or about each of several."""
        entries = [entry for entry in self.part if not entry.is_threshold]
        facts = []
        for name, kinds in Cells(self.part).kinds.items():
            # Nothing can be forced but what is so in all records at hand.
            seen = {kind for row in self.rows for kind in kinds if _is_kind(row[name], kind)}
            if name in self.names or len(seen) > 1:
                continue
            (kind,) = seen
            if self._forced(name, kind, entries):
                few = smallest_enough(entries, partial(self._forced, name, kind))
                facts.append(Fact(self.subject, name, kind, tuple(entry.id for entry in entries if entry in few)))
        return Single(self.subject, alone, tuple(facts))

    def _forced(self, name: str, kind: Kind, entries: Sequence[Entry]) -> bool:
        """Whether some entries leave no such patient with another kind of an attribute."""
        few = self.everything.parts.of(entries, {*self.names, name})
        value = _having(self.part.attributes[name], kind)
        cells = Cells(few, [AllOf((self.subject, value))])
        model = self.everything.model(cells)
        having = model.count(AllOf((self.subject, value)))
        model.demand((having if kind is None else model.count(self.subject) - having) >= 1)
        found = model.solve()
        if found is not None and len(entries) == len(self.part):
            self._look_at(cells, found)
        return found is None

    def _look_at(self, cells: Cells, found: Solution) -> None:
        """Keep the patients of a solution, each with the least number of a range."""
        for patient in patients_in(cells, found):
            row: dict[Any, Any] = {
                name: kind.low if isinstance(kind, WholeRange) else kind for name, kind in patient.items()
            }
            if meets(self.subject, row):
                self.rows.append({**self.rows[0], **row})


def _having(attribute: Attribute, kind: Kind) -> Condition:
    """Having a value of a kind, or, where that is no value, having any."""
    if kind is None:
        return (
            Between(attribute.name, None, None, above=False)
            if attribute.is_number
            else OneOf(attribute.name, attribute.values)
        )
    return _between(attribute.name, kind) if isinstance(kind, WholeRange) else OneOf(attribute.name, (kind,))


def _is_kind(value: object, kind: Kind) -> bool:
    if isinstance(kind, WholeRange):
        return isinstance(value, int) and kind.low <= value <= kind.high
    return type(value) is type(kind) and value == kind


def smallest_enough(entries: Sequence[Entry], enough: Callable[[Sequence[Entry]], bool]) -> list[Entry]:
    """Return entries that are enough, and of which none can be spared, by halving (QuickXplain; Junker 2004)."""

    def needed(given: list[Entry], added: bool, rest: list[Entry]) -> list[Entry]:
        if added and enough(given):
            return []
        if len(rest) == 1:
            return rest
        first, second = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        of_second = needed([*given, *first], True, second)
        return [*needed([*given, *of_second], bool(of_second), first), *of_second]

    return [] if not entries or enough([]) else needed([], False, list(entries))
