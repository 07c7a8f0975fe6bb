"""Who has which of the drawn values: exchanged between patients until each makes sense and groups have their counts.

Exchanging values leaves every count over all patients and every median and range as it was drawn, so it costs those
claims nothing. Values and small numbers may also be changed where the counts allow it. Every step is the best one,
the search ends where none is left, and nothing in it is random.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from implied.ledger import Rule
from implied.ledger.conditions import EVERYONE, Condition
from implied.reconstruct.coded import Coding, Floats, Rows, involved
from implied.reconstruct.tallies import Tally

_RULE, _HABIT, _PATIENT = 3.0, 1.0, 2.0
"""What it counts to break a rule of the ledger, a habit, and to have a patient too many or too few in a count."""
_NOTHING = 1e-9
"""Gains below this are the floats' own."""
_FEW = 12
"""Numbers with at most so many values are changed as values are."""


_Weighted = tuple[float, Callable[[Rows], Floats], tuple[str, ...]]
"""What it costs to break a rule, how badly rows do, and the attributes concerned."""


class Pairing:
    """Rules, habits and counts that patients should keep to.

    Parameters
    ----------
    coding
        How the patients are written.
    rules, habits
        What a patient should keep; rules weigh more.
    counts
        What the patients should add up to.
    kept
        Numbers whose values are only exchanged, for they are summed up by claims.
    """

    def __init__(
        self,
        coding: Coding,
        rules: Sequence[Rule],
        habits: Sequence[Rule],
        counts: Sequence[Tally],
        kept: Collection[str],
    ) -> None:
        self.coding = coding
        attributes = coding.attributes
        self.counts = tuple(counts)
        self.kept = frozenset(kept)
        self.rules: list[_Weighted] = [(_RULE, coding.fault(rule), self._names(involved(rule))) for rule in rules]
        self.rules += [(_HABIT, coding.fault(habit), self._names(involved(habit))) for habit in habits]
        self.sums = [defined for rule in rules if (defined := self._defined(rule)) is not None]
        self.applying = {
            name: [
                coding.test(attributes[other].applies_when) for other in attributes if name in coding.deciding(other)
            ]
            for name in attributes
        }
        self.bundles = {name: self._bundle(name) for name in attributes}
        moving = {
            name: {*bundle, *(one for one, rule in self.sums if {*bundle} & {*rule.terms})}
            for name, bundle in self.bundles.items()
        }
        self.rules_of = {name: [rule for rule in self.rules if moving[name] & {*rule[2]}] for name in attributes}
        self.counts_of = {
            name: [number for number, tally in enumerate(counts) if moving[name] & {*self._names(tally.names)}]
            for name in attributes
        }
        self.possible = {name: self._possible(name) for name in attributes}

    def missed(self, rows: Rows) -> list[frozenset[str]]:
        """Return of each rule that a patient breaks, and of each count that is missed, the attributes it speaks of."""
        rules = [names for weight, fault, names in self.rules if weight == _RULE and fault(rows).any()]
        counts = [tally.names for tally in self.counts if tally.printed.off(*tally.of(rows).sum(axis=0))]
        return [frozenset(names) for names in (*rules, *counts)]

    def _defined(self, rule: Rule) -> tuple[str, Rule] | None:
        """Return the number that a rule makes the sum of others, where it is such a rule and no claim sums it up."""
        attributes = [self.coding.attributes[name] for name in rule.terms]
        always = all(attribute.always_known for attribute in attributes)
        if rule.when != EVERYONE or rule.low is None or rule.low != rule.high or not always:
            return None
        for name, factor in rule.terms.items():
            alone = all(other * factor < 0 for term, other in rule.terms.items() if term != name)
            if abs(factor) == 1 and alone and name not in self.kept:
                return name, rule
        return None

    def _bundle(self, name: str) -> tuple[str, ...]:
        """Return what is exchanged together: what decides whether others apply goes with those."""
        attributes, bundle = self.coding.attributes, [name]
        if self.applying[name]:
            for member in bundle:  # grows while it is gone through
                others = [other for other in attributes if member in self.coding.deciding(other)]
                bundle += [other for other in (*others, *self.coding.deciding(member)) if other not in bundle]
        return tuple(bundle)

    def _names(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return attributes with those that decide whether they apply."""
        return tuple(dict.fromkeys(needed for name in names for needed in (name, *self.coding.deciding(name))))

    def _possible(self, name: str) -> Rows:
        """Return the values that a patient may be given without another losing it."""
        attribute = self.coding.attributes[name]
        if not attribute.is_number:
            return np.arange(len(attribute.values))
        is_small = name not in self.kept and attribute.maximum - attribute.minimum < _FEW
        return np.arange(attribute.minimum, attribute.maximum + 1) if is_small else np.empty(0, dtype=np.int64)

    def add_up(self, rows: Rows, changed: Iterable[str]) -> None:
        """Give each number that is a sum of others its value in these rows."""
        for name, rule in self.sums:
            if {*changed} & {*rule.terms}:
                others = [other for other in rule.terms if other != name]
                assert rule.low is not None
                factors = np.array([rule.terms[other] for other in others], dtype=np.int64)
                total = rule.low - rows[:, [self.coding.column[other] for other in others]] @ factors
                attribute = self.coding.attributes[name]
                rows[:, self.coding.column[name]] = np.clip(
                    rule.terms[name] * total, attribute.minimum, attribute.maximum
                )

    def paired(self, rows: Rows, fixed: Collection[str], alike: Mapping[str, Sequence[Condition]]) -> Rows:
        """Exchange values between patients so that they break as few rules, habits and counts as can be.

        Parameters
        ----------
        rows
            The patients.
        fixed
            Attributes that stay where they are.
        alike
            Conditions by attribute: only patients who meet the same of them exchange it.

        Returns
        -------
        Rows
            The patients.
        """
        search = _PairingSearch(self, rows.copy(), frozenset(fixed), alike)
        search.run()
        return search.rows


class _PairingSearch:
    """Patients, what each of them costs, and what they add up to."""

    def __init__(
        self, pairing: Pairing, rows: Rows, fixed: frozenset[str], alike: Mapping[str, Sequence[Condition]]
    ) -> None:
        self.pairing = pairing
        self.rows = rows
        pairing.add_up(rows, pairing.coding.attributes)
        self.fixed = fixed | {name for name, _ in pairing.sums}
        self.alike = {
            name: [pairing.coding.test(condition) for condition in conditions] for name, conditions in alike.items()
        }
        self.costs = self._costs(pairing.rules, rows)
        self.sums = np.array([tally.of(rows).sum(axis=0) for tally in pairing.counts]).reshape(-1, 2)
        self.off = np.array([self._off(counted, self.sums[counted]) for counted in range(len(self.sums))])

    def _costs(self, rules: Iterable[_Weighted], rows: Rows) -> Floats:
        costs = np.zeros(len(rows))
        for weight, fault, _ in rules:
            costs += weight * fault(rows)
        return costs

    def _off(self, counted: int, sums: Rows) -> Floats:
        return self.pairing.counts[counted].printed.off(sums[..., 0], sums[..., 1])

    def run(self) -> None:
        """Make the best exchange for every patient and every count that one helps, until none helps any more."""
        changed = True
        while changed:
            changed = False
            for patient in range(len(self.rows)):
                while self.costs[patient] > 0 and self._improved(patient, self._at_fault(patient)):
                    changed = True
            for counted in np.flatnonzero(self.off):
                names = self.pairing.counts[counted].names
                for patient in range(len(self.rows)):
                    while self.off[counted] > 0 and self._improved(patient, names):
                        changed = True

    def _at_fault(self, patient: int) -> Iterable[str]:
        row = self.rows[[patient]]
        return dict.fromkeys(name for _, fault, names in self.pairing.rules if fault(row)[0] > 0 for name in names)

    def _improved(self, patient: int, names: Iterable[str]) -> bool:
        """Make the best change of one of these attributes of a patient; tell whether any helps."""
        best, change = _NOTHING, None
        for name in names:
            if name in self.fixed:
                continue
            values, others = self._choices(patient, name)
            if len(values):
                gains = self._gains(patient, name, values, others)
                greatest = int(np.argmax(gains))
                if gains[greatest] > best:
                    best, change = float(gains[greatest]), (name, int(values[greatest]), int(others[greatest]))
        if change is None:
            return False
        self._change(patient, *change)
        return True

    def _choices(self, patient: int, name: str) -> tuple[Rows, Rows]:
        """Return the values that a patient could have, each with the patient who would get the present one (or -1)."""
        column = self.rows[:, self.pairing.coding.column[name]]
        able = column != column[patient]
        for test in self.alike.get(name, ()):
            met = test(self.rows)
            able &= met == met[patient]
        others = np.flatnonzero(able)
        new = self.pairing.possible[name]
        new = new[new != column[patient]] if column[patient] != self.pairing.coding.nothing(name) else new[:0]
        return np.concatenate([column[others], new]), np.concatenate([others, np.full(len(new), -1)])

    def _gains(self, patient: int, name: str, values: Rows, others: Rows) -> Floats:
        """Tell how much less everything costs after each of the changes."""
        size, number, exchanged = len(self.rows), len(values), others >= 0
        column = self.pairing.coding.column
        after = np.concatenate([self.rows, np.repeat(self.rows[[patient]], number, axis=0), self.rows[others]])
        for member in self.pairing.bundles[name]:
            at = column[member]
            after[size : size + number, at] = np.where(exchanged, self.rows[others, at], self.rows[patient, at])
            after[size + number :, at] = np.where(exchanged, self.rows[patient, at], self.rows[others, at])
        after[size : size + number, column[name]] = values
        self.pairing.add_up(after[size:], self.pairing.bundles[name])

        def gained(of_rows: Any) -> Any:
            first = of_rows[patient] - of_rows[size : size + number]
            second = of_rows[others] - of_rows[size + number :]
            return first + np.where(exchanged if second.ndim == 1 else exchanged[:, None], second, 0)

        gains: Floats = gained(self._costs(self.pairing.rules_of[name], after))
        for counted in self.pairing.counts_of[name]:
            sums = self.sums[counted] - gained(self.pairing.counts[counted].of(after))
            gains = gains + _PATIENT * (self.off[counted] - self._off(counted, sums))
        for applies in self.pairing.applying[name]:
            there = applies(after)
            gains = np.where(~exchanged & (there[size : size + number] != there[patient]), -np.inf, gains)
        return gains

    def _change(self, patient: int, name: str, value: int, other: int) -> None:
        column = self.pairing.coding.column
        concerned = [patient] if other < 0 else [patient, other]
        before = [self.pairing.counts[counted].of(self.rows[concerned]) for counted in self.pairing.counts_of[name]]
        moved = [column[member] for member in self.pairing.bundles[name]]
        if other < 0:
            self.rows[patient, column[name]] = value
        else:
            self.rows[np.ix_([patient, other], moved)] = self.rows[np.ix_([other, patient], moved)]
        concerned_rows = self.rows[concerned]
        self.pairing.add_up(concerned_rows, self.pairing.bundles[name])
        self.rows[concerned] = concerned_rows
        self.costs[concerned] = self._costs(self.pairing.rules, self.rows[concerned])
        for counted, was in zip(self.pairing.counts_of[name], before, strict=True):
            now = self.pairing.counts[counted].of(self.rows[concerned])
            self.sums[counted] += now.sum(axis=0) - was.sum(axis=0)
            self.off[counted] = self._off(counted, self.sums[counted])
