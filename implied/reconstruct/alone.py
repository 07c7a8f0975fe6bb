"""What the figures of a ledger say of one attribute by itself: all that can be drawn without looking at others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from implied.ledger import Entry, Reading
from implied.ledger.conditions import EVERYONE, AllOf, AnyOf, Attribute, Between, Condition, OneOf, attributes_of
from implied.reconstruct.coded import Coding, bounds
from implied.reconstruct.quantities import Summary
from implied.reconstruct.tallies import Printed, Tally


@dataclass(frozen=True)
class Beyond:
    """How many of a population have a number from ``low`` to ``high``; None leaves a side open."""

    population: Condition
    low: int | None
    high: int | None
    printed: Printed


@dataclass(frozen=True)
class Alone:
    """What figures say of one attribute.

    Attributes
    ----------
    counted
        How many have which value.
    totals
        How many there may be in a group that values of the attribute make up.
    beyond
        How many have a number between bounds.
    summaries
        What is printed of a number, by group; of all who have it first.
    known
        Of how many in a group the attribute is known.
    events
        How many events there are in all.
    """

    counted: tuple[Tally, ...]
    totals: tuple[tuple[Tally, tuple[int, ...]], ...]
    beyond: tuple[Beyond, ...]
    summaries: tuple[tuple[Condition, Summary], ...]
    known: tuple[tuple[Condition, int], ...]
    events: int | None

    def above(self, group: Condition, total: int, size: int) -> dict[int, int]:
        """Return above whole numbers how many lie of ``size`` who have the number, among ``total`` in the group."""
        above: dict[int, int] = {}
        between = []
        for each in self.beyond:
            counts = each.printed.counts(total)
            if each.population == group and counts:
                count = counts[len(counts) // 2]
                if each.high is None and each.low is not None:
                    above[each.low - 1] = count
                elif each.low is None and each.high is not None:
                    above[each.high] = size - count
                elif each.low is not None and each.high is not None:
                    between.append((each.low - 1, each.high, count))
        for low, high, count in between:
            if high in above:
                above.setdefault(low, above[high] + count)
            elif low in above:
                above[high] = above[low] - count
        return {bound: min(max(count, 0), size) for bound, count in above.items()}

    def with_events(self, size: int) -> int | None:
        """Return how many of so many patients have an event at all, if figures say."""
        for each in self.beyond:
            counts = each.printed.counts(size)
            if each.population == EVERYONE and (each.low, each.high) == (1, None) and counts:
                return counts[len(counts) // 2]
        return None


def alone(coding: Coding, attribute: Attribute, entries: Sequence[tuple[Entry, Reading]], size: int) -> Alone:
    """Gather what entries, each as it is read, say of an attribute of so many patients."""
    name, deciding = attribute.name, {*coding.deciding(attribute.name)}
    is_known = Between(name, None, None, above=False)
    summaries: dict[Condition, Summary] = {EVERYONE: Summary(attribute)}
    counted, totals, beyond, known = [], [], [], []
    events = None
    for entry, reading in entries:
        population, condition, printed = reading.population, entry.condition, Printed.of(entry)
        if entry.quantity == name:
            group = EVERYONE if population == attribute.applies_when else population
            summaries.setdefault(group, Summary(attribute)).add(entry.printed, entry.unit)
            known += [(group, int(entry.printed["available"]))] if "available" in entry.printed else []
        if entry.sum == (name,) and population == EVERYONE:
            events = printed.count
        if condition is None:
            continue
        if {name} <= {*attributes_of(population)} <= {name, *deciding}:
            totals.append((Tally(coding, entry, reading), tuple(printed.totals(size))))
        if {*attributes_of(condition)} != {name}:
            continue
        if {*attributes_of(population)} <= {name, *deciding}:
            counted.append(Tally(coding, entry, reading))
        if population == is_known and printed.total is not None:
            known.append((EVERYONE, printed.total))
        if condition == is_known and population == EVERYONE and printed.count is not None:
            known.append((EVERYONE, printed.count))
        elif isinstance(condition, Between) and printed.count is not None and _implies(condition, population):
            beyond.append(Beyond(EVERYONE, *bounds(condition), Printed(printed.count)))
        elif isinstance(condition, Between):
            beyond.append(Beyond(population, *bounds(condition), printed))
    return Alone(tuple(counted), tuple(totals), tuple(beyond), tuple(summaries.items()), tuple(known), events)


def _implies(condition: Between, population: Condition) -> bool:
    """Whether whoever meets the condition is surely of the population."""
    if isinstance(population, AllOf | AnyOf):
        every = all if isinstance(population, AllOf) else any
        return every(_implies(condition, part) for part in population.parts)
    if isinstance(population, OneOf) or population.attribute != condition.attribute:
        return False
    (low, high), (least, most) = bounds(condition), bounds(population)
    above = least is None or (low is not None and low >= least)
    return above and (most is None or (high is not None and high <= most))
