"""What is said to be determined, against all records of small series that were made up at random."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from random import Random

import numpy as np
import pandas as pd
from agreement import (
    as_multiset,
    assert_bounds_are_sharp,
    assert_conflicts_are_the_smallest,
    keeping,
)
from brute_force import SUMMARIES, AllRecords, Patient, meets, patients_of, satisfy
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from series_models import Series, small_series, some_condition

from implied.check.attribute_table import unsatisfied
from implied.determine.asked import Figure
from implied.determine.conflicts import conflicts
from implied.determine.facts import Fact, forced_facts
from implied.determine.other_rounding import rounding_rules
from implied.determine.solutions import solutions
from implied.ledger import Ledger
from implied.ledger.conditions import EVERYONE, Between, Condition, OneOf, attributes_of
from implied.ledger.printed import WholeRange
from implied.numbers.rounding import ROUNDING_RULES


def series(number: int) -> settings:
    """Try so many series. A smaller seed makes no simpler series, so none is looked for."""
    return settings(max_examples=number, phases=[Phase.explicit, Phase.generate])


seeds = st.integers(0, 2**32 - 1)


def some_figures(random: Random, ledger: Ledger) -> list[Figure]:
    """Return figures of every kind, of random patients."""
    attributes = list(ledger.attributes.values())
    numbers = [each.name for each in attributes if each.is_number]

    def population() -> Condition:
        return EVERYONE if random.random() < 0.4 else some_condition(random, attributes)

    counted = [
        Figure(statistic, statistic, condition=some_condition(random, attributes), population=population())
        for statistic in ("count", "percent")
    ]
    summed = [Figure(name, name, quantity=random.choice(numbers), population=population()) for name in SUMMARIES]
    events = Figure(
        "events", "events", sum=tuple(random.sample(numbers, random.randint(1, len(numbers)))), population=population()
    )
    return random.sample([*counted, *summed, events], 4)


@series(200)
@given(seeds)
def test_the_hidden_patients_print_what_was_published(seed: int):
    """The yardstick itself: what it made up satisfies it, and the table of the hidden patients satisfies the ledger."""
    random = Random(seed)
    made_up = small_series(random)
    assert satisfy(made_up.ledger, made_up.hidden, [entry.id for entry in made_up.ledger])
    assert unsatisfied(made_up.ledger, table_of(made_up)) == []


def table_of(made_up: Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: pd.Series(
                [patient[name] for patient in made_up.hidden], dtype="Int64" if attribute.is_number else object
            )
            for name, attribute in made_up.ledger.attributes.items()
        }
    )


@series(200)
@given(seeds)
def test_patients_satisfy_a_ledger_exactly_when_they_print_it(seed: int):
    """Patients of one series, looked at with the altered figures of another print of it."""
    random = Random(seed)
    made_up = small_series(random, damage=random.randint(0, 2))
    patients = list(made_up.hidden)
    every = [entry.id for entry in made_up.ledger]
    found = unsatisfied(made_up.ledger, table_of(made_up))
    assert (found == []) == satisfy(made_up.ledger, patients, every)
    for name in every:
        alone = unsatisfied(keeping(made_up.ledger, [name]), table_of(made_up))
        assert (alone == []) == satisfy(made_up.ledger, patients, [name])
        assert len(alone) <= 1
        assert all(name in message for message in alone)


@series(150)
@given(seeds)
def test_solutions_are_all_records_and_no_others(seed: int):
    random = Random(seed)
    made_up = small_series(random, damage=random.choice((0, 0, 1)))
    ledger = made_up.ledger
    records = AllRecords(ledger, [ledger.size])
    wanted = {as_multiset(records.patients(row)) for row in records.solutions()}
    found = [as_multiset(patients_of(ledger, table)) for table in solutions(ledger, limit=len(wanted) + 1)]
    assert len(found) == len(set(found))
    assert set(found) == wanted


@series(40)
@given(seeds)
def test_no_more_solutions_are_listed_than_wanted(seed: int):
    random = Random(seed)
    made_up = small_series(random)
    every = {as_multiset(patients_of(made_up.ledger, table)) for table in solutions(made_up.ledger)}
    limit = random.randint(1, 5)
    few = {as_multiset(patients_of(made_up.ledger, table)) for table in solutions(made_up.ledger, limit=limit)}
    assert len(few) == min(limit, len(every))
    assert few <= every


@series(100)
@given(seeds)
def test_bounds_are_the_least_and_the_greatest_value_of_all_records(seed: int):
    random = Random(seed)
    ledger = small_series(random).ledger
    assert_bounds_are_sharp(ledger, some_figures(random, ledger))


@series(70)
@given(seeds)
def test_conflicts_are_the_smallest_sets_that_no_records_satisfy(seed: int):
    random = Random(seed)
    ledger = small_series(random, damage=random.randint(0, 2)).ledger
    assert_conflicts_are_the_smallest(ledger)


@series(25)
@given(seeds)
def test_fewer_conflicts_are_the_smallest_of_all(seed: int):
    random = Random(seed)
    ledger = small_series(random, damage=random.randint(1, 2)).ledger
    every = [conflict.entries for conflict in conflicts(ledger, others=1000)]
    least = [entries for entries in every if len(entries) == len(every[0])]
    others = random.randint(0, 2)
    few = [conflict.entries for conflict in conflicts(ledger, others=others)]
    assert few[: len(least)] == least
    assert set(few) <= set(every)
    assert [len(entries) for entries in few] == [len(entries) for entries in every][: len(few)]
    assert len(few) == min(len(every), len(least) + others)


@series(40)
@given(seeds)
def test_a_rounding_rule_is_allowed_when_some_records_print_all_percentages_by_it(seed: int):
    random = Random(seed)
    ledger = small_series(random).ledger
    records = AllRecords(ledger, [ledger.size])
    every = [entry.id for entry in ledger]
    for rule in rounding_rules(ledger):
        assert rule.possible == bool(records.solutions(rule=rule.name))
        printing = {name: records.printing(ledger[name], rule=rule.name) for name in every}
        if rule.possible:
            assert rule.conflict == ()
            continue
        assert not np.logical_and.reduce([printing[name] for name in rule.conflict]).any()
    assert [rule.name for rule in rounding_rules(ledger)] == list(ROUNDING_RULES)


def subjects(ledger: Ledger) -> Iterator[Condition]:
    """Yield what may single out a patient: a value but False, a printed extreme, events."""
    for name, attribute in ledger.attributes.items():
        yield from (OneOf(name, (value,)) for value in attribute.values if value is not False)
        if attribute.unit == "events":
            yield from (Between(name, Fraction(least), None, above=False) for least in range(1, attribute.maximum + 1))


@series(100)
@given(seeds)
def test_a_fact_is_forced_when_it_is_true_of_the_patient_in_all_records(seed: int):
    random = Random(seed)
    ledger = small_series(random).ledger
    records = AllRecords(ledger, [ledger.size])
    records_found = [records.patients(row) for row in records.solutions()]
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
            assert_needed(records, single.subject, fact)


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
