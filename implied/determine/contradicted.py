"""Which single claims cannot be right: those of a conflict that are in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from implied.determine.arithmetic import arithmetic
from implied.determine.conflicts import NOT_BY_HAND
from implied.determine.minimal_sets import minimal_sets
from implied.determine.readings import chosen_readings
from implied.ledger import Ledger


@dataclass(frozen=True)
class Contradiction:
    """An entry that cannot hold together with others.

    ``others`` lists the smallest sets of other entries that rule it out; ``statement`` is the arithmetic of the first.
    """

    entry: str
    others: tuple[tuple[str, ...], ...]
    statement: str


def contradicted(ledger: Ledger) -> dict[str, Contradiction]:
    """Find each entry that cannot be right, in the ledger's order.

    A conflict is symmetric: any of its claims may be the wrong one. Where the ledger offers another reading of some
    that mends it, these are in doubt, and not the claims printed in full; otherwise all of them are.
    """
    in_doubt = set(chosen_readings(ledger))
    # Part by part, so that a smaller conflict elsewhere hides none.
    sets = [ids for part in ledger.parts() for ids in minimal_sets(part, others=0)]
    names = in_doubt.union(*(ids for ids in sets if in_doubt.isdisjoint(ids)))
    contradictions = (_contradiction(ledger, entry.id, sets, in_doubt) for entry in ledger if entry.id in names)
    return {contradiction.entry: contradiction for contradiction in contradictions if contradiction is not None}


def _contradiction(
    ledger: Ledger, name: str, sets: Iterable[tuple[str, ...]], in_doubt: set[str]
) -> Contradiction | None:
    with_it = [ids for ids in sets if name in ids]
    # A set in which the others are beyond doubt speaks against this claim alone.
    chosen = [ids for ids in with_it if not in_doubt & set(ids) - {name}] or with_it
    if not chosen:
        return None
    statement = " ".join(arithmetic(ledger, chosen[0]))
    others = tuple(tuple(other for other in ids if other != name) for ids in chosen)
    return Contradiction(name, others, statement or NOT_BY_HAND)
