"""Small series made up at random, with the figures that a paper would print of them.

Everything is drawn from a ``random.Random``, so anybody can repeat a case from its seed. The hidden patients are kept:
an undamaged ledger is satisfied by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import comb
from random import Random

from brute_force import (
    SUMMARIES,
    Patient,
    meets,
    possible_patients,
    printed_by,
)

from implied.ledger import Entry, Ledger, Reading, Rule
from implied.ledger.conditions import EVERYONE, AllOf, AnyOf, Attribute, Between, Condition, OneOf, attributes_of
from implied.numbers.rounding import decimals, print_number

MOST_RECORDS = 14_000
"""Multisets of patients beyond which a series is not small."""


@dataclass(frozen=True)
class Series:
    """A ledger, and the patients of which its figures were printed before any was damaged."""

    ledger: Ledger
    hidden: tuple[Patient, ...]
    damaged: tuple[str, ...]


def records_up_to(kinds: int, size: int) -> int:
    """Count the multisets of 1 to ``size`` patients."""
    return comb(kinds + size, size) - 1


def counting_everybody(size: int) -> Entry:
    """Return the entry that prints the number of patients."""
    return made("n", {"count": str(size)}, condition=EVERYONE)


def made(
    name: str,
    printed: dict[str, str],
    *,
    condition: Condition | None = None,
    population: Condition = EVERYONE,
    quantity: str | None = None,
    sum: tuple[str, ...] = (),
    unit: str | None = None,
) -> Entry:
    """Return an entry."""
    layout = " ".join(f"{{{each}}}" for each in printed)
    readings = (Reading("literal", population, "these"),)
    return Entry(name, "cohort", name, printed, layout, unit, condition, sum, quantity, readings, "")


def ledger_of(attributes: Iterable[Attribute], entries: Iterable[Entry], rules: Iterable[Rule] = ()) -> Ledger:
    """Return a ledger."""
    return Ledger("made up", {each.name: each for each in attributes}, tuple(rules), tuple(entries), "")


def small_series(random: Random, damage: int = 0, *, wide: bool | None = None) -> Series:
    """Make a series up; ``damage`` of its printed numbers are then altered.

    It has two or three attributes, up to five patients and up to six figures beside their number. A ``wide`` one has a
    number of so many values that they are not told apart one by one, and fewer patients; by default every fourth has.
    """
    wide = random.random() < 0.25 if wide is None else wide
    while True:
        attributes = _attributes(random)
        if wide:
            attributes = _widened(random, attributes)
        empty = ledger_of(attributes, [])
        rules = [_rule(random, empty) for _ in range(random.choice((0, 0, 1, 2)))]
        kinds = possible_patients(replace(empty, rules=tuple(rules)))
        size = random.randint(2, 5)
        if len(kinds) > 1 and records_up_to(len(kinds), size + 1) <= MOST_RECORDS:
            break
    hidden = tuple(random.choice(kinds) for _ in range(size))
    ledger = ledger_of(attributes, [counting_everybody(size)], rules)
    wanted = random.randint(2, 6)
    while len(ledger) <= wanted:
        entry = _entry(random, ledger, hidden, f"f{len(ledger)}")
        if entry is not None:
            ledger = replace(ledger, entries=(*ledger.entries, entry))
    harmed = [entry.id for entry in random.sample(ledger.entries, min(damage, len(ledger)))]
    entries = tuple(_damaged(random, entry) if entry.id in harmed else entry for entry in ledger)
    return Series(replace(ledger, entries=entries), hidden, tuple(harmed))


def _attributes(random: Random) -> list[Attribute]:
    sex = Attribute("sex", "Sex", ("female", "male"), may_be_missing=random.random() < 0.15)
    second = random.choice(
        (
            Attribute("grade", "Grade", ("low", "middle", "high"), may_be_missing=random.random() < 0.3),
            Attribute("bleeding", "Bleeding", (True, False), may_be_missing=random.random() < 0.3),
            Attribute("falls", "Falls", unit="events", minimum=0, maximum=random.randint(1, 2)),
        )
    )
    lowest = random.randint(0, 3)
    number = Attribute("score", "Score", unit="points", minimum=lowest, maximum=lowest + random.randint(1, 5))
    if random.random() < 0.15:
        lowest = random.randint(12, 18)
        number = replace(number, unit="days", minimum=lowest, maximum=lowest + random.randint(1, 5))
    number = replace(number, may_be_missing=random.random() < 0.25)
    attributes = [sex, second, number]
    if random.random() < 0.25:
        attributes.remove(random.choice((sex, second)))
    others = [each for each in attributes if each is not number]
    if random.random() < 0.35:
        applies = condition_on(random, random.choice(others))
        attributes[-1] = replace(number, applies_when=applies)
    elif len(others) == 2 and random.random() < 0.2:
        attributes[1] = replace(others[1], applies_when=condition_on(random, random.choice((others[0], number))))
    return attributes


def _widened(random: Random, attributes: Sequence[Attribute]) -> list[Attribute]:
    """Give the number many values, and leave the first attribute beside it or the second."""
    number = attributes[-1]
    others = [each for each in attributes[:-1] if each.applies_when == EVERYONE]
    spoken = set(attributes_of(number.applies_when))
    kept = [each for each in others if each.name in spoken] or [random.choice(others)]
    return [*kept, replace(number, maximum=number.minimum + random.randint(13, 22))]


def condition_on(random: Random, attribute: Attribute) -> Condition:
    """Return some condition on one attribute."""
    if attribute.values:
        most = len(attribute.values) - (random.random() < 0.8)
        chosen = random.sample(attribute.values, random.randint(1, most))
        return OneOf(attribute.name, tuple(value for value in attribute.values if value in chosen))
    low, high = sorted(random.randint(attribute.minimum, attribute.maximum) for _ in range(2))
    form = random.choice(("at_least", "at_most", "above", "between", "known"))
    if form == "at_least":
        return Between(attribute.name, Fraction(low), None, above=False)
    if form == "at_most":
        return Between(attribute.name, None, Fraction(high), above=False)
    if form == "above":
        return Between(attribute.name, low - Fraction(1, 2), None, above=True)
    if form == "between":
        return Between(attribute.name, Fraction(low - 1), Fraction(high), above=True)
    return Between(attribute.name, None, None, above=False)


def some_condition(random: Random, attributes: Sequence[Attribute]) -> Condition:
    """Return some condition on one or two attributes."""
    parts = [condition_on(random, random.choice(attributes)) for _ in range(2)]
    draw = random.random()
    return AllOf(tuple(parts)) if draw < 0.2 else AnyOf(tuple(parts)) if draw < 0.3 else parts[0]


def _rule(random: Random, ledger: Ledger) -> Rule:
    attributes = list(ledger.attributes.values())
    when = EVERYONE if random.random() < 0.3 else condition_on(random, random.choice(attributes))
    plausible = random.random() < 0.2
    if random.random() < 0.5:
        return Rule("made up", plausible, when, some_condition(random, attributes), {}, None, None)
    numbers = [each for each in attributes if not each.values]
    summed = random.sample(numbers, random.randint(1, len(numbers)))
    terms = {each.name: random.choice((1, 1, 2, -1)) for each in summed}
    low = sum(factor * ledger.attributes[name].minimum for name, factor in terms.items()) + random.randint(-1, 3)
    bounds = random.choice(((low, None), (None, low + 1), (low, low + 2), (low, low)))
    return Rule("made up", plausible, when, None, terms, *bounds)


def _entry(random: Random, ledger: Ledger, hidden: Sequence[Patient], name: str) -> Entry | None:
    """Return some figure of the hidden patients; None when there is nothing to print."""
    attributes = list(ledger.attributes.values())
    population = EVERYONE if random.random() < 0.6 else some_condition(random, attributes)
    number = attributes[-1]
    if random.random() < 0.2:
        number = random.choice([each for each in attributes if not each.values])
    draw = random.random()
    if draw < 0.5:
        condition = some_condition(random, attributes)
        total = sum(meets(population, patient) for patient in hidden)
        count = sum(meets(condition, patient) and meets(population, patient) for patient in hidden)
        form = random.choice(
            (
                ("count",),
                ("count", "percent"),
                ("count", "denominator", "percent"),
                ("percent",),
                ("percent",),
                ("percent", "denominator"),
                ("count", "denominator"),
            )
        )
        if count == total and form == ("count",) and random.random() < 0.5:
            return made(name, {"count": "all"}, condition=condition, population=population)
        unfilled = made(name, _blank(random, form, (0, 0, 1)), condition=condition, population=population)
    elif draw < 0.9:
        statistics = random.sample([*SUMMARIES, "available"], random.choice((1, 1, 2, 3)))
        unit = random.choice(("days", "months")) if number.unit == "days" else number.unit
        places = (0, 1, 2) if unit != "days" else (0, 1)
        unfilled = made(
            name, _blank(random, statistics, places), population=population, quantity=number.name, unit=unit
        )
    else:
        counted = [each for each in attributes if each.unit == "events"] or [number]
        unfilled = made(name, {"count": "0"}, sum=(counted[0].name,), population=population, unit=counted[0].unit)
    found = printed_by(ledger, unfilled, hidden)
    if any(text is None for text in found.values()):
        return None
    return replace(unfilled, printed=found)


def _blank(random: Random, statistics: Iterable[str], places: Sequence[int]) -> dict[str, str]:
    """Return zeros with the decimals to print: whole numbers for numbers of patients."""
    whole = ("count", "denominator", "available")
    return {name: "0" if name in whole else print_number(Fraction(0), random.choice(places)) for name in statistics}


def _damaged(random: Random, entry: Entry) -> Entry:
    """Alter one printed number to one that a few other patients could print."""
    statistic = random.choice(list(entry.printed))
    printed = entry.printed[statistic]
    places, value = decimals(printed), Fraction(0 if printed == "all" else printed)
    parts = {"percent": (2, 3, 4, 5), "mean": (2, 3, 4, 5), "q1": (4,), "median": (2,), "q3": (4,)}
    altered = printed
    while altered == printed:
        divisor = random.choice(parts.get(statistic, (1,)))
        share = Fraction(random.randint(-divisor, divisor), divisor)
        if statistic == "percent":
            altered = print_number(100 * abs(share), places)
        elif value + share >= entry.counts_everybody:
            altered = print_number(value + share, places)
    return replace(entry, printed={**entry.printed, statistic: altered})
