"""Published claims and the results of other records side by side: how far apart they are, and no verdict.

Other patients give other results, so nothing is right or wrong here. A difference is given with its interval where
both are shares of known numbers of patients. Of medians only the ranges are published, which say nothing of the spread
between; they are shown side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
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


@dataclass(frozen=True)
class Pair:
    """One published claim and the result of other records.

    ``printed`` and ``recomputed`` are both in the source's layout, ``published_share`` and ``share`` n/N with
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
    """Pair each claim of the ledger with the result that the chapters recorded, in the ledger's order."""
    recorded = {result.id: result for result in results if result.reading == "literal"}
    return [_pair(entry, _published_share(ledger, entry), recorded.get(entry.id)) for entry in ledger]


def _pair(entry: Entry, published: Share | None, result: Result | None) -> Pair:
    implied = {}
    if published is not None:
        n, total = published.n, published.N
        implied = {"count": str(n), "denominator": str(total), "percent": print_percent(n, total)}
    pair = Pair(
        id=entry.id,
        section=entry.section,
        label=entry.label,
        printed=entry.text,
        recomputed=None,
        verdict=NOT_AVAILABLE,
        unit=entry.unit,
        # What is printed comes first and holds.
        statistics={**entry.printed, **implied, **entry.printed},
        population=entry.readings[0].among if result is None else result.population,
        published_share="" if published is None else print_share(published.n, published.N),
        published_interval="" if published is None else _interval(published.n, published.N),
        chapter=None if result is None else result.chapter,
    )
    if result is None or (result.printed == NO_FIGURE and not result.suppressed):
        return replace(pair, statement=what_is_lacking(entry, entry.readings[0], result))
    pair = replace(pair, recomputed=result.printed, verdict=BESIDE)
    if result.n is not None and result.N and entry.condition is not None and not entry.counts_everybody:
        pair = replace(pair, share=print_share(result.n, result.N), interval=_interval(result.n, result.N))
    reason = _not_compared(entry, published, result)
    if reason or published is None or result.n is None or result.N is None:
        return replace(pair, statement=reason)
    compared = compare_proportions(result.n, result.N, published.n, published.N)
    remarks = ["The published denominator is inferred." if published.known == "inferred" else ""]
    remarks += [result.note.capitalize() + "." if result.note else ""]
    return replace(
        pair,
        verdict=COMPARED,
        difference=print_points(compared.difference),
        difference_interval=f"{print_points(compared.low)} to {print_points(compared.high)}",
        p="" if compared.p is None else print_p(compared.p),
        statement=" ".join(filter(None, remarks)),
    )


def _published_share(ledger: Ledger, entry: Entry) -> Share | None:
    """Return numerator and denominator of a published count of patients, where the abstract prints or implies them."""
    if entry.condition is None or entry.counts_everybody:
        return None
    try:
        return share(ledger, entry)
    except LedgerError:
        return None


def _not_compared(entry: Entry, published: Share | None, result: Result) -> str:
    """Say why no difference is given; nothing where one is."""
    if entry.is_threshold:
        return "A definition."
    if entry.quantity is not None:
        return "Medians with their ranges; no test."
    if entry.sum:
        return "Events, not patients; no test."
    if entry.counts_everybody:
        return "The number of patients."
    if result.suppressed:
        return "Small numbers are not printed."
    return "The abstract does not tell of how many patients." if published is None else ""


def _interval(n: int, total: int) -> str:
    share_of_all = proportion(n, total)
    return print_interval(share_of_all.low, share_of_all.high)


class PublishedAndOurs:
    """All pairs of a run, shown by the chapter that compares and stored in its output for the book to read."""

    def __init__(self, ledger: Ledger, results: Iterable[Result]) -> None:
        self.ledger, self.results = ledger, tuple(results)
        self.pairs = compare(ledger, self.results)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        payload = {
            "ledger": self.ledger.digest,
            "results": digest(self.results),
            "lines": [asdict(pair) for pair in self.pairs],
        }
        counts = ", ".join(f"{sum(pair.verdict == kind for pair in self.pairs)} {kind}" for kind in KINDS)
        return {COMPARISON: payload, "text/plain": f"{len(self.pairs)} published figures: {counts}"}
