"""Every smallest set of figures that no records satisfy together, found by trying all sets on all records.

Where the number of patients is printed by no figure of a set, there is no end of records to try. Then a set is known to
be impossible only when its other figures limit how many patients there can be; otherwise its verdict is left open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from decimal import Decimal
from enum import Enum
from itertools import chain, combinations

import numpy as np
from brute_force import AllRecords, Patient, meets, printed_by
from series_models import MOST_RECORDS, records_up_to

from implied.ledger import Entry, Ledger


class Verdict(Enum):
    """What trying all records has shown of a set of figures."""

    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    OPEN = "open"


class EveryConflict:
    """The verdict on every set of figures of a small ledger, read literally.

    Raises
    ------
    ValueError
        When a printed number of patients allows more records than can be tried.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        kinds = len(AllRecords(ledger, []).kinds)
        self.most = max(size for size in range(9) if records_up_to(kinds, size) <= MOST_RECORDS)
        if self.most < ledger.size:
            msg = f"{ledger.size} patients are too many to try"
            raise ValueError(msg)
        self.records = AllRecords(ledger, range(1, self.most + 1))
        self._limits = {entry.id: list(self._limiting(entry)) for entry in ledger}
        self._verdicts = {
            frozenset(chosen): self._verdict(chosen)
            for chosen in chain.from_iterable(
                combinations(self._limits, number) for number in range(len(self._limits) + 1)
            )
        }

    def verdict(self, ids: Collection[str]) -> Verdict:
        """Return what is known of a set."""
        return self._verdicts[frozenset(ids)]

    def smallest(self) -> list[frozenset[str]]:
        """Return the sets known to be impossible that are known to be possible without any one figure."""
        return [
            ids
            for ids, verdict in self._verdicts.items()
            if verdict is Verdict.IMPOSSIBLE and all(self.verdict(ids - {name}) is Verdict.POSSIBLE for name in ids)
        ]

    def settled_by(self, ids: Collection[str]) -> int:
        """Return how many figures of an impossible set only settle how many patients there are.

        They are those that can be left out when there are as many as the ledger counts.
        """
        printing = self.records.printing_each
        as_counted = self.records.numbers.sum(axis=1) == self.ledger.size
        for number in range(1, len(ids) + 1):
            for chosen in combinations(ids, number):
                if not np.logical_and.reduce([as_counted, *(printing[name] for name in chosen)]).any():
                    return len(ids) - number
        msg = f"{', '.join(ids)} are not impossible"
        raise ValueError(msg)

    def _verdict(self, ids: Collection[str]) -> Verdict:
        printing = self.records.printing_each
        if not ids or np.logical_and.reduce([printing[name] for name in ids]).any():
            return Verdict.POSSIBLE
        limits = [limit for name in ids for limit in self._limits[name]]
        return Verdict.IMPOSSIBLE if self._limited(limits) else Verdict.OPEN

    def _limited(self, limits: list[tuple[frozenset[int], int]]) -> bool:
        """Whether limits on parts of the patients leave no more patients than were tried."""
        covered = frozenset().union(*(kinds for kinds, number in limits if number == 0))
        parts = [limit for limit in limits if limit[1] > 0]
        everybody = frozenset(range(len(self.records.kinds)))
        return any(
            covered.union(*(kinds for kinds, _ in chosen)) == everybody
            and sum(number for _, number in chosen) <= self.most
            for several in range(len(parts) + 1)
            for chosen in combinations(parts, several)
        )

    def _limiting(self, entry: Entry) -> Iterator[tuple[frozenset[int], int]]:
        """Yield kinds of patients and the most there can be of them altogether."""
        population = entry.readings[0].population

        def those(wanted: list[bool]) -> frozenset[int]:
            inside = [meets(population, kind) for kind in self.records.kinds]
            return frozenset(place for place, both in enumerate(zip(inside, wanted, strict=True)) if all(both))

        kinds, printed = self.records.kinds, entry.printed
        if "denominator" in printed:
            yield those([True] * len(kinds)), int(printed["denominator"])
        if entry.condition is not None and printed.get("count", "all") != "all":
            yield those([meets(entry.condition, kind) for kind in kinds]), int(printed["count"])
        if entry.sum:
            yield those([sum(int(kind[name] or 0) for name in entry.sum) > 0 for kind in kinds]), int(printed["count"])
        if entry.quantity is not None:
            known = [kind[entry.quantity] is not None for kind in kinds]
            if "available" in printed:
                yield those(known), int(printed["available"])
            for extreme, beyond in (("minimum", -1), ("maximum", 1)):
                if extreme in printed:
                    yield those([self._lies(beyond, entry, extreme, kind) for kind in kinds]), 0

    def _lies(self, beyond: int, entry: Entry, extreme: str, kind: Patient) -> bool:
        """Whether a patient's value prints below (-1) or above (1) the printed extreme."""
        alone = replace(entry, printed={extreme: entry.printed[extreme]})
        found = printed_by(self.ledger, alone, [kind])[extreme]
        return found is not None and (Decimal(found) - Decimal(entry.printed[extreme])) * beyond > 0
