"""How small and how great the answer to a query can be over all records that satisfy the ledger.

The solver's best numbers of patients in cells are a limit that no records can pass; patients who reach it, checked one
by one, show that it is sharp. Where such patients do not turn up, kinds are made finer: with every number a kind of its
own nothing would be lost. What is not settled before the tables grow too large stays an outer limit and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

import pandas as pd

from implied.check.attribute_table import unsatisfied
from implied.check.queries import Query, Row
from implied.determine.feasible import ROUNDS, halved, satisfying
from implied.determine.joint_cells import Cells, TooManyCells
from implied.determine.kinds import Cuts
from implied.determine.model import CellModel, Solution
from implied.determine.solver import Linear, Undecided
from implied.determine.witness import Target, Values, witness
from implied.ledger import Ledger
from implied.ledger.conditions import AllOf
from implied.numbers.quartiles import QUARTERS


class Contradicted(ValueError):
    """No records satisfy the ledger, so nothing can be said of them all."""


@dataclass(frozen=True)
class Bound:
    """The least and the greatest answer to a query, each with patients who have it.

    Both are None when no records give an answer: there is nobody to summarise. With ``may_be_empty`` some records do
    not give it. Unless ``proven``, the limits hold, but no patients who reach them are known.
    """

    query: Query
    low: Fraction | None
    high: Fraction | None
    low_witness: pd.DataFrame | None
    high_witness: pd.DataFrame | None
    proven: bool
    may_be_empty: bool

    @property
    def forced(self) -> bool:
        """Whether the ledger leaves a single value, which then is that of the real patients, if the source is true."""
        return self.proven and self.low is not None and self.low == self.high and not self.may_be_empty


def bounds(ledger: Ledger, queries: Sequence[Query]) -> list[Bound]:
    """Return the sharp bounds of queries over all records that satisfy the ledger, as it is read, and its hard rules.

    Raises
    ------
    Contradicted
        When no records satisfy the ledger.
    """
    everything = Bounds(ledger)
    return [everything.of(query) for query in queries]


class Bounds:
    """Bounds under one ledger; :class:`Contradicted` is raised when no records satisfy it."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.latest: tuple[Any, CellModel | None] = None, None
        self.some: dict[str, list[Row]] = {}
        for part in ledger.parts():
            patients = satisfying(part)
            if patients is None:
                msg = f"no records satisfy all claims about {', '.join(part.attributes)}"
                raise Contradicted(msg)
            self.some |= dict.fromkeys(part.attributes, patients)

    def of(self, query: Query) -> Bound:
        """Return the bound of one query."""
        part = self.part(query.names)
        sizes = (1, 1)
        if query.needs_patients:
            patients = Query("", "count", query.summarised)
            (smallest, with_fewest), (largest, _) = (self._end(part, patients, sign, sizes) for sign in (1, -1))
            if largest == 0:
                return Bound(query, None, None, None, None, proven=True, may_be_empty=True)
            # As long as the least is not shown by patients, nobody knows that it cannot be less.
            sizes = int(smallest) if with_fewest is not None else 0, int(largest)
        low, low_witness = self._end(part, query, 1, sizes)
        high, high_witness = self._end(part, query, -1, sizes)
        proven = low_witness is not None and high_witness is not None
        return Bound(query, low, high, low_witness, high_witness, proven, may_be_empty=sizes[0] == 0)

    def part(self, names: frozenset[str]) -> Ledger:
        """Return the part of the ledger that some attributes hang together with."""
        parts = self.ledger.parts(together=names)
        return next((part for part in parts if names <= set(part.attributes)), self.ledger)

    def anybody(self) -> pd.DataFrame:
        """Return some patients who satisfy the ledger: one row per patient, one column per attribute."""
        return self._completed([])

    def model(self, cells: Cells) -> CellModel:
        """Return the demands of the claims on some cells."""
        return CellModel(cells, (self.ledger.size, self.ledger.size))

    def _asking(self, part: Ledger, query: Query, cuts: Cuts) -> CellModel:
        """Return the demands of a part of the ledger on cells that tell a query's patients apart."""
        both = AllOf((query.population, query.condition))
        key = (part.entries, both, query.names, query.needs_patients)
        if key == self.latest[0] and not cuts and self.latest[1] is not None:
            return self.latest[1]
        model = self.model(Cells(part, [both, query.summarised], [query.names], cuts))
        if query.needs_patients:
            model.demand(model.count(query.summarised) >= 1)
        if not cuts:
            self.latest = key, model
        return model

    def _end(
        self, part: Ledger, query: Query, sign: int, sizes: tuple[int, int]
    ) -> tuple[Fraction, pd.DataFrame | None]:
        """Return the least (sign 1) or greatest (-1) answer with patients who have it; None when there are none yet."""
        limit, cuts = Fraction(0), dict[str, frozenset[int]]()
        for _ in range(ROUNDS):
            try:
                model = self._asking(part, query, cuts)
                limit, best = _limit(model, query, sign, sizes)
            except (TooManyCells, Undecided):
                break
            patients = witness(model.cells, best, _target(query, sign))
            reached = None
            if patients is not None and not unsatisfied(part, patients):
                reached = query.value(patients)
                if reached == limit:
                    return limit, self._completed(patients)
            cuts = _finer(model.cells, cuts, query.quantity, limit, reached)
        return limit, None

    def _completed(self, patients: list[Row]) -> pd.DataFrame:
        """Complete patients by attributes that their claims do not hang together with."""
        spoken = patients[0].keys() if patients else frozenset[str]()
        columns = {
            name: [row[name] for row in (patients if name in spoken else self.some[name])]
            for name in self.ledger.attributes
        }
        return pd.DataFrame(columns, dtype=object)


def _limit(model: CellModel, query: Query, sign: int, sizes: tuple[int, int]) -> tuple[Fraction, Solution]:
    """Return a limit that no records pass, and numbers of patients in cells that reach it.

    ``sizes`` are the least and the greatest number of patients that are summarised.
    """
    scale = Fraction(1)
    if query.sum:
        value = model.events(query.sum, query.population)
    elif query.quantity is None:
        value = model.count(AllOf((query.population, query.condition)))
    elif query.statistic == "mean":
        value = model.events((query.quantity,), query.population)
    else:
        value, scale = model.quantile(query.quantity, query.population, QUARTERS[query.statistic]), Fraction(1, 4)
    if query.statistic in ("percent", "mean"):
        times = 100 if query.statistic == "percent" else 1
        if sizes[0] != sizes[1]:
            return _ratio(model, times * value, model.count(query.summarised), sign)
        scale = Fraction(times, sizes[0])
    best = model.solve(minimise=sign * value)
    assert best is not None
    return sign * best.objective * scale, best


def _ratio(model: CellModel, above: Linear, below: Linear, sign: int) -> tuple[Fraction, Solution]:
    """Optimise a ratio: better ones are sought until there is none (Dinkelbach 1967)."""
    best = model.solve(values=[above, below])
    while True:
        assert best is not None
        ratio = Fraction(best.values[0], best.values[1])
        gain = sign * (above * ratio.denominator - below * ratio.numerator)
        best = model.solve(minimise=gain, values=[above, below])
        assert best is not None
        if best.objective == 0:
            return ratio, best


def _target(query: Query, sign: int) -> Target | None:
    if query.quantity is None and not query.sum:
        return None

    def wanted(values: Values) -> Linear:
        if query.quantity is None:
            return sign * sum(values.total(name, query.population) for name in query.sum)
        if query.statistic == "mean":
            return sign * values.total(query.quantity, query.population)
        return sign * values.quantile(query.quantity, query.population, QUARTERS[query.statistic])

    return wanted


def _finer(
    cells: Cells, cuts: Cuts, quantity: str | None, limit: Fraction, reached: Fraction | None
) -> dict[str, frozenset[int]]:
    """Make kinds finer: between the limit and what was reached, or, where nothing was, in the middle of every range."""
    if quantity is not None and reached is not None:
        ends = {floor((limit + reached) / 2) + 1, floor(reached), ceil(reached) + 1}
        if not ends <= cuts.get(quantity, frozenset()):
            return {**cuts, quantity: cuts.get(quantity, frozenset()) | ends}
    return halved(cells)
