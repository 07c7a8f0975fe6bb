"""Conditions: read with every mistake named, and evaluated on a table of patients."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from implied.check.attribute_table import rows_of
from implied.ledger.condition_parser import ConditionError, parse
from implied.ledger.conditions import (
    EVERYONE,
    AllOf,
    AnyOf,
    Attribute,
    Between,
    Condition,
    OneOf,
    attributes_of,
    holds,
    meets,
)
from implied.reconstruct.coded import Coding

ATTRIBUTES = {
    "response": Attribute("response", "Response", ("CR", "R", "none")),
    "mgus": Attribute("mgus", "Gammopathy", (True, False)),
    "age": Attribute("age", "Age", unit="years", minimum=18, maximum=110),
}
PATIENTS = pd.DataFrame(
    {
        "response": ["CR", "R", "none", None],
        "mgus": [True, False, True, False],
        "age": [20.0, 57.0, 80.0, None],
    },
    index=[7, 3, 5, 1],
)


def bound(written: Any, attribute: Attribute) -> Fraction:
    if written == "unreadable":
        msg = f"{attribute.name}: no bound"
        raise ConditionError(msg)
    return Fraction(written)


def read(written: Any) -> Condition:
    return parse(written, ATTRIBUTES, bound)


def met(written: Any) -> list[bool]:
    condition = read(written)
    who = holds(condition, PATIENTS).tolist()
    assert who == [meets(condition, row) for row in rows_of(PATIENTS)]
    coding = Coding(ATTRIBUTES)
    assert who == coding.test(condition)(coding.encoded(PATIENTS)).tolist()
    return who


def test_the_tree_of_a_condition():
    condition = read({"response": ["CR", "R"], "age": {"above": 18, "at_most": 60}})
    expected = AllOf((OneOf("response", ("CR", "R")), Between("age", Fraction(18), Fraction(60), above=True)))
    assert condition == expected
    assert list(attributes_of(condition)) == ["response", "age"]
    assert read({}) == EVERYONE
    assert read({"mgus": True}) == OneOf("mgus", (True,))
    assert read({"response": {"not": ["none"]}}) == OneOf("response", ("CR", "R"))
    assert read({"any": [{"mgus": True}, {"age": {"at_least": 70}}]}) == AnyOf(
        (OneOf("mgus", (True,)), Between("age", Fraction(70), None, above=False))
    )


def test_known_means_any_value():
    assert read({"response": {"known": True}}) == OneOf("response", ("CR", "R", "none"))
    assert read({"age": {"known": True}}) == Between("age", None, None, above=False)


def test_values_stand_in_declared_order_however_they_were_written():
    assert read({"response": ["R", "CR"]}) == read({"response": ["CR", "R"]}) == read({"response": {"not": "none"}})


@pytest.mark.parametrize(
    ("written", "who"),
    [
        ({}, [True, True, True, True]),
        ({"response": "CR"}, [True, False, False, False]),
        ({"response": {"not": ["CR"]}}, [False, True, True, False]),
        ({"mgus": False}, [False, True, False, True]),
        ({"age": {"above": 57}}, [False, False, True, False]),
        ({"age": {"at_least": 57}}, [False, True, True, False]),
        ({"age": {"at_most": 57}}, [True, True, False, False]),
        ({"age": {"at_least": 20, "at_most": 20}}, [True, False, False, False]),
        ({"mgus": True, "response": "CR"}, [True, False, False, False]),
        ({"any": [{"mgus": True}, {"response": "R"}]}, [True, True, True, False]),
        ({"any": [{"response": "R", "mgus": True}]}, [False, False, False, False]),
        ({"response": {"known": True}}, [True, True, True, False]),
        ({"age": {"known": True}}, [True, True, True, False]),
    ],
)
def test_who_meets_a_condition_and_that_missing_values_meet_none(written: Any, who: list[bool]):
    assert met(written) == who


def test_the_answer_is_plain_and_belongs_to_the_same_rows_for_every_kind_of_column():
    for column in (PATIENTS["mgus"], PATIENTS["mgus"].astype("boolean"), PATIENTS["mgus"].astype(object)):
        answer = holds(read({"mgus": True}), PATIENTS.assign(mgus=column))
        assert answer.dtype == bool
        assert answer.index.tolist() == [7, 3, 5, 1]
    missing = pd.Series([True, None, None, False], index=PATIENTS.index, dtype="boolean")
    assert holds(read({"mgus": True}), PATIENTS.assign(mgus=missing)).tolist() == [True, False, False, False]
    ordered = PATIENTS["response"].astype(pd.CategoricalDtype(["none", "R", "CR"], ordered=True))
    answer = holds(read({"response": ["CR", "R"]}), PATIENTS.assign(response=ordered))
    assert answer.tolist() == [True, True, False, False]
    assert answer.dtype == bool


def test_a_table_without_the_attribute_is_refused():
    with pytest.raises(KeyError, match="mgus"):
        holds(read({"mgus": True}), PATIENTS.drop(columns="mgus"))


@given(
    st.lists(st.sampled_from(["CR", "R", "none"]), min_size=1, max_size=2, unique=True),
    st.integers(18, 110),
)
def test_a_condition_and_its_opposite_share_the_patients_in_whom_it_is_known(values: list[str], age: int):
    named, others = holds(read({"response": values}), PATIENTS), holds(read({"response": {"not": values}}), PATIENTS)
    assert (named ^ others).tolist() == PATIENTS["response"].notna().tolist()
    above, below = holds(read({"age": {"above": age}}), PATIENTS), holds(read({"age": {"at_most": age}}), PATIENTS)
    assert (above ^ below).tolist() == PATIENTS["age"].notna().tolist()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"weight": 3}, "unknown attribute 'weight'; declared are age, mgus, response"),
        ({3: "CR"}, "unknown attribute 3"),
        ({"response": "PR"}, "response cannot be PR; allowed are CR, R, none"),
        ({"response": ["CR", "PR", "SD"]}, "response cannot be PR, SD"),
        ({"response": {"not": ["PR"]}}, "response cannot be PR"),
        ({"response": {"is": "CR"}}, "response: expected a value, a list of values or {not: [values]}"),
        ({"response": {"not": ["CR"], "is": "R"}}, "expected a value, a list of values or {not: [values]}"),
        ({"response": []}, "response: [] leaves nobody"),
        ({"response": {"not": []}}, "leaves everybody"),
        ({"response": {"not": ["CR", "R", "none"]}}, "leaves nobody"),
        ({"response": [["CR"]]}, "response cannot be ['CR']"),
        ({"response": None}, "response cannot be None"),
        ({"mgus": 1}, "mgus cannot be 1; allowed are True, False"),
        ({"mgus": "true"}, "mgus cannot be true"),
        ({"age": 57}, "age is a number: expected above, at_least or at_most, found 57"),
        ({"age": {}}, "age is a number"),
        ({"age": {"below": 3}}, "age is a number"),
        ({"age": {"above": 3, "at_least": 10}}, "age: give either above or at_least, not both"),
        ({"age": {"at_least": 10, "at_most": 5}}, "age: nobody can meet"),
        ({"age": {"above": 5, "at_most": 5}}, "age: nobody can meet"),
        ({"age": {"above": "unreadable"}}, "age: no bound"),
        ({"age": {"known": False}}, "age: expected {known: true} and nothing beside it, found {'known': False}"),
        ({"age": {"known": 1}}, "age: expected {known: true}"),
        ({"age": {"known": True, "above": 3}}, "age: expected {known: true} and nothing beside it"),
        ({"mgus": {"known": True, "not": [True]}}, "mgus: expected {known: true} and nothing beside it"),
        ({"any": {"mgus": True}}, "any: expected a list of conditions, found {'mgus': True}"),
        ({"any": []}, "any: expected a list of conditions"),
        ({"any": [{"mgus": True}, {}]}, "any: expected a list of conditions"),
        ({"any": ["mgus"]}, "expected attributes with what is wanted of them, found 'mgus'"),
        (["mgus"], "expected attributes with what is wanted of them"),
    ],
)
def test_what_cannot_be_read_says_what_was_found_and_what_is_allowed(written: Any, said: str):
    with pytest.raises(ConditionError, match=re.escape(said)):
        read(written)


def test_all_mistakes_of_a_condition_are_told_at_once():
    with pytest.raises(ConditionError) as caught:
        read({"response": "PR", "any": [{"weight": 1}, {"mgus": 2}], "age": 3})
    assert len(caught.value.problems) == 4
    assert [problem.split()[0] for problem in caught.value.problems] == ["response", "unknown", "mgus", "age"]
