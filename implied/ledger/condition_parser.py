"""Reading conditions as the ledger writes them; all that is wrong with one is said at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from implied.ledger.conditions import AllOf, AnyOf, Attribute, Between, Condition, OneOf, is_known, is_same
from implied.ledger.printed import unit_problems
from implied.numbers.units import in_days

COMPARISONS = ("above", "at_least", "at_most")


class ConditionError(ValueError):
    """A condition that cannot be read; ``problems`` says of each part what was found and what is allowed."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


BoundReader = Callable[[Any, Attribute], Fraction]
"""Turns a bound as written (a number, or the id of a threshold entry) into the unit of the attribute."""


def bound_reader(thresholds: Mapping[str, tuple[str, str | None]]) -> BoundReader:
    """Return what reads the bounds of conditions, given the printed number and the unit of each threshold."""

    def read(written: Any, attribute: Attribute) -> Fraction:
        if isinstance(written, int | float) and not isinstance(written, bool) and math.isfinite(written):
            return Fraction(str(written))
        if not isinstance(written, str) or written not in thresholds:
            declared = ", ".join(thresholds)
            msg = f"{attribute.name}: {written!r} is neither a number nor a threshold of the ledger ({declared})"
            raise ConditionError(msg)
        printed, unit = thresholds[written]
        problems = unit_problems(unit, attribute)
        if problems:
            raise ConditionError(*(f"{written}: {problem}" for problem in problems))
        value = Fraction(printed.lstrip("<>="))
        return in_days(value, unit) if attribute.unit == "days" else value

    return read


def parse(written: Any, attributes: Mapping[str, Attribute], bound: BoundReader) -> Condition:
    """Read a condition.

    ``{not: [values]}`` means the other declared values: a value that is not declared meets no condition.
    ``{known: true}`` means any value at all.

    Raises
    ------
    ConditionError
        For an attribute that is not declared, a value it cannot have, a comparison that does not exist, and
        conditions that nobody or everybody meets; all of them at once.
    """
    if not isinstance(written, Mapping):
        msg = f"expected attributes with what is wanted of them, found {written!r}"
        raise ConditionError(msg)
    parts = _all_read([partial(_part, name, wanted, attributes, bound) for name, wanted in written.items()])
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _all_read(readers: Iterable[Callable[[], Condition]]) -> tuple[Condition, ...]:
    """Read every part, so that what is wrong with one does not hide what is wrong with the next."""
    parts: list[Condition] = []
    problems: list[str] = []
    for read in readers:
        try:
            parts.append(read())
        except ConditionError as error:
            problems += error.problems
    if problems:
        raise ConditionError(*problems)
    return tuple(parts)


def _part(name: Any, wanted: Any, attributes: Mapping[str, Attribute], bound: BoundReader) -> Condition:
    if name == "any":
        return _any_of(wanted, attributes, bound)
    if name not in attributes:
        msg = f"unknown attribute {name!r}; declared are {', '.join(sorted(attributes))}"
        raise ConditionError(msg)
    if isinstance(wanted, Mapping) and "known" in wanted:
        return _known(attributes[name], wanted)
    read = _between if attributes[name].is_number else _one_of
    return read(attributes[name], wanted, bound)


def _any_of(wanted: Any, attributes: Mapping[str, Attribute], bound: BoundReader) -> AnyOf:
    if not isinstance(wanted, list) or not wanted or not all(wanted):
        msg = f"any: expected a list of conditions, found {wanted!r}"
        raise ConditionError(msg)
    return AnyOf(_all_read([partial(parse, part, attributes, bound) for part in wanted]))


def _known(attribute: Attribute, wanted: Mapping[Any, Any]) -> OneOf | Between:
    if wanted["known"] is not True or len(wanted) > 1:
        msg = f"{attribute.name}: expected {{known: true}} and nothing beside it, found {wanted!r}"
        raise ConditionError(msg)
    if attribute.is_number:
        return is_known(attribute.name)
    return OneOf(attribute.name, attribute.values)


def _one_of(attribute: Attribute, wanted: Any, _bound: BoundReader) -> OneOf:
    excluded = isinstance(wanted, Mapping)
    if excluded and set(wanted) != {"not"}:
        msg = f"{attribute.name}: expected a value, a list of values or {{not: [values]}}, found {wanted!r}"
        raise ConditionError(msg)
    named = wanted["not"] if excluded else wanted
    named = named if isinstance(named, list) else [named]
    allowed = ", ".join(map(str, attribute.values))
    # True equals 1 in Python, but 1 is no answer to a question of yes or no.
    unknown = [value for value in named if not any(is_same(value, declared) for declared in attribute.values)]
    if unknown:
        msg = f"{attribute.name} cannot be {', '.join(map(str, unknown))}; allowed are {allowed}"
        raise ConditionError(msg)
    values = tuple(value for value in attribute.values if (value in named) != excluded)
    if not values or not named:
        msg = f"{attribute.name}: {wanted!r} leaves {'nobody' if not values else 'everybody'}; allowed are {allowed}"
        raise ConditionError(msg)
    return OneOf(attribute.name, values)


def _between(attribute: Attribute, wanted: Any, bound: BoundReader) -> Between:
    if not isinstance(wanted, Mapping) or not wanted or set(wanted) - set(COMPARISONS):
        msg = f"{attribute.name} is a number: expected above, at_least or at_most, found {wanted!r}"
        raise ConditionError(msg)
    if {"above", "at_least"} <= set(wanted):
        msg = f"{attribute.name}: give either above or at_least, not both"
        raise ConditionError(msg)
    bounds = {comparison: bound(value, attribute) for comparison, value in wanted.items()}
    above = "above" in bounds
    low, high = bounds.get("above", bounds.get("at_least")), bounds.get("at_most")
    if low is not None and high is not None and (low > high or (above and low == high)):
        msg = f"{attribute.name}: nobody can meet {wanted!r}"
        raise ConditionError(msg)
    return Between(attribute.name, low, high, above)
