"""The smallest sets of claims that no records can satisfy together, without their proofs.

A conflict needs claims that cannot hold among the patients that there are, and, unless these claims say so themselves,
one that says how many patients there are. So the search goes in two steps. Among the ledger's number of patients,
claims that share no attribute cannot be in each other's way, which leaves small parts to be searched; then every claim
that settles the number is tried with each set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, pairwise

from ortools.sat.python import cp_model

from implied.determine.feasible import satisfying
from implied.determine.model import MOST_PATIENTS
from implied.determine.solver import solved
from implied.ledger import Ledger

_EFFORT = 20.0
"""Most effort of the solver for the next set to be tried."""


def minimal_sets(ledger: Ledger, *, others: int = 20) -> list[tuple[str, ...]]:
    """Return the smallest sets of entries, as they are read, that no records satisfy, without their proofs."""
    order = {entry.id: position for position, entry in enumerate(ledger)}
    sets = [tuple(sorted(ids, key=order.__getitem__)) for ids in _ConflictSearch(ledger).minimal(others)]
    sets.sort(key=lambda ids: (len(ids), [order[name] for name in ids]))
    larger = [ids for ids in sets if len(ids) > len(sets[0])]
    return [*sets[: len(sets) - len(larger)], *larger[:others]]


def smallest_set(ledger: Ledger) -> tuple[str, ...]:
    """Return the first of the smallest sets of :func:`minimal_sets`; a claim that is impossible by itself ends it."""
    search = _ConflictSearch(ledger)
    impossible = (entry.id for entry in search.entries if search.smallest_number([entry.id]) is None)
    alone = next(impossible, None)
    return minimal_sets(ledger, others=0)[0] if alone is None else (alone,)


class _ConflictSearch:
    """The search for minimal sets, by the ids of their entries."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.entries = [entry for entry in ledger if not entry.is_threshold]
        self.named = {entry.id: entry for entry in ledger}
        self.numbers: dict[tuple[int, int], dict[frozenset[str], int | None]] = {}

    def minimal(self, others: int) -> list[frozenset[str]]:
        """Return minimal sets: all of the smallest, and of the larger ones as many as are wanted, or a few more."""
        among_all = sorted(self._among_all(others), key=lambda ids: (len(ids), sorted(ids)))
        sets: list[frozenset[str]] = []
        for settled_by in range(3):
            for conflicting in among_all:
                for ids in self._settled(conflicting, settled_by):
                    if not any(other <= ids for other in sets):
                        sets.append(ids)
                    if settled_by == 2 and sum(len(ids) > min(map(len, sets)) for ids in sets) >= others:
                        return sets
        return sets

    def _settled(self, conflicting: frozenset[str], settled_by: int) -> Iterator[frozenset[str]]:
        """Add to a set that conflicts among all patients so many claims that it does so among any number of them.

        Claims printed close to each other are tried first: they are the likeliest to add up to everybody.
        """
        others = [entry.id for entry in self.entries if entry.id not in conflicting]
        settling = sorted(
            combinations(range(len(others)), settled_by), key=lambda chosen: [b - a for a, b in pairwise(chosen)]
        )
        elsewhere = list[int]()
        for names in ([others[position] for position in chosen] for chosen in settling):
            together = [*conflicting, *names]
            if any(self._possible(together, (size, size)) for size in elsewhere):
                continue
            size = self.smallest_number(together)
            if size is None:
                yield frozenset(together)
            else:
                elsewhere.append(size)

    def _among_all(self, others: int) -> Iterator[frozenset[str]]:
        """Yield the minimal sets that conflict among as many patients as the ledger counts."""
        sizes = (self.ledger.size, self.ledger.size)
        for part in self.ledger.parts():
            names = [entry.id for entry in part if not entry.is_threshold]
            yield from _minimal_sets(names, lambda chosen: self._possible(chosen, sizes), others)

    def _possible(self, names: Iterable[str], sizes: tuple[int, int]) -> bool:
        """Whether some records of as many patients satisfy these entries; separate parts are asked about apart."""
        parts = self.ledger.parts([self.named[name] for name in names])
        return all(self._is_included(part, sizes) or self._number(part, sizes) is not None for part in parts)

    def _is_included(self, part: Ledger, sizes: tuple[int, int]) -> bool:
        """Whether these entries are among others that have been shown to be possible."""
        names = frozenset(entry.id for entry in part)
        return any(names <= others for others, size in self.numbers.get(sizes, {}).items() if size is not None)

    def smallest_number(self, names: Iterable[str]) -> int | None:
        """Return how many patients at least satisfy these entries; None when no number of them does."""
        return self._number(self.ledger.of([self.named[name] for name in names]), (1, MOST_PATIENTS))

    def _number(self, part: Ledger, sizes: tuple[int, int]) -> int | None:
        """Return how many patients at least satisfy entries; None when none do, as when fewer entries rule them out."""
        names, numbers = frozenset(entry.id for entry in part), self.numbers.setdefault(sizes, {})
        if names not in numbers:
            if any(others <= names for others, size in numbers.items() if size is None):
                return None
            patients = satisfying(part, sizes)
            numbers[names] = None if patients is None else len(patients)
        return numbers[names]


def _minimal_sets(
    names: Sequence[str], possible: Callable[[Iterable[str]], bool], others: int
) -> Iterator[frozenset[str]]:
    """Yield the minimal impossible sets, the smallest first: all of that size and of the next, then up to ``others``.

    A set is impossible only if it has a member in the complement of every possible set. So the smallest set that hits
    all complements so far is tried: it is impossible, and then minimal, or it grows to a possible set with another
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
        # A set one larger may yet be as small as the smallest, which may need a claim more.
        if sizes and len(candidate) > sizes[0] + 1 and sum(size > sizes[0] for size in sizes) >= others:
            return
        if possible(candidate):
            grown = _grown(candidate, [name for name in names if name not in candidate], possible)
            map_of_sets.add_bool_or([chosen[name] for name in names if name not in grown])
        else:
            map_of_sets.add_bool_or([~chosen[name] for name in candidate])
            sizes.append(len(candidate))
            yield frozenset(candidate)


def _grown(chosen: list[str], others: list[str], possible: Callable[[Iterable[str]], bool]) -> list[str]:
    """Add as many others to a possible set as leave it possible: half by half."""
    if not others or possible([*chosen, *others]):
        return [*chosen, *others]
    if len(others) == 1:
        return chosen
    middle = len(others) // 2
    return _grown(_grown(chosen, others[:middle], possible), others[middle:], possible)
