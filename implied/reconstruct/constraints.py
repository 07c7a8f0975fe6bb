"""The ledger as constraints on patients: what each published figure demands of the records, no more and no less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import ceil, floor

import cpmpy as cp
from cpmpy.expressions.core import BoolVal, Expression

from implied.ledger import Entry, Ledger, Reading, Rule
from implied.ledger.conditions import EVERYONE, AllOf, Attribute, Between, Condition, OneOf
from implied.ledger.printed import whole_numbers
from implied.numbers.rounding import unround
from implied.reconstruct.summaries import share, summary

Group = frozenset[Condition]
"""Patients who meet all of these."""


def percentage(count: Expression, total: Expression, printed: str) -> list[Expression]:
    """Demand that ``count`` of ``total`` prints ``printed`` per cent, whatever the total is."""
    interval = unround(printed)
    return share(count, total, interval.low / 100, interval.high / 100)


def _every(parts: list[Expression]) -> Expression:
    """All parts; with none left to check, a truth that can take part in further expressions."""
    if len(parts) < 2:
        return parts[0] if parts else BoolVal(True)
    return cp.all(parts)


def counting(entry: Entry, count: Expression, total: Expression) -> list[Expression]:
    """What an entry that counts patients demands of their ``count`` among ``total``."""
    demands = []
    if "count" in entry.printed:
        demands.append(count == (total if entry.printed["count"] == "all" else int(entry.printed["count"])))
    if "denominator" in entry.printed:
        demands.append(total == int(entry.printed["denominator"]))
    if "percent" in entry.printed:
        demands += percentage(count, total, entry.printed["percent"])
    return demands


class Patients:
    """The unknown patients: a choice of one value, or a whole number, per patient and attribute.

    Parameters
    ----------
    attributes
        What is known of each patient.
    size
        Number of patients.

    Attributes
    ----------
    choices
        Whether a patient has a value, by attribute and value.
    numbers
        The numbers of the patients; they mean nothing where the number does not apply or is missing.
    given
        Whether a number is known, of those that may be missing; see :meth:`known` for all others.
    """

    def __init__(self, attributes: Mapping[str, Attribute], size: int) -> None:
        self.attributes = attributes
        self.size = size
        self.choices = {
            (name, value): cp.boolvar(shape=(size,), name=f"{name}={value}")
            for name, attribute in attributes.items()
            for value in attribute.values
        }
        self.numbers = {
            name: cp.intvar(attribute.minimum, attribute.maximum, shape=(size,), name=name)
            for name, attribute in attributes.items()
            if attribute.is_number
        }
        self.given = {
            name: cp.boolvar(shape=(size,), name=f"{name} is known")
            for name, attribute in attributes.items()
            if attribute.is_number and attribute.may_be_missing
        }

    def always_known(self, name: str) -> bool:
        """Whether every patient has a value of an attribute."""
        attribute = self.attributes[name]
        return attribute.applies_when == EVERYONE and not attribute.may_be_missing

    def known(self, name: str, patient: int) -> Expression:
        """Whether a patient has a value of an attribute: it applies and is not missing."""
        attribute = self.attributes[name]
        if not attribute.may_be_missing:
            return self.meets(attribute.applies_when, patient)
        if attribute.is_number:
            return self.given[name][patient]
        return cp.any([self.choices[name, value][patient] for value in attribute.values])

    def meets(self, condition: Condition, patient: int) -> Expression:
        """Whether a patient meets a condition; an attribute without a value meets none."""
        if isinstance(condition, OneOf):
            chosen = [self.choices[condition.attribute, value][patient] for value in condition.values]
            return chosen[0] if len(chosen) == 1 else cp.any(chosen)
        if isinstance(condition, Between):
            number = self.numbers[condition.attribute][patient]
            parts = [] if self.always_known(condition.attribute) else [self.known(condition.attribute, patient)]
            if condition.low is not None:
                parts.append(number >= (floor(condition.low) + 1 if condition.above else ceil(condition.low)))
            if condition.high is not None:
                parts.append(number <= floor(condition.high))
            return _every(parts)
        parts = [self.meets(part, patient) for part in condition.parts]
        return _every(parts) if isinstance(condition, AllOf) else cp.any(parts)

    def being_patients(self) -> list[Expression]:
        """One value per attribute where it applies, at most one where it may be missing; numbers without are open."""
        found = []
        for name, attribute in self.attributes.items():
            for patient in range(self.size):
                applies = self.meets(attribute.applies_when, patient)
                if not attribute.is_number:
                    chosen = cp.sum(self.choices[name, value][patient] for value in attribute.values)
                    found.append(chosen <= applies if attribute.may_be_missing else chosen == applies)
                elif name in self.given and attribute.applies_when != EVERYONE:
                    found.append(self.given[name][patient].implies(applies))
        return found

    def obeying(self, rule: Rule) -> list[Expression]:
        """A rule, for every patient; a sum of which a part has no value forbids nothing."""
        unsure = [
            name
            for name in rule.terms
            if not self.always_known(name)
            and (
                self.attributes[name].may_be_missing
                or not _group(self.attributes[name].applies_when) <= _group(rule.when)
            )
        ]
        demands = []
        for patient in range(self.size):
            then = [] if rule.then is None else [self.meets(rule.then, patient)]
            if rule.terms:
                total = cp.sum(factor * self.numbers[name][patient] for name, factor in rule.terms.items())
                then += [] if rule.low is None else [total >= rule.low]
                then += [] if rule.high is None else [total <= rule.high]
            when = [] if rule.when == EVERYONE else [self.meets(rule.when, patient)]
            when += [self.known(name, patient) for name in unsure]
            demand = _every(then)
            demands.append(_every(when).implies(demand) if when else demand)
        return demands

    def printing(self, entry: Entry, reading: Reading, sizes: Mapping[Group, int] | None = None) -> list[Expression]:
        """What an entry demands of the patients when its population is read so. Nothing, for a threshold.

        ``sizes`` tells how many patients there are in groups where other entries settle it, which makes it easier.
        """
        if entry.quantity is not None:
            attribute, values = self.attributes[entry.quantity], self.numbers[entry.quantity]
            among = [
                self.meets(reading.population, patient) & self.known(entry.quantity, patient)
                for patient in range(self.size)
            ]
            settled = {frozenset(): self.size, **(sizes or {})}
            return list(summary(entry, attribute, values, among, settled.get(_summarised(attribute, reading))))
        if entry.sum:
            events = [cp.sum(self._events(name, patient) for name in entry.sum) for patient in range(self.size)]
            if reading.population != EVERYONE:
                events = [self.meets(reading.population, patient) * each for patient, each in enumerate(events)]
            return [cp.sum(events) == int(entry.printed["count"])]
        if entry.condition is None:
            return []
        among = [self.meets(reading.population, patient) for patient in range(self.size)]
        counted = [inside & self.meets(entry.condition, patient) for patient, inside in enumerate(among)]
        return counting(entry, cp.sum(counted), cp.sum(among))

    def _events(self, name: str, patient: int) -> Expression:
        number = self.numbers[name][patient]
        return number if self.always_known(name) else self.known(name, patient) * number


def _group(*conditions: Condition) -> Group:
    """Return what conditions demand together, part by part."""
    found: set[Condition] = set()
    for condition in conditions:
        found |= _group(*condition.parts) if isinstance(condition, AllOf) else {condition}
    return frozenset(found)


def _summarised(attribute: Attribute, reading: Reading) -> Group:
    """Return of whom a number is summed up: those of a population in whom it is known."""
    known = Between(attribute.name, None, None, above=False) if attribute.may_be_missing else attribute.applies_when
    return _group(reading.population, known)


def settled_sizes(ledger: Ledger, readings: Mapping[str, str]) -> dict[Group, int]:
    """Return the sizes of groups that entries print: counts, denominators and numbers in whom something is known."""
    sizes = {}
    for entry in ledger:
        reading = entry.reading(readings.get(entry.id, "literal"))
        if entry.condition is not None and entry.printed.get("count", "all") != "all":
            sizes[_group(entry.condition, reading.population)] = int(entry.printed["count"])
        if "denominator" in entry.printed:
            sizes[_group(reading.population)] = int(entry.printed["denominator"])
        if entry.quantity is not None and "available" in entry.printed:
            sizes[_summarised(ledger.attributes[entry.quantity], reading)] = int(entry.printed["available"])
    return sizes


def tightened(ledger: Ledger) -> dict[str, Attribute]:
    """Return the attributes with the bounds that printed minima and maxima of all patients give.

    Entries that may be read in several ways are left aside, and so are bounds that leave no value.
    """
    attributes = dict(ledger.attributes)
    for entry in ledger:
        if entry.quantity is None or not {"minimum", "maximum"} <= set(entry.printed) or len(entry.readings) > 1:
            continue
        attribute = attributes[entry.quantity]
        if entry.readings[0].population not in (EVERYONE, attribute.applies_when):
            continue
        least = max(attribute.minimum, whole_numbers(entry.printed["minimum"], entry.unit, attribute).low)
        most = min(attribute.maximum, whole_numbers(entry.printed["maximum"], entry.unit, attribute).high)
        if least <= most:
            attributes[entry.quantity] = replace(attribute, minimum=least, maximum=most)
    return attributes


def demands(patients: Patients, ledger: Ledger, readings: Mapping[str, str]) -> list[Expression]:
    """All that records must satisfy: being patients, the rules, and every entry under the reading named for it."""
    found = patients.being_patients()
    for rule in ledger.rules:
        found += patients.obeying(rule)
    sizes = settled_sizes(ledger, readings)
    for entry in ledger:
        found += patients.printing(entry, entry.reading(readings.get(entry.id, "literal")), sizes)
    return found
