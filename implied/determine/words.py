"""Conditions and kinds in the words of the ledger: what an entry counts is called what the entry calls it."""

from __future__ import annotations

from implied.determine.kinds import Kind
from implied.ledger import Ledger
from implied.ledger.conditions import AllOf, AnyOf, Between, Condition, OneOf, attributes_of
from implied.ledger.printed import WholeRange, whole_numbers
from implied.numbers.rounding import with_unit

NONE = "does not apply"


class Words:
    """The words of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def subject(self, condition: Condition) -> str:
        """Name patients by what they have in common."""
        for entry in self.ledger:
            if entry.condition == condition:
                return entry.label
        if isinstance(condition, OneOf) and len(condition.values) == 1:
            name = condition.attribute
            return f"{self.ledger.attributes[name].label}: {self.value(name, condition.values[0])}"
        if isinstance(condition, Between):
            return f"{self.ledger.attributes[condition.attribute].label}: {self._between(condition)}"
        if isinstance(condition, AnyOf):
            names = dict.fromkeys(attributes_of(condition))
            return "More than one of: " + ", ".join(self.ledger.attributes[name].label for name in names)
        return "; ".join(self.subject(part) for part in condition.parts) if isinstance(condition, AllOf) else ""

    def _between(self, condition: Between) -> str:
        if condition.low is not None and condition.high is not None:
            return self.value(condition.attribute, WholeRange(int(condition.low), int(condition.high)))
        unit = self.ledger.attributes[condition.attribute].unit
        low, high = condition.low, condition.high
        bound, words = (low, "at least") if low is not None else (high, "at most")
        return f"{words} {with_unit(str(bound), unit)}"

    def value(self, name: str, kind: Kind) -> str:
        """Name a value: as an entry that counts it does, or as it is printed."""
        attribute = self.ledger.attributes[name]
        if kind is None:
            return NONE
        if isinstance(kind, WholeRange):
            for entry in self.ledger:
                for statistic in ("minimum", "median", "maximum") if entry.quantity == name else ():
                    printed = entry.printed.get(statistic)
                    if printed is not None and whole_numbers(printed, entry.unit, attribute) == kind:
                        return with_unit(printed, entry.unit)
            number = str(kind.low) if kind.low == kind.high else f"{kind.low} to {kind.high}"
            return with_unit(number, attribute.unit)
        if isinstance(kind, bool):
            return "yes" if kind else "no"
        for entry in self.ledger:
            if entry.condition == OneOf(name, (kind,)):
                return entry.label
        return str(kind).replace("_", " ")
