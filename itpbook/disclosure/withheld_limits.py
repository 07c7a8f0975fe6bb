"""What can be worked out of withheld numbers from all that is printed: for each, the least and the greatest it can be.

The signs tell something, too: ``<5`` that a number is above zero and below five, ``withheld`` that it is not small. A
group is the sum of its parts and of whoever is in none, so the limits of each follow from those of the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from itpbook.disclosure.small_numbers import Family, Members

Limits = dict[Members, tuple[int, int]]
"""The least and the greatest size that a group of patients can have."""


@dataclass(frozen=True)
class Count:
    """A number of patients that a book prints: how many of ``group`` are ``counted``, a part of some ``kind``."""

    counted: Members
    group: Members
    kind: str

    @property
    def family(self) -> Family:
        """The group, and the kind of parts of it, that this count is one of."""
        return self.group, self.kind


def solved_families(
    below: int, counts: Sequence[Count], refused: Collection[Count], masked: Collection[Family]
) -> set[Family]:
    """Return the groups, with the kind of parts, of which what is printed leaves a small number but one value.

    Parameters
    ----------
    below
        The threshold.
    counts, refused
        All that is counted, and what of it is not printed.
    masked
        Groups with a kind of parts for all of which ``withheld`` is printed, whatever their size.
    """
    sums, limits = _sums(counts), inferred_limits(below, counts, refused, masked)
    solved = {members for members, (low, high) in limits.items() if 0 < members.bit_count() < below and low == high}
    for inner, outer in _nested(limits, below):
        (low, high), (lowest, highest) = limits[inner], limits[outer]
        if max(lowest - high, 0) == highest - low:
            solved |= {members for members in (inner, outer) if limits[members][0] != limits[members][1]}
    return {family for family, parts in sums.items() if solved & {family[0], *parts}}


def inferred_limits(
    below: int, counts: Sequence[Count], refused: Collection[Count], masked: Collection[Family]
) -> Limits:
    """Return the least and the greatest size of each group, for who knows all that is printed and the rules.

    Parameters are those of :func:`solved_families`.
    """
    sums, limits = _sums(counts), _printed(below, counts, refused, masked)
    while _narrowed(limits, sums):
        pass
    return limits


def _sums(counts: Sequence[Count]) -> dict[Family, list[Members]]:
    """Return the parts of each group that share no patients, and whoever is in none of them."""
    sums: dict[Family, list[Members]] = {}
    for count in counts:
        parts = sums.setdefault(count.family, [])
        if count.counted and not any(count.counted & part for part in parts):
            parts.append(count.counted)
    for (group, _), parts in sums.items():
        left = group & ~sum(parts)
        parts += [left] if left else []
    return sums


def _printed(below: int, counts: Sequence[Count], refused: Collection[Count], masked: Collection[Family]) -> Limits:
    most = max((count.group.bit_count() for count in counts), default=0)
    limits: Limits = {}
    for count in counts:
        size, total = count.counted.bit_count(), count.group.bit_count()
        of_counted = of_group = (0, most)
        if count not in refused:
            of_counted, of_group = (size, size), (total, total)
        elif count.family not in masked:
            of_counted = (1, below - 1) if 0 < size < below else (below if size else 0, most)
        for members, (low, high) in ((count.counted, of_counted), (count.group, of_group)):
            before = limits.get(members, (0, most))
            limits[members] = (max(low, before[0]), min(high, before[1]))
    for parts in _sums(counts).values():
        for part in parts:
            limits.setdefault(part, (0, most))
    return limits


def _narrowed(limits: Limits, sums: dict[Family, list[Members]]) -> bool:
    """Draw the limits of each group and its parts closer where the others allow it; tell whether any moved."""
    before = dict(limits)
    for (group, _), parts in sums.items():
        if parts == [group]:
            continue
        lowest, highest = (sum(limits[part][side] for part in parts) for side in (0, 1))
        low, high = limits[group] = max(limits[group][0], lowest), min(limits[group][1], highest)
        for part in parts:
            least, most = limits[part]
            limits[part] = max(least, low - (highest - most)), min(most, high - (lowest - least))
    return limits != before


def _nested(limits: Limits, below: int) -> Iterator[tuple[Members, Members]]:
    """Go through all groups of which one holds another and few besides."""
    for inner, outer in product(limits, repeat=2):
        if inner & outer == inner and 0 < (inner ^ outer).bit_count() < below and inner:
            yield inner, outer
