"""Numbers of patients in joint cells: what every set of records that satisfies the figures has to obey.

A cell holds the patients of one kind in each attribute of a group (see :mod:`implied.determine.junction`). Patients
are not told apart, so a proof has no symmetries to go through, and it grows with the figures and not with the patients.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from implied.determine.junction import Group, groups, scope_of_entry, scope_of_rule, scopes
from implied.determine.kinds import Cuts, Kind, is_of_kind, kinds_of
from implied.ledger import Ledger, Rule
from implied.ledger.conditions import EVERYONE, AllOf, Between, Condition, OneOf, attributes_of
from implied.ledger.printed import WholeRange

Mask = NDArray[np.bool_]

MOST_CELLS = 60_000
"""Cells of a group beyond which no table is made."""


class TooManyCells(ValueError):
    """Figures that tie so many attributes together that no table of their cells can be made."""


class NoPatient(ValueError):
    """Attributes and hard rules that no patient can meet, whatever the figures."""


@dataclass(frozen=True)
class Table:
    """The cells of a group that a patient can be in.

    ``kinds`` has one row per attribute of the group and one column per cell: positions among the attribute's kinds.
    """

    group: Group
    kinds: NDArray[np.int64]

    def __len__(self) -> int:
        """Count the cells."""
        return int(self.kinds.shape[1])

    def of(self, name: str) -> NDArray[np.int64]:
        """Return the positions of one attribute's kind in each cell."""
        found: NDArray[np.int64] = self.kinds[self.group.names.index(name)]
        return found


class Cells:
    """The groups of a ledger's attributes with their cells.

    Parameters
    ----------
    ledger
        Its figures and its hard rules tell which attributes belong together and which kinds there are. Plausible rules
        are left out: nothing may be concluded from them.
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
        asked = [{*attributes_of(condition)} for condition in conditions]
        together = [set(each) for each in (*asked, *together) if each]
        spoken = set().union(*together, *(scope_of_entry(entry) for entry in ledger))
        found = groups(list(ledger.attributes), [*scopes(ledger), *together], spoken)
        self.tables = [self._table(group) for group in found]
        self.counted = [bool(spoken & set(table.group.names) - set(table.group.shared)) for table in self.tables]
        for place in reversed(range(len(self.tables))):
            table = self.tables[place]
            if not len(table):
                msg = f"no patient can obey the rules about {', '.join(table.group.names)}"
                raise NoPatient(msg)
            above = table.group.parent
            if above is not None:
                self.counted[above] |= self.counted[place]
                self.tables[above] = _completed(self.tables[above], table)

    def _table(self, group: Group) -> Table:
        sizes = [len(self.kinds[name]) for name in group.names]
        if prod(sizes) > MOST_CELLS:
            msg = f"too many kinds of patients to look at together: {', '.join(group.names)}"
            raise TooManyCells(msg)
        table = Table(group, np.indices(sizes).reshape(len(sizes), -1))
        possible = np.ones(len(table), dtype=bool)
        inside = set(group.names)
        for name in group.names:
            attribute = self.ledger.attributes[name]
            if attribute.applies_when != EVERYONE and set(attributes_of(attribute.applies_when)) <= inside:
                applies = self._mask(table, attribute.applies_when)
                known = np.array([kind is not None for kind in self.kinds[name]])[table.of(name)]
                possible &= ~known | applies if attribute.may_be_missing else known == applies
        for rule in self.ledger.rules:
            if not rule.plausible and scope_of_rule(rule) <= inside:
                possible &= self._obeyed(table, rule)
        return Table(group, table.kinds[:, possible])

    def _obeyed(self, table: Table, rule: Rule) -> Mask:
        """In which cells some patient obeys a rule; a sum of which a part is not known forbids nothing."""
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

    def _mask(self, table: Table, condition: Condition) -> Mask:
        if isinstance(condition, OneOf | Between):
            met = np.array([is_of_kind(condition, kind) for kind in self.kinds[condition.attribute]])
            return met[table.of(condition.attribute)]
        everyone = isinstance(condition, AllOf)
        found = np.full(len(table), everyone)
        for part in condition.parts:
            found = found & self._mask(table, part) if everyone else found | self._mask(table, part)
        return found

    def place(self, names: Collection[str]) -> int:
        """Return the smallest table that has all of these attributes."""
        able = [
            place
            for place, table in enumerate(self.tables)
            if self.counted[place] and set(names) <= set(table.group.names)
        ]
        return min(able, key=lambda place: (len(self.tables[place]), place))

    def meeting(self, condition: Condition, names: Collection[str] = ()) -> tuple[int, Mask]:
        """Return a table that tells who meets a condition (and has ``names`` too), and in which of its cells."""
        place = self.place({*attributes_of(condition), *names})
        return place, self._mask(self.tables[place], condition)

    def mask(self, place: int, condition: Condition) -> Mask:
        """Tell in which cells of a table, which has its attributes, a condition is met."""
        return self._mask(self.tables[place], condition)

    def numbers(self, name: str, place: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the least and the greatest value of a number in each cell of a table; 0 where there is none."""
        ends = np.array([(0, 0) if kind is None else _ends(kind) for kind in self.kinds[name]], dtype=np.int64)
        found = ends[self.tables[place].of(name)]
        return found[:, 0], found[:, 1]

    def nothing(self, name: str, place: int) -> Mask:
        """Tell in which cells of a table an attribute has no value."""
        return np.array([kind is None for kind in self.kinds[name]])[self.tables[place].of(name)]


def _ends(kind: Kind) -> tuple[float, float]:
    return (kind.low, kind.high) if isinstance(kind, WholeRange) else (np.nan, np.nan)


def _completed(parent: Table, child: Table) -> Table:
    """Leave out the parent's cells that no cell of the child completes."""
    possible = np.zeros(len(parent), dtype=bool)
    for parents, children in agreement(parent, child):
        possible[parents] = bool(children)
    return Table(parent.group, parent.kinds[:, possible])


def agreement(parent: Table, child: Table) -> list[tuple[list[int], list[int]]]:
    """Return, for each value of what two tables share, the cells of both that hold its patients."""
    found: dict[tuple[int, ...], tuple[list[int], list[int]]] = {}
    for side, table in enumerate((parent, child)):
        shared = zip(*(table.of(name).tolist() for name in child.group.shared), strict=True)
        for cell, key in enumerate(shared):
            found.setdefault(key, ([], []))[side].append(cell)
    return list(found.values())
