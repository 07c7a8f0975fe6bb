"""From numbers of patients in cells to patients: the witness that what is claimed possible is possible.

Tables that agree where they overlap are put together one after the other. What is left open within a kind, an age
between 24 and 56, is then chosen so that rules and means, medians between two patients and what is asked for hold.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from implied.check.queries import Row
from implied.determine.joint_cells import Cells
from implied.determine.kinds import Kind, representative
from implied.determine.model import Solution
from implied.determine.solver import Linear, Undecided, demand, solved
from implied.ledger import Entry, Rule
from implied.ledger.conditions import AllOf, Condition, compile_condition, is_known
from implied.ledger.printed import WholeRange, unrounded
from implied.numbers.quartiles import QUARTERS, four_times, place_of

_EFFORT = 5.0
"""Most effort of the solver for the open values of one witness."""

Patient = dict[str, Kind]
"""Kinds by attribute."""

Target = Callable[["Values"], Linear]
"""What is to be made as small as possible (or, negative, as great) by the choice of open values."""


def patients_in(cells: Cells, solution: Solution) -> list[Patient]:
    """Put the cells of all tables together to patients, each with a kind of every attribute."""
    patients: list[Patient] = [{} for _ in range(solution.size)]
    for number, table in enumerate(cells.tables):
        kinds = [(name, cells.kinds[name]) for name in table.group.names]
        times = np.array(solution.numbers[number]) if cells.counted[number] else np.ones(len(table), dtype=int)
        inhabited = np.flatnonzero(times)
        free: dict[tuple[Any, ...], list[Patient]] = {}
        for positions, number_of in zip(table.kinds[:, inhabited].T.tolist(), times[inhabited].tolist(), strict=True):
            of_cell = {name: of_name[position] for (name, of_name), position in zip(kinds, positions, strict=True)}
            free.setdefault(tuple(of_cell[name] for name in table.group.shared), []).extend([of_cell] * number_of)
        for patient in patients:
            able = free[tuple(patient[name] for name in table.group.shared)]
            patient.update(able.pop(0) if cells.counted[number] else able[0])
    return patients


def plain(patient: Patient) -> dict[str, str | bool | int | None]:
    """Return a patient with values in place of kinds: the least number of each range."""
    return {name: representative(kind) for name, kind in patient.items()}


def witness(cells: Cells, solution: Solution, target: Target | None = None) -> list[Row] | None:
    """Turn numbers of patients in cells into patients, with the ``target`` as small as possible.

    Returns
    -------
    list of Row
        Patients with every attribute of the ledger; None when no values within their kinds will do.
    """
    patients = patients_in(cells, solution)
    values = Values(cells, patients)
    for rule in cells.ledger.hard_rules:
        if rule.terms:
            values.obey(rule)
    for entry in cells.ledger:
        if entry.quantity is not None:
            values.print(entry, entry.quantity)
    chosen = values.chosen(target)
    if chosen is None:
        return None
    return [{**patient, **numbers} for patient, numbers in zip(patients, chosen, strict=True)]


class Values:
    """Numbers of patients whose kinds are settled; those whose kind is a range are open."""

    def __init__(self, cells: Cells, patients: list[Patient]) -> None:
        self.cells = cells
        self.patients = patients
        self.plain = [plain(patient) for patient in patients]
        self.model = cp_model.CpModel()
        self.open: dict[tuple[int, str], Any] = {}

    def value(self, patient: int, name: str) -> Linear:
        """Return a patient's number, a variable of the solver when it is open."""
        kind = self._range(patient, name)
        if kind.low == kind.high:
            return kind.low
        if (patient, name) not in self.open:
            self.open[patient, name] = self.model.new_int_var(kind.low, kind.high, f"{name} {patient}")
        return self.open[patient, name]

    def _range(self, patient: int, name: str) -> WholeRange:
        kind = self.patients[patient][name]
        assert isinstance(kind, WholeRange)
        return kind

    def members(self, population: Condition, name: str) -> list[int]:
        """Return the patients of a population whose number is known."""
        having = AllOf((population, is_known(name)))
        has = compile_condition(having)
        return [position for position, patient in enumerate(self.plain) if has(patient)]

    def obey(self, rule: Rule) -> None:
        """Demand a rule about a sum of numbers."""
        concerned = compile_condition(rule.when)
        for position, patient in enumerate(self.plain):
            if all(patient[name] is not None for name in rule.terms) and concerned(patient):
                total = sum(factor * self.value(position, name) for name, factor in rule.terms.items())
                demand(self.model, rule.low is None or total >= rule.low)
                demand(self.model, rule.high is None or total <= rule.high)

    def print(self, entry: Entry, name: str) -> None:
        """Demand what an entry prints of a number beyond what the kinds already give."""
        size = len(self.members(entry.population, name))
        for statistic, printed in entry.printed.items():
            if statistic in QUARTERS and place_of(QUARTERS[statistic], size)[1]:
                value, times = self.quantile(name, entry.population, QUARTERS[statistic]), 4
            elif statistic == "mean":
                value, times = self.total(name, entry.population), size
            else:
                continue
            fitting = unrounded(printed, entry.unit, self.cells.ledger.attributes[name]).multiples(times)
            demand(self.model, value >= fitting.start)
            demand(self.model, value <= fitting.stop - 1)

    def total(self, name: str, population: Condition) -> Linear:
        """Return the sum of a number over a population."""
        return sum(self.value(patient, name) for patient in self.members(population, name))

    def quantile(self, name: str, population: Condition, quarters: int) -> Linear:
        """Return four times a quantile of a number in a population."""
        members = self.members(population, name)
        position, share = place_of(quarters, len(members))
        lower = self._ordered(name, members, position)
        return four_times(lower, self._ordered(name, members, position + 1) if share else 0, share)

    def _ordered(self, name: str, members: list[int], position: int) -> Linear:
        """Return the value at a position of the sorted values; only those of its own kind compete for it."""
        ranges = sorted((self._range(patient, name) for patient in members), key=lambda kind: kind.low)
        kind = ranges[position]
        competing = [self.value(patient, name) for patient in members if self._range(patient, name) == kind]
        if kind.low == kind.high:
            return kind.low
        rank = position - ranges.index(kind)
        value = self.model.new_int_var(kind.low, kind.high, "")
        below = [self._whether(number, value, strictly=True) for number in competing]
        not_above = [self._whether(number, value, strictly=False) for number in competing]
        demand(self.model, cp_model.LinearExpr.sum(below) <= rank)
        demand(self.model, cp_model.LinearExpr.sum(not_above) >= rank + 1)
        return value

    def _whether(self, one: Any, other: Any, *, strictly: bool) -> Any:
        literal = self.model.new_bool_var("")
        self.model.add(one + strictly <= other).only_enforce_if(literal)
        self.model.add(one + strictly > other).only_enforce_if(~literal)
        return literal

    def chosen(self, target: Target | None) -> list[dict[str, int]] | None:
        """Choose the open values; None when nothing can be chosen. What nothing depends on stays in the middle."""
        wanted = None if target is None else target(self)
        chosen: list[dict[str, int]] = [
            {name: (kind.low + kind.high) // 2 for name, kind in patient.items() if isinstance(kind, WholeRange)}
            for patient in self.patients
        ]
        if not self.model.proto.constraints and not self.open:
            return chosen
        if wanted is not None and not isinstance(wanted, int):
            self.model.minimize(wanted)
        try:
            solver = solved(self.model, _EFFORT)
        except Undecided:
            return None
        if solver is None:
            return None
        for (patient, name), variable in self.open.items():
            chosen[patient][name] = int(solver.value(variable))
        return chosen
