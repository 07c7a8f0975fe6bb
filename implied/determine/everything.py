"""All that the claims of a ledger imply, worked out at once for whoever stores the answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context

from implied.check.queries import Query, query_of
from implied.determine.bounds import Bound, Bounds
from implied.determine.conflicts import conflicts
from implied.determine.facts import Single, forced_facts
from implied.determine.other_rounding import rounding_rules
from implied.determine.readings import chosen_readings, is_possible
from implied.determine.stored_answers import Determined, KnownBound, KnownConflict, KnownFact, KnownPatient
from implied.determine.words import Words
from implied.ledger import Ledger
from implied.ledger.printed import unit_in
from implied.ledger.questions import Question, Questions
from implied.numbers.rounding import print_number


@dataclass(frozen=True)
class NamedQuery:
    """A query with the words and the unit in which its answer is printed."""

    query: Query
    reading: str
    label: str
    among: str
    unit: str | None
    published: bool


def open_queries(ledger: Ledger, questions: Questions) -> Iterator[NamedQuery]:
    """Yield what is to be bounded: what published percentages leave unprinted, and all questions."""
    for entry in ledger:
        if entry.condition is None:
            continue
        for reading in entry.readings:
            imposed = reading.name == entry.read_as
            if not imposed or "count" not in entry.printed:
                for statistic in ("count",) if imposed else ("count", "percent"):
                    query = query_of(replace(entry, read_as=reading.name), statistic)
                    yield NamedQuery(query, reading.name, entry.label, reading.among, None, imposed)
    for question in questions:
        for query in _answering(question):
            yield NamedQuery(query, "literal", question.label, question.among, question.unit, published=False)


def _answering(question: Question) -> Iterator[Query]:
    """Yield the queries that answer a question: a count and its percentage, a sum of events, or a median."""
    if question.condition is not None:
        for statistic in ("count", "percent"):
            yield Query(question.id, statistic, question.condition, question.population)
    elif question.sum:
        yield Query(question.id, "events", population=question.population, sum=question.sum)
    else:
        yield Query(question.id, "median", population=question.population, quantity=question.quantity)


def determine_all(ledger: Ledger, questions: Questions, *, jobs: int = 1) -> Determined:
    """Work out all that a ledger determines.

    Parameters
    ----------
    ledger, questions
        The claims, and what is asked besides.
    jobs
        Processes to share the proofs and the bounds.

    Returns
    -------
    Determined
        With nothing but conflicts when no records satisfy the ledger, not even under other readings.
    """
    readings = chosen_readings(ledger)
    possible = ledger.read(readings)
    words = Words(ledger)
    proven = conflicts(ledger, jobs=jobs)
    limits, singles, rules = tuple[KnownBound, ...](), tuple[Single, ...](), dict[str, tuple[str, ...]]()
    if is_possible(possible):
        with _processes(jobs) as pool:
            # Facts are proved one after the other: they go first, and the bounds at the same time.
            facts = pool.submit(forced_facts, possible) if pool else None
            limits = _known_bounds(possible, list(open_queries(possible, questions)), pool)
            singles = facts.result() if facts else forced_facts(possible)
        rules = {rule.name: rule.conflict for rule in rounding_rules(possible)}
    return Determined(
        ledger=ledger.digest,
        questions=questions.digest,
        readings=readings,
        conflicts=tuple(
            KnownConflict(
                conflict.entries,
                conflict.statement,
                conflict.arithmetic,
                conflict.denominators,
                _sizes_left(ledger, conflict.entries),
            )
            for conflict in proven
        ),
        rounding=rules,
        intervals=limits,
        patients=tuple(_known_patient(ledger, words, single) for single in singles),
    )


def _known_patient(ledger: Ledger, words: Words, single: Single) -> KnownPatient:
    facts = tuple(
        KnownFact(ledger.attributes[fact.attribute].label, words.value(fact.attribute, fact.value), fact.entries)
        for fact in single.facts
    )
    return KnownPatient(words.subject(single.subject), single.alone, facts)


def _sizes_left(ledger: Ledger, conflict: tuple[str, ...]) -> tuple[int, int] | None:
    """Bound the group whose percentages are printed without its size, by the other entries of a conflict.

    How many patients there are is taken as given: some sets tell it only nearly.
    """
    entries = [ledger[name] for name in conflict]
    groups = {entry.population for entry in entries if entry.is_silent}
    if len(groups) != 1:
        return None
    spoken = {entry.id for entry in entries if not entry.is_silent}
    others = tuple(entry for entry in ledger if entry.id in spoken or entry.counts_everybody)
    bound = Bounds(replace(ledger, entries=others)).of(Query("size", "count", groups.pop()))
    return None if bound.low is None or bound.high is None else (int(bound.low), int(bound.high))


def known_bounds(ledger: Ledger, queries: Sequence[NamedQuery], *, jobs: int = 1) -> tuple[KnownBound, ...]:
    """Return the sharp bounds of queries over all records that satisfy a ledger, as it is read, printed."""
    with _processes(jobs) as pool:
        return _known_bounds(ledger, queries, pool)


@contextmanager
def _processes(jobs: int) -> Iterator[Executor | None]:
    """Give processes that share the work, or None where this one does it all."""
    if jobs == 1:
        yield None
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        yield pool


def _known_bounds(ledger: Ledger, queries: Sequence[NamedQuery], pool: Executor | None) -> tuple[KnownBound, ...]:
    answers = [_printed(ledger, query, bound) for query, bound in _bounded(ledger, queries, pool)]
    readings = {entry.id: entry.read_as for entry in ledger if entry.read_as != "literal"}
    if readings:
        literal = replace(ledger, entries=tuple(entry for entry in ledger if entry.id not in readings))
        touched = [number for number, query in enumerate(queries) if query.reading not in readings.values()]
        others = _bounded(literal, [queries[number] for number in touched], pool)
        for number, (query, bound) in zip(touched, others, strict=True):
            other = _printed(ledger, query, bound)
            if other.text != answers[number].text:
                answers[number] = replace(answers[number], without_reading=other.text)
    return tuple(answers)


def _bounded(
    ledger: Ledger, queries: Sequence[NamedQuery], pool: Executor | None
) -> Iterator[tuple[NamedQuery, Bound]]:
    everything = Bounds(ledger)
    bounds = (pool.map if pool else map)(everything.of, [named.query for named in queries])
    return zip(queries, bounds, strict=True)


def _printed(ledger: Ledger, named: NamedQuery, bound: Bound) -> KnownBound:
    ends: list[str | None] = [None, None]
    exact = None
    if bound.low is not None and bound.high is not None:
        quantity = named.query.quantity
        scale = 1 if quantity is None else unit_in(named.unit, ledger.attributes[quantity])
        ends = [print_number(end / scale) for end in (bound.low, bound.high)]
        exact = (str(bound.low), str(bound.high))
    return KnownBound(
        id=named.query.id,
        reading=named.reading,
        statistic=named.query.statistic,
        label=named.label,
        among=named.among,
        unit=named.unit,
        low=ends[0],
        high=ends[1],
        exact=exact,
        proven=bound.proven,
        forced=bound.forced,
        may_be_empty=bound.may_be_empty,
        published=named.published,
    )
