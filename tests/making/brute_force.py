"""What a small ledger determines, found by trying all records: the yardstick of everything that is proven.

It shares no logic with the package but the policy of rounding. Every multiset of possible patients is written down and
looked at; nothing is concluded, bounded or skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import combinations_with_replacement, product
from typing import Any, Protocol, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from implied.ledger import Entry, Ledger, Rule
from implied.ledger.conditions import AllOf, AnyOf, Condition, OneOf
from implied.numbers.rounding import decimals, print_number, round_by

Patient = Mapping[str, str | bool | int | None]
Found = TypeVar("Found")

DAYS_PER_MONTH = Fraction(365_25, 12_00)


class FigureLike(Protocol):
    """A figure that is asked for, by what it is computed from."""

    @property
    def statistic(self) -> str: ...
    @property
    def condition(self) -> Condition: ...
    @property
    def population(self) -> Condition: ...
    @property
    def quantity(self) -> str | None: ...
    @property
    def sum(self) -> tuple[str, ...]: ...


def meets(condition: Condition, patient: Patient) -> bool:
    """Whether a patient meets a condition; no value meets none."""
    if isinstance(condition, AllOf):
        return all(meets(part, patient) for part in condition.parts)
    if isinstance(condition, AnyOf):
        return any(meets(part, patient) for part in condition.parts)
    value = patient[condition.attribute]
    if value is None:
        return False
    if isinstance(condition, OneOf):
        return any(value is each or (isinstance(value, str) and value == each) for each in condition.values)
    low, high = condition.low, condition.high
    return (low is None or (value > low if condition.above else value >= low)) and (high is None or value <= high)  # type: ignore[operator]


def obeys(rule: Rule, patient: Patient) -> bool:
    """Whether a patient obeys a rule; a sum of which a part has no value forbids nothing."""
    if not meets(rule.when, patient):
        return True
    values = [(factor, patient[name]) for name, factor in rule.terms.items()]
    if values and all(value is not None for _, value in values):
        total = sum(factor * int(value or 0) for factor, value in values)
        if (rule.low is not None and total < rule.low) or (rule.high is not None and total > rule.high):
            return False
    return rule.then is None or meets(rule.then, patient)


def is_possible(ledger: Ledger, patient: Patient) -> bool:
    """Whether somebody can be such a patient: the values of the attributes, where they apply, and the hard rules."""
    for name, attribute in ledger.attributes.items():
        value = patient[name]
        if value is None:
            if meets(attribute.applies_when, patient) and not attribute.may_be_missing:
                return False
        elif not meets(attribute.applies_when, patient):
            return False
        elif attribute.values:
            if not any(type(value) is type(each) and value == each for each in attribute.values):
                return False
        elif not attribute.minimum <= int(value) <= attribute.maximum:
            return False
    return all(rule.plausible or obeys(rule, patient) for rule in ledger.rules)


def possible_patients(ledger: Ledger) -> list[Patient]:
    """Return every patient who is possible."""
    values = [
        [*(attribute.values or range(attribute.minimum, attribute.maximum + 1)), None]
        for attribute in ledger.attributes.values()
    ]
    everybody = [dict(zip(ledger.attributes, chosen, strict=True)) for chosen in product(*values)]
    return [patient for patient in everybody if is_possible(ledger, patient)]


def quantile(values: Sequence[int], share: Fraction) -> Fraction:
    """Interpolate linearly between the sorted values, as type 7 of R's quantile does."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


SUMMARIES: Mapping[str, Callable[[Sequence[int]], Fraction]] = {
    "median": lambda values: quantile(values, Fraction(1, 2)),
    "q1": lambda values: quantile(values, Fraction(1, 4)),
    "q3": lambda values: quantile(values, Fraction(3, 4)),
    "minimum": lambda values: Fraction(min(values)),
    "maximum": lambda values: Fraction(max(values)),
    "mean": lambda values: Fraction(sum(values), len(values)),
}


def value_of(figure: FigureLike, patients: Iterable[Patient]) -> Fraction | None:
    """Compute a figure from patients; None where it is not defined."""
    inside = [patient for patient in patients if meets(figure.population, patient)]
    if figure.statistic == "events":
        return Fraction(sum(int(patient[name] or 0) for patient in inside for name in figure.sum))
    if figure.quantity is not None:
        known = [int(value) for patient in inside if (value := patient[figure.quantity]) is not None]
        return SUMMARIES[figure.statistic](known) if known else None
    count = sum(meets(figure.condition, patient) for patient in inside)
    if figure.statistic == "count":
        return Fraction(count)
    return Fraction(100 * count, len(inside)) if inside else None


def printed_by(
    ledger: Ledger, entry: Entry, patients: Iterable[Patient], reading: str = "literal", rule: str = "half up"
) -> dict[str, str | None]:
    """Print every statistic of an entry from patients; None where there is nothing to print.

    ``rule`` rounds percentages; everything else is rounded half up.
    """
    inside = [patient for patient in patients if meets(entry.reading(reading).population, patient)]
    if entry.sum:
        return {"count": str(sum(int(patient[name] or 0) for patient in inside for name in entry.sum))}
    if entry.quantity is not None:
        known = [int(value) for patient in inside if (value := patient[entry.quantity]) is not None]
        in_months = ledger.attributes[entry.quantity].unit == "days" and entry.unit == "months"
        unit = DAYS_PER_MONTH if in_months else Fraction(1)
        found: dict[str, str | None] = {}
        for name, printed in entry.printed.items():
            if name == "available":
                found[name] = str(len(known))
            else:
                found[name] = print_number(SUMMARIES[name](known) / unit, decimals(printed)) if known else None
        return found
    if entry.condition is None:
        return dict(entry.printed)
    count = sum(meets(entry.condition, patient) for patient in inside)
    found = {}
    for name, printed in entry.printed.items():
        if name == "count":
            found[name] = "all" if printed == "all" and count == len(inside) else str(count)
        elif name == "denominator":
            found[name] = str(len(inside))
        else:
            share = Fraction(100 * count, len(inside)) if inside else None
            found[name] = None if share is None else f"{abs(round_by(rule, share, decimals(printed))):f}"
    return found


def prints(
    ledger: Ledger, entry: Entry, patients: Iterable[Patient], reading: str = "literal", rule: str = "half up"
) -> bool:
    """Whether patients print an entry as published."""
    return printed_by(ledger, entry, patients, reading, rule) == dict(entry.printed)


def patients_of(ledger: Ledger, table: pd.DataFrame) -> list[Patient]:
    """Return the patients of a table, with plain values."""

    def plain(name: str, value: Any) -> str | bool | int | None:
        if pd.isna(value):
            return None
        if ledger.attributes[name].values:
            return bool(value) if isinstance(value, bool | np.bool_) else value
        assert int(value) == value
        return int(value)

    assert list(table.columns) == list(ledger.attributes)
    columns = {name: [plain(name, value) for value in table[name].astype(object)] for name in ledger.attributes}
    return [{name: values[row] for name, values in columns.items()} for row in range(len(table))]


def satisfy(
    ledger: Ledger, patients: Sequence[Patient], ids: Iterable[str], readings: Mapping[str, str] | None = None
) -> bool:
    """Whether these are possible patients who print all of these entries as published."""
    return all(is_possible(ledger, patient) for patient in patients) and all(
        prints(ledger, ledger[name], patients, (readings or {}).get(name, "literal")) for name in ids
    )


class AllRecords:
    """All records of a ledger with these numbers of patients.

    ``numbers`` has a row for each multiset of patients and a column for each possible patient.
    """

    def __init__(self, ledger: Ledger, sizes: Iterable[int]) -> None:
        self.ledger = ledger
        self.kinds = possible_patients(ledger)
        counted = [np.zeros((0, len(self.kinds)), dtype=np.int64)]
        for size in sizes:
            chosen = np.array(list(combinations_with_replacement(range(len(self.kinds)), size)), dtype=np.int64)
            counted.append((chosen.reshape(-1, size, 1) == np.arange(len(self.kinds))).sum(axis=1))
        self.numbers: NDArray[np.int64] = np.concatenate(counted)

    def patients(self, row: int) -> list[Patient]:
        """Return the patients of one multiset."""
        return [kind for kind, number in zip(self.kinds, self.numbers[row], strict=True) for _ in range(number)]

    def each(self, seen: Callable[[Patient], Hashable], found: Callable[[list[Patient]], Found]) -> list[Found]:
        """Compute something from each multiset, but only once from those that look the same to it.

        ``seen`` tells all that ``found`` sees of a patient.
        """
        looks = [seen(kind) for kind in self.kinds]
        unique = list(dict.fromkeys(looks))
        alike = np.array([[look == each for each in unique] for look in looks], dtype=np.int64)
        _, first, inverse = np.unique(self.numbers @ alike, axis=0, return_index=True, return_inverse=True)
        values = [found(self.patients(row)) for row in first]
        return [values[place] for place in inverse.ravel()]

    def printing(self, entry: Entry, reading: str = "literal", rule: str = "half up") -> NDArray[np.bool_]:
        """Tell which multisets print an entry as published."""
        population = entry.reading(reading).population
        names = (*entry.sum, *([] if entry.quantity is None else [entry.quantity]))

        def seen(patient: Patient) -> Hashable:
            if not meets(population, patient):
                return None
            counted = entry.condition is not None and meets(entry.condition, patient)
            return (counted, *(patient[name] for name in names))

        return np.array(self.each(seen, lambda found: prints(self.ledger, entry, found, reading, rule)), dtype=bool)

    def values(self, figure: FigureLike) -> list[Fraction | None]:
        """Compute a figure from every multiset."""
        names = (*figure.sum, *([] if figure.quantity is None else [figure.quantity]))

        def seen(patient: Patient) -> Hashable:
            if not meets(figure.population, patient):
                return None
            return (meets(figure.condition, patient), *(patient[name] for name in names))

        return self.each(seen, lambda found: value_of(figure, found))

    @cached_property
    def printing_each(self) -> dict[str, NDArray[np.bool_]]:
        """Tell for each entry which multisets print it."""
        return {entry.id: self.printing(entry) for entry in self.ledger}

    def solutions(self, readings: Mapping[str, str] | None = None, rule: str = "half up") -> list[int]:
        """Return the rows of all multisets that satisfy the ledger."""
        if not readings and rule == "half up":
            every = list(self.printing_each.values())
        else:
            chosen = readings or {}
            every = [self.printing(entry, chosen.get(entry.id, "literal"), rule) for entry in self.ledger]
        return np.flatnonzero(np.logical_and.reduce(every)).tolist() if len(self.numbers) else []
