"""Conditions on patients, as the ledger writes them: parsed once, then read by whoever needs them.

A condition such as ``{response: [CR, R], itp_duration_days: {above: 365}}`` becomes a small tree. The reconstruction
turns the tree into constraints; :func:`holds` evaluates it on a table of patients.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

COMPARISONS = ("above", "at_least", "at_most")


class ConditionError(ValueError):
    """A condition that cannot be read; ``problems`` says of each part what was found and what is allowed."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


@dataclass(frozen=True)
class OneOf:
    """The attribute has one of ``values``."""

    attribute: str
    values: tuple[str | bool, ...]


@dataclass(frozen=True)
class Between:
    """The attribute, in its own unit, lies between two bounds; ``None`` leaves a side open.

    ``above`` excludes ``low`` itself; ``high`` is always included. Without bounds the value only has to be known.
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
    number it tends to follow, which only makes drawn records plausible and constrains nothing. With ``may_be_missing``
    the value of any patient may not be known, which in a table looks like one that does not apply.
    """

    name: str
    label: str
    values: tuple[str | bool, ...] = ()
    unit: str | None = None
    minimum: int = 0
    maximum: int = 0
    applies_when: Condition = EVERYONE
    moves_with: str | None = None
    may_be_missing: bool = False

    @property
    def is_number(self) -> bool:
        """Whether the attribute is a number rather than one of some values."""
        return not self.values


Bound = Callable[[Any, Attribute], Fraction]
"""Turns a bound as written (a number, or the id of a threshold entry) into the unit of the attribute."""


def parse(written: Any, attributes: Mapping[str, Attribute], bound: Bound) -> Condition:
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


def _part(name: Any, wanted: Any, attributes: Mapping[str, Attribute], bound: Bound) -> Condition:
    if name == "any":
        return _any_of(wanted, attributes, bound)
    if name not in attributes:
        msg = f"unknown attribute {name!r}; declared are {', '.join(sorted(attributes))}"
        raise ConditionError(msg)
    if isinstance(wanted, Mapping) and "known" in wanted:
        return _known(attributes[name], wanted)
    read = _between if attributes[name].is_number else _one_of
    return read(attributes[name], wanted, bound)


def _any_of(wanted: Any, attributes: Mapping[str, Attribute], bound: Bound) -> AnyOf:
    if not isinstance(wanted, list) or not wanted or not all(wanted):
        msg = f"any: expected a list of conditions, found {wanted!r}"
        raise ConditionError(msg)
    return AnyOf(_all_read([partial(parse, part, attributes, bound) for part in wanted]))


def _known(attribute: Attribute, wanted: Mapping[Any, Any]) -> OneOf | Between:
    if wanted["known"] is not True or len(wanted) > 1:
        msg = f"{attribute.name}: expected {{known: true}} and nothing beside it, found {wanted!r}"
        raise ConditionError(msg)
    if attribute.is_number:
        return Between(attribute.name, None, None, above=False)
    return OneOf(attribute.name, attribute.values)


def _one_of(attribute: Attribute, wanted: Any, _bound: Bound) -> OneOf:
    excluded = isinstance(wanted, Mapping)
    if excluded and set(wanted) != {"not"}:
        msg = f"{attribute.name}: expected a value, a list of values or {{not: [values]}}, found {wanted!r}"
        raise ConditionError(msg)
    named = wanted["not"] if excluded else wanted
    named = named if isinstance(named, list) else [named]
    allowed = ", ".join(map(str, attribute.values))
    # True equals 1 in Python, but 1 is no answer to a question of yes or no.
    unknown = [each for each in named if not any(_same(each, value) for value in attribute.values)]
    if unknown:
        msg = f"{attribute.name} cannot be {', '.join(map(str, unknown))}; allowed are {allowed}"
        raise ConditionError(msg)
    values = tuple(value for value in attribute.values if (value in named) != excluded)
    if not values or not named:
        msg = f"{attribute.name}: {wanted!r} leaves {'nobody' if not values else 'everybody'}; allowed are {allowed}"
        raise ConditionError(msg)
    return OneOf(attribute.name, values)


def _same(first: Any, second: Any) -> bool:
    return type(first) is type(second) and first == second


def _between(attribute: Attribute, wanted: Any, bound: Bound) -> Between:
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
    condition
        What is asked of the patients.
    patients
        One row per patient, a column per attribute.

    Raises
    ------
    KeyError
        When the table lacks an attribute that the condition speaks of.
    """
    if isinstance(condition, OneOf):
        return patients[condition.attribute].isin(list(condition.values)).astype(bool)
    if isinstance(condition, Between):
        values = patients[condition.attribute].astype(float)
        result = values.notna()
        if condition.low is not None:
            low = float(condition.low)
            result &= values > low if condition.above else values >= low
        if condition.high is not None:
            result &= values <= float(condition.high)
        return result
    # Reading a ledger needs no tables.
    import pandas as pd

    everyone = isinstance(condition, AllOf)
    result = pd.Series(everyone, index=patients.index, dtype=bool)
    for part in condition.parts:
        result = result & holds(part, patients) if everyone else result | holds(part, patients)
    return result
