"""Which reading of each claim the others leave possible."""

from __future__ import annotations

from collections.abc import Mapping

from implied.determine.feasible import satisfying
from implied.ledger import Ledger


def is_possible(ledger: Ledger) -> bool:
    """Whether patients exist who satisfy every entry of a ledger, as it is read and percentages are rounded."""
    return all(satisfying(part) is not None for part in ledger.parts())


def chosen_readings(ledger: Ledger) -> dict[str, str]:
    """Choose the reading of the entries that cannot be read literally: as few as can be, in the ledger's order.

    Empty when every claim can be read literally. Where claims that hang together conflict under any reading offered,
    none of them is read otherwise.
    """
    chosen: dict[str, str] = {}
    for part in ledger.parts():
        offered: dict[str, str] = {entry.id: entry.readings[-1].name for entry in part if len(entry.readings) > 1}
        if _can_be_read(part, {}) or not offered or not _can_be_read(part, offered):
            continue
        for name in list(offered):
            fewer = {other: reading for other, reading in offered.items() if other != name}
            if _can_be_read(part, fewer):
                offered = fewer
        chosen |= offered
    return chosen


def read_as_possible(ledger: Ledger) -> Ledger:
    """Return a ledger whose entries are read as :func:`chosen_readings` has it."""
    return ledger.read(chosen_readings(ledger))


def _can_be_read(ledger: Ledger, readings: Mapping[str, str]) -> bool:
    return satisfying(ledger.read(readings)) is not None
