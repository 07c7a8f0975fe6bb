"""Which rounding rules can have been at work, judged by all claims together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from implied.determine.minimal_sets import smallest_set
from implied.determine.readings import is_possible
from implied.ledger import Ledger
from implied.numbers.rounding import ROUNDING_RULES


@dataclass(frozen=True)
class RoundingRule:
    """A rule for percentages; ``conflict`` are as few entries as rule it out, empty when the claims allow it."""

    name: str
    conflict: tuple[str, ...]

    @property
    def possible(self) -> bool:
        """Whether all claims together can have been rounded so."""
        return not self.conflict


def rounding_rules(ledger: Ledger) -> tuple[RoundingRule, ...]:
    """Tell for each rule of :mod:`implied.numbers.rounding` whether all percentages can have been rounded by it."""
    rounded = {name: replace(ledger, rounding=name) for name in ROUNDING_RULES}
    return tuple(
        RoundingRule(name, () if is_possible(other) else smallest_set(other)) for name, other in rounded.items()
    )
