"""All records that satisfy a small ledger, one by one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from ortools.sat.python import cp_model

from implied.determine.joint_cells import Cells
from implied.determine.model import CellModel, Solution
from implied.determine.solver import new_solver
from implied.determine.witness import patients_in, plain
from implied.ledger import Ledger


def solutions(ledger: Ledger, *, limit: int = 1000) -> list[pd.DataFrame]:
    """Return every set of patients that satisfies a ledger, as it is read, and its hard rules.

    Patients are not told apart: two sets are the same when they differ only in the order of their rows.

    Parameters
    ----------
    ledger
        The claims, about few attributes with few values.
    limit
        How many sets are wanted at most.

    Returns
    -------
    list of DataFrame
        One row per patient, one column per attribute; None where there is no value.

    Raises
    ------
    implied.determine.joint_cells.TooManyCells
        When there are too many different patients to be counted one by one.
    """
    # With each number a kind of its own, and all attributes in one table, numbers of patients are sets of patients.
    every = {
        name: frozenset(range(attribute.minimum, attribute.maximum + 1))
        for name, attribute in ledger.attributes.items()
        if attribute.is_number
    }
    cells = Cells(ledger, together=[ledger.attributes], cuts=every)
    model = CellModel(cells, (ledger.size, ledger.size))
    joint_table = cells.table_of(ledger.attributes)
    collector = _Collector(model.numbers[joint_table], limit)
    solver = new_solver()
    solver.parameters.enumerate_all_solutions = True
    solver.solve(model.model, collector)
    sets = []
    for numbers in sorted(collector.numbers, reverse=True):
        in_cells = tuple(numbers if table == joint_table else () for table in range(len(cells.tables)))
        rows = map(plain, patients_in(cells, Solution(ledger.size, in_cells, 0)))
        sets.append(pd.DataFrame(rows, columns=list(ledger.attributes), dtype=object))
    return sets


class _Collector(cp_model.CpSolverSolutionCallback):
    """Collects different numbers of patients in cells until there are enough."""

    def __init__(self, cells: Sequence[cp_model.IntVar], limit: int) -> None:
        super().__init__()
        self.cells = cells
        self.limit = limit
        self.numbers: set[tuple[int, ...]] = set()

    def on_solution_callback(self) -> None:
        self.numbers.add(tuple(self.value(cell) for cell in self.cells))
        if len(self.numbers) >= self.limit:
            self.stop_search()
