"""A result as chapters record it, and the addresses under which the book shows it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

RESULT = "application/vnd.itpbook.result+json"
RUN = "application/vnd.itpbook.run+json"
VERDICTS = "application/vnd.itpbook.verdicts+json"
COMPARISON = "application/vnd.itpbook.comparison+json"
DATA = "application/vnd.itpbook.data.v1+json"
"""What a drawn figure or a table shows, for download: ``{"csv": text}``, and the ``name`` of a table."""

NO_FIGURE = "–"
"""Printed where records give no number: a median of nobody, a percentage of nobody."""


class ResultsError(ValueError):
    """Results that cannot be recorded, or executed chapters that hold none to use; the message says where."""


@dataclass(frozen=True)
class Result:
    """One result that a chapter computed and recorded.

    ``statistics`` maps a statistic (count, percent, median …) to its raw number and its printed characters;
    ``printed`` arranges those as the source does. ``n`` of ``N`` are patients: those who meet a condition among those
    in whom it is known, or those with a known value among all who are summarised. ``interval`` is the exact 95%
    interval of a proportion. ``published`` is false for what the source does not print; ``basis`` says whether it
    rests on ``records`` or follows from the ``published`` claims by arithmetic. ``possible`` says what it can be over
    all records that satisfy the published claims, where those at hand are but one set of these. ``suppressed`` says
    that it is of so few patients that the book does not print it.
    """

    id: str
    label: str
    population: str
    n: int | None
    N: int | None
    statistics: Mapping[str, Mapping[str, Any]]
    printed: str
    reading: str = "literal"
    interval: Mapping[str, Any] | None = None
    unit: str | None = None
    published: bool = True
    chapter: str = ""
    note: str = ""
    basis: str = "records"
    possible: str = ""
    suppressed: bool = False

    def formatted(self, statistic: str) -> str | None:
        """Return the printed characters of a statistic, or None when it was not computed."""
        return str(self.statistics[statistic]["formatted"]) if statistic in self.statistics else None

    @property
    def interval_of_share(self) -> str:
        """The exact interval in per cent; empty without one, and where everybody there is was merely counted."""
        counts_everybody = self.printed == self.formatted("denominator")
        return "" if self.interval is None or counts_everybody else str(self.interval["formatted"])

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        words = f"{self.id}{'' if self.reading == 'literal' else f' ({self.reading} reading)'}: {self.printed}"
        return {RESULT: asdict(self), "text/plain": words}


def anchor(result_id: str) -> str:
    """Return the fragment of a claim's row in the ledger table, such as ``efficacy-cr``."""
    return result_id.replace(".", "-").replace("_", "-")


def result_anchor(result_id: str, reading: str = "literal") -> str:
    """Return the fragment of a result in its chapter, such as ``result-efficacy-cr``."""
    return f"result-{anchor(result_id)}" + ("" if reading == "literal" else f"-{reading}")


def digest(results: Iterable[Result]) -> str:
    """Return a SHA-256 over results, whatever their order."""
    payloads = sorted(json.dumps(asdict(result), sort_keys=True) for result in results)
    return hashlib.sha256("\n".join(payloads).encode()).hexdigest()
