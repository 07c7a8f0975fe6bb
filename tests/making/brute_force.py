"""What a small ledger determines, found by trying all records: the yardstick of everything that is proven.

It shares no logic with the package but the policy of rounding. Every multiset of possible patients is written down and
looked at; nothing is concluded, bounded or skipped. Figures are computed of all of them at once, in whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations_with_replacement, product
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from implied.ledger import Entry, Ledger, Rule
from implied.ledger.conditions import EVERYONE, AllOf, AnyOf, Condition, OneOf
from implied.numbers.rounding import decimals, round_by

Patient = Mapping[str, str | bool | int | None]
Numbers = NDArray[np.int64]

DAYS_PER_MONTH = Fraction(365_25, 12_00)
QUARTERS = {"minimum": 0, "q1": 1, "median": 2, "q3": 3, "maximum": 4}
SUMMARIES = ("median", "q1", "q3", "minimum", "maximum", "mean")


class QueryLike(Protocol):
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


@dataclass(frozen=True)
class Statistic:
    """One printed number of an entry, by what it is computed from."""

    statistic: str
    condition: Condition
    population: Condition
    quantity: str | None
    sum: tuple[str, ...]


class Multisets:
    """Sets of patients: ``numbers`` has a row for each set, and a column for each of the ``kinds`` of patients."""

    def __init__(self, ledger: Ledger, kinds: Sequence[Patient], numbers: Numbers) -> None:
        self.ledger = ledger
        self.kinds = kinds
        self.numbers = numbers

    def patients(self, row: int) -> list[Patient]:
        """Return the patients of one set."""
        return [kind for kind, number in zip(self.kinds, self.numbers[row], strict=True) for _ in range(number)]

    def total(self, of_patient: Callable[[Patient], int]) -> Numbers:
        """Add up a number of each patient; how many patients there are of whom something is true."""
        return self.numbers @ np.array([int(of_patient(kind)) for kind in self.kinds], dtype=np.int64)

    def ratios(self, figure: QueryLike) -> tuple[Numbers, Numbers]:
        """Compute a figure as numerators and denominators; a denominator is 0 where the figure is not defined."""
        inside = [meets(figure.population, kind) for kind in self.kinds]
        one = np.ones(len(self.numbers), dtype=np.int64)
        if figure.sum:
            events = [sum(int(kind[name] or 0) for name in figure.sum) for kind in self.kinds]
            return self.numbers @ (np.array(inside) * events), one
        if figure.quantity is not None:
            return self._summary(
                figure.statistic,
                [kind[figure.quantity] if among else None for kind, among in zip(self.kinds, inside, strict=True)],
            )
        total = self.numbers @ np.array(inside, dtype=np.int64)
        count = self.total(lambda kind: meets(figure.population, kind) and meets(figure.condition, kind))
        return {"count": (count, one), "denominator": (total, one), "percent": (100 * count, total)}[figure.statistic]

    def _summary(self, statistic: str, of_kinds: Sequence[Any]) -> tuple[Numbers, Numbers]:
        """Sum a number up; quantiles lie linearly between the sorted values, as type 7 of R has them."""
        values = np.array(sorted({value for value in of_kinds if value is not None}), dtype=np.int64)
        having = self.numbers @ np.array([[one is not None and one == value for value in values] for one in of_kinds])
        known = having.sum(axis=1, dtype=np.int64)
        if statistic == "available":
            return known, np.ones_like(known)
        if statistic == "mean" or not len(values):
            return having @ values, known
        place, share = np.divmod(QUARTERS[statistic] * (known - 1), 4)
        lower, upper = (values[(having.cumsum(axis=1) > at[:, None]).argmax(axis=1)] for at in (place, place + 1))
        return (4 - share) * lower + share * upper, 4 * (known > 0)

    def values(self, figure: QueryLike) -> list[Fraction | None]:
        """Compute a figure; None where it is not defined."""
        above, below = self.ratios(figure)
        return [Fraction(*ratio) if ratio[1] else None for ratio in zip(above.tolist(), below.tolist(), strict=True)]

    def printed(self, entry: Entry, reading: str = "literal", rule: str = "half up") -> dict[str, list[str | None]]:
        """Print every statistic of an entry; None where there is nothing to print.

        ``rule`` rounds percentages; everything else is rounded half up.
        """
        if entry.is_threshold:
            return {name: [printed] * len(self.numbers) for name, printed in entry.printed.items()}
        population = entry.reading(reading).population
        in_days = entry.quantity is not None and self.ledger.attributes[entry.quantity].unit == "days"
        found = {}
        for name, printed in entry.printed.items():
            figure = Statistic(name, entry.condition or EVERYONE, population, entry.quantity, entry.sum)
            unit = DAYS_PER_MONTH if in_days and entry.unit == "months" and name != "available" else Fraction(1)
            policy, places = rule if name == "percent" else "half up", decimals(printed)
            pairs, row = np.unique(np.stack(self.ratios(figure)), axis=1, return_inverse=True)
            texts = [
                f"{abs(round_by(policy, Fraction(above, below) / unit, places)):f}" if below else None
                for above, below in pairs.T.tolist()
            ]
            found[name] = [texts[place] for place in row.ravel()]
            if printed == "all":
                everybody, _ = self.ratios(replace(figure, statistic="denominator"))
                found[name] = [
                    "all" if text == str(total) else text for text, total in zip(found[name], everybody, strict=True)
                ]
        return found

    def printing(self, entry: Entry, reading: str = "literal", rule: str = "half up") -> NDArray[np.bool_]:
        """Tell which sets print an entry as published."""
        texts = self.printed(entry, reading, rule)
        prints = [
            np.array([text == printed for text in texts[name]], dtype=bool) for name, printed in entry.printed.items()
        ]
        return np.logical_and.reduce(prints)


class AllRecords(Multisets):
    """All sets of possible patients with these numbers of patients."""

    def __init__(self, ledger: Ledger, sizes: Iterable[int]) -> None:
        kinds = possible_patients(ledger)
        counted = [np.zeros((0, len(kinds)), dtype=np.int64)]
        for size in sizes:
            chosen = np.array(list(combinations_with_replacement(range(len(kinds)), size)), dtype=np.int64)
            counted.append((chosen.reshape(-1, size, 1) == np.arange(len(kinds))).sum(axis=1))
        super().__init__(ledger, kinds, np.concatenate(counted))

    @cached_property
    def printing_each(self) -> dict[str, NDArray[np.bool_]]:
        """Tell for each entry which sets print it."""
        return {entry.id: self.printing(entry) for entry in self.ledger}

    def solutions(self, readings: Mapping[str, str] | None = None, rule: str = "half up") -> list[int]:
        """Return the rows of all sets that satisfy the ledger."""
        if not readings and rule == "half up":
            every = list(self.printing_each.values())
        else:
            chosen = readings or {}
            every = [self.printing(entry, chosen.get(entry.id, "literal"), rule) for entry in self.ledger]
        return np.flatnonzero(np.logical_and.reduce(every)).tolist() if len(self.numbers) else []


def one_set(ledger: Ledger, patients: Sequence[Patient]) -> Multisets:
    """Return these patients as the only set."""
    return Multisets(ledger, patients, np.ones((1, len(patients)), dtype=np.int64))


def printed_by(ledger: Ledger, entry: Entry, patients: Sequence[Patient]) -> dict[str, str | None]:
    """Print every statistic of an entry from patients; None where there is nothing to print."""
    return {name: texts[0] for name, texts in one_set(ledger, patients).printed(entry).items()}


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
    chosen = one_set(ledger, patients)
    return all(is_possible(ledger, patient) for patient in patients) and all(
        chosen.printing(ledger[name], (readings or {}).get(name, "literal"))[0] for name in ids
    )
