"""The claims of the ledger against the results of the executed chapters: a verdict for each claim."""

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
    """What a claim gives under the reading that the ledger infers, and why that reading."""

    reading: str
    population: str
    recomputed: str | None
    n: int | None
    N: int | None
    verdict: str
    statement: str


@dataclass(frozen=True)
class VerdictLine:
    """One claim with what the chapters make of it.

    ``conflict`` names the other claims that rule a contradicted one out, ``statement`` says how, and ``proof`` is the
    fragment of the proof in the chapter on what the ledger determines; of a claim that is not available, ``statement``
    says what is lacking. ``chapter`` is where the result was computed; ``recomputed`` is None when nothing was.
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
        """Whether the claim came out, or provably cannot and comes out under the inferred reading."""
        if self.verdict == CONTRADICTED:
            return self.alternative is not None and self.alternative.verdict == INFERRED
        return self.verdict in (REPRODUCED, INFERRED)


def verify(
    ledger: Ledger,
    results: Iterable[Result],
    conflicts: Mapping[str, Contradiction] | None = None,
    proofs: Mapping[frozenset[str], str] | None = None,
) -> list[VerdictLine]:
    """Compare every claim of the ledger with the recorded results; return a line for each, in the ledger's order.

    Parameters
    ----------
    results
        Results recorded by the chapters, of both readings.
    conflicts
        Contradicted claims by id; worked out from the ledger when left out.
    proofs
        For sets of conflicting claims, the fragment under which the book proves them.
    """
    contradictions = _contradictions(ledger) if conflicts is None else conflicts
    recorded = _by_reading(results)
    lines = [_line(entry, recorded, contradictions.get(entry.id)) for entry in ledger]
    return [replace(line, proof=(proofs or {}).get(frozenset({line.id, *line.conflict}), "")) for line in lines]


def _contradictions(ledger: Ledger) -> dict[str, Contradiction]:
    # Only who judges needs the solver; chapters that merely record would pay seconds for it.
    from implied.determine.contradicted import contradicted

    return contradicted(ledger)


def _by_reading(results: Iterable[Result]) -> dict[tuple[str, str], Result]:
    return {(result.id, result.reading): result for result in results}


def _line(entry: Entry, recorded: Mapping[tuple[str, str], Result], conflict: Contradiction | None) -> VerdictLine:
    result, reading = recorded.get((entry.id, "literal")), entry.readings[0]
    verdict = CONTRADICTED if conflict is not None else _verdict(entry, result, REPRODUCED)
    alternative = None
    if len(entry.readings) > 1:
        inferred = entry.readings[-1]
        result_as_inferred = recorded.get((entry.id, inferred.name))
        alternative = _alternative(entry, inferred, result_as_inferred)
        if verdict in (DIFFERS, NOT_AVAILABLE) and alternative.verdict == INFERRED:
            verdict, result, reading = INFERRED, result_as_inferred, inferred
    lacking = what_is_lacking(entry, reading, result) if verdict == NOT_AVAILABLE else ""
    return VerdictLine(
        id=entry.id,
        section=entry.section,
        label=entry.label,
        printed=entry.text,
        **_numbers(result),
        verdict=verdict,
        reading=reading.name,
        chapter=None if result is None else result.chapter,
        population=entry.readings[0].among if result is None else result.population,
        unit=entry.unit,
        remark=entry.remark,
        statement=lacking if conflict is None else conflict.statement,
        conflict=() if conflict is None else conflict.others[0],
        alternative=alternative,
    )


def _alternative(entry: Entry, reading: Reading, result: Result | None) -> Alternative:
    verdict = _verdict(entry, result, INFERRED)
    lacking = what_is_lacking(entry, reading, result) if verdict == NOT_AVAILABLE else ""
    statement = " ".join(filter(None, [reading.because, lacking]))
    return Alternative(reading.name, reading.among, **_numbers(result), verdict=verdict, statement=statement)


def _numbers(result: Result | None) -> dict[str, Any]:
    if result is None:
        return {"recomputed": None, "n": None, "N": None}
    return {"recomputed": result.printed, "n": result.n, "N": result.N}


def _verdict(entry: Entry, result: Result | None, when_same: str) -> str:
    formatted = [None if result is None else result.formatted(name) for name in entry.printed]
    if {None, NO_FIGURE, WITHHELD} & set(formatted) or (result is not None and result.suppressed):
        return NOT_AVAILABLE
    return when_same if formatted == list(entry.printed.values()) else DIFFERS


def what_is_lacking(entry: Entry, reading: Reading, result: Result | None) -> str:
    """Say what records or chapters lack for a claim to be recomputed."""
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


def tally(lines: Iterable[VerdictLine]) -> dict[str, int]:
    """Count the lines by verdict, every verdict named."""
    verdicts = [line.verdict for line in lines]
    return {verdict: verdicts.count(verdict) for verdict in VERDICTS_IN_ORDER}


def summary(lines: Sequence[VerdictLine]) -> str:
    """Say in a sentence how many claims have which verdict."""
    counts = ", ".join(f"{count} {verdict}" for verdict, count in tally(lines).items())
    inferred = sum(line.verdict == CONTRADICTED and line.sound for line in lines)
    aside = f" ({inferred} of the contradicted are {INFERRED})" if inferred else ""
    return f"{len(lines)} published figures: {counts}{aside}"


@dataclass(frozen=True)
class Move:
    """A result that is not what it was in the stored chapters; None where it did not exist.

    ``statistics`` names those that changed, also ones that the result does not print, such as quartiles.
    """

    id: str
    reading: str
    stored: str | None
    now: str | None
    statistics: tuple[str, ...]

    @property
    def words(self) -> str:
        """The move in a line; the statistics are named where what is printed is the same."""
        unseen = f" ({', '.join(self.statistics)})" if self.stored == self.now else ""
        return f"moved: {self.id} ({self.reading} reading): stored {self.stored}, now {self.now}{unseen}"


def moved(stored: Iterable[Result], now: Iterable[Result]) -> list[Move]:
    """List every result, published or not, that changed between two runs."""
    before, after = _by_reading(stored), _by_reading(now)
    moves = []
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        old_statistics = {} if old is None else old.statistics
        new_statistics = {} if new is None else new.statistics
        changed = tuple(
            name
            for name in dict.fromkeys([*old_statistics, *new_statistics])
            if old_statistics.get(name) != new_statistics.get(name)
        )
        if changed:
            moves.append(Move(*key, _numbers(old)["recomputed"], _numbers(new)["recomputed"], changed))
    return moves


def other_records(stored: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name the tables of records whose digests differ between the runs of two sets of executed chapters."""
    before = {run["chapter"]: run["records"]["digests"] for run in stored}
    return sorted(
        {
            table
            for run in now
            for table, digest_now in run["records"]["digests"].items()
            if before.get(run["chapter"], {}).get(table) != digest_now
        }
    )


class Verification:
    """All verdicts of a run, shown by the verification chapter and stored in its output for the book to read."""

    def __init__(
        self, ledger: Ledger, results: Sequence[Result], proofs: Mapping[frozenset[str], str] | None = None
    ) -> None:
        self.ledger, self.results, self.proofs = ledger, tuple(results), dict(proofs or {})
        self.conflicts = _contradictions(ledger)
        self.lines = verify(ledger, results, self.conflicts, self.proofs)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        payload = {
            "ledger": self.ledger.digest,
            "results": digest(self.results),
            "lines": [json.loads(json.dumps(asdict(line))) for line in self.lines],
        }
        return {VERDICTS: payload, "text/plain": summary(self.lines)}
