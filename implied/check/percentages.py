"""Which counts and denominators a printed percentage can come from."""

from __future__ import annotations

from collections.abc import Sequence

from implied.ledger import Entry, Ledger
from implied.numbers.rounding import decimals, print_percent


def possible_denominators(ledger: Ledger, entries: Sequence[Entry]) -> tuple[int, ...]:
    """Return each number of patients, up to all, of which every entry's percentage is printed by some count."""
    return tuple(
        size
        for size in range(1, ledger.size + 1)
        if all(counts_printing(entry.printed["percent"], size) for entry in entries)
    )


def counts_printing(percent: str, total: int) -> tuple[int, ...]:
    """Return the counts of ``total`` that print ``percent``."""
    places = decimals(percent)
    return tuple(count for count in range(total + 1) if print_percent(count, total, places) == percent)
