"""Which reading of each figure the others leave possible."""

from __future__ import annotations

from collections.abc import Mapping

from implied.determine.feasible import satisfying
from implied.determine.parts import Parts
from implied.ledger import Ledger


def is_possible(ledger: Ledger, readings: Mapping[str, str], rule: str = "half up") -> bool:
    """Whether patients exist who satisfy every entry under the readings named.

    Parameters
    ----------
    ledger
        The published figures.
    readings
        For each entry that is not read literally, the name of its reading.
    rule
        How percentages were rounded, one of :data:`implied.numbers.rounding.ROUNDING_RULES`.
    """
    sizes = (ledger.size, ledger.size)
    return all(satisfying(few, readings, sizes, rule) is not None for few in Parts(ledger).separate())


def chosen_readings(ledger: Ledger) -> dict[str, str]:
    """Choose the reading of the entries that cannot be read literally: as few as can be, in the ledger's order.

    Empty when every figure can be read literally. Where figures that hang together conflict under any reading offered,
    none of them is read otherwise.
    """
    chosen: dict[str, str] = {}
    sizes = (ledger.size, ledger.size)
    for few in Parts(ledger).separate():
        offered = {entry.id: entry.readings[-1].name for entry in few if len(entry.readings) > 1}
        if satisfying(few, {}, sizes) is not None or not offered or satisfying(few, offered, sizes) is None:
            continue
        for name in list(offered):
            fewer = {other: reading for other, reading in offered.items() if other != name}
            if satisfying(few, fewer, sizes) is not None:
                offered = fewer
        chosen |= offered
    return chosen
