"""Kinds of values: of each attribute what the claims tell apart, and no more.

Whoever is 24 or 56 years old counts alike in every claim when the median is 57, so both are of one kind. This keeps a
proof about all possible records small.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from implied.ledger import Ledger
from implied.ledger.conditions import AllOf, AnyOf, Attribute, Between, Condition
from implied.ledger.printed import WholeRange, whole_numbers
from implied.numbers.quartiles import QUARTERS

Kind = str | bool | WholeRange | None
"""A value, or a range of whole numbers; None for no value: it does not apply, or is not known."""

Cuts = Mapping[str, frozenset[int]]
"""Further numbers, by attribute, at which a new kind begins."""

_ONE_BY_ONE = 12
"""Numbers of up to so many values are told apart one by one."""
_SUMMED_ONE_BY_ONE = 150
"""So are numbers of up to so many values when a mean or a sum is made of them."""


def kinds_of(ledger: Ledger, conditions: Iterable[Condition], cuts: Cuts) -> dict[str, tuple[Kind, ...]]:
    """Return the kinds of each attribute.

    Its printed numbers and the bounds in all conditions, further ``conditions`` among them, are where kinds begin and
    end; so are the ``cuts``.
    """
    begins = {name: set(cuts.get(name, ())) for name in ledger.attributes}
    for condition in [*_conditions(ledger), *conditions]:
        for bound in _bounds(condition):
            begins[bound.attribute] |= {bound.least} if bound.least is not None else set()
            begins[bound.attribute] |= {bound.most + 1} if bound.most is not None else set()
    summed = {name for entry in ledger for name in entry.sum}
    for entry in ledger:
        if entry.quantity is not None:
            attribute = ledger.attributes[entry.quantity]
            for statistic in {*QUARTERS, "mean"} & set(entry.printed):
                interval = whole_numbers(entry.printed[statistic], entry.unit, attribute)
                begins[entry.quantity] |= {interval.low, interval.high + 1}
            if "mean" in entry.printed:
                summed.add(entry.quantity)
    return {
        name: _kinds(attribute, begins[name], _SUMMED_ONE_BY_ONE if name in summed else _ONE_BY_ONE)
        for name, attribute in ledger.attributes.items()
    }


def _kinds(attribute: Attribute, begins: set[int], one_by_one: int) -> tuple[Kind, ...]:
    nothing: tuple[Kind, ...] = () if attribute.always_known else (None,)
    if not attribute.is_number:
        return (*attribute.values, *nothing)
    numbers = range(attribute.minimum, attribute.maximum + 1)
    within = numbers if len(numbers) <= one_by_one else {begin for begin in begins if begin in numbers}
    starts = sorted({attribute.minimum, *within})
    ends = [start - 1 for start in starts[1:]] + [attribute.maximum]
    return (*(WholeRange(low, high) for low, high in zip(starts, ends, strict=True)), *nothing)


def _conditions(ledger: Ledger) -> Iterator[Condition]:
    for attribute in ledger.attributes.values():
        yield attribute.applies_when
    for part in (*ledger.hard_rules, *ledger):
        yield from part.conditions


def _bounds(condition: Condition) -> Iterator[Between]:
    if isinstance(condition, Between):
        yield condition
    elif isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from _bounds(part)


def representative(kind: Kind) -> str | bool | int | None:
    """Return a value that stands for all of a kind: they meet the same conditions."""
    return kind.low if isinstance(kind, WholeRange) else kind
