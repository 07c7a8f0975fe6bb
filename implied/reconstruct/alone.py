"""What the claims of a ledger say of one attribute by itself: all that can be drawn without looking at others."""

from __future__ import annotations

from dataclasses import dataclass

from implied.ledger import Ledger
from implied.ledger.conditions import (
    EVERYONE,
    AllOf,
    AnyOf,
    Attribute,
    Between,
    Condition,
    OneOf,
    attributes_of,
    is_known,
)
from implied.reconstruct.coded import Coding
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
    """What claims say of one attribute.

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
    numbers_known
        Of how many in a group the attribute is known.
    events
        How many events there are in all.
    """

    counted: tuple[Tally, ...]
    totals: tuple[tuple[Tally, tuple[int, ...]], ...]
    beyond: tuple[Beyond, ...]
    summaries: tuple[tuple[Condition, Summary], ...]
    numbers_known: tuple[tuple[Condition, int], ...]
    events: int | None

    def above(self, group: Condition, total: int, size: int) -> dict[int, int]:
        """Return above whole numbers how many lie of ``size`` who have the number, among ``total`` in the group."""
        above: dict[int, int] = {}
        between = []
        for beyond in self.beyond:
            counts = beyond.printed.counts(total)
            if beyond.population == group and counts:
                count = counts[len(counts) // 2]
                if beyond.high is None and beyond.low is not None:
                    above[beyond.low - 1] = count
                elif beyond.low is None and beyond.high is not None:
                    above[beyond.high] = size - count
                elif beyond.low is not None and beyond.high is not None:
                    between.append((beyond.low - 1, beyond.high, count))
        for low, high, count in between:
            if high in above:
                above.setdefault(low, above[high] + count)
            elif low in above:
                above[high] = above[low] - count
        return {bound: min(max(count, 0), size) for bound, count in above.items()}

    def with_events(self, size: int) -> int | None:
        """Return how many of so many patients have an event at all, if claims say."""
        for beyond in self.beyond:
            counts = beyond.printed.counts(size)
            if beyond.population == EVERYONE and (beyond.low, beyond.high) == (1, None) and counts:
                return counts[len(counts) // 2]
        return None


def alone(coding: Coding, attribute: Attribute, ledger: Ledger) -> Alone:
    """Gather what the entries of a ledger, as they are read, say of an attribute."""
    name, deciding, size = attribute.name, {*coding.deciding(attribute.name)}, ledger.size
    having = is_known(name)
    summaries: dict[Condition, Summary] = {EVERYONE: Summary(attribute)}
    counted, totals, beyond, numbers_known = [], [], [], []
    events = None
    for entry in ledger:
        population, condition, printed = entry.population, entry.condition, Printed(entry.printed, size)
        if entry.quantity == name:
            group = EVERYONE if population == attribute.applies_when else population
            summaries.setdefault(group, Summary(attribute)).add(entry.printed, entry.unit)
            numbers_known += [(group, int(entry.printed["available"]))] if "available" in entry.printed else []
        if entry.sum == (name,) and population == EVERYONE:
            events = printed.count
        if condition is None:
            continue
        if {name} <= {*attributes_of(population)} <= {name, *deciding}:
            totals.append((Tally(coding, entry, size), tuple(printed.totals())))
        if {*attributes_of(condition)} != {name}:
            continue
        if {*attributes_of(population)} <= {name, *deciding}:
            counted.append(Tally(coding, entry, size))
        if population == having and printed.total is not None:
            numbers_known.append((EVERYONE, printed.total))
        if condition == having and population == EVERYONE and printed.count is not None:
            numbers_known.append((EVERYONE, printed.count))
        elif isinstance(condition, Between) and printed.count is not None and _implies(condition, population):
            among_all = Printed({"count": str(printed.count)}, size)
            beyond.append(Beyond(EVERYONE, condition.least, condition.most, among_all))
        elif isinstance(condition, Between):
            beyond.append(Beyond(population, condition.least, condition.most, printed))
    return Alone(tuple(counted), tuple(totals), tuple(beyond), tuple(summaries.items()), tuple(numbers_known), events)


def _implies(condition: Between, population: Condition) -> bool:
    """Whether whoever meets the condition is surely of the population."""
    if isinstance(population, AllOf | AnyOf):
        every = all if isinstance(population, AllOf) else any
        return every(_implies(condition, part) for part in population.parts)
    if isinstance(population, OneOf) or population.attribute != condition.attribute:
        return False
    above = population.least is None or (condition.least is not None and condition.least >= population.least)
    return above and (population.most is None or (condition.most is not None and condition.most <= population.most))
