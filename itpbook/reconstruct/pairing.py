"""Who has which of the drawn values: exchanged between patients until each of them makes sense.

Exchanging values leaves every count, median and range as it was drawn, so it costs the figures nothing. Every step is
the best one, the search ends where none is left, and nothing in it is random.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from itpbook.published import Rule
from itpbook.reconstruct.plausibility import broken, fault, involved

_RULE, _HABIT = 3, 1
"""What it counts to break a rule of the ledger, and a habit."""
_NOTHING = 1e-9
"""Gains below this are the floats' own."""


def paired(drawn: pd.DataFrame, rules: Sequence[Rule], habits: Sequence[Rule], fixed: Collection[str]) -> pd.DataFrame:
    """Exchange values between patients so that they break as few rules and habits as can be.

    Parameters
    ----------
    drawn
        One row per patient, one column per attribute.
    rules, habits
        What a patient should keep; rules weigh more.
    fixed
        Attributes that stay where they are.
    """
    search = _Search(drawn.to_dict("records"), rules, habits, set(fixed))
    while search.step():
        pass
    return pd.DataFrame(search.patients, columns=drawn.columns, index=drawn.index).astype(dict(drawn.dtypes))


class _Search:
    """Patients, and what each of them costs."""

    def __init__(
        self, patients: list[dict[Any, Any]], rules: Sequence[Rule], habits: Sequence[Rule], fixed: set[str]
    ) -> None:
        self.patients = patients
        self.rules = tuple(rules)
        self.habits = tuple(habits)
        self.fixed = fixed
        self.costs = [self._cost(patient) for patient in patients]

    def _cost(self, patient: dict[Any, Any]) -> float:
        faults = (_RULE * fault(rule, patient) for rule in self.rules)
        return sum(faults) + sum(_HABIT * fault(habit, patient) for habit in self.habits)

    def step(self) -> bool:
        """Make the best exchange for the first patient whom one helps; tell whether there was any."""
        for position, patient in enumerate(self.patients):
            if not self.costs[position]:
                continue
            faults = [*broken(self.rules, patient), *broken(self.habits, patient)]
            names = dict.fromkeys(name for rule in faults for name in involved(rule) if name not in self.fixed)
            gains = [
                (self._gain(position, other, name), -other, name)
                for name in names
                for other in range(len(self.patients))
                if patient[name] != self.patients[other][name]
            ]
            gain, other, name = max(gains, default=(0.0, 0, ""))
            if gain > _NOTHING:
                self._exchange(position, -other, name)
                return True
        return False

    def _gain(self, one: int, other: int, name: str) -> float:
        first, second = self.patients[one], self.patients[other]
        after = self._cost({**first, name: second[name]}) + self._cost({**second, name: first[name]})
        return self.costs[one] + self.costs[other] - after

    def _exchange(self, one: int, other: int, name: str) -> None:
        first, second = self.patients[one], self.patients[other]
        first[name], second[name] = second[name], first[name]
        self.costs[one], self.costs[other] = self._cost(first), self._cost(second)
