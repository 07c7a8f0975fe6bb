"""From numbers of patients in cells to patients: the witness that what is claimed possible is possible.

Tables that agree where they overlap are put together one after the other. What is left open within a kind, an age
between 24 and 56, is then chosen so that rules and means, medians between two patients and the figure in question hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil
from typing import Any

import pandas as pd
from ortools.sat.python import cp_model

from implied.check.attribute_table import QUARTERS
from implied.determine.joint_cells import Cells
from implied.determine.kinds import Kind, is_of_kind
from implied.determine.model import Solution, in_units
from implied.determine.solver import Undecided, solved
from implied.ledger import Entry, Rule
from implied.ledger.conditions import AllOf, Between, Condition, OneOf
from implied.ledger.printed import WholeRange
from implied.numbers.rounding import unround

_EFFORT = 5.0
"""Most effort of the solver for the open values of one witness."""

Patient = dict[str, Kind]
"""Kinds by attribute."""

Value = Any
"""A whole number, or a variable of the solver for one that is open."""

Target = Callable[["Values"], Value]
"""What is to be made as small as possible (or, negative, as great) by the choice of open values."""


def patients_in(cells: Cells, solution: Solution) -> list[Patient]:
    """Put the cells of all tables together to patients, each with a kind of every attribute."""
    found: list[Patient] = [{} for _ in range(solution.size)]
    for place, table in enumerate(cells.tables):
        columns = [[cells.kinds[name][position] for position in table.of(name)] for name in table.group.names]
        free: dict[tuple[Any, ...], list[Patient]] = {}
        for cell, row in enumerate(zip(*columns, strict=True)):
            patient = dict(zip(table.group.names, row, strict=True))
            times = solution.numbers[place][cell] if cells.counted[place] else 1
            free.setdefault(tuple(patient[name] for name in table.group.shared), []).extend([patient] * times)
        for patient in found:
            able = free[tuple(patient[name] for name in table.group.shared)]
            patient.update(able.pop(0) if cells.counted[place] else able[0])
    return found


def plain(patient: Patient) -> dict[str, str | bool | int | None]:
    """Return a patient with values in place of kinds: the least number of each range."""
    return {name: kind.low if isinstance(kind, WholeRange) else kind for name, kind in patient.items()}


def witness(
    cells: Cells, solution: Solution, readings: Mapping[str, str], target: Target | None = None
) -> pd.DataFrame | None:
    """Turn numbers of patients in cells into patients; None when no values within their kinds will do.

    Parameters
    ----------
    cells, solution
        The tables, and how many patients there are in each cell.
    readings
        For each entry that is not read literally, the name of its reading.
    target
        What is to be made as small as possible.

    Returns
    -------
    DataFrame
        One row per patient, one column per attribute; None where there is no value.
    """
    patients = patients_in(cells, solution)
    values = Values(cells, patients)
    for rule in cells.ledger.rules:
        if rule.terms and not rule.plausible:
            values.obey(rule)
    for entry in cells.ledger:
        if entry.quantity is not None:
            values.print(entry, entry.reading(readings.get(entry.id, "literal")).population)
    chosen = values.chosen(target)
    if chosen is None:
        return None
    rows = [{**patient, **numbers} for patient, numbers in zip(patients, chosen, strict=True)]
    return pd.DataFrame(rows, columns=list(cells.ledger.attributes), dtype=object)


class Values:
    """Numbers of patients whose kinds are settled.

    Parameters
    ----------
    cells
        The ledger with its attributes.
    patients
        Their kinds.
    """

    def __init__(self, cells: Cells, patients: list[Patient]) -> None:
        self.cells = cells
        self.patients = patients
        self.model = cp_model.CpModel()
        self.open: dict[tuple[int, str], Any] = {}

    def value(self, patient: int, name: str) -> Value:
        """Return a patient's number, open when its kind is a range."""
        kind = self.patients[patient][name]
        assert isinstance(kind, WholeRange)
        if kind.low == kind.high:
            return kind.low
        if (patient, name) not in self.open:
            self.open[patient, name] = self.model.new_int_var(kind.low, kind.high, f"{name} {patient}")
        return self.open[patient, name]

    def members(self, population: Condition, name: str) -> list[int]:
        """Return the patients of a population whose number is known."""
        known = AllOf((population, Between(name, None, None, above=False)))
        return [position for position, patient in enumerate(self.patients) if _meets(known, patient)]

    def obey(self, rule: Rule) -> None:
        """Demand a rule about a sum of numbers."""
        for position, patient in enumerate(self.patients):
            known = all(patient[name] is not None for name in rule.terms)
            if known and _meets(rule.when, patient):
                total = sum(factor * self.value(position, name) for name, factor in rule.terms.items())
                self._demand(rule.low is None or total >= rule.low)
                self._demand(rule.high is None or total <= rule.high)

    def print(self, entry: Entry, population: Condition) -> None:
        """Demand what an entry prints of a number beyond what the kinds already give."""
        assert entry.quantity is not None
        members = self.members(population, entry.quantity)
        unit = self.cells.ledger.attributes[entry.quantity].unit
        for statistic, printed in entry.printed.items():
            if statistic in QUARTERS and QUARTERS[statistic] * (len(members) - 1) % 4:
                interval = in_units(unround(printed), entry.unit, unit)
                found = self.quantile(entry.quantity, population, QUARTERS[statistic])
                self._within(found, interval.low * 4, interval.high * 4)
            if statistic == "mean":
                interval = in_units(unround(printed), entry.unit, unit)
                total = self.total(entry.quantity, population)
                self._within(total, interval.low * len(members), interval.high * len(members))

    def _within(self, value: Value, low: Fraction, high: Fraction) -> None:
        self._demand(value >= ceil(low))
        self._demand(value <= ceil(high) - 1)

    def _demand(self, demanded: Any) -> None:
        if demanded is False:
            self.model.add_bool_or([])
        elif demanded is not True:
            self.model.add(demanded)

    def total(self, name: str, population: Condition) -> Value:
        """Return the sum of a number over a population."""
        return sum(self.value(patient, name) for patient in self.members(population, name))

    def quantile(self, name: str, population: Condition, quarters: int) -> Value:
        """Return four times a quantile of a number in a population."""
        members = self.members(population, name)
        position, share = divmod(quarters * (len(members) - 1), 4)
        lower = self._ordered(name, members, position)
        return (4 - share) * lower + (share * self._ordered(name, members, position + 1) if share else 0)

    def _ordered(self, name: str, members: list[int], position: int) -> Value:
        """Return the value at a position of the sorted values; only those of its own kind compete for it."""
        kinds = sorted(self.patients[patient][name].low for patient in members)  # type: ignore[union-attr]
        alike = [patient for patient in members if self.patients[patient][name].low == kinds[position]]  # type: ignore[union-attr]
        place = position - kinds.index(kinds[position])
        competing = [self.value(patient, name) for patient in alike]
        if isinstance(competing[0], int):
            return competing[0]
        kind = self.patients[alike[0]][name]
        assert isinstance(kind, WholeRange)
        found = self.model.new_int_var(kind.low, kind.high, "")
        below = [self._whether(each, found, strictly=True) for each in competing]
        not_above = [self._whether(each, found, strictly=False) for each in competing]
        self._demand(cp_model.LinearExpr.sum(below) <= place)
        self._demand(cp_model.LinearExpr.sum(not_above) >= place + 1)
        return found

    def _whether(self, one: Any, other: Any, *, strictly: bool) -> Any:
        literal = self.model.new_bool_var("")
        self.model.add(one + strictly <= other).only_enforce_if(literal)
        self.model.add(one + strictly > other).only_enforce_if(~literal)
        return literal

    def chosen(self, target: Target | None) -> list[dict[str, int]] | None:
        """Choose the open values; None when nothing can be chosen. What nothing depends on stays in the middle."""
        wanted = None if target is None else target(self)
        found: list[dict[str, int]] = [
            {name: (kind.low + kind.high) // 2 for name, kind in patient.items() if isinstance(kind, WholeRange)}
            for patient in self.patients
        ]
        if not self.model.proto.constraints and not self.open:
            return found
        if wanted is not None and not isinstance(wanted, int):
            self.model.minimize(wanted)
        try:
            solver = solved(self.model, _EFFORT)
        except Undecided:
            return None
        if solver is None:
            return None
        for (patient, name), variable in self.open.items():
            found[patient][name] = int(solver.value(variable))
        return found


def _meets(condition: Condition, patient: Patient) -> bool:
    if isinstance(condition, OneOf | Between):
        return is_of_kind(condition, patient[condition.attribute])
    every = all if isinstance(condition, AllOf) else any
    return every(_meets(part, patient) for part in condition.parts)
