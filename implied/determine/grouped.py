"""Conflicts set out for a reader: those that differ only in which figure tells how many patients there are are one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from implied.determine.stored_answers import Determined, KnownConflict
from implied.ledger import Entry, Ledger
from implied.ledger.conditions import EVERYONE, Condition


@dataclass(frozen=True)
class ConflictGroup:
    """Conflicts that rest on the same figures but for those that tell the number of all patients.

    ``shown`` is the first of them. ``telling`` are its figures that tell that number, ``instead`` what takes their
    place in the others. ``number`` counts the groups from one.
    """

    number: int
    shown: KnownConflict
    telling: tuple[str, ...]
    instead: tuple[tuple[str, ...], ...]
    members: frozenset[frozenset[str]]

    @property
    def anchor(self) -> str:
        """The fragment of the group's row in the table of proofs."""
        return f"conflict-{self.number}"


def grouped_conflicts(ledger: Ledger, conflicts: Sequence[KnownConflict]) -> tuple[ConflictGroup, ...]:
    """Group conflicts, in the order of the first of each group."""
    alike: dict[tuple[frozenset[str], int], list[tuple[KnownConflict, tuple[str, ...]]]] = {}
    for conflict in conflicts:
        telling = tuple(name for name in conflict.entries if tells_size(ledger[name]))
        rest = frozenset(conflict.entries) - set(telling)
        # Where every figure tells it, none of them is there only for that.
        key = (rest, len(telling)) if rest else (frozenset(conflict.entries), 0)
        alike.setdefault(key, []).append((conflict, telling if rest else ()))
    return tuple(
        ConflictGroup(
            number,
            found[0][0],
            found[0][1],
            tuple(telling for _, telling in found[1:]),
            frozenset(frozenset(conflict.entries) for conflict, _ in found),
        )
        for number, found in enumerate(alike.values(), 1)
    )


def anchors_of_proofs(ledger: Ledger, known: Determined) -> dict[frozenset[str], str]:
    """Return the fragment under which each set of conflicting figures is proved."""
    groups = grouped_conflicts(ledger, known.conflicts)
    return {each: group.anchor for group in groups for each in group.members}


def tells_size(entry: Entry) -> bool:
    """Whether a figure tells how many patients there are, exactly or nearly: all counted, or a share of all."""
    if entry.counts_everybody:
        return True
    of_all = entry.condition is not None and entry.readings[0].population == EVERYONE
    return of_all and ("denominator" in entry.printed or {"count", "percent"} <= set(entry.printed))


def is_silent(entry: Entry) -> bool:
    """Whether a figure is a percentage that says neither what it counts nor of how many."""
    return "percent" in entry.printed and not {"count", "denominator"} & set(entry.printed)


def silent_populations(ledger: Ledger, conflicts: Sequence[KnownConflict]) -> dict[Condition, tuple[Entry, ...]]:
    """Return the populations of which conflicting percentages speak without their size, with all such percentages."""
    found: dict[Condition, dict[str, Entry]] = {}
    for conflict in conflicts:
        for entry in map(ledger.__getitem__, conflict.entries):
            if is_silent(entry):
                found.setdefault(entry.readings[0].population, {})[entry.id] = entry
    return {population: tuple(entries.values()) for population, entries in found.items()}


def sizes_left(
    ledger: Ledger, conflicts: Sequence[KnownConflict], population: Condition
) -> tuple[tuple[str, tuple[int, int]], ...]:
    """Return, for each set of other figures in conflict with a group's percentages, the sizes that it leaves the group.

    Sets are in words, each once: ``Patients: 31; Corticosteroids beside the combination: 10``.
    """
    found: dict[str, tuple[int, int]] = {}
    for group in grouped_conflicts(ledger, conflicts):
        entries = [ledger[name] for name in group.shown.entries]
        silent = [entry for entry in entries if is_silent(entry)]
        if group.shown.sizes is not None and silent[0].readings[0].population == population:
            words = "; ".join(f"{entry.label}: {entry.text}" for entry in entries if entry not in silent)
            found.setdefault(words, group.shown.sizes)
    return tuple(found.items())
