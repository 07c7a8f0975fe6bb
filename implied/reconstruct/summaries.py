"""What a printed median, quartile, range or mean demands of the numbers that are summed up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cpmpy as cp
from cpmpy.expressions.core import Expression

from implied.ledger import Entry
from implied.ledger.conditions import Attribute
from implied.ledger.printed import unrounded, whole_numbers
from implied.numbers.quartiles import QUARTERS, four_times, place_of


def summary(
    entry: Entry, attribute: Attribute, values: Sequence[Expression], among: Sequence[Expression], size: int | None
) -> Iterator[Expression]:
    """Yield what an entry that sums up a number demands.

    Parameters
    ----------
    entry, attribute
        The claim, and the number that it sums up.
    values
        The number of each patient.
    among
        Whether each patient is summed up: belongs to the population and has a known number.
    size
        How many are summed up, where other demands settle it.
    """
    pairs = list(zip(among, values, strict=True))
    for statistic, quarters in QUARTERS.items():
        if statistic in entry.printed and statistic not in ("minimum", "maximum"):
            yield from _quantile(entry.printed[statistic], entry.unit, attribute, pairs, quarters, size)
    if "minimum" in entry.printed:
        least = whole_numbers(entry.printed["minimum"], entry.unit, attribute)
        yield from (inside.implies(value >= least.low) for inside, value in pairs)
        yield cp.any(inside & (value <= least.high) for inside, value in pairs)
    if "maximum" in entry.printed:
        most = whole_numbers(entry.printed["maximum"], entry.unit, attribute)
        yield from (inside.implies(value <= most.high) for inside, value in pairs)
        yield cp.any(inside & (value >= most.low) for inside, value in pairs)
    if "mean" in entry.printed:
        mean = unrounded(entry.printed["mean"], entry.unit, attribute)
        total = cp.sum(among)
        yield total >= 1
        yield from mean.demands(cp.sum(inside * value for inside, value in pairs), total)
    if "available" in entry.printed:
        yield cp.sum(among) == int(entry.printed["available"])


_Pairs = Sequence[tuple[Expression, Expression]]


def _quantile(
    printed: str, unit: str | None, attribute: Attribute, pairs: _Pairs, quarters: int, size: int | None
) -> Iterator[Expression]:
    if size is None or place_of(quarters, size)[1]:
        yield from _between_two(printed, unit, attribute, pairs, quarters, size)
        return
    # The quantile is one patient's own number, and it is enough to count the patients on either side.
    inside = whole_numbers(printed, unit, attribute)
    below = cp.sum(among & (value < inside.low) for among, value in pairs)
    above = cp.sum(among & (value > inside.high) for among, value in pairs)
    others = cp.sum(among for among, _ in pairs) - 1
    yield 4 * below <= quarters * others
    yield 4 * above <= (4 - quarters) * others


def _between_two(
    printed: str, unit: str | None, attribute: Attribute, pairs: _Pairs, quarters: int, size: int | None
) -> Iterator[Expression]:
    """Demand that a quantile prints so, though it may lie ``share`` quarters of the way between two patients.

    These have the numbers ``here``, the greatest of the lower ``position`` patients, and ``following``, the least of
    the upper ones. Saying who belongs to the lower and who has these two numbers is solved far sooner than counting who
    lies below and above them.
    """
    inside = whole_numbers(printed, unit, attribute, parts=4)
    here, following = cp.intvar(attribute.minimum, attribute.maximum, shape=2)
    total = cp.sum(among for among, _ in pairs)

    def interpolated(share: int) -> Expression:
        value = four_times(here, following, share)
        return (value >= inside.low) & (value <= inside.high)

    if size is None:
        position, share = cp.intvar(1, len(pairs)), cp.intvar(0, 3)
        yield quarters * (total - 1) == 4 * (position - 1) + share
        yield from ((share == possible).implies(interpolated(possible)) for possible in range(4))
        yield (share == 0).implies(here == following)  # for there may be nobody above
    else:
        position, share = place_of(quarters, size)
        position += 1
        yield interpolated(share)
    lower, last, first = (cp.boolvar(shape=(len(pairs),)) for _ in range(3))
    yield here <= following
    yield cp.sum(lower) == position
    yield cp.sum(last) == 1
    yield cp.sum(first) == (share != 0)
    for patient, (among, value) in enumerate(pairs):
        upper = among & ~lower[patient]
        yield lower[patient].implies(among & (value <= here))
        yield upper.implies(value >= following)
        yield last[patient].implies(lower[patient] & (value >= here))
        yield first[patient].implies(upper & (value <= following))
