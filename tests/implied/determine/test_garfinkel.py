"""The published example of people who can be rebuilt from a table of statistics about them.

Garfinkel, Abowd, Martindale (2019), "Understanding database reconstruction attacks on public data".
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from brute_force import patients_of, satisfy

from implied.check.attribute_table import rows_of, unsatisfied
from implied.check.queries import Query
from implied.determine.bounds import bounds
from implied.determine.solutions import solutions
from implied.ledger import Ledger, load_ledger
from implied.ledger.conditions import OneOf

LEDGER = Path(__file__).parent / "ledgers" / "garfinkel.yaml"

PEOPLE = {
    (8, "female", "black", "single"),
    (18, "male", "white", "single"),
    (24, "female", "white", "single"),
    (30, "male", "white", "married"),
    (36, "female", "black", "married"),
    (66, "female", "black", "married"),
    (84, "male", "black", "married"),
}
"""The seven people whom the authors give as the only ones that fit."""

OTHERS = {
    (2, "female", "black", "single"),
    (12, "male", "white", "single"),
    (24, "female", "white", "married"),
    (30, "male", "black", "married"),
    (36, "female", "white", "single"),
    (72, "female", "black", "married"),
    (90, "male", "black", "married"),
}
"""The only others who fit without the row of the black women (to find them takes the engine a minute)."""


def rows(ledger: Ledger, *left_out: str) -> Ledger:
    """Return the table without some of its rows."""
    return replace(ledger, entries=tuple(entry for entry in ledger if entry.id.split(".")[-1] not in left_out))


def people_of(table: pd.DataFrame) -> set[tuple[object, ...]]:
    return set(table[["age", "sex", "race", "marital_status"]].itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def without_sexes() -> list[pd.DataFrame]:
    """Return every set of people whom the table allows without the rows of the sexes."""
    ledger = rows(load_ledger(LEDGER), "r2a", "r2b")
    tables = solutions(ledger)
    for table in tables:
        assert satisfy(ledger, patients_of(ledger, table), [entry.id for entry in ledger])
        assert unsatisfied(ledger, rows_of(table)) == []
    return tables


def test_without_the_sexes_only_those_of_the_three_white_people_are_open(without_sexes: list[pd.DataFrame]):
    """Which explains the eight solutions that are published."""
    sets = [people_of(table) for table in without_sexes]
    assert len({frozenset(each) for each in sets}) == len(sets) == 8
    assert PEOPLE in sets
    for each in sets:
        assert {one for one in each if one[2] == "black"} == {one for one in PEOPLE if one[2] == "black"}
        assert {(age, marital) for age, _, _, marital in each} == {(age, marital) for age, _, _, marital in PEOPLE}


def test_the_whole_table_leaves_exactly_the_seven_people(without_sexes: list[pd.DataFrame]):
    ledger = load_ledger(LEDGER)
    assert [people_of(table) for table in without_sexes if unsatisfied(ledger, rows_of(table)) == []] == [PEOPLE]


def test_others_fit_without_the_black_women_and_only_so():
    ledger = load_ledger(LEDGER)
    table = pd.DataFrame(sorted(OTHERS), columns=["age", "sex", "race", "marital_status"])
    assert unsatisfied(rows(ledger, "r4a"), rows_of(table)) == []
    broken = {message.partition(":")[0] for message in unsatisfied(ledger, rows_of(table))}
    assert broken == {"people.r4a", "age.r4a"}


def test_bounds_of_the_men_are_those_published():
    """Of three men with the median 30 and the mean 44 the youngest is 0 to 30, and the oldest then 102 to 72."""
    ledger = load_ledger(LEDGER)
    few = replace(ledger, entries=tuple(ledger[name] for name in ("people.r1a", "people.r2b", "age.r2b")))
    men = OneOf("sex", ("male",))
    figures = [Query(name, name, population=men, quantity="age") for name in ("minimum", "median", "maximum")]
    found = bounds(few, figures)
    assert [(bound.low, bound.high) for bound in found] == [(0, 30), (30, 30), (72, 102)]
    assert [bound.forced for bound in found] == [False, True, False]
