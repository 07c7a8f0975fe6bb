"""What publication reveals: facts that the claims force about a single patient.

A claim about one patient singles somebody out. Whoever recognises that patient learns from the other claims all that
they leave no choice about. None of this needs any records: it is true of the real patient if the source is true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from implied.check.attribute_table import rows_of
from implied.check.queries import Query
from implied.determine.bounds import Bounds
from implied.determine.joint_cells import Cells
from implied.determine.kinds import Kind
from implied.determine.witness import patients_in, plain
from implied.ledger import Entry, Ledger
from implied.ledger.conditions import (
    AllOf,
    AnyOf,
    Attribute,
    Between,
    Condition,
    OneOf,
    attributes_of,
    between,
    is_known,
    is_same,
    meets,
)
from implied.ledger.printed import WholeRange, whole_numbers


@dataclass(frozen=True)
class Fact:
    """What is forced about the only patient who meets ``subject``.

    The patient's ``attribute`` has the ``value``: one of its values, a range of whole numbers, or None when it does not
    apply. ``entries`` are claims of which none can be spared to conclude it; without any, rules alone do.
    """

    subject: Condition
    attribute: str
    value: Kind
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Single:
    """A patient whom claims single out, by ``subject``, with all that is forced about this patient.

    Several patients may share a printed extreme: unless ``alone``, the facts hold for each of them.
    """

    subject: Condition
    alone: bool
    facts: tuple[Fact, ...]


def forced_facts(ledger: Ledger) -> tuple[Single, ...]:
    """Return all whom a value, a printed extreme or a repeated event singles out, and what is forced about them.

    What is forced of everybody, by claims that do not hang together with what singles a patient out, is not repeated.

    Raises
    ------
    implied.determine.bounds.Contradicted
        When no records satisfy the ledger, as it is read.
    """
    everything = Bounds(ledger)
    somebody = rows_of(everything.anybody())
    singles = []
    for subject in subjects(ledger):
        query = Query("", "count", subject)
        extreme = isinstance(subject, Between) and subject.high is not None
        if extreme or query.value(somebody) == 1:
            bound = everything.of(query)
            if bound.low and (extreme or bound.forced):
                single = _Somebody(everything, subject).single(alone=bound.high == 1)
                singles += [single] if single.alone or single.facts else []
    return tuple(singles)


def subjects(ledger: Ledger) -> Iterator[Condition]:
    """Yield what may single a patient out: a value, a printed extreme, a number of events, more than one event."""
    for name, attribute in ledger.attributes.items():
        yield from (OneOf(name, (value,)) for value in attribute.values if value is not False)
        if attribute.unit == "events":
            yield from (between(name, number, None) for number in range(1, attribute.maximum + 1))
    for entry in ledger:
        if entry.quantity is not None:
            for statistic in ("minimum", "maximum"):
                if statistic in entry.printed:
                    attribute = ledger.attributes[entry.quantity]
                    yield _having(attribute, whole_numbers(entry.printed[statistic], entry.unit, attribute))
        if isinstance(entry.condition, AnyOf):
            yield from _more_than_one(entry.condition)


def _more_than_one(condition: AnyOf) -> Iterator[Condition]:
    """Yield, where a condition is any event of several kinds, that of having had two or more."""
    parts = [part for part in condition.parts if isinstance(part, Between) and part.low == 1 and part.high is None]
    if len(parts) == len(condition.parts):
        repeated = [between(part.attribute, 2, None) for part in parts]
        yield AnyOf((*repeated, *(AllOf(pair) for pair in combinations(parts, 2))))


class _Somebody:
    """The only patient who meets a condition, under all claims of the ledger."""

    def __init__(self, everything: Bounds, subject: Condition) -> None:
        self.everything = everything
        self.subject = subject
        self.names = frozenset(attributes_of(subject))
        self.part = everything.part(self.names)
        self.rows = [row for row in rows_of(everything.anybody()) if meets(subject, row)]

    def single(self, *, alone: bool) -> Single:
        """Return all that is forced about the patient, or about each of several."""
        entries = [entry for entry in self.part if not entry.is_threshold]
        facts = []
        for name, kinds in Cells(self.part).kinds.items():
            # Nothing can be forced but what is so in all records at hand.
            seen = {kind for row in self.rows for kind in kinds if _is_kind(row[name], kind)}
            if name in self.names or len(seen) > 1:
                continue
            (kind,) = seen
            if self._forced(name, kind, entries):
                needed = smallest_enough(entries, partial(self._forced, name, kind))
                facts.append(Fact(self.subject, name, kind, tuple(entry.id for entry in entries if entry in needed)))
        return Single(self.subject, alone, tuple(facts))

    def _forced(self, name: str, kind: Kind, entries: Sequence[Entry]) -> bool:
        """Whether some entries leave no such patient with another kind of an attribute."""
        both = AllOf((self.subject, _having(self.part.attributes[name], kind)))
        cells = Cells(self.everything.ledger.of(entries, {*self.names, name}), [both])
        model = self.everything.model(cells)
        having = model.count(both)
        model.demand((having if kind is None else model.count(self.subject) - having) >= 1)
        solution = model.solve()
        if solution is not None and len(entries) == len(self.part):
            # A patient with another kind at hand spares further questions.
            others = [row for row in map(plain, patients_in(cells, solution)) if meets(self.subject, row)]
            self.rows += [{**self.rows[0], **row} for row in others]
        return solution is None


def _having(attribute: Attribute, kind: Kind) -> Condition:
    """Having a value of a kind, or, where that is no value, having any."""
    if kind is None:
        return is_known(attribute.name) if attribute.is_number else OneOf(attribute.name, attribute.values)
    return (
        between(attribute.name, kind.low, kind.high) if isinstance(kind, WholeRange) else OneOf(attribute.name, (kind,))
    )


def _is_kind(value: object, kind: Kind) -> bool:
    if isinstance(kind, WholeRange):
        return isinstance(value, int) and kind.low <= value <= kind.high
    return is_same(value, kind)


def smallest_enough(entries: Sequence[Entry], enough: Callable[[Sequence[Entry]], bool]) -> list[Entry]:
    """Return entries that are enough, and of which none can be spared, by halving (QuickXplain; Junker 2004)."""

    def needed(taken: list[Entry], added: bool, others: list[Entry]) -> list[Entry]:
        if added and enough(taken):
            return []
        if len(others) == 1:
            return others
        first, second = others[: len(others) // 2], others[len(others) // 2 :]
        of_second = needed([*taken, *first], True, second)
        return [*needed([*taken, *of_second], bool(of_second), first), *of_second]

    return [] if not entries or enough([]) else needed([], False, list(entries))
