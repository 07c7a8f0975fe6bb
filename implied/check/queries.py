"""Numbers that can be asked of any patients: counted, added up or summarised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from implied.ledger import Entry
from implied.ledger.conditions import EVERYONE, AllOf, Condition, attributes_of, compile_condition, is_known
from implied.numbers.quartiles import QUARTERS, quantile

Row = Mapping[str, Any]
"""A patient: plain values by attribute, None where there is no value."""


@dataclass(frozen=True)
class Query:
    """What is asked of patients.

    The ``statistic`` is a count, denominator or percent (exact, not rounded) of the ``population`` that meets the
    ``condition``; the sum of all ``events`` named by ``sum``; or, of a ``quantity``, how many have it (``available``),
    its mean, minimum, q1, median, q3 or maximum, in the unit of the records.
    """

    id: str
    statistic: str
    condition: Condition = EVERYONE
    population: Condition = EVERYONE
    quantity: str | None = None
    sum: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The attributes that the query speaks of."""
        conditions = {*attributes_of(self.condition), *attributes_of(self.population)}
        return frozenset(conditions.union(self.sum, [] if self.quantity is None else [self.quantity]))

    @cached_property
    def summarised(self) -> Condition:
        """The patients without whom there is no answer: the denominator, or those whose number is known."""
        return self.population if self.quantity is None else AllOf((self.population, is_known(self.quantity)))

    @property
    def needs_patients(self) -> bool:
        """Whether there is no answer when nobody is summarised."""
        return self.statistic not in ("count", "events", "denominator", "available")

    def value(self, patients: Sequence[Row]) -> Fraction | None:
        """Return the exact answer for these patients; None when there is none."""
        summarised = compile_condition(self.summarised)
        among = [row for row in patients if summarised(row)]
        if self.needs_patients and not among:
            return None
        if self.statistic in ("denominator", "available"):
            return Fraction(len(among))
        if self.sum:
            return Fraction(sum(int(row[name]) for row in among for name in self.sum if row[name] is not None))
        if self.quantity is not None:
            numbers = sorted(Fraction(row[self.quantity]) for row in among)
            if self.statistic == "mean":
                return sum(numbers, Fraction(0)) / len(numbers)
            return quantile(numbers, QUARTERS[self.statistic])
        counted = sum(map(compile_condition(self.condition), among))
        return Fraction(counted) if self.statistic == "count" else Fraction(100 * counted, len(among))


def query_of(entry: Entry, statistic: str) -> Query:
    """Return what an entry, as it is read, would answer by one of its statistics."""
    counted_as = "events" if entry.sum else statistic
    return Query(entry.id, counted_as, entry.condition or EVERYONE, entry.population, entry.quantity, entry.sum)
