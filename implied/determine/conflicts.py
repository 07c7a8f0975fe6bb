"""Claims that no records can satisfy together: every smallest set of them, each with its proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import pandas as pd

from implied.check.queries import Row
from implied.determine.arithmetic import arithmetic
from implied.determine.feasible import satisfying
from implied.determine.minimal_sets import minimal_sets
from implied.determine.model import MOST_PATIENTS
from implied.ledger import Entry, Ledger
from implied.numbers.percentages import possible_denominators

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
        return " ".join(self.arithmetic) or NOT_BY_HAND


def conflicts(ledger: Ledger, *, others: int = 20, jobs: int = 1) -> tuple[Conflict, ...]:
    """Find the smallest sets of entries, as they are read, that no records satisfy.

    Parameters
    ----------
    ledger
        The claims. Hard rules are taken for granted, plausible ones are not looked at.
    others
        How many minimal sets that are larger than the smallest are wanted at most. Those in which more than two
        claims are needed to settle the number of patients are not looked for.
    jobs
        Processes to share the proofs.

    Returns
    -------
    tuple of Conflict
        The smallest first, within a size in the ledger's order; empty when records can satisfy all entries.
    """
    sets, prover = minimal_sets(ledger, others=others), Prover(ledger)
    if jobs == 1 or len(sets) < 2:
        return tuple(map(prover.prove, sets))
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        return tuple(pool.map(prover.prove, sets, chunksize=-(-len(sets) // jobs)))


class Prover:
    """Shows from scratch that entries of a ledger conflict, and that none of them can be spared."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.tables: dict[frozenset[str], list[Row] | None] = {}
        # Somebody of whom no claim speaks: what witnesses are in all that their claims leave alone.
        self.anybody = satisfying(ledger.of([], ledger.attributes), (1, 1))

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
            patients = self._satisfying([entry for entry in chosen if entry is not spared])
            assert patients is not None, f"{', '.join(entries)} conflict even without {spared.id}"
            witnesses[spared.id] = patients
        return Conflict(tuple(entries), arithmetic(self.ledger, entries), self._denominators(chosen), witnesses)

    def _satisfying(self, entries: Sequence[Entry]) -> pd.DataFrame | None:
        """Return as few patients, with all attributes, as can satisfy some entries."""
        key = frozenset(entry.id for entry in entries)
        if key not in self.tables:
            self.tables[key] = satisfying(self.ledger.of(entries), (1, MOST_PATIENTS))
        patients = self.tables[key]
        if patients is None or self.anybody is None:
            return None
        rows = [{**self.anybody[0], **patient} for patient in patients]
        return pd.DataFrame(rows, columns=list(self.ledger.attributes), dtype=object)

    def _denominators(self, entries: Sequence[Entry]) -> tuple[int, ...]:
        """Return the numbers of patients of which all percentages of a group that states none could be printed."""
        populations = [entry.population for entry in entries if entry.is_silent]
        percents = [
            entry.printed["percent"]
            for entry in self.ledger
            if "percent" in entry.printed and entry.population in populations
        ]
        return possible_denominators(percents, self.ledger.size) if populations else ()
