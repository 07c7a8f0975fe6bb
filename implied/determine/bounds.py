"""How small and how great a figure can be over all records that satisfy the ledger.

The solver's best numbers of patients in cells are a limit that no records can pass; patients who reach it, checked one
by one, show that it is sharp. Where such patients do not turn up, kinds are made finer: with every number a kind of its
own nothing would be lost. What is not settled before the tables grow too large is kept as an outer limit and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

import pandas as pd

from implied.check.attribute_table import QUARTERS, unsatisfied
from implied.determine.asked import Figure
from implied.determine.feasible import ROUNDS, halved, satisfying
from implied.determine.joint_cells import Cells, TooManyCells
from implied.determine.kinds import Cuts
from implied.determine.model import CellModel, Solution
from implied.determine.parts import Parts
from implied.determine.quantiles import Linear
from implied.determine.readings import chosen_readings
from implied.determine.solver import Undecided
from implied.determine.witness import Target, Values, witness
from implied.ledger import Ledger
from implied.ledger.conditions import AllOf


class Contradicted(ValueError):
    """No records satisfy the ledger, so nothing can be said of them all."""


@dataclass(frozen=True)
class Bound:
    """The least and the greatest value of a figure, each with patients who have it.

    Both are None when no records give the figure: there is nobody to summarise. With ``may_be_empty`` some records do
    not give it. Unless ``proven``, the limits hold, but no patients who reach them are known.
    """

    figure: Figure
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


def bounds(ledger: Ledger, figures: Sequence[Figure], readings: Mapping[str, str] | None = None) -> list[Bound]:
    """Return the sharp bounds of figures over all records that satisfy the ledger and its hard rules.

    Parameters
    ----------
    ledger
        The published figures.
    figures
        What is asked; attributes and values as the ledger declares them.
    readings
        For each entry that is not read literally, the name of its reading; by default
        :func:`implied.determine.chosen_readings`.

    Raises
    ------
    Contradicted
        When no records satisfy the ledger under these readings.
    """
    read = chosen_readings(ledger) if readings is None else dict(readings)
    everything = Bounds(ledger, read)
    return [everything.of(figure) for figure in figures]


class Bounds:
    """Bounds under one ledger and its readings.

    Raises
    ------
    Contradicted
        When no records satisfy the ledger under these readings.
    """

    def __init__(self, ledger: Ledger, readings: Mapping[str, str]) -> None:
        self.ledger = ledger
        self.readings = readings
        self.latest: tuple[Any, CellModel | None] = None, None
        self.some: dict[str, pd.DataFrame] = {}
        self.parts = Parts(ledger)
        for few in self.parts.separate():
            self.some |= dict.fromkeys(few.attributes, self._somebody(few))

    def of(self, figure: Figure) -> Bound:
        """Return the bound of one figure."""
        few = self.part(figure.names)
        sizes = (1, 1)
        if figure.needs_patients:
            patients = Figure("", "count", figure.summarised)
            (smallest, with_few), (largest, _) = (self._end(few, patients, sign, sizes) for sign in (1, -1))
            if largest == 0:
                return Bound(figure, None, None, None, None, proven=True, may_be_empty=True)
            # As long as the least is not shown by patients, nobody knows that it cannot be less.
            sizes = int(smallest) if with_few is not None else 0, int(largest)
        low, low_witness = self._end(few, figure, 1, sizes)
        high, high_witness = self._end(few, figure, -1, sizes)
        proven = low_witness is not None and high_witness is not None
        return Bound(figure, low, high, low_witness, high_witness, proven, may_be_empty=sizes[0] == 0)

    def part(self, names: frozenset[str]) -> Ledger:
        """Return the part of the ledger that some attributes hang together with."""
        parts = self.parts.separate(together=names)
        return next((few for few in parts if names <= set(few.attributes)), self.ledger)

    def anybody(self) -> pd.DataFrame:
        """Return some patients who satisfy the ledger: one row per patient, one column per attribute."""
        return pd.DataFrame({name: patients[name] for name, patients in self.some.items()})[
            list(self.ledger.attributes)
        ]

    def _somebody(self, few: Ledger) -> pd.DataFrame:
        """Return patients who satisfy a part of the ledger."""
        patients = satisfying(few, self.readings, (self.ledger.size, self.ledger.size))
        if patients is None:
            msg = f"no records satisfy all figures about {', '.join(few.attributes)}"
            raise Contradicted(msg)
        return patients

    def model(self, cells: Cells) -> CellModel:
        """Return the demands of the figures on some cells."""
        model = CellModel(cells, (self.ledger.size, self.ledger.size))
        model.demand_figures(self.readings)
        return model

    def _asking(self, few: Ledger, figure: Figure, cuts: Cuts) -> CellModel:
        """Return the demands of a part of the ledger on cells that tell a figure's patients apart."""
        both = AllOf((figure.population, figure.condition))
        key = (few.entries, both, figure.names, figure.needs_patients)
        if key == self.latest[0] and not cuts and self.latest[1] is not None:
            return self.latest[1]
        model = self.model(Cells(few, [both, figure.summarised], [figure.names], cuts))
        if figure.needs_patients:
            model.demand(model.count(figure.summarised) >= 1)
        if not cuts:
            self.latest = key, model
        return model

    def _end(
        self, few: Ledger, figure: Figure, sign: int, sizes: tuple[int, int]
    ) -> tuple[Fraction, pd.DataFrame | None]:
        """Return the least (sign 1) or greatest (-1) value with patients who have it; None when they are not found."""
        limit, cuts = Fraction(0), dict[str, frozenset[int]]()
        for _ in range(ROUNDS):
            try:
                model = self._asking(few, figure, cuts)
                limit, best = _limit(model, figure, sign, sizes)
            except (TooManyCells, Undecided):
                break
            patients = self._checked(model.cells, best, _target(figure, sign))
            reached = None if patients is None else figure.value(patients)
            if patients is not None and reached == limit:
                return limit, self._joined(patients)
            cuts = _finer(model.cells, cuts, figure.quantity, limit, reached)
        return limit, None

    def _checked(self, cells: Cells, solution: Solution, target: Target | None) -> pd.DataFrame | None:
        """Return patients as the solution has them, if they satisfy every figure one by one."""
        patients = witness(cells, solution, self.readings, target)
        if patients is None or unsatisfied(cells.ledger, patients, self.readings):
            return None
        return patients

    def _joined(self, patients: pd.DataFrame) -> pd.DataFrame:
        """Complete patients by attributes that their figures do not hang together with."""
        columns = {
            name: patients[name] if name in patients else self.some[name][name] for name in self.ledger.attributes
        }
        return pd.DataFrame(columns)


def _limit(model: CellModel, figure: Figure, sign: int, sizes: tuple[int, int]) -> tuple[Fraction, Solution]:
    """Return a limit that no records pass, and numbers of patients in cells that reach it.

    ``sizes`` are the least and the greatest number of patients that are summarised.
    """
    scale = Fraction(1)
    if figure.sum:
        value = model.events(figure.sum, figure.population)
    elif figure.statistic == "mean":
        assert figure.quantity is not None
        value, scale = model.events((figure.quantity,), figure.population), Fraction(1, sizes[0] or 1)
    elif figure.quantity is not None:
        value = model.quantile(figure.quantity, figure.population, QUARTERS[figure.statistic])
        scale = Fraction(1, 4)
    else:
        value = model.count(AllOf((figure.population, figure.condition)))
        scale = Fraction(100, sizes[0] or 1) if figure.statistic == "percent" else scale
    if figure.statistic in ("percent", "mean") and sizes[0] != sizes[1]:
        per = 100 if figure.statistic == "percent" else 1
        return _ratio(model, per * value, model.count(figure.summarised), sign)
    best = model.solve(minimise=sign * value)
    assert best is not None
    return sign * best.objective * scale, best


def _ratio(model: CellModel, part: Linear, whole: Linear, sign: int) -> tuple[Fraction, Solution]:
    """Optimise a ratio: better ones are sought until there is none (Dinkelbach 1967)."""
    found = model.solve(values=[part, whole])
    while True:
        assert found is not None
        ratio = Fraction(found.values[0], found.values[1])
        gain = sign * (part * ratio.denominator - whole * ratio.numerator)
        better = model.solve(minimise=gain, values=[part, whole])
        assert better is not None
        if better.objective == 0:
            return ratio, better
        found = better


def _target(figure: Figure, sign: int) -> Target | None:
    if figure.quantity is None and not figure.sum:
        return None

    def wanted(values: Values) -> Linear:
        if figure.quantity is None:
            return sign * sum(values.total(name, figure.population) for name in figure.sum)
        if figure.statistic == "mean":
            return sign * values.total(figure.quantity, figure.population)
        return sign * values.quantile(figure.quantity, figure.population, QUARTERS[figure.statistic])

    return wanted


def _finer(
    cells: Cells, cuts: Cuts, quantity: str | None, limit: Fraction, reached: Fraction | None
) -> dict[str, frozenset[int]]:
    """Make kinds finer: between the limit and what was reached, or, where nothing was, in the middle of every range."""
    if quantity is not None and reached is not None:
        between = {floor((limit + reached) / 2) + 1, floor(reached), ceil(reached) + 1}
        if not between <= cuts.get(quantity, frozenset()):
            return {**cuts, quantity: cuts.get(quantity, frozenset()) | between}
    return halved(cells)
