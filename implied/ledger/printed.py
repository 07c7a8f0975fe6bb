"""Printed numbers in the unit of the records: the values that print so, as whole days, years, counts or events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from implied.ledger.conditions import Attribute
from implied.numbers.rounding import Interval, unround
from implied.numbers.units import in_days


@dataclass(frozen=True)
class WholeRange:
    """Whole numbers from ``low`` to ``high``, both included."""

    low: int
    high: int


def unit_in(unit: str | None, attribute: Attribute) -> Fraction:
    """Return how much of an attribute's unit a printed unit is."""
    return in_days(Fraction(1), unit) if attribute.unit == "days" else Fraction(1)


def unrounded(printed: str, unit: str | None, attribute: Attribute) -> Interval:
    """Return the values in the unit of the attribute, whole or not, that print as ``printed`` in ``unit``."""
    interval, scale = unround(printed), unit_in(unit, attribute)
    return replace(interval, low=interval.low * scale, high=interval.high * scale)


def whole_numbers(printed: str, unit: str | None, attribute: Attribute, parts: int = 1) -> WholeRange:
    """Return the whole values of an attribute (in its own unit) that print as ``printed`` in ``unit``.

    With ``parts``, values are counted in such parts of the unit: the quarters, say, between two patients.
    """
    values = unrounded(printed, unit, attribute).multiples(parts)
    return WholeRange(values.start, values.stop - 1)


def unit_problems(unit: str | None, attribute: Attribute) -> list[str]:
    """Say when a claim is printed in a unit that the attribute it is about cannot be turned into."""
    if attribute.unit == "days":
        try:
            in_days(Fraction(0), unit)
        except ValueError:
            return [f"{attribute.name} is in days: expected days or months, found the unit {unit!r}"]
    elif unit != attribute.unit:
        return [f"{attribute.name} is in {attribute.unit}, found the unit {unit!r}"]
    return []
