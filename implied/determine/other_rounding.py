"""Which rounding rules can have been at work, judged by all figures together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from implied.determine.minimal_sets import smallest_set
from implied.determine.readings import chosen_readings, is_possible
from implied.ledger import Ledger
from implied.numbers.rounding import ROUNDING_RULES


@dataclass(frozen=True)
class RoundingRule:
    """A rule for percentages; ``conflict`` are as few entries as rule it out, empty when the figures allow it."""

    name: str
    conflict: tuple[str, ...]

    @property
    def possible(self) -> bool:
        """Whether all figures together can have been rounded so."""
        return not self.conflict


def rounding_rules(ledger: Ledger, readings: Mapping[str, str] | None = None) -> tuple[RoundingRule, ...]:
    """Tell for each rule of :mod:`implied.numbers.rounding` whether all percentages can have been rounded by it.

    Parameters
    ----------
    ledger
        The published figures.
    readings
        For each entry that is not read literally, the name of its reading; chosen by default.
    """
    read = chosen_readings(ledger) if readings is None else readings
    found = []
    for name in ROUNDING_RULES:
        possible = is_possible(ledger, read, name)
        found.append(RoundingRule(name, () if possible else smallest_set(ledger, read, name)))
    return tuple(found)
