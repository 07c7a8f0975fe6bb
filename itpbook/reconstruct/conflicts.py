"""Figures that cannot stand together: found by solving, explained by arithmetic that a reader can repeat.

Patients are not told apart here. Only how many there are in each joint cell of the attributes matters, which keeps
the proofs small enough to try every subset of the figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import ceil, floor
from typing import Any

import cpmpy as cp
import pandas as pd
from cpmpy.expressions.core import Expression

from itpbook.conditions import (
    EVERYONE,
    AllOf,
    AnyOf,
    Between,
    Condition,
    OneOf,
    attributes_of,
    holds,
)
from itpbook.formatting import decimals, print_percent
from itpbook.percentages import counts_printing
from itpbook.published import Entry, Ledger, Reading
from itpbook.reconstruct.constraints import counting

_MOST_PATIENTS = 1000
"""Patients allowed when no figure of a set limits them."""
_LARGEST_SET = 5
"""Sizes of conflicts looked for."""
_SIZES_SHOWN = 3
"""Possible sizes of a population that a statement goes through."""


@dataclass(frozen=True)
class Conflict:
    """An entry that cannot hold together with others.

    ``others`` lists every smallest set of other entries that rules it out; ``sizes`` the numbers of patients that its
    population may then have; ``statement`` the arithmetic in words.
    """

    entry: str
    others: tuple[tuple[str, ...], ...]
    sizes: tuple[int, ...]
    statement: str


def contradictions(ledger: Ledger) -> dict[str, Conflict]:
    """Find each entry whose literal reading no records satisfy together with the entries around it.

    Entries that offer another reading are tried one at a time against those that do not: where a population is not
    stated it is that figure which is in doubt, and not the counts printed in full.
    """
    settled = [entry for entry in ledger if len(entry.readings) == 1]
    found = {}
    for entry in ledger:
        if entry.condition is None:
            continue
        near = _neighbours(entry, settled)
        if _possible(ledger, [*near, entry]) or not _possible(ledger, near):
            continue
        others = _smallest_sets(ledger, entry, near)
        sizes = _sizes(ledger, entry, others[0])
        found[entry.id] = Conflict(entry.id, others, sizes, _statement(entry, sizes))
    return found


def readings(ledger: Ledger) -> dict[str, str]:
    """Choose for each contradicted entry the reading that the ledger offers instead of the literal one."""
    return {name: ledger[name].readings[-1].name for name in contradictions(ledger) if len(ledger[name].readings) > 1}


def _neighbours(entry: Entry, settled: Iterable[Entry]) -> list[Entry]:
    """Entries that count patients by nothing but the attributes of ``entry``."""
    known = _attributes([entry])
    return [
        other
        for other in settled
        if other.id != entry.id and other.condition is not None and _attributes([other]) <= known
    ]


def _smallest_sets(ledger: Ledger, entry: Entry, near: list[Entry]) -> tuple[tuple[str, ...], ...]:
    """Return all sets of the smallest size that rule the entry out; of large ones a single set without idle members."""
    for size in range(1, min(len(near), _LARGEST_SET) + 1):
        found = [
            tuple(other.id for other in others)
            for others in combinations(near, size)
            if not _possible(ledger, [*others, entry])
        ]
        if found:
            return tuple(found)
    kept = list(near)
    for other in near:
        rest = [each for each in kept if each is not other]
        if not _possible(ledger, [*rest, entry]):
            kept = rest
    return (tuple(other.id for other in kept),)


def _sizes(ledger: Ledger, entry: Entry, others: tuple[str, ...]) -> tuple[int, ...]:
    """Return the sizes that the population of ``entry`` can have when the other entries hold."""
    entries = [ledger[name] for name in others]
    cells = _Cells(ledger, [*entries, entry])
    size = cells.count(entry.readings[0].population)
    demands = [demand for other in entries for demand in cells.printing(other, other.readings[0])]
    ends = []
    for model in (cp.Model(demands, minimize=size), cp.Model(demands, maximize=size)):
        model.solve(solver="ortools", num_workers=1)
        ends.append(int(model.objective_value()))
    between = range(ends[0] + 1, ends[1])
    possible = [each for each in between if cp.Model([*demands, size == each]).solve(solver="ortools", num_workers=1)]
    return tuple(sorted({ends[0], *possible, ends[1]}))


def _statement(entry: Entry, sizes: tuple[int, ...]) -> str:
    """Say why, in arithmetic where the number of patients alone rules the percentage out."""
    percent = entry.printed.get("percent")
    if percent is None or any(counts_printing(percent, size) for size in sizes if size):
        return f"No patients give {entry.text} together with the other figures."
    in_words = ", ".join(map(str, sizes[:_SIZES_SHOWN])) + (f" … {sizes[-1]}" if len(sizes) > _SIZES_SHOWN else "")
    parts = []
    for size in sizes[:_SIZES_SHOWN]:
        below = floor(Fraction(percent) * size / 100)
        parts += [
            f"{count} of {size} prints {print_percent(count, size, decimals(percent))}%"
            for count in (below, below + 1)
            if size and count <= size
        ]
    return f"The other figures leave {in_words} patients: {'; '.join([*parts, f'none prints {percent}%'])}."


def _possible(ledger: Ledger, entries: Sequence[Entry]) -> bool:
    """Whether some numbers of patients satisfy the entries, each read literally."""
    cells = _Cells(ledger, entries)
    demands = [demand for entry in entries for demand in cells.printing(entry, entry.readings[0])]
    return bool(cp.Model(demands).solve(solver="ortools", num_workers=1))


def _attributes(entries: Iterable[Entry]) -> set[str]:
    conditions = [
        condition
        for entry in entries
        for condition in (entry.condition, entry.readings[0].population)
        if condition is not None
    ]
    return {name for condition in conditions for name in attributes_of(condition)}


class _Cells:
    """How many patients there are in each combination of the attributes that some entries speak of."""

    def __init__(self, ledger: Ledger, entries: Sequence[Entry]) -> None:
        names = sorted(_attributes(entries))
        conditions = [entry.condition for entry in entries] + [entry.readings[0].population for entry in entries]
        classes = [_classes(ledger, name, [each for each in conditions if each is not None]) for name in names]
        self.table = pd.DataFrame(list(product(*classes)), columns=names, index=pd.RangeIndex(_length(classes)))
        self.numbers = cp.intvar(0, _MOST_PATIENTS, shape=len(self.table) + 1)

    def count(self, condition: Condition) -> Expression:
        inside = holds(condition, self.table)
        return cp.sum([self.numbers[position] for position in range(len(self.table)) if inside.iloc[position]])

    def printing(self, entry: Entry, reading: Reading) -> list[Expression]:
        assert entry.condition is not None
        both = AllOf((entry.condition, reading.population))
        return counting(entry, self.count(both), self.count(reading.population))


def _length(classes: list[list[Any]]) -> int:
    length = 1
    for values in classes:
        length *= len(values)
    return length


def _classes(ledger: Ledger, name: str, conditions: list[Condition]) -> list[Any]:
    """Values of an attribute that the conditions tell apart; None stands for those to whom it does not apply."""
    attribute = ledger.attributes[name]
    absent = [] if attribute.applies_when == EVERYONE else [None]
    if not attribute.is_number:
        return [*attribute.values, *absent]
    bounds = {
        edge
        for bound in _bounds(name, conditions)
        for edge in (floor(bound), ceil(bound), floor(bound) + 1)
        if attribute.minimum <= edge <= attribute.maximum
    }
    return [*sorted(bounds | {attribute.minimum, attribute.maximum}), *absent]


def _bounds(name: str, conditions: Iterable[Condition]) -> Iterable[Any]:
    for condition in conditions:
        if isinstance(condition, Between) and condition.attribute == name:
            yield from (bound for bound in (condition.low, condition.high) if bound is not None)
        elif isinstance(condition, AllOf | AnyOf):
            yield from _bounds(name, condition.parts)
        else:
            assert isinstance(condition, OneOf | Between)
