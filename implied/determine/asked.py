"""A figure that can be asked of any patients: counted, summed up or summarised."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from implied.check.attribute_table import QUARTERS, meets, quantile, rows_of
from implied.ledger.conditions import EVERYONE, AllOf, Between, Condition, attributes_of

if TYPE_CHECKING:
    import pandas as pd

Statistic = Literal["count", "percent", "events", "minimum", "q1", "median", "q3", "maximum", "mean"]


@dataclass(frozen=True)
class Figure:
    """What is asked of patients.

    ``condition`` and ``population`` are for count and percent (exact, not rounded), ``sum`` names the numbers of
    events added up, ``quantity`` the number that all other statistics summarise, in the unit of the records.
    """

    id: str
    statistic: Statistic
    condition: Condition = EVERYONE
    population: Condition = EVERYONE
    quantity: str | None = None
    sum: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The attributes that the figure speaks of."""
        conditions = {*attributes_of(self.condition), *attributes_of(self.population)}
        return frozenset(conditions.union(self.sum, [] if self.quantity is None else [self.quantity]))

    @property
    def summarised(self) -> Condition:
        """The patients without whom there is no figure: the denominator, or those whose number is known."""
        if self.quantity is None:
            return self.population
        return AllOf((self.population, Between(self.quantity, None, None, above=False)))

    @property
    def needs_patients(self) -> bool:
        """Whether there is no figure when nobody is summarised."""
        return self.statistic not in ("count", "events")

    def value(self, patients: pd.DataFrame) -> Fraction | None:
        """Return the figure of these patients, exactly; None when there is none."""
        among = [row for row in rows_of(patients) if meets(self.summarised, row)]
        if self.needs_patients and not among:
            return None
        if self.statistic == "events":
            return Fraction(sum(row[name] for row in among for name in self.sum if row[name] is not None))
        if self.quantity is not None:
            numbers = sorted(Fraction(row[self.quantity]) for row in among)
            if self.statistic == "mean":
                return sum(numbers, Fraction(0)) / len(numbers)
            return quantile(numbers, QUARTERS[self.statistic])
        counted = sum(meets(self.condition, row) for row in among)
        return Fraction(counted) if self.statistic == "count" else Fraction(100 * counted, len(among))
