"""Numbers of patients in joint cells: what every set of records that satisfies the claims has to obey.

A cell holds the patients of one kind in each attribute of a group (see :mod:`implied.determine.junction`). Patients
are not told apart, so a proof has no symmetries to go through, and it grows with the claims and not with the patients.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from implied.determine.junction import AttributeGroup, groups, scopes
from implied.determine.kinds import Cuts, Kind, kinds_of, representative
from implied.ledger import Ledger, Rule
from implied.ledger.conditions import EVERYONE, Between, Condition, OneOf, attributes_of, combined
from implied.ledger.printed import WholeRange

Mask = NDArray[np.bool_]

MOST_CELLS = 60_000
"""Cells of a group beyond which no table is made."""


class TooManyCells(ValueError):
    """Claims that tie so many attributes together that no table of their cells can be made."""


class NoPatient(ValueError):
    """Attributes and hard rules that no patient can meet, whatever the claims."""


@dataclass(frozen=True)
class CellTable:
    """The cells of a group that a patient can be in.

    ``kinds`` has one row per attribute of the group and one column per cell: positions among the attribute's kinds.
    """

    group: AttributeGroup
    kinds: NDArray[np.int64]

    def __len__(self) -> int:
        """Count the cells."""
        return int(self.kinds.shape[1])

    def of(self, name: str) -> NDArray[np.int64]:
        """Return the positions of one attribute's kind in each cell."""
        positions: NDArray[np.int64] = self.kinds[self.group.names.index(name)]
        return positions


class Cells:
    """The groups of a ledger's attributes with their cells.

    Parameters
    ----------
    ledger
        Its claims and its hard rules tell which attributes belong together and which kinds there are.
    conditions
        Conditions that will be counted besides.
    together
        Further sets of attributes that will be counted together.
    cuts
        Further numbers at which a kind of an attribute begins.

    Attributes
    ----------
    tables
        Parents before children. Each cell can be completed to a patient in the tables below it.
    counted
        For each table whether its numbers matter; a table at the end of a branch whose own attributes nobody asks for
        holds any numbers that those above it do.

    Raises
    ------
    TooManyCells
        When a group has more than :data:`MOST_CELLS` of them.
    NoPatient
        When a table is left without a cell.
    """

    def __init__(
        self,
        ledger: Ledger,
        conditions: Sequence[Condition] = (),
        together: Iterable[Collection[str]] = (),
        cuts: Cuts | None = None,
    ) -> None:
        self.ledger = ledger
        self.kinds = kinds_of(ledger, conditions, cuts or {})
        counted = [{*attributes_of(condition)} for condition in conditions]
        together = [set(names) for names in (*counted, *together) if names]
        spoken = set().union(*together, *(entry.names for entry in ledger))
        tree = groups(list(ledger.attributes), [*scopes(ledger), *together], spoken)
        self.tables = [self._table(group) for group in tree]
        self.counted = [bool(spoken & set(table.group.names) - set(table.group.shared)) for table in self.tables]
        for number in reversed(range(len(self.tables))):
            table = self.tables[number]
            if not len(table):
                msg = f"no patient can obey the rules about {', '.join(table.group.names)}"
                raise NoPatient(msg)
            above = table.group.parent
            if above is not None:
                self.counted[above] |= self.counted[number]
                self.tables[above] = _completed(self.tables[above], table)

    def _table(self, group: AttributeGroup) -> CellTable:
        sizes = [len(self.kinds[name]) for name in group.names]
        if prod(sizes) > MOST_CELLS:
            msg = f"too many kinds of patients to look at together: {', '.join(group.names)}"
            raise TooManyCells(msg)
        table = CellTable(group, np.indices(sizes).reshape(len(sizes), -1))
        possible = np.ones(len(table), dtype=bool)
        inside = set(group.names)
        for name in group.names:
            attribute = self.ledger.attributes[name]
            if attribute.applies_when != EVERYONE and set(attributes_of(attribute.applies_when)) <= inside:
                applies = self._mask(table, attribute.applies_when)
                has_value = np.array([kind is not None for kind in self.kinds[name]])[table.of(name)]
                possible &= ~has_value | applies if attribute.may_be_missing else has_value == applies
        for rule in self.ledger.hard_rules:
            if set(rule.names) <= inside:
                possible &= self._obeyed(table, rule)
        return CellTable(group, table.kinds[:, possible])

    def _obeyed(self, table: CellTable, rule: Rule) -> Mask:
        """Tell in which cells some patient obeys a rule; a sum of which a part is not known forbids nothing."""
        allowed = np.ones(len(table), dtype=bool) if rule.then is None else self._mask(table, rule.then)
        if rule.terms:
            least, most = np.zeros(len(table)), np.zeros(len(table))
            for name, factor in rule.terms.items():
                ends = np.array([_ends(kind) for kind in self.kinds[name]])[table.of(name)] * factor
                least, most = least + ends.min(axis=1), most + ends.max(axis=1)
            unknown = np.isnan(least)
            allowed &= unknown | ((rule.low is None) | (most >= (rule.low or 0)))
            allowed &= unknown | ((rule.high is None) | (least <= (rule.high or 0)))
        return ~self._mask(table, rule.when) | allowed

    def _mask(self, table: CellTable, condition: Condition) -> Mask:
        def single(part: OneOf | Between) -> Mask:
            met = np.array([part.met_by(representative(kind)) for kind in self.kinds[part.attribute]])
            return met[table.of(part.attribute)]

        everybody = np.ones(len(table), dtype=bool)
        return combined(
            condition,
            single,
            lambda parts: np.logical_and.reduce([everybody, *parts]),
            lambda parts: np.logical_or.reduce([~everybody, *parts]),
        )

    def table_of(self, names: Collection[str]) -> int:
        """Return the number of the smallest table that has all of these attributes."""
        able = [
            number
            for number, table in enumerate(self.tables)
            if self.counted[number] and set(names) <= set(table.group.names)
        ]
        return min(able, key=lambda number: (len(self.tables[number]), number))

    def meeting(self, condition: Condition, names: Collection[str] = ()) -> tuple[int, Mask]:
        """Return a table that tells who meets a condition (and has ``names`` too), and in which of its cells."""
        number = self.table_of({*attributes_of(condition), *names})
        return number, self.mask(number, condition)

    def mask(self, number: int, condition: Condition) -> Mask:
        """Tell in which cells of a table, which has its attributes, a condition is met."""
        return self._mask(self.tables[number], condition)

    def numbers(self, name: str, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the least and the greatest value of a number in each cell of a table; 0 where there is none."""
        ends = np.array([(0, 0) if kind is None else _ends(kind) for kind in self.kinds[name]], dtype=np.int64)
        of_cells = ends[self.tables[number].of(name)]
        return of_cells[:, 0], of_cells[:, 1]

    def nothing(self, name: str, number: int) -> Mask:
        """Tell in which cells of a table an attribute has no value."""
        return np.array([kind is None for kind in self.kinds[name]])[self.tables[number].of(name)]


def _ends(kind: Kind) -> tuple[float, float]:
    return (kind.low, kind.high) if isinstance(kind, WholeRange) else (np.nan, np.nan)


def _completed(parent: CellTable, child: CellTable) -> CellTable:
    """Leave out the parent's cells that no cell of the child completes."""
    possible = np.zeros(len(parent), dtype=bool)
    for parents, children in agreement(parent, child):
        possible[parents] = bool(children)
    return CellTable(parent.group, parent.kinds[:, possible])


def agreement(parent: CellTable, child: CellTable) -> list[tuple[list[int], list[int]]]:
    """Return, for each value of what two tables share, the cells of both that hold its patients."""
    cells: dict[tuple[int, ...], tuple[list[int], list[int]]] = {}
    for side, table in enumerate((parent, child)):
        shared = zip(*(table.of(name).tolist() for name in child.group.shared), strict=True)
        for cell, key in enumerate(shared):
            cells.setdefault(key, ([], []))[side].append(cell)
    return list(cells.values())
