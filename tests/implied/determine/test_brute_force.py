"""The yardstick measured by hand and against NumPy, before anything is measured with it."""

from __future__ import annotations

from math import comb

import numpy as np
import pandas as pd
import pytest
from brute_force import (
    QUARTERS,
    AllRecords,
    Statistic,
    meets,
    one_set,
    patients_of,
    possible_patients,
    printed_by,
    satisfy,
)
from every_conflict import EveryConflict, Verdict
from hypothesis import given
from hypothesis import strategies as st
from series_models import counting_everybody, ledger_of, made

from implied.ledger import Rule
from implied.ledger.conditions import EVERYONE, AllOf, AnyOf, Attribute, Between, OneOf

SEX = Attribute("sex", "Sex", ("female", "male"))
SICK = Attribute("sick", "Sick", (True, False), may_be_missing=True)
DAYS = Attribute("stay", "Days in hospital", unit="days", minimum=1, maximum=3, applies_when=OneOf("sick", (True,)))
WOMEN = OneOf("sex", ("female",))


@given(values=st.lists(st.integers(0, 50), min_size=1, max_size=12), statistic=st.sampled_from(list(QUARTERS)))
def test_quantiles_are_those_of_numpy(values: list[int], statistic: str):
    patients = one_set(ledger_of([], []), [{"score": value} for value in values])
    (found,) = patients.values(Statistic(statistic, EVERYONE, EVERYONE, "score", ()))
    assert float(found or 0) == np.quantile(values, QUARTERS[statistic] / 4)


def test_a_value_that_is_missing_meets_nothing():
    patient = {"sex": "female", "sick": None, "stay": None}
    assert meets(EVERYONE, patient)
    assert meets(AnyOf((OneOf("sick", (True, False)), WOMEN)), patient)
    assert not meets(AllOf((OneOf("sick", (True, False)), WOMEN)), patient)
    assert not meets(Between("stay", None, None, above=False), patient)
    assert not meets(OneOf("sick", (False,)), patient)


def test_possible_patients_have_values_where_they_apply():
    """Of each sex: sick for 1, 2 or 3 days, not sick, not known."""
    kinds = possible_patients(ledger_of([SEX, SICK, DAYS], []))
    assert len(kinds) == 2 * (3 + 1 + 1)
    assert all((kind["stay"] is not None) == (kind["sick"] is True) for kind in kinds)


def test_hard_rules_forbid_and_plausible_ones_do_not():
    short = Rule("women go home soon", False, WOMEN, None, {"stay": 2}, None, 4)
    kept = possible_patients(ledger_of([SEX, SICK, DAYS], [], [short]))
    assert {kind["stay"] for kind in kept if kind["sex"] == "female"} == {1, 2, None}
    assert {kind["stay"] for kind in kept if kind["sex"] == "male"} == {1, 2, 3, None}
    plausible = Rule("women go home soon", True, WOMEN, None, {"stay": 2}, None, 4)
    assert len(possible_patients(ledger_of([SEX, SICK, DAYS], [], [plausible]))) == 10


def test_all_records_are_as_many_as_there_are_multisets():
    records = AllRecords(ledger_of([SEX, SICK, DAYS], []), [1, 2, 3])
    assert len(np.unique(records.numbers, axis=0)) == len(records.numbers) == 10 + comb(11, 2) + comb(12, 3)


@pytest.mark.parametrize(
    ("printed", "population", "quantity", "found"),
    [
        ({"percent": "0"}, EVERYONE, None, {"percent": "67"}),
        ({"percent": "0.0"}, WOMEN, None, {"percent": "50.0"}),
        ({"count": "all"}, OneOf("sex", ("male",)), None, {"count": "all"}),
        ({"count": "all"}, WOMEN, None, {"count": "1"}),
        ({"available": "0", "median": "0", "q1": "0.00", "mean": "0.0"}, EVERYONE, "stay",
         {"available": "2", "median": "3", "q1": "2.25", "mean": "2.5"}),
        ({"available": "0", "maximum": "0"}, OneOf("sick", (False,)), "stay", {"available": "0", "maximum": None}),
        ({"percent": "0"}, OneOf("sick", (False,)), None, {"percent": None}),
    ],
)  # fmt: skip
def test_figures_print_by_hand(printed: dict[str, str], population: object, quantity: str | None, found: object):
    """Two women, of whom one is sick for 2 days and the other's health is not known; a man sick for 3 days."""
    patients = [
        {"sex": "female", "sick": True, "stay": 2},
        {"sex": "female", "sick": None, "stay": None},
        {"sex": "male", "sick": True, "stay": 3},
    ]
    condition = None if quantity else OneOf("sick", (True,))
    entry = made("one", printed, condition=condition, population=population, quantity=quantity, unit="days")  # type: ignore[arg-type]
    ledger = ledger_of([SEX, SICK, DAYS], [entry])
    assert printed_by(ledger, entry, patients) == found


def test_solutions_and_conflicts_of_a_series_that_can_be_done_by_hand():
    """Of three patients 33% are women, and so one; half of the women are sick: nobody's half is one woman."""
    entries = [
        counting_everybody(3),
        made("women", {"percent": "33"}, condition=WOMEN),
        made("sick", {"percent": "50"}, condition=OneOf("sick", (True,)), population=WOMEN),
    ]
    ledger = ledger_of([SEX, Attribute("sick", "Sick", (True, False))], entries)
    assert AllRecords(ledger, [3]).solutions() == []
    known = EveryConflict(ledger)
    assert known.smallest() == [frozenset({"n", "women", "sick"})]
    assert known.verdict({"women", "sick"}) is Verdict.POSSIBLE
    women = AllRecords(ledger_of(ledger.attributes.values(), entries[:2]), [3])
    assert len(women.solutions()) == 2 * 3


def test_a_set_without_a_number_of_patients_is_open_unless_its_figures_limit_it():
    """No eight patients print 33.4%, but 500 do; nobody has more than the printed number of women and men."""
    entries = [
        counting_everybody(3),
        made("women", {"percent": "33.4"}, condition=WOMEN),
        made("some", {"count": "1"}, condition=WOMEN),
        made("rest", {"count": "2"}, condition=OneOf("sex", ("male",))),
    ]
    known = EveryConflict(ledger_of([SEX], entries))
    assert known.verdict({"women"}) is Verdict.OPEN
    assert known.verdict({"n", "women"}) is Verdict.IMPOSSIBLE
    assert known.verdict({"women", "some", "rest"}) is Verdict.IMPOSSIBLE
    assert known.verdict({"some", "rest"}) is Verdict.POSSIBLE


def test_tables_are_read_with_their_missing_values():
    ledger = ledger_of([SEX, SICK, DAYS], [counting_everybody(2)])
    table = pd.DataFrame(
        {
            "sex": ["female", "male"],
            "sick": pd.Series([True, None], dtype=object),
            "stay": pd.Series([2, None], dtype="Int64"),
        }
    )
    patients = patients_of(ledger, table)
    assert patients == [{"sex": "female", "sick": True, "stay": 2}, {"sex": "male", "sick": None, "stay": None}]
    assert satisfy(ledger, patients, ["n"])
    assert not satisfy(ledger, [{**patients[0], "stay": None}, patients[1]], ["n"])
