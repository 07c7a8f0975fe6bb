"""Ledgers of a few patients with few possible values, drawn at random; and all patients that such a ledger knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations_with_replacement, product
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from implied.check.attribute_table import NO_FIGURE, meets, printed_of, rows_of, unsatisfied
from implied.ledger import Entry, Ledger, Reading, Rule
from implied.ledger.conditions import EVERYONE, AllOf, AnyOf, Attribute, Between, Condition, OneOf

Patient = dict[str, Any]
Attributes = Mapping[str, Attribute]

_WOMEN, _ILL = OneOf("sex", ("female",)), OneOf("ill", (True,))


@st.composite
def _attributes(draw: st.DrawFn, numbers: int) -> dict[str, Attribute]:
    """Two attributes of two values and one number of which ``numbers`` values are possible."""
    ill_applies = draw(st.sampled_from([EVERYONE, _WOMEN]))
    score_applies = draw(st.sampled_from([EVERYONE, _WOMEN, *([_ILL] if ill_applies == EVERYONE else [])]))
    least = draw(st.sampled_from([0, 1, 14]))
    missing = [draw(st.booleans()) for _ in range(3)]
    found = [
        Attribute("sex", "Sex", ("female", "male"), may_be_missing=missing[0]),
        Attribute("ill", "Ill", (True, False), applies_when=ill_applies, may_be_missing=missing[1]),
        Attribute("score", "Score", (), "days", least, least + numbers - 1, score_applies, None, missing[2]),
    ]
    return {each.name: each for each in found}


def _conditions(attributes: Attributes) -> st.SearchStrategy[Condition]:
    score = attributes["score"]
    bound = st.none() | st.fractions(score.minimum - 1, score.maximum + 1, max_denominator=2)
    simple: list[st.SearchStrategy[Condition]] = [
        st.sampled_from(
            [
                *(OneOf("sex", values) for values in (("female",), ("male",), ("female", "male"))),
                *(OneOf("ill", values) for values in ((True,), (False,), (True, False))),
                EVERYONE,
                Between("score", None, None, above=False),
            ]
        ),
        st.builds(Between, st.just("score"), bound, bound, st.booleans()),
    ]
    either = st.one_of(*simple)
    parts = st.tuples(either, either)
    return st.one_of(either, parts.map(AllOf), parts.map(AnyOf))


@st.composite
def _rules(draw: st.DrawFn, attributes: Attributes) -> Rule:
    conditions = _conditions(attributes)
    if draw(st.booleans()):
        return Rule("so", False, draw(conditions), draw(conditions), {}, None, None)
    low = draw(st.none() | st.integers(0, 16))
    return Rule("so", False, draw(conditions), None, {"score": 1}, low, None if low is not None else 15)


@st.composite
def patients_of(draw: st.DrawFn, attributes: Attributes) -> Patient:
    """A patient with values where they must be and may be, whatever the rules say."""
    patient: Patient = {}
    for name, attribute in attributes.items():
        possible = _possible(attribute, patient)
        patient[name] = draw(st.sampled_from(possible))
    return patient


def _possible(attribute: Attribute, patient: Patient) -> list[Any]:
    """Return the values that an attribute may have; attributes it depends on stand before it."""
    if not meets(attribute.applies_when, patient):
        return [None]
    values = list(attribute.values) or list(range(attribute.minimum, attribute.maximum + 1))
    return [*values, *([None] if attribute.may_be_missing else [])]


@st.composite
def _entries(draw: st.DrawFn, attributes: Attributes, at: int) -> Entry:
    """A figure whose printed numbers are of no meaning but for their decimals."""
    number = st.sampled_from(["1", "1.0", "1.00"])
    kind = draw(st.sampled_from(["condition", "quantity", "quantity", "sum"]))
    whole = ("count", "denominator", "available")
    statistics = {
        "condition": ("count", "denominator", "percent"),
        "quantity": ("median", "q1", "q3", "minimum", "maximum", "mean", "available"),
        "sum": ("count",),
    }[kind]
    asked = draw(st.lists(st.sampled_from(statistics), min_size=1, max_size=3, unique=True))
    printed = {name: "1" if name in whole else draw(number) for name in asked}
    if kind == "condition" and "count" in printed and draw(st.booleans()):
        printed["count"] = "all"
    return Entry(
        id=f"x{at}",
        section="cohort",
        label="X",
        printed=printed,
        layout=" ".join(f"{{{name}}}" for name in asked),
        unit=draw(st.sampled_from(["days", "months"])),
        condition=draw(_conditions(attributes)) if kind == "condition" else None,
        sum=("score",) if kind == "sum" else (),
        quantity="score" if kind == "quantity" else None,
        readings=(Reading("literal", draw(_conditions(attributes)), "some"),),
        remark="",
    )


@st.composite
def ledgers(draw: st.DrawFn, most: int, numbers: int) -> tuple[Ledger, pd.DataFrame]:
    """A ledger of two to ``most`` patients and a table of patients: most figures are those of the table."""
    attributes = draw(_attributes(numbers))
    size = draw(st.integers(2, most))
    table = pd.DataFrame(draw(st.lists(patients_of(attributes), min_size=size, max_size=size)), dtype=object)
    everyone = (Reading("literal", EVERYONE, "all patients"),)
    number = Entry("n", "cohort", "N", {"count": str(size)}, "{count}", None, EVERYONE, (), None, everyone, "")
    rules = tuple(draw(st.lists(_rules(attributes), max_size=1)))
    ledger = Ledger("nobody", attributes, rules, (number,), "")
    for at in range(draw(st.integers(1, 3))):
        entry = draw(_entries(attributes, at))
        printed = printed_of(ledger, rows_of(table), entry, entry.readings[0])
        for name, found in printed.items():
            value = found if found not in (NO_FIGURE, "all") else entry.printed[name]
            if value != "all" and draw(st.integers(0, 5)) == 0:
                value = draw(st.sampled_from(["0", "1", "2", "15", *(["1.5", "15.3"] if "." in value else [])]))
            printed[name] = value
        ledger = replace(ledger, entries=(*ledger.entries, replace(entry, printed=printed)))
    return ledger, table


def possible_patients(ledger: Ledger) -> list[Patient]:
    """Return every patient who, alone, breaks no rule and has values where they must be and may be."""
    alone = replace(ledger, entries=())
    values = [[*(each.values or range(each.minimum, each.maximum + 1)), None] for each in ledger.attributes.values()]
    every = [dict(zip(ledger.attributes, chosen, strict=True)) for chosen in product(*values)]
    return [patient for patient in every if not unsatisfied(alone, pd.DataFrame([patient], dtype=object))]


def all_tables(ledger: Ledger, possible: list[Patient]) -> Iterator[pd.DataFrame]:
    """Yield every table of possible patients, whatever their order."""
    for chosen in combinations_with_replacement(possible, ledger.size):
        yield pd.DataFrame(list(chosen), columns=list(ledger.attributes), dtype=object)
