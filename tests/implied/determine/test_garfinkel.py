"""The published example of people who can be rebuilt from a table of statistics about them.

Garfinkel, Abowd, Martindale (2019), "Understanding database reconstruction attacks on public data".
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from brute_force import patients_of, satisfy

from implied.check.attribute_table import unsatisfied
from implied.determine.asked import Figure
from implied.determine.bounds import bounds
from implied.determine.conflicts import conflicts
from implied.determine.solutions import solutions
from implied.ledger import Ledger, load_ledger
from implied.ledger.conditions import Between, OneOf

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


@pytest.fixture(scope="module")
def table() -> Ledger:
    return load_ledger(LEDGER)


def rows(ledger: Ledger, *left_out: str) -> Ledger:
    """Return the table without some of its rows."""
    return replace(ledger, entries=tuple(entry for entry in ledger if entry.id.split(".")[-1] not in left_out))


@cache
def people(*left_out: str) -> list[set[tuple[object, ...]]]:
    """Return every set of people whom the table without some of its rows allows."""
    ledger = rows(load_ledger(LEDGER), *left_out)
    found = []
    for each in solutions(ledger):
        patients = patients_of(ledger, each)
        assert satisfy(ledger, patients, [entry.id for entry in ledger])
        assert unsatisfied(ledger, each) == []
        found.append({(one["age"], one["sex"], one["race"], one["marital_status"]) for one in patients})
    return found


def test_the_whole_table_leaves_exactly_the_seven_people():
    assert people() == [PEOPLE]


@pytest.mark.parametrize(("left_out", "number"), [(("r2a", "r2b"), 8), (("r4a",), 2)])
def test_rows_left_out_leave_as_many_solutions_as_published(left_out: tuple[str, ...], number: int):
    found = people(*left_out)
    assert len(found) == number
    assert PEOPLE in found


def test_without_the_sexes_only_those_of_the_three_white_people_are_open():
    """Which explains the eight."""
    for found in people("r2a", "r2b"):
        assert {one for one in found if one[2] == "black"} == {one for one in PEOPLE if one[2] == "black"}
        assert {(age, marital) for age, _, _, marital in found} == {(age, marital) for age, _, _, marital in PEOPLE}


def test_without_the_black_women_the_other_solution_has_other_ages():
    (other,) = [found for found in people("r4a") if found != PEOPLE]
    assert sorted(str(age) for age, *_ in other) == ["12", "2", "24", "30", "36", "72", "90"]


def test_bounds_say_the_same(table: Ledger):
    children = Figure("children", "count", condition=Between("age", None, Fraction(17), above=False))
    youngest_man = Figure("youngest man", "minimum", quantity="age", population=OneOf("sex", ("male",)))
    (whole,) = bounds(table, [children])
    assert (whole.low, whole.high, whole.forced) == (1, 1, True)
    (without,) = bounds(rows(table, "r4a"), [youngest_man])
    assert (without.low, without.high, without.forced) == (12, 18, False)


def test_nothing_in_the_table_contradicts_itself(table: Ledger):
    assert conflicts(table) == ()
