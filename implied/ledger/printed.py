"""Printed numbers in the unit of the records: the values that print so, as whole days, years, counts or events."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from implied.ledger.conditions import Attribute
from implied.numbers.rounding import Interval, unround
from implied.numbers.units import in_days


@dataclass(frozen=True)
class WholeRange:
    """Whole numbers from ``low`` to ``high``, both included."""

    low: int
    high: int


def numbers(printed: str, unit: str | None, attribute: Attribute) -> Interval:
    """Return the values in the unit of the attribute, whole or not, that print as ``printed`` in ``unit``."""
    interval = unround(printed)
    if attribute.unit == "days":
        return Interval(in_days(interval.low, unit), in_days(interval.high, unit))
    return interval


def whole_numbers(printed: str, unit: str | None, attribute: Attribute, parts: int = 1) -> WholeRange:
    """Return the whole values of an attribute (in its own unit) that print as ``printed`` in ``unit``.

    With ``parts``, values are counted in such parts of the unit: the quarters, say, between two patients.
    """
    interval = numbers(printed, unit, attribute)
    return WholeRange(ceil(parts * interval.low), ceil(parts * interval.high) - 1)
