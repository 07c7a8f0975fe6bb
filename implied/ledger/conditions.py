"""Conditions on patients: who meets one, whether patients are rows, columns of a table, cells or unknown.

A condition such as ``{response: [CR, R], itp_duration_days: {above: 365}}`` is a small tree. What a single value has to
be, :class:`OneOf` and :class:`Between` say; :func:`combined` joins that for whole conditions. Whatever stands for
patients, it is asked in these two ways.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from math import ceil, floor
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import pandas as pd

Truth = TypeVar("Truth")
"""Says who meets a condition: a truth value for one patient, many of them, or an expression of a solver."""


@dataclass(frozen=True)
class OneOf:
    """The attribute has one of ``values``."""

    attribute: str
    values: tuple[str | bool, ...]

    def met_by(self, value: Any) -> bool:
        """Whether a value is one of those; True is not 1, and no value is none of them."""
        return any(is_same(value, allowed) for allowed in self.values)


@dataclass(frozen=True)
class Between:
    """The attribute, in its own unit, lies between two bounds; ``None`` leaves a side open.

    ``above`` excludes ``low`` itself; ``high`` is always included. Without bounds the value only has to be known.
    """

    attribute: str
    low: Fraction | None
    high: Fraction | None
    above: bool

    @cached_property
    def least(self) -> int | None:
        """The least whole number that lies between the bounds."""
        return None if self.low is None else floor(self.low) + 1 if self.above else ceil(self.low)

    @cached_property
    def most(self) -> int | None:
        """The greatest whole number that lies between the bounds."""
        return None if self.high is None else floor(self.high)

    def met_by(self, number: Any) -> bool:
        """Whether a whole number lies between the bounds; no number does not."""
        if number is None:
            return False
        return bool((self.least is None or number >= self.least) and (self.most is None or number <= self.most))


def between(name: str, low: int | None, high: int | None) -> Between:
    """Return the condition that a number lies between two whole ones, both included; ``None`` leaves a side open."""
    least, most = (None if end is None else Fraction(end) for end in (low, high))
    return Between(name, least, most, above=False)


def is_known(name: str) -> Between:
    """Return the condition that a number is known."""
    return between(name, None, None)


def is_same(first: object, second: object) -> bool:
    """Whether two values are the same; True is not 1."""
    return type(first) is type(second) and first == second


@dataclass(frozen=True)
class AllOf:
    """All parts hold; without parts, everybody."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


Condition = OneOf | Between | AllOf | AnyOf
Predicate = Callable[[Mapping[str, Any]], bool]
EVERYONE = AllOf(())


@dataclass(frozen=True)
class Attribute:
    """What is known of each patient: one of ``values``, or a whole number from ``minimum`` to ``maximum``.

    ``applies_when`` says for whom it means anything (a time to response, for responders); ``moves_with`` names a
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

    @property
    def always_known(self) -> bool:
        """Whether every patient has a value of the attribute."""
        return self.applies_when == EVERYONE and not self.may_be_missing

    @property
    def names(self) -> frozenset[str]:
        """The attribute, and those that say to whom it applies."""
        return frozenset({self.name, *attributes_of(self.applies_when)})


def attributes_of(condition: Condition) -> Iterator[str]:
    """Name the attributes that a condition speaks of."""
    if isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from attributes_of(part)
    else:
        yield condition.attribute


def combined(
    condition: Condition,
    single: Callable[[OneOf | Between], Truth],
    every: Callable[[list[Truth]], Truth],
    some: Callable[[list[Truth]], Truth],
) -> Truth:
    """Tell who meets a condition, whatever stands for patients and for the truth.

    Parameters
    ----------
    condition
        What is asked of the patients.
    single
        Decides who meets a condition on one attribute.
    every, some
        Join the judgements of several conditions, of which all or any have to be met. Of no conditions all are met.
    """
    if isinstance(condition, OneOf | Between):
        return single(condition)
    parts = [combined(part, single, every, some) for part in condition.parts]
    return every(parts) if isinstance(condition, AllOf) else some(parts)


def compile_condition(condition: Condition) -> Predicate:
    """Return what tells whether a patient meets a condition, for many patients one after the other."""

    def single(part: OneOf | Between) -> Predicate:
        name, met_by = part.attribute, part.met_by
        return lambda patient: met_by(patient[name])

    def every(tests: list[Predicate]) -> Predicate:
        return tests[0] if len(tests) == 1 else lambda patient: all(test(patient) for test in tests)

    def some(tests: list[Predicate]) -> Predicate:
        return lambda patient: any(test(patient) for test in tests)

    return combined(condition, single, every, some)


def meets(condition: Condition, patient: Mapping[str, Any]) -> bool:
    """Whether a patient meets a condition, given the value of each attribute, or None where there is no value."""
    return compile_condition(condition)(patient)


def holds(condition: Condition, patients: pd.DataFrame) -> pd.Series[bool]:
    """Tell for each patient of a table, one in a row and an attribute in a column, whether a condition is met.

    Raises
    ------
    KeyError
        When the table lacks an attribute that the condition speaks of.
    """
    # Reading a ledger needs no tables.
    import numpy as np
    import pandas as pd

    def single(part: OneOf | Between) -> pd.Series[bool]:
        places, values = pd.factorize(patients[part.attribute])
        # The place of a missing value is the last one.
        met = np.array([*(part.met_by(value) for value in values.tolist()), False])
        return pd.Series(met[places], index=patients.index)

    everybody = pd.Series(True, index=patients.index)
    return combined(
        condition,
        single,
        lambda parts: reduce(operator.and_, parts, everybody),
        lambda parts: reduce(operator.or_, parts, ~everybody),
    )
