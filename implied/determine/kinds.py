"""Kinds of values: of each attribute what the figures tell apart, and no more.

Whoever is 24 or 56 years old counts alike in every figure when the median is 57, so both are of one kind. This is what
keeps a proof about all possible records small.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import ceil, floor

from implied.check.attribute_table import QUARTERS
from implied.ledger import Ledger
from implied.ledger.conditions import EVERYONE, AllOf, AnyOf, Attribute, Between, Condition, OneOf
from implied.ledger.printed import WholeRange, whole_numbers

Kind = str | bool | WholeRange | None
"""A value, or a range of whole numbers; None for no value: it does not apply, or is not known."""

Cuts = Mapping[str, frozenset[int]]
"""Further numbers, by attribute, at which a new kind begins."""

_FEW = 12
"""Numbers of so few values are told apart one by one."""
_SOME = 150
"""So are numbers of up to so many values when a mean or a sum is made of them."""


def kinds_of(ledger: Ledger, conditions: Iterable[Condition], cuts: Cuts) -> dict[str, tuple[Kind, ...]]:
    """Return the kinds of each attribute.

    Parameters
    ----------
    ledger
        Its printed numbers and the bounds in its conditions are where kinds begin and end.
    conditions
        Further conditions to be told apart.
    cuts
        Further numbers at which a kind begins.
    """
    begins = {name: set(cuts.get(name, ())) for name in ledger.attributes}
    for condition in [*_conditions(ledger), *conditions]:
        for bound in _bounds(condition):
            begins[bound.attribute] |= _beginnings(bound)
    one_by_one = {name for entry in ledger for name in entry.sum}
    for entry in ledger:
        if entry.quantity is not None:
            attribute = ledger.attributes[entry.quantity]
            for statistic in {*QUARTERS, "mean"} & set(entry.printed):
                whole = whole_numbers(entry.printed[statistic], entry.unit, attribute)
                begins[entry.quantity] |= {whole.low, whole.high + 1}
            if "mean" in entry.printed:
                one_by_one.add(entry.quantity)
    return {
        name: _kinds(attribute, begins[name], _SOME if name in one_by_one else _FEW)
        for name, attribute in ledger.attributes.items()
    }


def _kinds(attribute: Attribute, begins: set[int], few: int) -> tuple[Kind, ...]:
    nothing: tuple[Kind, ...] = (None,) if attribute.applies_when != EVERYONE or attribute.may_be_missing else ()
    if not attribute.is_number:
        return (*attribute.values, *nothing)
    numbers = range(attribute.minimum, attribute.maximum + 1)
    starts = sorted(
        {attribute.minimum, *(numbers if len(numbers) <= few else {begin for begin in begins if begin in numbers})}
    )
    ends = [start - 1 for start in starts[1:]] + [attribute.maximum]
    return (*(WholeRange(low, high) for low, high in zip(starts, ends, strict=True)), *nothing)


def _conditions(ledger: Ledger) -> Iterator[Condition]:
    for attribute in ledger.attributes.values():
        yield attribute.applies_when
    for rule in ledger.rules:
        if not rule.plausible:
            yield from (rule.when, *([] if rule.then is None else [rule.then]))
    for entry in ledger:
        if entry.condition is not None:
            yield entry.condition
        yield from (reading.population for reading in entry.readings)


def _bounds(condition: Condition) -> Iterator[Between]:
    if isinstance(condition, Between):
        yield condition
    elif isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from _bounds(part)


def _beginnings(bound: Between) -> set[int]:
    found = set()
    if bound.low is not None:
        found.add(floor(bound.low) + 1 if bound.above else ceil(bound.low))
    if bound.high is not None:
        found.add(floor(bound.high) + 1)
    return found


def is_of_kind(condition: OneOf | Between, kind: Kind) -> bool:
    """Whether a kind meets a condition on its attribute; no value meets none."""
    if kind is None:
        return False
    if isinstance(condition, OneOf):
        return any(type(kind) is type(value) and kind == value for value in condition.values)
    assert isinstance(kind, WholeRange)
    low = condition.low is None or (kind.low > condition.low if condition.above else kind.low >= condition.low)
    return low and (condition.high is None or kind.low <= condition.high)
