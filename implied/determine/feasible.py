"""Patients who satisfy some claims, or the certainty that there are none."""

from __future__ import annotations

from implied.check.attribute_table import unsatisfied
from implied.check.queries import Row
from implied.determine.joint_cells import Cells
from implied.determine.kinds import Cuts
from implied.determine.model import CellModel
from implied.determine.solver import Undecided
from implied.determine.witness import witness
from implied.ledger import Ledger
from implied.ledger.printed import WholeRange

ROUNDS = 16
"""How often kinds are made finer before a question is given up."""


def satisfying(ledger: Ledger, sizes: tuple[int, int] | None = None) -> list[Row] | None:
    """Return as few patients as can satisfy every entry of a ledger, checked one by one; None when there are none.

    ``sizes`` are the fewest and the most patients that there may be; left out, there are as many as the ledger counts.

    Raises
    ------
    implied.determine.solver.Undecided
        When neither can be shown.
    implied.determine.joint_cells.TooManyCells
        When the claims tie too many attributes together.
    """
    cuts: Cuts = {}
    for _ in range(ROUNDS):
        cells = Cells(ledger, cuts=cuts)
        model = CellModel(cells, sizes or (ledger.size, ledger.size))
        solution = model.solve(minimise=model.size)
        if solution is None:
            return None
        patients = witness(cells, solution)
        if patients is not None and not unsatisfied(ledger, patients):
            return patients
        cuts = halved(cells)
    msg = f"neither found nor excluded: patients for {', '.join(entry.id for entry in ledger)}"
    raise Undecided(msg)


def halved(cells: Cells) -> dict[str, frozenset[int]]:
    """Part every range of numbers in two."""
    ranges = {name: [kind for kind in kinds if isinstance(kind, WholeRange)] for name, kinds in cells.kinds.items()}
    return {
        name: frozenset(begin for kind in kinds for begin in (kind.low, (kind.low + kind.high) // 2 + 1))
        for name, kinds in ranges.items()
    }
