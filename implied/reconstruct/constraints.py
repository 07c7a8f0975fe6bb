"""The ledger as constraints on patients: what each claim demands of the records, no more and no less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import cpmpy as cp
from cpmpy.expressions.core import BoolVal, Expression

from implied.ledger import Entry, Ledger, Rule
from implied.ledger.conditions import EVERYONE, AllOf, Attribute, Between, Condition, OneOf, combined, is_known
from implied.ledger.printed import whole_numbers
from implied.numbers.percentages import count_demands
from implied.reconstruct.summaries import summary

Together = frozenset[Condition]
"""Patients who meet all of these."""


def _every(parts: list[Expression]) -> Expression:
    """All parts; with none left to check, a truth that can take part in further expressions."""
    if len(parts) < 2:
        return parts[0] if parts else BoolVal(True)
    return cp.all(parts)


class Patients:
    """The unknown patients: a choice of one value, or a whole number, per patient and attribute.

    Attributes
    ----------
    choices
        Whether a patient has a value, by attribute and value.
    numbers
        The numbers of the patients; they mean nothing where the number does not apply or is missing.
    present
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
        self.present = {
            name: cp.boolvar(shape=(size,), name=f"{name} is known")
            for name, attribute in attributes.items()
            if attribute.is_number and attribute.may_be_missing
        }

    def known(self, name: str, patient: int) -> Expression:
        """Whether a patient has a value of an attribute: it applies and is not missing."""
        attribute = self.attributes[name]
        if not attribute.may_be_missing:
            return self.meets(attribute.applies_when, patient)
        if attribute.is_number:
            return self.present[name][patient]
        return cp.any([self.choices[name, value][patient] for value in attribute.values])

    def meets(self, condition: Condition, patient: int) -> Expression:
        """Whether a patient meets a condition; an attribute without a value meets none."""
        return combined(condition, lambda part: self._meets_single(part, patient), _every, cp.any)

    def _meets_single(self, condition: OneOf | Between, patient: int) -> Expression:
        if isinstance(condition, OneOf):
            chosen = [self.choices[condition.attribute, value][patient] for value in condition.values]
            return chosen[0] if len(chosen) == 1 else cp.any(chosen)
        number = self.numbers[condition.attribute][patient]
        parts = [] if self.attributes[condition.attribute].always_known else [self.known(condition.attribute, patient)]
        parts += [] if condition.least is None else [number >= condition.least]
        parts += [] if condition.most is None else [number <= condition.most]
        return _every(parts)

    def being_patients(self) -> list[Expression]:
        """One value per attribute where it applies, at most one where it may be missing; numbers without are open."""
        demanded = []
        for name, attribute in self.attributes.items():
            for patient in range(self.size):
                applies = self.meets(attribute.applies_when, patient)
                if not attribute.is_number:
                    chosen = cp.sum(self.choices[name, value][patient] for value in attribute.values)
                    demanded.append(chosen <= applies if attribute.may_be_missing else chosen == applies)
                elif name in self.present and attribute.applies_when != EVERYONE:
                    demanded.append(self.present[name][patient].implies(applies))
        return demanded

    def obeying(self, rule: Rule) -> list[Expression]:
        """A rule, for every patient; a sum of which a part has no value forbids nothing."""
        unsure = [
            name
            for name in rule.terms
            if not self.attributes[name].always_known
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

    def printing(self, entry: Entry, sizes: Mapping[Together, int] | None = None) -> list[Expression]:
        """What an entry, as it is read, demands of the patients. Nothing, for a threshold.

        ``sizes`` says how many patients there are in groups where other entries settle it, which makes it easier.
        """
        population = entry.population
        if entry.quantity is not None:
            attribute, values = self.attributes[entry.quantity], self.numbers[entry.quantity]
            among = [
                self.meets(population, patient) & self.known(entry.quantity, patient) for patient in range(self.size)
            ]
            settled = {frozenset(): self.size, **(sizes or {})}
            return list(summary(entry, attribute, values, among, settled.get(_summarised(attribute, population))))
        if entry.sum:
            events = [cp.sum(self._events(name, patient) for name in entry.sum) for patient in range(self.size)]
            if population != EVERYONE:
                events = [self.meets(population, patient) * number for patient, number in enumerate(events)]
            return [cp.sum(events) == int(entry.printed["count"])]
        if entry.condition is None:
            return []
        among = [self.meets(population, patient) for patient in range(self.size)]
        counted = [inside & self.meets(entry.condition, patient) for patient, inside in enumerate(among)]
        return list(count_demands(entry.printed, cp.sum(counted), cp.sum(among)))

    def _events(self, name: str, patient: int) -> Expression:
        number = self.numbers[name][patient]
        return number if self.attributes[name].always_known else self.known(name, patient) * number


def _group(*conditions: Condition) -> Together:
    """Return what conditions demand together, part by part."""
    demanded: set[Condition] = set()
    for condition in conditions:
        demanded |= _group(*condition.parts) if isinstance(condition, AllOf) else {condition}
    return frozenset(demanded)


def _summarised(attribute: Attribute, population: Condition) -> Together:
    """Return of whom a number is summed up: those of a population in whom it is known."""
    having = is_known(attribute.name) if attribute.may_be_missing else attribute.applies_when
    return _group(population, having)


def settled_sizes(ledger: Ledger) -> dict[Together, int]:
    """Return the sizes of groups that entries print: counts, denominators and numbers in whom something is known."""
    sizes = {}
    for entry in ledger:
        if entry.condition is not None and entry.printed.get("count", "all") != "all":
            sizes[_group(entry.condition, entry.population)] = int(entry.printed["count"])
        if "denominator" in entry.printed:
            sizes[_group(entry.population)] = int(entry.printed["denominator"])
        if entry.quantity is not None and "available" in entry.printed:
            sizes[_summarised(ledger.attributes[entry.quantity], entry.population)] = int(entry.printed["available"])
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
        if entry.population not in (EVERYONE, attribute.applies_when):
            continue
        least = max(attribute.minimum, whole_numbers(entry.printed["minimum"], entry.unit, attribute).low)
        most = min(attribute.maximum, whole_numbers(entry.printed["maximum"], entry.unit, attribute).high)
        if least <= most:
            attributes[entry.quantity] = replace(attribute, minimum=least, maximum=most)
    return attributes


def demands(patients: Patients, ledger: Ledger) -> list[Expression]:
    """All that records must satisfy: being patients, the rules, and every entry as it is read."""
    demanded = patients.being_patients()
    for rule in ledger.rules:
        demanded += patients.obeying(rule)
    sizes = settled_sizes(ledger)
    for entry in ledger:
        demanded += patients.printing(entry, sizes)
    return demanded
