"""Published figures beside those of other records: both values, how far apart they are, and no verdict.

Other patients give other figures, so nothing is right or wrong here. A difference is given with its interval where
both figures are shares of known numbers of patients. Of medians only the ranges are published, which say nothing of
the spread between; they stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from implied.ledger import Entry, Ledger, LedgerError
from implied.numbers.rounding import print_percent
from itpbook.results import COMPARISON, NO_FIGURE, Result, digest
from itpbook.results.formatting import print_interval, print_p, print_points, print_share
from itpbook.results.remarks import Share, share
from itpbook.results.verify import what_is_lacking
from itpbook.study.statistics import compare_proportions, proportion

COMPARED = "compared"
BESIDE = "side by side"
NOT_AVAILABLE = "not available"
KINDS = (COMPARED, BESIDE, NOT_AVAILABLE)

_RANGES = "Medians with their ranges; no test."
_EVENTS = "Events, not patients; no test."
_EVERYBODY = "The number of patients."
_DEFINITION = "A definition."
_OPEN = "The abstract does not tell of how many patients."


@dataclass(frozen=True)
class Pair:
    """One published figure and that of other records.

    ``printed`` and ``recomputed`` are the figures in the source's layout, ``published_share`` and ``share`` n/N with
    percentage, and their exact intervals in per cent; ``difference`` is ours less theirs in percentage points with
    Newcombe's interval, ``p`` that of Fisher's exact test. What is not there is empty. ``statistics`` are the published
    numbers by what they are, ``statement`` says why nothing is compared or what is lacking.
    """

    id: str
    section: str
    label: str
    printed: str
    recomputed: str | None
    verdict: str
    unit: str | None
    statistics: Mapping[str, str]
    population: str
    published_share: str = ""
    published_interval: str = ""
    share: str = ""
    interval: str = ""
    difference: str = ""
    difference_interval: str = ""
    p: str = ""
    chapter: str | None = None
    statement: str = ""
    reading: str = "literal"


def compare(ledger: Ledger, results: Iterable[Result]) -> list[Pair]:
    """Set each entry of the ledger beside the figure that the chapters recorded, in the ledger's order."""
    recorded = {result.id: result for result in results if result.reading == "literal"}
    return [_pair(ledger, entry, recorded.get(entry.id)) for entry in ledger]


def _pair(ledger: Ledger, entry: Entry, result: Result | None) -> Pair:
    there = _published(ledger, entry)
    fields: dict[str, Any] = {
        "id": entry.id,
        "section": entry.section,
        "label": entry.label,
        "printed": entry.text,
        "unit": entry.unit,
        "statistics": {**entry.printed, **({} if there is None else _statistics(there))},
        "population": entry.readings[0].among if result is None else result.population,
    }
    if there is not None:
        fields |= {"published_share": print_share(there.n, there.N), "published_interval": _interval(there.n, there.N)}
    if result is None or (result.printed == NO_FIGURE and not result.suppressed):
        return Pair(
            **fields,
            recomputed=None,
            verdict=NOT_AVAILABLE,
            chapter=None if result is None else result.chapter,
            statement=what_is_lacking(entry, entry.readings[0], result),
        )
    fields |= {"recomputed": result.printed, "chapter": result.chapter}
    counted = entry.condition is not None and not entry.counts_everybody
    if counted and result.n is not None and result.N:
        fields |= {"share": print_share(result.n, result.N), "interval": _interval(result.n, result.N)}
    reason = _not_compared(entry, there, result)
    if reason or there is None or result.n is None or result.N is None:
        return Pair(**fields, verdict=BESIDE, statement=reason)
    found = compare_proportions(result.n, result.N, there.n, there.N)
    known = "" if there.known != "inferred" else "The published denominator is inferred."
    return Pair(
        **fields,
        verdict=COMPARED,
        difference=_points(found.difference),
        difference_interval=f"{_points(found.low)} to {_points(found.high)}",
        p="" if found.p is None else print_p(found.p),
        statement=" ".join(filter(None, [known, result.note.capitalize() + "." if result.note else ""])),
    )


def _published(ledger: Ledger, entry: Entry) -> Share | None:
    """Return numerator and denominator of a published count of patients, where the abstract tells them."""
    if entry.condition is None or entry.counts_everybody:
        return None
    try:
        return share(ledger, entry)
    except LedgerError:
        return None


def _not_compared(entry: Entry, there: Share | None, result: Result) -> str:
    """Say why no difference is given; nothing where one is."""
    if entry.is_threshold:
        return _DEFINITION
    if entry.quantity is not None:
        return _RANGES
    if entry.sum:
        return _EVENTS
    if entry.counts_everybody:
        return _EVERYBODY
    if result.suppressed:
        return "Small numbers are not printed."
    return _OPEN if there is None else ""


def _statistics(found: Share) -> dict[str, str]:
    """Return the numbers that a published share implies."""
    return {"count": str(found.n), "denominator": str(found.N), "percent": print_percent(found.n, found.N)} | dict(
        found.entry.printed
    )


def _interval(n: int, total: int) -> str:
    found = proportion(n, total)
    return print_interval(found.low, found.high)


def _points(value: float | None) -> str:
    return NO_FIGURE if value is None else print_points(value)


class PublishedAndOurs:
    """All pairs of a run, shown by the chapter that compares and stored in its output for the book to read."""

    def __init__(self, ledger: Ledger, results: Iterable[Result]) -> None:
        self.ledger = ledger
        self.results = tuple(results)
        self.pairs = compare(ledger, self.results)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        payload = {
            "ledger": self.ledger.digest,
            "results": digest(self.results),
            "lines": [asdict(pair) for pair in self.pairs],
        }
        counts = ", ".join(f"{sum(pair.verdict == kind for pair in self.pairs)} {kind}" for kind in KINDS)
        return {COMPARISON: payload, "text/plain": f"{len(self.pairs)} published figures: {counts}"}
