"""Patients who satisfy every claim, as near as can be to those that were drawn.

The constraint model of a ledger is made once; each draw adds what it costs to leave it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cpmpy as cp
from ortools.sat.python import cp_model

from implied.ledger import Ledger, Rule
from implied.ledger.conditions import Attribute, is_known
from implied.reconstruct.coded import NO_NUMBER, NO_VALUE, Coding, Rows
from implied.reconstruct.constraints import Patients, demands

_ANOTHER_VALUE = 3_000
"""Cost of a value other than the drawn one; numbers cost a hundredth of this for each per cent of their change."""
_A_HABIT = 2_000
"""Cost of a patient who breaks a habit."""


@dataclass(frozen=True)
class Effort:
    """How hard to look: work of the solver, counted and not timed, so that every machine stops at the same solution.

    ``gap`` is the share of the cost by which a solution may miss the best one.
    """

    work: float
    gap: float = 0.0


class Nearest:
    """The constraints of a ledger, to be solved near any number of draws.

    ``attributes`` are those of the ledger with their bounds, ``habits`` rules that are better obeyed.
    """

    def __init__(self, ledger: Ledger, attributes: Mapping[str, Attribute], habits: Sequence[Rule]) -> None:
        self.coding = Coding(attributes)
        self.size = ledger.size
        patients = Patients(attributes, ledger.size)
        habitual = [demand for habit in habits for demand in patients.obeying(habit)]
        excused = cp.boolvar(shape=len(habitual) + 1)
        either = [demand | excused[number] for number, demand in enumerate(habitual)]
        solver = cp.SolverLookup.get("ortools", cp.Model([*demands(patients, ledger), *either]))
        self.habits = [solver.solver_var(excused[number]).index for number in range(len(habitual))]
        self.numbers = {
            name: [solver.solver_var(number).index for number in numbers] for name, numbers in patients.numbers.items()
        }
        self.present = {
            name: [solver.solver_var(is_there).index for is_there in present]
            for name, present in patients.present.items()
        }
        self.choices = {
            name: [
                [solver.solver_var(patients.choices[name, value][patient]).index for value in attribute.values]
                for patient in range(self.size)
            ]
            for name, attribute in attributes.items()
            if not attribute.is_number
        }
        self.model = solver.ort_model
        self.model.remove_all_names()

    def patients(self, wanted: Rows, settled: Collection[str], effort: Effort) -> Rows | None:
        """Return patients near those wanted; None when there are none, or the effort did not suffice to find any.

        The attributes ``settled`` stay as they are. With any, it also stays of whom the others are known.
        """
        task = _Task(self.model.clone())
        for name, attribute in self.coding.attributes.items():
            column = wanted[:, self.coding.column[name]].tolist()
            if attribute.is_number:
                for variable, value in zip(self.numbers[name], column, strict=True):
                    if value != NO_NUMBER:
                        task.number(variable, value, settled=name in settled)
                here = self.coding.test(is_known(name))(wanted).tolist()
                for variable, is_there in zip(self.present.get(name, []), here, strict=False):
                    task.choice([variable], 0 if is_there else NO_VALUE, settled=bool(settled))
            else:
                for variables, value in zip(self.choices[name], column, strict=True):
                    task.choice(variables, value, settled=name in settled)
        task.minimize(self.habits)
        solution = task.solved(effort)
        return None if solution is None else self._rows(solution)

    def _rows(self, solution: Sequence[int]) -> Rows:
        rows = self.coding.empty(self.size)
        for name, column in self.coding.column.items():
            for patient in range(self.size):
                if name not in self.numbers:
                    codes = [code for code, variable in enumerate(self.choices[name][patient]) if solution[variable]]
                    rows[patient, column] = codes[0] if codes else NO_VALUE
                elif name not in self.present or solution[self.present[name][patient]]:
                    rows[patient, column] = solution[self.numbers[name][patient]]
        return rows


class _Task:
    """A copy of the constraints for one draw."""

    def __init__(self, model: cp_model.CpModel) -> None:
        self.model = model
        self.variables: list[Any] = []
        self.weights: list[int] = []
        self.constant = 0

    def _fix(self, variable: int, value: int) -> None:
        domain = self.model.proto.variables[variable].domain
        domain[0] = domain[1] = value

    def number(self, index: int, value: int, *, settled: bool) -> None:
        """Settle a number, or let it cost something to change it."""
        if settled:
            self._fix(index, value)
            return
        variable = self.model.get_int_var_from_proto_index(index)
        low, high = self.model.proto.variables[index].domain
        distance = self.model.new_int_var(0, max(high - value, value - low, 0), "")
        self.model.add(variable - distance <= value)
        self.model.add(variable + distance >= value)
        self.model.add_hint(variable, value)
        self.variables.append(distance)
        self.weights.append(max(1, round(10_000 / max(abs(value), 1))))

    def choice(self, indices: Sequence[int], value: int, *, settled: bool) -> None:
        """Settle a value, or let it cost something to choose another."""
        for code, index in enumerate(indices):
            if settled:
                self._fix(index, int(code == value))
                continue
            variable = self.model.get_bool_var_from_proto_index(index)
            self.model.add_hint(variable, code == value)
            if value in (code, NO_VALUE):
                self.variables.append(variable)
                self.weights.append(_ANOTHER_VALUE if value == NO_VALUE else -_ANOTHER_VALUE)

    def minimize(self, habits: Sequence[int]) -> None:
        """Let changes and broken habits cost as little as can be."""
        broken = [self.model.get_bool_var_from_proto_index(index) for index in habits]
        terms = [*self.variables, *broken]
        weights = [*self.weights, *[_A_HABIT] * len(broken)]
        constant = -sum(weight for weight in self.weights if weight < 0)
        self.model.minimize(cp_model.LinearExpr.weighted_sum(terms, weights) + constant)

    def solved(self, effort: Effort) -> list[int] | None:
        """Return the value of each variable; None when no solution was found."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        solver.parameters.linearization_level = 2
        solver.parameters.max_deterministic_time = effort.work
        solver.parameters.relative_gap_limit = effort.gap
        if solver.status_name(solver.solve(self.model)) not in ("OPTIMAL", "FEASIBLE"):
            return None
        return list(solver.response_proto.solution)
