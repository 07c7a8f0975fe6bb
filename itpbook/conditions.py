"""Conditions on patients, as the ledger writes them: parsed once, then read by whoever needs them.

A condition such as ``{response: [CR, R], itp_duration_days: {above: 365}}`` becomes a small tree. Verification
evaluates it on a table of patients (:func:`holds`); the reconstruction turns the same tree into constraints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd


class ConditionError(ValueError):
    """A condition that cannot be read; the message says what was found and what is allowed."""


@dataclass(frozen=True)
class OneOf:
    """The attribute has one of ``values``."""

    attribute: str
    values: tuple[str | bool, ...]


@dataclass(frozen=True)
class Between:
    """The attribute, in its own unit, lies between two bounds; ``None`` leaves a side open.

    ``above`` excludes ``low`` itself; ``high`` is always included.
    """

    attribute: str
    low: Fraction | None
    high: Fraction | None
    above: bool


@dataclass(frozen=True)
class AllOf:
    """All parts hold; without parts, everybody."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


Condition = OneOf | Between | AllOf | AnyOf
EVERYONE = AllOf(())


@dataclass(frozen=True)
class Attribute:
    """What is known of each patient: one of ``values``, or a whole number from ``minimum`` to ``maximum``.

    ``applies_when`` tells for whom it means anything (a time to response, for responders); ``moves_with`` names a
    number it tends to follow, which only makes drawn records plausible and constrains nothing.
    """

    name: str
    label: str
    values: tuple[str | bool, ...] = ()
    unit: str | None = None
    minimum: int = 0
    maximum: int = 0
    applies_when: Condition = EVERYONE
    moves_with: str | None = None

    @property
    def is_number(self) -> bool:
        """Whether the attribute is a number rather than one of some values."""
        return not self.values


Bound = Callable[[str | int, Attribute], Fraction]
"""Turns a bound as written (a number, or the id of a threshold entry) into the unit of the attribute."""


def parse(written: Mapping[str, Any], attributes: Mapping[str, Attribute], bound: Bound) -> Condition:
    """Read a condition.

    Raises
    ------
    ConditionError
        For an attribute that is not declared, a value it cannot have, or a comparison that does not exist.
    """
    parts: list[Condition] = []
    for name, wanted in written.items():
        if name == "any":
            parts.append(AnyOf(tuple(parse(part, attributes, bound) for part in wanted)))
        elif name not in attributes:
            msg = f"unknown attribute {name!r}; declared are {', '.join(sorted(attributes))}"
            raise ConditionError(msg)
        elif attributes[name].is_number:
            parts.append(_between(attributes[name], wanted, bound))
        else:
            parts.append(_one_of(attributes[name], wanted))
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _one_of(attribute: Attribute, wanted: Any) -> OneOf:
    excluded = isinstance(wanted, Mapping)
    if excluded and set(wanted) != {"not"}:
        msg = f"{attribute.name}: expected a value, a list of values or {{not: [values]}}, found {wanted!r}"
        raise ConditionError(msg)
    named = wanted["not"] if excluded else wanted
    named = named if isinstance(named, list) else [named]
    unknown = [value for value in named if value not in attribute.values]
    if unknown:
        allowed = ", ".join(map(str, attribute.values))
        msg = f"{attribute.name} cannot be {', '.join(map(str, unknown))}; allowed are {allowed}"
        raise ConditionError(msg)
    return OneOf(attribute.name, tuple(value for value in attribute.values if (value in named) != excluded))


def _between(attribute: Attribute, wanted: Any, bound: Bound) -> Between:
    if not isinstance(wanted, Mapping) or not wanted or set(wanted) - {"above", "at_least", "at_most"}:
        msg = f"{attribute.name} is a number: expected above, at_least or at_most, found {wanted!r}"
        raise ConditionError(msg)
    above = "above" in wanted
    low = wanted.get("above", wanted.get("at_least"))
    high = wanted.get("at_most")
    return Between(
        attribute.name,
        None if low is None else bound(low, attribute),
        None if high is None else bound(high, attribute),
        above,
    )


def attributes_of(condition: Condition) -> Iterator[str]:
    """Name the attributes that a condition speaks of."""
    if isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from attributes_of(part)
    else:
        yield condition.attribute


def holds(condition: Condition, patients: pd.DataFrame) -> pd.Series[bool]:
    """Tell for each patient (row) whether the condition holds; a missing value satisfies nothing.

    Parameters
    ----------
    patients
        One row per patient, a column per attribute, as :func:`itpbook.outcomes.derive` returns them.
    """
    if isinstance(condition, OneOf):
        return patients[condition.attribute].isin(list(condition.values))
    if isinstance(condition, Between):
        values = patients[condition.attribute].astype(float)
        result = values.notna()
        if condition.low is not None:
            low = float(condition.low)
            result &= values > low if condition.above else values >= low
        if condition.high is not None:
            result &= values <= float(condition.high)
        return result
    masks = [holds(part, patients) for part in condition.parts]
    result = pd.Series(isinstance(condition, AllOf), index=patients.index, dtype=bool)
    for mask in masks:
        result = result & mask if isinstance(condition, AllOf) else result | mask
    return result
