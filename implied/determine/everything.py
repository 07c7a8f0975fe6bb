"""All that the ledger determines, worked out once and kept in ``data/determined.json``.

The chapters read the file; it is never read for another ledger or other questions than it was worked out for.
Whoever keeps the answers can work them out again and compare.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from multiprocessing import get_context

from implied.determine.asked import Figure
from implied.determine.bounds import Bound, Bounds
from implied.determine.conflicts import conflicts
from implied.determine.facts import Single, forced_facts
from implied.determine.grouped import is_silent
from implied.determine.other_rounding import rounding_rules
from implied.determine.readings import chosen_readings, is_possible
from implied.determine.stored_answers import Determined, Interval, KnownConflict, KnownFact, KnownPatient
from implied.determine.words import Words
from implied.ledger import Ledger
from implied.ledger.questions import Question, Questions
from implied.numbers.rounding import print_number
from implied.numbers.units import in_days


@dataclass(frozen=True)
class Asked:
    """A figure with its names."""

    figure: Figure
    reading: str
    label: str
    among: str
    unit: str | None
    published: bool


def asked(ledger: Ledger, questions: Questions, readings: Mapping[str, str]) -> Iterator[Asked]:
    """Yield the figures to be bounded: what published percentages leave unprinted, and all questions."""
    for entry in ledger:
        if entry.condition is None:
            continue
        for reading in entry.readings:
            imposed = reading.name == readings.get(entry.id, "literal")
            if not imposed or "count" not in entry.printed:
                for statistic in ("count",) if imposed else ("count", "percent"):
                    figure = Figure(entry.id, statistic, entry.condition, reading.population)  # type: ignore[arg-type]
                    yield Asked(figure, reading.name, entry.label, reading.among, None, imposed)
    for question in questions:
        for figure in figures(question):
            yield Asked(figure, "literal", question.label, question.among, question.unit, published=False)


def figures(question: Question) -> Iterator[Figure]:
    """Yield the figures that answer a question: a count and its percentage, a sum of events, or a median."""
    if question.condition is not None:
        yield Figure(question.id, "count", question.condition, question.population)
        yield Figure(question.id, "percent", question.condition, question.population)
    elif question.sum:
        yield Figure(question.id, "events", population=question.population, sum=question.sum)
    else:
        yield Figure(question.id, "median", population=question.population, quantity=question.quantity)


def determine(ledger: Ledger, questions: Questions, *, jobs: int = 1) -> Determined:
    """Work out all that a ledger determines.

    Parameters
    ----------
    ledger, questions
        The published figures, and what is asked besides.
    jobs
        Processes to share the proofs and the bounds.

    Returns
    -------
    Determined
        With nothing but conflicts when no records satisfy the ledger, not even under other readings.
    """
    readings = chosen_readings(ledger)
    possible = is_possible(ledger, readings)
    words = Words(ledger)
    proven = conflicts(ledger, jobs=jobs)
    limits, singled_out = tuple[Interval, ...](), tuple[Single, ...]()
    if possible:
        with _processes(jobs) as pool:
            # Facts are proved one after the other: they go first, and the bounds beside them.
            facts = pool.submit(forced_facts, ledger, readings) if pool else None
            limits = _intervals(ledger, list(asked(ledger, questions, readings)), readings, pool)
            singled_out = facts.result() if facts else forced_facts(ledger, readings)
    return Determined(
        ledger=ledger.digest,
        questions=questions.digest,
        readings=readings,
        conflicts=tuple(
            KnownConflict(
                each.entries, each.statement, each.arithmetic, each.denominators, _sizes_left(ledger, each.entries)
            )
            for each in proven
        ),
        rounding={rule.name: rule.conflict for rule in rounding_rules(ledger, readings)} if possible else {},
        intervals=limits,
        patients=tuple(
            KnownPatient(
                words.subject(single.subject),
                single.alone,
                tuple(
                    KnownFact(
                        ledger.attributes[fact.attribute].label, words.value(fact.attribute, fact.value), fact.entries
                    )
                    for fact in single.facts
                ),
            )
            for single in singled_out
        ),
    )


def _sizes_left(ledger: Ledger, conflict: tuple[str, ...]) -> tuple[int, int] | None:
    """Bound the group whose percentages are printed without its size, by the other entries of a conflict.

    How many patients there are is taken as known: some sets tell it only nearly.
    """
    entries = [ledger[name] for name in conflict]
    groups = {entry.readings[0].population for entry in entries if is_silent(entry)}
    if len(groups) != 1:
        return None
    kept = {entry.id for entry in entries if not is_silent(entry)}
    few = replace(ledger, entries=tuple(each for each in ledger if each.id in kept or each.counts_everybody))
    bound = Bounds(few, {}).of(Figure("size", "count", groups.pop()))
    return None if bound.low is None or bound.high is None else (int(bound.low), int(bound.high))


def intervals(
    ledger: Ledger, wanted: Sequence[Asked], readings: Mapping[str, str], *, jobs: int = 1
) -> tuple[Interval, ...]:
    """Return the sharp bounds of figures, printed."""
    with _processes(jobs) as pool:
        return _intervals(ledger, wanted, readings, pool)


@contextmanager
def _processes(jobs: int) -> Iterator[Executor | None]:
    """Give processes that share the work, or None where this one does it all."""
    if jobs == 1:
        yield None
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        yield pool


def _intervals(
    ledger: Ledger, wanted: Sequence[Asked], readings: Mapping[str, str], pool: Executor | None
) -> tuple[Interval, ...]:
    bounds = _bounded(ledger, wanted, readings, pool)
    found = [_printed(ledger, each, bound) for each, bound in zip(wanted, bounds, strict=True)]
    if readings:
        literal = replace(ledger, entries=tuple(entry for entry in ledger if entry.id not in readings))
        touched = [place for place, each in enumerate(wanted) if each.reading not in readings.values()]
        bounds = _bounded(literal, [wanted[place] for place in touched], {}, pool)
        for place, bound in zip(touched, bounds, strict=True):
            other = _printed(ledger, wanted[place], bound)
            if other.text != found[place].text:
                found[place] = replace(found[place], without_reading=other.text)
    return tuple(found)


def _bounded(
    ledger: Ledger, wanted: Sequence[Asked], readings: Mapping[str, str], pool: Executor | None
) -> list[Bound]:
    everything = Bounds(ledger, readings)
    if pool is None:
        return [everything.of(each.figure) for each in wanted]
    return list(pool.map(partial(_bound, everything), [each.figure for each in wanted]))


def _bound(everything: Bounds, figure: Figure) -> Bound:
    return everything.of(figure)


def _printed(ledger: Ledger, each: Asked, bound: Bound) -> Interval:
    ends: list[str | None] = [None, None]
    exact = None
    if bound.low is not None and bound.high is not None:
        scale = Fraction(1)
        if each.figure.quantity is not None and ledger.attributes[each.figure.quantity].unit == "days":
            scale = in_days(Fraction(1), each.unit)
        ends = [print_number(end / scale) for end in (bound.low, bound.high)]
        exact = (str(bound.low), str(bound.high))
    return Interval(
        id=each.figure.id,
        reading=each.reading,
        statistic=each.figure.statistic,
        label=each.label,
        among=each.among,
        unit=each.unit,
        low=ends[0],
        high=ends[1],
        exact=exact,
        proven=bound.proven,
        forced=bound.forced,
        may_be_empty=bound.may_be_empty,
        published=each.published,
    )
