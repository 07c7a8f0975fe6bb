"""The ledger against the executed chapters: a verdict for each published figure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from implied.ledger import Entry, Ledger, Reading
from implied.ledger.conditions import attributes_of
from itpbook.disclosure.small_numbers import WITHHELD
from itpbook.results import NO_FIGURE, VERDICTS, Result, digest

if TYPE_CHECKING:
    from implied.determine.contradicted import Contradiction

REPRODUCED = "reproduced"
INFERRED = "reproduced under an inferred reading"
CONTRADICTED = "contradicted"
DIFFERS = "differs"
NOT_AVAILABLE = "not available"
VERDICTS_IN_ORDER = (REPRODUCED, INFERRED, CONTRADICTED, DIFFERS, NOT_AVAILABLE)


@dataclass(frozen=True)
class Alternative:
    """What a figure gives under the reading that the ledger infers, and why that reading."""

    reading: str
    population: str
    recomputed: str | None
    n: int | None
    N: int | None
    verdict: str
    statement: str


@dataclass(frozen=True)
class Line:
    """One published figure with what the chapters make of it.

    ``conflict`` names the other figures that rule a contradicted one out, ``statement`` says how, and ``proof`` is the
    fragment of the proof in the chapter on what the ledger determines; of a figure that
    is not available, ``statement`` says what is lacking. ``chapter`` is where the figure was computed; ``recomputed``
    is None when nothing was.
    """

    id: str
    section: str
    label: str
    printed: str
    recomputed: str | None
    n: int | None
    N: int | None
    verdict: str
    reading: str
    chapter: str | None
    population: str
    unit: str | None = None
    remark: str = ""
    statement: str = ""
    conflict: tuple[str, ...] = ()
    proof: str = ""
    alternative: Alternative | None = None

    @property
    def sound(self) -> bool:
        """Whether the figure came out, or provably cannot and comes out under the inferred reading."""
        if self.verdict == CONTRADICTED:
            return self.alternative is not None and self.alternative.verdict == INFERRED
        return self.verdict in (REPRODUCED, INFERRED)


def verify(
    ledger: Ledger,
    results: Iterable[Result],
    conflicts: Mapping[str, Contradiction] | None = None,
    proofs: Mapping[frozenset[str], str] | None = None,
) -> list[Line]:
    """Compare every entry of the ledger with the recorded results.

    Parameters
    ----------
    ledger
        The published figures.
    results
        Figures recorded by the chapters, both readings.
    conflicts
        Contradicted entries; worked out from the ledger when left out.
    proofs
        For sets of conflicting entries, the fragment under which the book proves them.

    Returns
    -------
    list of Line
        One line per entry, in the ledger's order.
    """
    proven = _contradictions(ledger) if conflicts is None else conflicts
    recorded = {(result.id, result.reading): result for result in results}
    lines = [_line(entry, recorded, proven.get(entry.id)) for entry in ledger]
    return [replace(line, proof=(proofs or {}).get(frozenset({line.id, *line.conflict}), "")) for line in lines]


def _contradictions(ledger: Ledger) -> dict[str, Contradiction]:
    # Only who judges needs the solver; chapters that merely record would pay seconds for it.
    from implied.determine.contradicted import contradicted

    return contradicted(ledger)


def _line(entry: Entry, recorded: Mapping[tuple[str, str], Result], conflict: Contradiction | None) -> Line:
    shown, reading = recorded.get((entry.id, "literal")), entry.readings[0]
    verdict = CONTRADICTED if conflict is not None else _verdict(entry, shown, REPRODUCED)
    alternative = None
    if len(entry.readings) > 1:
        inferred = entry.readings[-1]
        found = recorded.get((entry.id, inferred.name))
        alternative = _alternative(entry, inferred, found)
        if verdict in (DIFFERS, NOT_AVAILABLE) and alternative.verdict == INFERRED:
            verdict, shown, reading = INFERRED, found, inferred
    lacking = what_is_lacking(entry, reading, shown) if verdict == NOT_AVAILABLE else ""
    return Line(
        id=entry.id,
        section=entry.section,
        label=entry.label,
        printed=entry.text,
        recomputed=None if shown is None else shown.printed,
        n=None if shown is None else shown.n,
        N=None if shown is None else shown.N,
        verdict=verdict,
        reading=reading.name,
        chapter=None if shown is None else shown.chapter,
        population=entry.readings[0].among if shown is None else shown.population,
        unit=entry.unit,
        remark=entry.remark,
        statement=lacking if conflict is None else conflict.statement,
        conflict=() if conflict is None else conflict.others[0],
        alternative=alternative,
    )


def _alternative(entry: Entry, reading: Reading, found: Result | None) -> Alternative:
    verdict = _verdict(entry, found, INFERRED)
    lacking = what_is_lacking(entry, reading, found) if verdict == NOT_AVAILABLE else ""
    return Alternative(
        reading=reading.name,
        population=reading.among,
        recomputed=None if found is None else found.printed,
        n=None if found is None else found.n,
        N=None if found is None else found.N,
        verdict=verdict,
        statement=" ".join(filter(None, [reading.because, lacking])),
    )


def _verdict(entry: Entry, result: Result | None, when_same: str) -> str:
    formatted = [None if result is None else result.formatted(name) for name in entry.printed]
    if {None, NO_FIGURE, WITHHELD} & set(formatted) or (result is not None and result.suppressed):
        return NOT_AVAILABLE
    return when_same if formatted == list(entry.printed.values()) else DIFFERS


def what_is_lacking(entry: Entry, reading: Reading, result: Result | None) -> str:
    """Say what records or chapters lack for a figure to be recomputed."""
    if result is None:
        subjects = [] if entry.condition is None else [*attributes_of(entry.condition)]
        subjects += [*entry.sum, *filter(None, [entry.quantity]), *attributes_of(reading.population)]
        needed = f"; it needs {', '.join(dict.fromkeys(subjects))}" if subjects else ""
        return f"No chapter recorded it{needed}."
    if result.suppressed:
        return "Small numbers of these records, and what would reveal them, are not printed."
    if WITHHELD in [result.formatted(name) for name in entry.printed]:
        return "The least and the greatest value are those of single patients, which are not printed."
    if result.N == 0:
        return f"The records hold none of its patients ({result.population})."
    if result.note:
        return f"The records lack the values: {result.note} of {result.population}."
    absent = [name for name in entry.printed if result.formatted(name) is None]
    return f"Chapter {result.chapter} recorded no {', '.join(absent) or 'figure'}."


def tally(lines: Iterable[Line]) -> dict[str, int]:
    """Count the lines by verdict, every verdict named."""
    verdicts = [line.verdict for line in lines]
    return {verdict: verdicts.count(verdict) for verdict in VERDICTS_IN_ORDER}


def summary(lines: Sequence[Line]) -> str:
    """Say in a sentence how many figures have which verdict."""
    counts = ", ".join(f"{count} {verdict}" for verdict, count in tally(lines).items())
    read = sum(line.verdict == CONTRADICTED and line.sound and line.alternative is not None for line in lines)
    aside = f" ({read} of the contradicted are {INFERRED})" if read else ""
    return f"{len(lines)} published figures: {counts}{aside}"


@dataclass(frozen=True)
class Move:
    """A recorded figure that is not what it was in the stored chapters; None where it did not exist.

    ``statistics`` names those that changed, also ones that the figure does not print, such as quartiles.
    """

    id: str
    reading: str
    stored: str | None
    now: str | None
    statistics: tuple[str, ...]


def moved(stored: Iterable[Result], now: Iterable[Result]) -> list[Move]:
    """List every recorded figure, published or not, that changed between two runs."""
    before = {(result.id, result.reading): result for result in stored}
    after = {(result.id, result.reading): result for result in now}
    moves = []
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key), after.get(key)
        old_statistics = {} if old is None else old.statistics
        new_statistics = {} if new is None else new.statistics
        names = tuple(
            name
            for name in dict.fromkeys([*old_statistics, *new_statistics])
            if old_statistics.get(name) != new_statistics.get(name)
        )
        if names:
            moves.append(Move(*key, None if old is None else old.printed, None if new is None else new.printed, names))
    return moves


def other_records(stored: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name the tables of records whose digests differ between the runs of two sets of executed chapters."""
    before = {run["chapter"]: run["records"]["digests"] for run in stored}
    changed = {
        table
        for run in now
        for table, digest_now in run["records"]["digests"].items()
        if before.get(run["chapter"], {}).get(table) != digest_now
    }
    return sorted(changed)


class Verification:
    """All verdicts of a run, shown by the verification chapter and stored in its output for the book to read."""

    def __init__(
        self, ledger: Ledger, results: Sequence[Result], proofs: Mapping[frozenset[str], str] | None = None
    ) -> None:
        self.ledger = ledger
        self.proofs = dict(proofs or {})
        self.results = tuple(results)
        self.conflicts = _contradictions(ledger)
        self.lines = verify(ledger, results, self.conflicts, self.proofs)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        payload = {
            "ledger": self.ledger.digest,
            "results": digest(self.results),
            "lines": [json.loads(json.dumps(asdict(line))) for line in self.lines],
        }
        return {VERDICTS: payload, "text/plain": summary(self.lines)}
