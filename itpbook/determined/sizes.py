"""How many patients a group can have by some of the published figures alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from itpbook.conditions import Condition
from itpbook.determined.cells import Cells
from itpbook.determined.model import MOST_PATIENTS, CellModel
from itpbook.determined.parts import Parts
from itpbook.published import Ledger


def group_size(
    ledger: Ledger, entries: Sequence[str], population: Condition, readings: Mapping[str, str] | None = None
) -> tuple[int, int] | None:
    """Return the least and the greatest size of a group by these entries and the hard rules; None if they conflict.

    The number of all patients is unknown unless an entry tells it; nobody looks at more than
    :data:`itpbook.determined.model.MOST_PATIENTS`.
    """
    few = Parts(ledger).of([ledger[name] for name in entries])
    model = CellModel(Cells(few, [population]), (1, MOST_PATIENTS))
    model.demand_figures(readings or {})
    size = model.count(population)
    ends = model.solve(minimise=size), model.solve(maximise=size)
    if ends[0] is None or ends[1] is None:
        return None
    return ends[0].objective, ends[1].objective
