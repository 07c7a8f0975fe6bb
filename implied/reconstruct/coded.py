"""Patients as whole numbers in one array, so that thousands of them are judged in the time that one takes.

A row is a patient and a column an attribute: the place of a value among those declared, or the number itself.
Conditions and rules become functions of such rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from implied.ledger import Rule
from implied.ledger.conditions import (
    EVERYONE,
    AllOf,
    Attribute,
    Between,
    Condition,
    OneOf,
    attributes_of,
    combined,
    is_known,
)

Rows = NDArray[np.int64]
Truths = NDArray[np.bool_]
Floats = NDArray[np.float64]
Test = Callable[[Rows], Truths]

NO_VALUE = -1
"""Stands where a patient has none of the values; as a place it is the last one, of which nothing is ever true."""
NO_NUMBER = -(2**60)
"""Stands where a patient's number is unknown."""

_FAR = 300
"""How far off a sum has to be for its fault to count half as much again."""


class Coding:
    """How the attributes of a ledger are written as whole numbers."""

    def __init__(self, attributes: Mapping[str, Attribute]) -> None:
        self.attributes = attributes
        self.column = {name: column for column, name in enumerate(attributes)}

    def nothing(self, name: str) -> int:
        """Return what stands for an attribute that a patient does not have, or of which it is not known."""
        return NO_NUMBER if self.attributes[name].is_number else NO_VALUE

    def deciding(self, name: str) -> Iterator[str]:
        """Name the attributes that decide whether one applies."""
        return attributes_of(self.attributes[name].applies_when)

    def empty(self, size: int) -> Rows:
        """Return patients of whom nothing is known."""
        return np.tile(np.array([self.nothing(name) for name in self.attributes], dtype=np.int64), (size, 1))

    def encoded(self, table: pd.DataFrame) -> Rows:
        """Turn a table of patients into rows."""
        rows = self.empty(len(table))
        for name, column in self.column.items():
            values, has_value = self.attributes[name].values, table[name].notna().to_numpy(dtype=bool)
            present = table[name].to_numpy(dtype=object)[has_value]
            rows[has_value, column] = [values.index(value) for value in present] if values else present.astype(np.int64)
        return rows

    def decoded(self, rows: Rows) -> pd.DataFrame:
        """Turn rows into a table of patients; what does not apply or is not known is missing."""
        columns: dict[str, pd.Series] = {}
        for name, attribute in self.attributes.items():
            codes = rows[:, self.column[name]]
            here = self.test(attribute.applies_when)(rows) & (codes != self.nothing(name))
            if not attribute.is_number:
                values = [attribute.values[code] if there else None for code, there in zip(codes, here, strict=True)]
                columns[name] = pd.Series(values, dtype=object)
            elif attribute.applies_when == EVERYONE and not attribute.may_be_missing:
                columns[name] = pd.Series(codes)
            else:
                columns[name] = pd.Series(codes).where(here).astype("Int64")
        return pd.DataFrame(columns)

    def test(self, condition: Condition) -> Test:
        """Return the function that says of each row whether a condition holds; of what is missing nothing does."""
        return combined(condition, self._single_test, _all_of, _any_of)

    def _single_test(self, condition: OneOf | Between) -> Test:
        column, attribute = self.column[condition.attribute], self.attributes[condition.attribute]
        if isinstance(condition, OneOf):
            # No value has the last place.
            met = np.array([*map(condition.met_by, attribute.values), False])
            return lambda rows: met[rows[:, column]]
        least = NO_NUMBER + 1 if condition.least is None else condition.least
        most = np.iinfo(np.int64).max if condition.most is None else condition.most
        if attribute.applies_when == EVERYONE:
            return lambda rows: (rows[:, column] >= least) & (rows[:, column] <= most)
        applies = self.test(attribute.applies_when)
        return lambda rows: applies(rows) & (rows[:, column] >= least) & (rows[:, column] <= most)

    def fault(self, rule: Rule) -> Callable[[Rows], Floats]:
        """Return the function that says how badly each row breaks a rule.

        It is 0 when the rule is kept, 1 when not, and up to 2 by how far a sum is off. A sum of which a part is
        missing breaks no rule.
        """
        concerned = self.test(rule.when)
        if rule.then is not None:
            obeyed = self.test(rule.then)
            return lambda rows: (concerned(rows) & ~obeyed(rows)).astype(np.float64)
        complete = self.test(AllOf(tuple(map(is_known, rule.terms))))
        places = [self.column[name] for name in rule.terms]
        factors = np.array(list(rule.terms.values()), dtype=np.int64)

        def fault(rows: Rows) -> Floats:
            here = concerned(rows) & complete(rows)
            totals = np.where(here[:, None], rows[:, places], 0) @ factors
            below = 0 if rule.low is None else rule.low - totals
            above = 0 if rule.high is None else totals - rule.high
            off = np.where(here, np.maximum(np.maximum(below, above), 0), 0)
            return np.where(off > 0, 1 + off / (off + _FAR), 0.0)

        return fault


def _all_of(tests: list[Test]) -> Test:
    return lambda rows: np.logical_and.reduce([np.ones(len(rows), bool), *(test(rows) for test in tests)])


def _any_of(tests: list[Test]) -> Test:
    return lambda rows: np.logical_or.reduce([np.zeros(len(rows), bool), *(test(rows) for test in tests)])


def involved(rule: Rule) -> Iterator[str]:
    """Name the attributes that a rule speaks of."""
    yield from attributes_of(rule.when)
    yield from attributes_of(rule.then if rule.then is not None else EVERYONE)
    yield from rule.terms
