"""The smallest sets of published figures that no records can satisfy together, without their proofs.

A conflict needs figures that cannot hold among the patients that there are, and, unless these figures say so
themselves, one that tells how many patients there are. So the search goes in two steps. Among the ledger's number of
patients, figures that share no attribute cannot be in each other's way, which leaves small parts to be searched; then
every figure that settles the number is tried beside what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from ortools.sat.python import cp_model

from implied.determine.feasible import satisfying
from implied.determine.model import MOST_PATIENTS
from implied.determine.parts import Parts
from implied.determine.solver import solved
from implied.ledger import Ledger

Readings = Mapping[str, str]

_EFFORT = 20.0
"""Most effort of the solver for the next set to be tried."""


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


def smallest_set(ledger: Ledger, readings: Readings, rule: str) -> tuple[str, ...]:
    """Return the first of the smallest sets of :func:`minimal_sets`; a figure that is impossible by itself ends it."""
    search = _Search(ledger, readings, rule)
    for entry in search.entries:
        if search.is_impossible(entry.id):
            return (entry.id,)
    return minimal_sets(ledger, readings, rule, others=0)[0]


class _Search:
    """The search for minimal sets, by the ids of their entries."""

    def __init__(self, ledger: Ledger, readings: Readings, rule: str) -> None:
        self.ledger = ledger
        self.readings = readings
        self.rule = rule
        self.entries = [entry for entry in ledger if not entry.is_threshold]
        self.named = {entry.id: entry for entry in ledger}
        self.parts = Parts(ledger)
        self.known: dict[tuple[int, int], dict[frozenset[str], int | None]] = {}

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

    def is_impossible(self, name: str) -> bool:
        """Whether an entry cannot be satisfied by any number of patients."""
        return self._smallest([name]) is None

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
        return all(self._told(each, sizes) or self._asked(each, sizes) is not None for each in parts)

    def _told(self, few: Ledger, sizes: tuple[int, int]) -> bool:
        """Whether these entries are among others that are known to be possible."""
        names = frozenset(entry.id for entry in few)
        return any(names <= others for others, size in self.known.get(sizes, {}).items() if size is not None)

    def _smallest(self, names: Iterable[str]) -> int | None:
        """Return how many patients at least satisfy these entries; None when no number of them does."""
        return self._asked(self.parts.of([self.named[name] for name in names]), (1, MOST_PATIENTS))

    def _asked(self, few: Ledger, sizes: tuple[int, int]) -> int | None:
        """Return how many patients at least satisfy entries; None when none do, as when fewer entries rule them out."""
        names, known = frozenset(entry.id for entry in few), self.known.setdefault(sizes, {})
        if names not in known:
            if any(others <= names for others, size in known.items() if size is None):
                return None
            found = satisfying(few, self.readings, sizes, self.rule)
            known[names] = None if found is None else len(found)
        return known[names]


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
