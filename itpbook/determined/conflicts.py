"""Published figures that no records can satisfy together: every smallest set of them, each with its proof.

A conflict needs figures that cannot hold among the patients that there are, and, unless these figures say so
themselves, one that tells how many patients there are. So the search goes in two steps. Among the ledger's number of
patients, figures that share no attribute cannot be in each other's way, which leaves small parts to be searched; then
every figure that settles the number is tried beside what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import pandas as pd
from ortools.sat.python import cp_model

from itpbook.conditions import Condition
from itpbook.determined.arithmetic import arithmetic
from itpbook.determined.model import MOST_PATIENTS
from itpbook.determined.parts import Parts
from itpbook.determined.search import satisfying
from itpbook.determined.solver import solved
from itpbook.percentages import possible_denominators
from itpbook.published import Entry, Ledger

Readings = Mapping[str, str]

NOT_BY_HAND = "No numbers of patients satisfy these figures together; a complete search shows it."
"""Said where no simple arithmetic is found."""

_EFFORT = 20.0
"""Most effort of the solver for the next set to be tried."""


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


def conflicts(ledger: Ledger, readings: Readings | None = None, *, others: int = 20) -> tuple[Conflict, ...]:
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

    Returns
    -------
    tuple of Conflict
        The smallest first, within a size in the ledger's order; empty when records can satisfy all entries.
    """
    read = readings or {}
    prover = Prover(ledger, read)
    return tuple(prover.prove(each) for each in minimal_sets(ledger, read, others=others))


def minimal_sets(
    ledger: Ledger, readings: Readings, rule: str = "half up", *, others: int = 20
) -> list[tuple[str, ...]]:
    """Return the sets of :func:`conflicts` without their proofs, when percentages are rounded by a rule."""
    order = {entry.id: place for place, entry in enumerate(ledger)}
    found = _Search(ledger, readings, rule).minimal(others)
    sets = [tuple(sorted(each, key=order.__getitem__)) for each in found]
    sets.sort(key=lambda each: (len(each), [order[name] for name in each]))
    larger = [each for each in sets if len(each) > len(sets[0])]
    return [*sets[: len(sets) - len(larger)], *larger[:others]]


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


class _Search:
    """The search for minimal sets, by the ids of their entries."""

    def __init__(self, ledger: Ledger, readings: Readings, rule: str) -> None:
        self.ledger = ledger
        self.readings = readings
        self.rule = rule
        self.entries = [entry for entry in ledger if not entry.is_threshold]
        self.named = {entry.id: entry for entry in ledger}
        self.parts = Parts(ledger)
        self.known: dict[tuple[frozenset[str], tuple[int, int]], int | None] = {}

    def minimal(self, others: int) -> list[frozenset[str]]:
        """Return minimal sets: all of the smallest, and of the larger ones as many as are wanted, or a few more."""
        among_all = sorted(self._among_all(others), key=lambda each: (len(each), sorted(each)))
        found: list[frozenset[str]] = []
        for settled_by in range(3):
            for few in among_all:
                for each in self._settled(few, settled_by):
                    if not any(other <= each for other in found):
                        found.append(each)
                    if settled_by == 2 and sum(len(each) > min(map(len, found)) for each in found) >= others:
                        return found
        return found

    def _settled(self, few: frozenset[str], settled_by: int) -> Iterator[frozenset[str]]:
        """Add to a set that conflicts among all patients so many figures that it does so among any number of them.

        Figures printed close to each other are tried first: they are the likeliest to add up to everybody.
        """
        rest = [entry.id for entry in self.entries if entry.id not in few]
        more = sorted(
            combinations(range(len(rest)), settled_by), key=lambda places: [b - a for a, b in pairwise(places)]
        )
        elsewhere = list[int]()
        for names in ([rest[place] for place in places] for places in more):
            together = [*few, *names]
            if any(self._possible(together, (size, size)) for size in elsewhere):
                continue
            size = self._smallest(together)
            if size is None:
                yield frozenset(together)
            else:
                elsewhere.append(size)

    def _among_all(self, others: int) -> Iterator[frozenset[str]]:
        """Yield the minimal sets that conflict among as many patients as the ledger counts."""
        sizes = (self.ledger.size, self.ledger.size)
        for few in self.parts.separate():
            names = [entry.id for entry in few if not entry.is_threshold]
            yield from _minimal_sets(names, lambda chosen: self._possible(chosen, sizes), others)

    def _possible(self, names: Iterable[str], sizes: tuple[int, int]) -> bool:
        """Whether some records of as many patients satisfy these entries; what hangs not together is asked apart."""
        parts = self.parts.separate([self.named[name] for name in names])
        return all(self._asked(each, sizes) is not None for each in parts)

    def _smallest(self, names: Iterable[str]) -> int | None:
        """Return how many patients at least satisfy these entries; None when no number of them does."""
        return self._asked(self.parts.of([self.named[name] for name in names]), (1, MOST_PATIENTS))

    def _asked(self, few: Ledger, sizes: tuple[int, int]) -> int | None:
        key = frozenset(entry.id for entry in few), sizes
        if key not in self.known:
            found = satisfying(few, self.readings, sizes, self.rule)
            self.known[key] = None if found is None else len(found)
        return self.known[key]


def _minimal_sets(
    names: Sequence[str], possible: Callable[[Iterable[str]], bool], others: int
) -> Iterator[frozenset[str]]:
    """Yield the minimal impossible sets, the smallest first: all of that size and of the next, then up to ``others``.

    A set is impossible only if it has a member in the complement of every possible set. So the smallest set that hits
    all complements known is tried: it is impossible, and then minimal, or it grows to a possible set with another
    complement (implicit hitting sets; Ignatiev and others, 2015).
    """
    if possible(names):
        return
    map_of_sets = cp_model.CpModel()
    chosen = {name: map_of_sets.new_bool_var(name) for name in names}
    map_of_sets.minimize(cp_model.LinearExpr.sum(list(chosen.values())))
    sizes: list[int] = []
    while True:
        solver = solved(map_of_sets, _EFFORT)
        if solver is None:
            return
        candidate = [name for name in names if solver.boolean_value(chosen[name])]
        # A set one larger may yet be as small as the smallest, which may need a figure more.
        if sizes and len(candidate) > sizes[0] + 1 and sum(size > sizes[0] for size in sizes) >= others:
            return
        if possible(candidate):
            grown = _grown(candidate, [name for name in names if name not in candidate], possible)
            map_of_sets.add_bool_or([chosen[name] for name in names if name not in grown])
        else:
            map_of_sets.add_bool_or([~chosen[name] for name in candidate])
            sizes.append(len(candidate))
            yield frozenset(candidate)


def _grown(kept: list[str], rest: list[str], possible: Callable[[Iterable[str]], bool]) -> list[str]:
    """Add as much of the rest to a possible set as keeps it possible: half by half."""
    if not rest or possible([*kept, *rest]):
        return [*kept, *rest]
    if len(rest) == 1:
        return kept
    middle = len(rest) // 2
    return _grown(_grown(kept, rest[:middle], possible), rest[middle:], possible)
