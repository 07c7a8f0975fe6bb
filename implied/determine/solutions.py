"""All records that satisfy a small ledger, one by one."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from ortools.sat.python import cp_model

from implied.determine.joint_cells import Cells
from implied.determine.model import CellModel, Solution
from implied.determine.witness import patients_in, plain
from implied.ledger import Ledger


def solutions(ledger: Ledger, readings: Mapping[str, str] | None = None, *, limit: int = 1000) -> list[pd.DataFrame]:
    """Return every set of patients that satisfies a ledger and its hard rules.

    Patients are not told apart: two sets are the same when they differ only in the order of their rows.

    Parameters
    ----------
    ledger
        The published figures, of few attributes with few values.
    readings
        For each entry that is not read literally, the name of its reading.
    limit
        How many sets are wanted at most.

    Returns
    -------
    list of DataFrame
        One row per patient, one column per attribute; None where there is no value.

    Raises
    ------
    TooManyCells
        When there are too many different patients to be counted one by one.
    """
    read = readings or {}
    # With each number a kind of its own, and all attributes in one table, numbers of patients are sets of patients.
    every = {
        name: frozenset(range(attribute.minimum, attribute.maximum + 1))
        for name, attribute in ledger.attributes.items()
        if attribute.is_number
    }
    cells = Cells(ledger, together=[ledger.attributes], cuts=every)
    model = CellModel(cells, (ledger.size, ledger.size))
    model.demand_figures(read)
    place = cells.place(ledger.attributes)
    found = _Found(model.numbers[place], limit)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.enumerate_all_solutions = True
    solver.solve(model.model, found)
    sets = []
    for numbers in sorted(found.numbers, reverse=True):
        in_cells = tuple(numbers if each == place else () for each in range(len(cells.tables)))
        rows = map(plain, patients_in(cells, Solution(ledger.size, in_cells, 0)))
        sets.append(pd.DataFrame(rows, columns=list(ledger.attributes), dtype=object))
    return sets


class _Found(cp_model.CpSolverSolutionCallback):
    """Collects different numbers of patients in cells until there are enough."""

    def __init__(self, cells: list[cp_model.IntVar], limit: int) -> None:
        super().__init__()
        self.cells = cells
        self.limit = limit
        self.numbers: set[tuple[int, ...]] = set()

    def on_solution_callback(self) -> None:
        self.numbers.add(tuple(self.value(each) for each in self.cells))
        if len(self.numbers) >= self.limit:
            self.stop_search()
