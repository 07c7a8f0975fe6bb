"""Records that satisfy every claim: plausible draws, exchanged and then moved onto the constraints.

First it is found who is what: the values and events of all patients. Then the measured numbers are drawn anew for
these patients and moved, as little as can be, onto the printed numbers. Where no draw comes out, it starts again from
what patients have who are known to satisfy the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from implied.determine.feasible import satisfying
from implied.determine.joint_cells import TooManyCells
from implied.determine.solver import Undecided
from implied.ledger import Ledger, Rule
from implied.ledger.conditions import Attribute, Condition, is_known
from implied.ledger.entries import names_in
from implied.reconstruct.coded import Coding, Rows
from implied.reconstruct.constraints import tightened
from implied.reconstruct.draws import Draws
from implied.reconstruct.nearest import Effort, Nearest
from implied.reconstruct.pairing import Pairing
from implied.reconstruct.tallies import tallies

Adjust = Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]
"""A change of drawn numbers that only who knows the field would think of."""

_TRIED = 4
"""Draws tried before any patients who satisfy the ledger are looked for, and tried again with what these have."""
_NUMBERS = Effort(1.0, gap=0.02)
_ANYTHING = Effort(20.0, gap=1.0)


class NoRecords(ValueError):
    """No records satisfy the ledger, as it is read."""


class Solver:
    """A ledger, as it is read, prepared so that each further solution costs little.

    Parameters
    ----------
    ledger
        The claims.
    habits
        What patients should keep beyond the rules of the ledger, where they can.
    adjust
        Applied to the table of patients after their numbers are drawn.
    """

    def __init__(self, ledger: Ledger, habits: Sequence[Rule] = (), adjust: Adjust | None = None) -> None:
        self.coding = Coding(tightened(ledger))
        self.adjust = adjust
        self.draws = Draws(ledger, self.coding)
        self.summed_up = self.draws.summed_up()
        counts = tallies(self.coding, ledger)
        self.pairing = Pairing(self.coding, ledger.rules, habits, counts, self.summed_up)
        self.example = cache(lambda: self._example_of(ledger))
        self.nearest = cache(lambda: Nearest(ledger, self.coding.attributes, habits))
        self.deciding = {other for name in self.coding.attributes for other in self.coding.deciding(name)}
        groups = (group for groups in self.summed_up.values() for group in groups)
        self.grouping = self.deciding | set(names_in(groups))
        self.measured = frozenset(
            name for name, attribute in self.coding.attributes.items() if self._is_measured(attribute)
        )

    def _is_measured(self, attribute: Attribute) -> bool:
        return attribute.is_number and attribute.unit != "events" and attribute.name not in self.deciding

    def patients(self, seed: int) -> pd.DataFrame:
        """Return patients who satisfy every entry of the ledger and differ little from plausible draws.

        Parameters
        ----------
        seed
            Seed of the draws.

        Returns
        -------
        DataFrame
            One row per patient, one column per attribute of the ledger; missing where an attribute does not apply or
            is not known.

        Raises
        ------
        NoRecords
            When no records satisfy the claims.
        """
        generator = np.random.default_rng(seed)
        return self.coding.decoded(next(rows for rows in self._attempts(generator) if rows is not None))

    def _attempts(self, generator: np.random.Generator) -> Iterator[Rows | None]:
        """Yield patients, or None where a draw does not come out; the last ones satisfy the ledger in any case."""
        for _ in range(_TRIED):
            yield self._completed(self._paired(self.draws.drawn(generator)), generator)
        example = self.example()
        for _ in range(_TRIED):
            yield self._completed(self._paired(self._shuffled(example, generator)), generator)
        yield self._completed(example, generator, settled=True)
        yield example

    def _paired(self, rows: Rows) -> Rows:
        """Exchange any values between patients."""
        return self.pairing.paired(rows, (), self._alike(groups=False))

    def _completed(self, people: Rows, generator: np.random.Generator, *, settled: bool = False) -> Rows | None:
        """Draw the numbers of patients anew, so that these fit them; None when some claim does not come out.

        Who is what may still be exchanged, unless it is settled.
        """
        renewed = self.draws.redrawn(people, self.measured, generator)
        fixed = self._others(self.measured) if settled else self.grouping
        wanted = self.pairing.paired(renewed, fixed, self._alike(groups=True))
        if self.adjust is not None:
            wanted = self.coding.encoded(self.adjust(self.coding.decoded(wanted), generator))
        faults = self._faults(wanted)
        if not faults:
            return wanted
        if not all(fault & self.measured for fault in faults):
            return None
        moving = self.measured if settled else self.measured & frozenset().union(*faults)
        return self.nearest().patients(wanted, self._others(moving), _NUMBERS)

    def _example_of(self, ledger: Ledger) -> Rows:
        """Find any patients who satisfy the ledger, its plausible rules included."""
        rules = tuple(replace(rule, plausible=False) for rule in ledger.rules)
        try:
            patients = satisfying(replace(ledger, rules=rules))
            rows = None if patients is None else self.coding.encoded(pd.DataFrame(patients, dtype=object))
        except (Undecided, TooManyCells):
            rows = self.nearest().patients(self.coding.empty(ledger.size), (), _ANYTHING)
        if rows is None:
            msg = "no records satisfy the claims together, or none were found"
            raise NoRecords(msg)
        return rows

    def _shuffled(self, rows: Rows, generator: np.random.Generator) -> Rows:
        """Give the values of patients to others at random; what decides whether others apply goes with those."""
        shuffled, moved = rows.copy(), set[str]()
        for name in sorted(self.coding.attributes, key=lambda name: -len(self.pairing.bundles[name])):
            bundle = self.pairing.bundles[name]
            if not moved & {*bundle}:
                columns = [self.coding.column[other] for other in bundle]
                shuffled[:, columns] = rows[generator.permutation(len(rows))][:, columns]
                moved |= {*bundle}
        return shuffled

    def _others(self, moving: Collection[str]) -> list[str]:
        return [name for name in self.coding.attributes if name not in moving]

    def _faults(self, rows: Rows) -> list[frozenset[str]]:
        """Return of each rule broken and each entry missed the attributes that it speaks of."""
        return [*self.pairing.missed(rows), *(frozenset([name]) for name in self.draws.unlike(rows))]

    def _alike(self, *, groups: bool) -> dict[str, list[Condition]]:
        """Tell by attribute in what patients must be alike to exchange it: whether it applies, or the groups."""
        alike: dict[str, list[Condition]] = {}
        for name, attribute in self.coding.attributes.items():
            if not attribute.is_number:
                alike[name] = [] if name in self.deciding else [attribute.applies_when]
            elif groups:
                alike[name] = [attribute.applies_when, is_known(name), *self.summed_up.get(name, [])]
        return alike
