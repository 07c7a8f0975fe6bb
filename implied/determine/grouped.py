"""Conflicts set out for a reader: those that differ only in which claim says how many patients there are are one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from implied.determine.stored_answers import Determined, KnownConflict
from implied.ledger import Entry, Ledger
from implied.ledger.conditions import EVERYONE, Condition


@dataclass(frozen=True)
class ConflictGroup:
    """Conflicts that rest on the same claims but for those that tell the number of all patients.

    ``shown`` is the first of them, ``instead`` has what the others have in the place of its claims that tell that
    number. ``number`` counts the groups from one.
    """

    number: int
    shown: KnownConflict
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
        others = frozenset(conflict.entries) - set(telling)
        # Where every claim tells it, none of them is there only for that.
        key = (others, len(telling)) if others else (frozenset(conflict.entries), 0)
        alike.setdefault(key, []).append((conflict, telling if others else ()))
    return tuple(
        ConflictGroup(
            number,
            members[0][0],
            tuple(telling for _, telling in members[1:]),
            frozenset(frozenset(conflict.entries) for conflict, _ in members),
        )
        for number, members in enumerate(alike.values(), 1)
    )


def anchors_of_proofs(ledger: Ledger, determined: Determined) -> dict[frozenset[str], str]:
    """Return the fragment under which each set of conflicting claims is proved."""
    groups = grouped_conflicts(ledger, determined.conflicts)
    return {ids: group.anchor for group in groups for ids in group.members}


def tells_size(entry: Entry) -> bool:
    """Whether a claim says how many patients there are, exactly or nearly: all counted, or a share of all."""
    if entry.counts_everybody:
        return True
    of_all = entry.condition is not None and entry.readings[0].population == EVERYONE
    return of_all and ("denominator" in entry.printed or {"count", "percent"} <= set(entry.printed))


def silent_populations(ledger: Ledger, conflicts: Sequence[KnownConflict]) -> dict[Condition, tuple[Entry, ...]]:
    """Return the populations of which conflicting percentages speak without their size, with all such percentages."""
    silent: dict[Condition, dict[str, Entry]] = {}
    for conflict in conflicts:
        for entry in map(ledger.__getitem__, conflict.entries):
            if entry.is_silent:
                silent.setdefault(entry.readings[0].population, {})[entry.id] = entry
    return {population: tuple(entries.values()) for population, entries in silent.items()}


def sizes_left(
    ledger: Ledger, conflicts: Sequence[KnownConflict], population: Condition
) -> tuple[tuple[str, tuple[int, int]], ...]:
    """Return, for each set of other claims in conflict with a group's percentages, the sizes that it leaves the group.

    Sets are in words, each once: ``Patients: 31; Corticosteroids beside the combination: 10``.
    """
    sizes: dict[str, tuple[int, int]] = {}
    for group in grouped_conflicts(ledger, conflicts):
        entries = [ledger[name] for name in group.shown.entries]
        silent = [entry for entry in entries if entry.is_silent]
        if group.shown.sizes is not None and silent[0].readings[0].population == population:
            words = "; ".join(f"{entry.label}: {entry.text}" for entry in entries if entry not in silent)
            sizes.setdefault(words, group.shown.sizes)
    return tuple(sizes.items())
