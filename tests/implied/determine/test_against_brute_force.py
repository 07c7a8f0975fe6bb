"""What is said to be determined, against all records of small series that were made up at random."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from random import Random

import numpy as np
import pandas as pd
import pytest
from agreement import (
    as_multiset,
    assert_bounds_are_sharp,
    assert_conflicts_are_the_smallest,
    keeping,
)
from brute_force import SUMMARIES, AllRecords, Patient, meets, patients_of, satisfy
from series_models import Series, small_series, some_condition

from implied.check.attribute_table import rows_of, unsatisfied
from implied.check.queries import Query
from implied.determine.conflicts import conflicts
from implied.determine.facts import Fact, forced_facts
from implied.determine.other_rounding import rounding_rules
from implied.determine.solutions import solutions
from implied.ledger import Ledger
from implied.ledger.conditions import EVERYONE, Between, Condition, OneOf, attributes_of
from implied.ledger.printed import WholeRange
from implied.numbers.rounding import ROUNDING_RULES

SEEDS = range(32)
"""Of the series. Every fourth of them has a number of so many values that they are not told apart one by one."""


@dataclass(frozen=True)
class Tried:
    """A series with all records of as many patients as it has; ``solutions`` are those that satisfy its ledger."""

    series: Series
    random: Random
    records: AllRecords

    @property
    def ledger(self) -> Ledger:
        return self.series.ledger

    @cached_property
    def solutions(self) -> list[list[Patient]]:
        return [self.records.patients(row) for row in self.records.solutions()]


def tried(seed: int, damage: int) -> Tried:
    random = Random(seed)
    series = small_series(random, damage, wide=seed % 4 == 0)
    return Tried(series, random, AllRecords(series.ledger, [series.ledger.size]))


@pytest.fixture(scope="module", params=SEEDS)
def printed(request: pytest.FixtureRequest) -> Tried:
    """Return a series that prints what its patients have."""
    return tried(request.param, 0)


@pytest.fixture(scope="module", params=SEEDS)
def damaged(request: pytest.FixtureRequest) -> Tried:
    """Return a series of which one or two figures were altered, which may contradict it or not."""
    return tried(1000 + request.param, 1 + request.param % 2)


def some_figures(random: Random, ledger: Ledger) -> list[Query]:
    """Return figures of every kind, of random patients."""
    attributes = list(ledger.attributes.values())
    numbers = [each.name for each in attributes if each.is_number]

    def population() -> Condition:
        return EVERYONE if random.random() < 0.4 else some_condition(random, attributes)

    counted = [
        Query(statistic, statistic, condition=some_condition(random, attributes), population=population())
        for statistic in ("count", "percent")
    ]
    summed = [Query(name, name, quantity=random.choice(numbers), population=population()) for name in SUMMARIES]
    events = Query(
        "events", "events", sum=tuple(random.sample(numbers, random.randint(1, len(numbers)))), population=population()
    )
    return random.sample([*counted, *summed, events], 4)


def table_of(patients: Iterable[Patient], ledger: Ledger) -> pd.DataFrame:
    columns = {name: [patient[name] for patient in patients] for name in ledger.attributes}
    return pd.DataFrame(
        {
            name: pd.Series(columns[name], dtype="Int64" if attribute.is_number else object)
            for name, attribute in ledger.attributes.items()
        }
    )


def test_the_hidden_patients_print_what_was_published(printed: Tried):
    """The yardstick itself: what it made up satisfies it, and the table of the hidden patients satisfies the ledger."""
    hidden = printed.series.hidden
    assert satisfy(printed.ledger, hidden, [entry.id for entry in printed.ledger])
    assert unsatisfied(printed.ledger, rows_of(table_of(hidden, printed.ledger))) == []
    assert as_multiset(hidden) in map(as_multiset, printed.solutions)


def test_patients_satisfy_a_ledger_exactly_when_they_print_it(damaged: Tried):
    """Patients of one series, looked at with altered figures."""
    hidden, ledger = damaged.series.hidden, damaged.ledger
    table, every = table_of(hidden, ledger), [entry.id for entry in ledger]
    assert (unsatisfied(ledger, rows_of(table)) == []) == satisfy(ledger, hidden, every)
    for name in every:
        alone = unsatisfied(keeping(ledger, [name]), rows_of(table))
        assert (alone == []) == satisfy(ledger, hidden, [name])
        assert len(alone) <= 1
        assert all(name in message for message in alone)


def assert_all_solutions_are_listed(tried: Tried) -> None:
    wanted = {as_multiset(patients) for patients in tried.solutions}
    found = [as_multiset(patients_of(tried.ledger, table)) for table in solutions(tried.ledger, limit=len(wanted) + 1)]
    assert len(found) == len(set(found))
    assert set(found) == wanted


def test_solutions_are_all_records_and_no_others(printed: Tried):
    assert_all_solutions_are_listed(printed)


def test_solutions_of_altered_figures_are_all_records_and_no_others(damaged: Tried):
    assert_all_solutions_are_listed(damaged)


def test_no_more_solutions_are_listed_than_wanted(printed: Tried):
    every = {as_multiset(patients) for patients in printed.solutions}
    limit = printed.random.randint(1, 5)
    listed = {as_multiset(patients_of(printed.ledger, table)) for table in solutions(printed.ledger, limit=limit)}
    assert len(listed) == min(limit, len(every))
    assert listed <= every


def test_bounds_are_the_least_and_the_greatest_value_of_all_records(printed: Tried):
    assert_bounds_are_sharp(printed.ledger, some_figures(printed.random, printed.ledger), printed.records)


def test_conflicts_are_the_smallest_sets_that_no_records_satisfy(damaged: Tried):
    every = assert_conflicts_are_the_smallest(damaged.ledger)
    least = [entries for entries in every if len(entries) == len(every[0])]
    others = damaged.random.randint(0, 2)
    fewer = [conflict.entries for conflict in conflicts(damaged.ledger, others=others)]
    assert fewer[: len(least)] == least
    assert set(fewer) <= set(every)
    assert [len(entries) for entries in fewer] == [len(entries) for entries in every][: len(fewer)]
    assert len(fewer) == min(len(every), len(least) + others)


def test_nothing_conflicts_in_what_patients_print(printed: Tried):
    assert conflicts(printed.ledger) == ()


def test_a_rounding_rule_is_allowed_when_some_records_print_all_percentages_by_it(printed: Tried):
    ledger, records = printed.ledger, printed.records
    rules = rounding_rules(ledger)
    for rule in rules:
        assert rule.possible == bool(records.solutions(rule=rule.name))
        printing = [records.printing(ledger[name], rule=rule.name) for name in rule.conflict]
        assert rule.possible or not np.logical_and.reduce(printing).any()
    assert [rule.name for rule in rules] == list(ROUNDING_RULES)


def subjects(ledger: Ledger) -> Iterator[Condition]:
    """Yield what may single out a patient: a value but False, a printed extreme, events."""
    for name, attribute in ledger.attributes.items():
        yield from (OneOf(name, (value,)) for value in attribute.values if value is not False)
        if attribute.unit == "events":
            yield from (Between(name, Fraction(least), None, above=False) for least in range(1, attribute.maximum + 1))


def test_a_fact_is_forced_when_it_is_true_of_the_patient_in_all_records(printed: Tried):
    ledger, records_found = printed.ledger, printed.solutions
    found = forced_facts(ledger)
    told = [single.subject for single in found]
    for subject in subjects(ledger):
        single_out = all(sum(meets(subject, patient) for patient in patients) == 1 for patients in records_found)
        assert not single_out or subject in told
    for single in found:
        meant = [[patient for patient in patients if meets(single.subject, patient)] for patients in records_found]
        assert all(meant)
        assert single.alone == all(len(patients) == 1 for patients in meant)
        own = set(attributes_of(single.subject))
        values = {
            name: {repr(patient[name]) for patients in meant for patient in patients}
            for name in ledger.attributes
            if name not in own
        }
        forced = {name: next(iter(seen)) for name, seen in values.items() if len(seen) == 1}
        listed = {fact.attribute: repr(plain(fact.value)) for fact in single.facts}
        assert listed == {name: value for name, value in forced.items() if name in listed}
        for name in forced.keys() - listed.keys():  # nothing that tells this patient from the others
            assert len({repr(patient[name]) for patients in records_found for patient in patients}) == 1
        for fact in single.facts:
            assert_needed(printed.records, single.subject, fact)


def plain(value: object) -> object:
    """Return the only number of a range; small series have no kinds of several numbers."""
    if isinstance(value, WholeRange):
        assert value.low == value.high
        return value.low
    return value


def assert_needed(records: AllRecords, subject: Condition, fact: Fact) -> None:
    """Check that the entries of a fact force it among as many patients, and that none of them can be spared."""

    def otherwise(patient: Patient) -> bool:
        return meets(subject, patient) and repr(patient[fact.attribute]) != repr(plain(fact.value))

    contrary = records.total(otherwise) > 0
    printing = records.printing_each

    def forced(entries: Iterable[str]) -> bool:
        return not np.logical_and.reduce([contrary, *(printing[name] for name in entries)]).any()

    assert forced(fact.entries)
    for spared in fact.entries:
        assert not forced(name for name in fact.entries if name != spared)
