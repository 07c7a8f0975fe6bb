"""Published figures that no records can satisfy together: every smallest set of them, each with its proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import pandas as pd

from implied.check.percentages import possible_denominators
from implied.determine.arithmetic import arithmetic
from implied.determine.feasible import satisfying
from implied.determine.minimal_sets import Readings, minimal_sets
from implied.determine.model import MOST_PATIENTS
from implied.determine.parts import Parts
from implied.ledger import Entry, Ledger
from implied.ledger.conditions import Condition

NOT_BY_HAND = "No numbers of patients satisfy these figures together; a complete search shows it."
"""Said where no simple arithmetic is found."""


@dataclass(frozen=True)
class Conflict:
    """Entries that no records satisfy together, though any all but one of them can be satisfied.

    ``arithmetic`` shows why in steps to be repeated by hand; empty when only the search shows it. ``witnesses`` holds,
    for each entry, patients who satisfy the others: one row per patient, one column per attribute. ``denominators`` are
    the numbers of patients, up to all, of which every percentage of the set that states none could be printed.
    """

    entries: tuple[str, ...]
    arithmetic: tuple[str, ...]
    denominators: tuple[int, ...]
    witnesses: Mapping[str, pd.DataFrame]

    @property
    def statement(self) -> str:
        """Why, in words and numbers."""
        if self.arithmetic:
            return " ".join(self.arithmetic)
        return NOT_BY_HAND


def conflicts(
    ledger: Ledger, readings: Readings | None = None, *, others: int = 20, jobs: int = 1
) -> tuple[Conflict, ...]:
    """Find the smallest sets of entries that no records satisfy.

    Parameters
    ----------
    ledger
        The published figures. Hard rules are taken for granted, plausible ones are not looked at.
    readings
        For each entry that is not read literally, the name of its reading.
    others
        How many minimal sets that are larger than the smallest are wanted at most. Those in which more than two
        figures are needed to settle the number of patients are not looked for.
    jobs
        Processes to share the proofs.

    Returns
    -------
    tuple of Conflict
        The smallest first, within a size in the ledger's order; empty when records can satisfy all entries.
    """
    read = readings or {}
    sets, prover = minimal_sets(ledger, read, others=others), Prover(ledger, read)
    if jobs == 1 or len(sets) < 2:
        return tuple(map(prover.prove, sets))
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        return tuple(pool.map(prover.prove, sets, chunksize=-(-len(sets) // jobs)))


class Prover:
    """Shows from scratch that entries of a ledger conflict, and that none of them can be spared."""

    def __init__(self, ledger: Ledger, readings: Readings) -> None:
        self.ledger = ledger
        self.readings = readings
        self.parts = Parts(ledger)
        self.found: dict[frozenset[str], pd.DataFrame | None] = {}
        self.denominators: dict[tuple[str, ...], tuple[int, ...]] = {}
        # Somebody of whom no figure speaks: what witnesses are in all that their figures leave alone.
        self.anybody = satisfying(self.parts.of([], ledger.attributes), {}, (1, 1))

    def prove(self, entries: Sequence[str]) -> Conflict:
        """Return the conflict with its witnesses.

        Raises
        ------
        AssertionError
            When the entries can all be satisfied, or not even all but one.
        """
        chosen = [self.ledger[name] for name in entries]
        assert self._satisfying(chosen) is None, f"{', '.join(entries)} can be satisfied together"
        witnesses = {}
        for spared in chosen:
            found = self._satisfying([entry for entry in chosen if entry is not spared])
            assert found is not None, f"{', '.join(entries)} conflict even without {spared.id}"
            witnesses[spared.id] = found
        return Conflict(
            tuple(entries), arithmetic(self.ledger, entries, self.readings), self._denominators(chosen), witnesses
        )

    def _satisfying(self, entries: Sequence[Entry]) -> pd.DataFrame | None:
        """Return as few patients, with all attributes, as can satisfy some entries."""
        key = frozenset(entry.id for entry in entries)
        if key not in self.found:
            self.found[key] = satisfying(self.parts.of(entries), self.readings, (1, MOST_PATIENTS))
        found = self.found[key]
        if found is None or self.anybody is None:
            return None
        names = self.ledger.attributes
        return pd.DataFrame(
            {name: found[name].to_numpy() if name in found else [self.anybody[name][0]] * len(found) for name in names},
            dtype=object,
        )

    def _denominators(self, entries: Sequence[Entry]) -> tuple[int, ...]:
        """Return the numbers of patients of which all percentages of a group that states none could be printed."""
        silent = [e for e in entries if "percent" in e.printed and not {"count", "denominator"} & set(e.printed)]
        populations = [self._population(entry) for entry in silent]
        alike = [each for each in self.ledger if "percent" in each.printed and self._population(each) in populations]
        key = tuple(entry.id for entry in alike) if silent else ()
        if key not in self.denominators:
            self.denominators[key] = possible_denominators(self.ledger, alike) if silent else ()
        return self.denominators[key]

    def _population(self, entry: Entry) -> Condition:
        return entry.reading(self.readings.get(entry.id, "literal")).population
