"""The ledger as constraints on patients: what each published figure demands of the records."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor

import cpmpy as cp
from cpmpy.expressions.core import BoolVal, Expression

from itpbook.conditions import EVERYONE, AllOf, Attribute, Between, Condition, OneOf
from itpbook.formatting import unround
from itpbook.printed_numbers import whole_numbers
from itpbook.published import Entry, Ledger, Reading, Rule

_QUARTERS = {"q1": 1, "median": 2, "q3": 3}
"""Quantiles that a figure may print, in quarters of the way from the least patient to the greatest."""


def percentage(count: Expression, total: Expression, printed: str) -> list[Expression]:
    """Demand that ``count`` of ``total`` prints ``printed`` per cent, whatever the total is."""
    interval = unround(printed)
    low, high = interval.low / 100, interval.high / 100
    return [
        total >= 1,
        count * low.denominator >= total * low.numerator,
        count * high.denominator < total * high.numerator,
    ]


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
    """

    def __init__(self, attributes: Mapping[str, Attribute], size: int) -> None:
        self.attributes = attributes
        self.size = size
        self.choices = {
            (name, value): cp.boolvar(shape=size, name=f"{name}={value}")
            for name, attribute in attributes.items()
            for value in attribute.values
        }
        self.numbers = {
            name: cp.intvar(attribute.minimum, attribute.maximum, shape=size, name=name)
            for name, attribute in attributes.items()
            if attribute.is_number
        }

    def meets(self, condition: Condition, patient: int) -> Expression:
        """Whether a patient meets a condition; attributes that do not apply to the patient meet none."""
        if isinstance(condition, OneOf):
            chosen = [self.choices[condition.attribute, value][patient] for value in condition.values]
            return chosen[0] if len(chosen) == 1 else cp.any(chosen)
        if isinstance(condition, Between):
            attribute = self.attributes[condition.attribute]
            number = self.numbers[condition.attribute][patient]
            parts = [] if attribute.applies_when == EVERYONE else [self.meets(attribute.applies_when, patient)]
            if condition.low is not None:
                parts.append(number >= (floor(condition.low) + 1 if condition.above else ceil(condition.low)))
            if condition.high is not None:
                parts.append(number <= floor(condition.high))
            return _every(parts)
        parts = [self.meets(part, patient) for part in condition.parts]
        return _every(parts) if isinstance(condition, AllOf) else cp.any(parts)

    def being_patients(self) -> list[Expression]:
        """One value per attribute where it applies; a number that does not apply to a patient is left open."""
        return [
            cp.sum(self.choices[name, value][patient] for value in attribute.values)
            == self.meets(attribute.applies_when, patient)
            for name, attribute in self.attributes.items()
            if not attribute.is_number
            for patient in range(self.size)
        ]

    def obeying(self, rule: Rule) -> list[Expression]:
        """A rule, for every patient."""
        demands = []
        for patient in range(self.size):
            then = [] if rule.then is None else [self.meets(rule.then, patient)]
            if rule.terms:
                total = cp.sum(factor * self.numbers[name][patient] for name, factor in rule.terms.items())
                then += [] if rule.low is None else [total >= rule.low]
                then += [] if rule.high is None else [total <= rule.high]
            demand = _every(then)
            demands.append(demand if rule.when == EVERYONE else self.meets(rule.when, patient).implies(demand))
        return demands

    def printing(self, entry: Entry, reading: Reading) -> list[Expression]:
        """What an entry demands of the patients when its population is read so. Nothing, for a threshold."""
        if entry.quantity is not None:
            return self._summary(entry, entry.quantity, reading)
        if entry.sum:
            events = [cp.sum(self.numbers[name][patient] for name in entry.sum) for patient in range(self.size)]
            if reading.population != EVERYONE:
                events = [self.meets(reading.population, patient) * each for patient, each in enumerate(events)]
            return [cp.sum(events) == int(entry.printed["count"])]
        if entry.condition is None:
            return []
        among = [self.meets(reading.population, patient) for patient in range(self.size)]
        counted = [inside & self.meets(entry.condition, patient) for patient, inside in enumerate(among)]
        return counting(entry, cp.sum(counted), cp.sum(among))

    def _summary(self, entry: Entry, quantity: str, reading: Reading) -> list[Expression]:
        """Quantiles and range of those to whom the quantity applies.

        Where a quantile lies between two patients, both must lie in its interval, which suffices and asks a little
        more than is needed.
        """
        attribute, values = self.attributes[quantity], self.numbers[quantity]
        among = [
            self.meets(reading.population, patient) & self.meets(attribute.applies_when, patient)
            for patient in range(self.size)
        ]
        demands = []
        for statistic, quarters in _QUARTERS.items():
            if statistic in entry.printed:
                inside = whole_numbers(entry.printed[statistic], entry.unit, attribute)
                below = cp.sum(among[patient] & (values[patient] < inside.low) for patient in range(self.size))
                above = cp.sum(among[patient] & (values[patient] > inside.high) for patient in range(self.size))
                others = cp.sum(among) - 1
                demands += [4 * below <= quarters * others, 4 * above <= (4 - quarters) * others]
        if "minimum" in entry.printed:
            least = whole_numbers(entry.printed["minimum"], entry.unit, attribute)
            demands += [among[patient].implies(values[patient] >= least.low) for patient in range(self.size)]
            demands.append(cp.any(among[patient] & (values[patient] <= least.high) for patient in range(self.size)))
        if "maximum" in entry.printed:
            most = whole_numbers(entry.printed["maximum"], entry.unit, attribute)
            demands += [among[patient].implies(values[patient] <= most.high) for patient in range(self.size)]
            demands.append(cp.any(among[patient] & (values[patient] >= most.low) for patient in range(self.size)))
        return demands


def tightened(ledger: Ledger) -> dict[str, Attribute]:
    """Return the attributes with the bounds that printed minima and maxima of all patients give."""
    attributes = dict(ledger.attributes)
    for entry in ledger:
        reading = entry.readings[0]
        if entry.quantity is None or not {"minimum", "maximum"} <= set(entry.printed):
            continue
        attribute = attributes[entry.quantity]
        if reading.population not in (EVERYONE, attribute.applies_when):
            continue
        least = whole_numbers(entry.printed["minimum"], entry.unit, attribute).low
        most = whole_numbers(entry.printed["maximum"], entry.unit, attribute).high
        attributes[entry.quantity] = Attribute(
            name=attribute.name,
            label=attribute.label,
            unit=attribute.unit,
            minimum=max(attribute.minimum, least),
            maximum=min(attribute.maximum, most),
            applies_when=attribute.applies_when,
            moves_with=attribute.moves_with,
        )
    return attributes


def demands(patients: Patients, ledger: Ledger, readings: Mapping[str, str]) -> list[Expression]:
    """All that records must satisfy: being patients, the rules, and every entry under the reading named for it."""
    found = patients.being_patients()
    for rule in ledger.rules:
        found += patients.obeying(rule)
    for entry in ledger:
        found += patients.printing(entry, entry.reading(readings.get(entry.id, "literal")))
    return found
