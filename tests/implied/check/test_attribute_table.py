"""A table of patients judged by a ledger: worked out by hand, figure by figure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ledgers import Written, counted, loaded

from implied.check.attribute_table import NO_NUMBER, printed_by, rows_of, unsatisfied
from implied.ledger import Ledger
from itpbook import project
from itpbook.records.cohort import load_cohort
from itpbook.shipped import shipped_ledger
from itpbook.study.outcomes import derive

WRITTEN: Written = {
    "source": "a series of six",
    "attributes": {
        "sex": {"label": "Sex", "values": ["female", "male"]},
        "bleeding": {"label": "Bleeding", "values": [True, False], "may_be_missing": True},
        "age": {"label": "Age", "unit": "years", "minimum": 18, "maximum": 99},
        "days": {
            "label": "Days of bleeding",
            "unit": "days",
            "minimum": 1,
            "maximum": 3000,
            "applies_when": {"bleeding": True},
        },
        "falls": {"label": "Falls", "unit": "events", "minimum": 0, "maximum": 5, "may_be_missing": True},
    },
    "rules": [
        {"because": "nobody falls before bleeding", "sum": {"days": 1, "falls": -1}, "at_least": 0},
        {"because": "men are old", "when": {"sex": "male"}, "then": {"age": {"at_least": 30}}},
        {"because": "women are young", "plausible": True, "when": {"sex": "female"}, "then": {"age": {"at_most": 20}}},
    ],
    "entries": [counted("n", {}, count="6")],
}

SIX = pd.DataFrame(
    {
        "sex": ["female", "female", "female", "male", "male", "male"],
        "bleeding": [True, False, None, True, False, False],
        "age": [20, 25, 31, 40, 41, 77],
        "days": [15, None, None, 16, None, None],
        "falls": [2, 0, None, 1, None, 0],
    }
)


def six(folder: Path, **entry: Any) -> Ledger:
    """Return the ledger of six patients with one more figure, called ``x``."""
    figures = [{"id": "x", "section": "cohort", "label": "X", **entry}] if entry else []
    return loaded({**WRITTEN, "entries": WRITTEN["entries"] + figures}, folder)


def found(folder: Path, table: pd.DataFrame = SIX, **entry: Any) -> dict[str, str]:
    ledger = six(folder, **entry)
    return printed_by(ledger, rows_of(table), ledger["x"])


SUMMARIES: list[tuple[dict[str, str], dict[str, str]]] = [
    # 20 25 31 40 41 77: half way between 31 and 40; a quarter of the way from 25 to 31 past 25; and so on.
    ({"median": "1.0"}, {"median": "35.5"}),
    ({"median": "1"}, {"median": "36"}),
    ({"q1": "1.00", "q3": "1.00"}, {"q1": "26.50", "q3": "40.75"}),
    ({"q1": "1", "q3": "1"}, {"q1": "27", "q3": "41"}),
    ({"minimum": "1", "maximum": "1.0"}, {"minimum": "20", "maximum": "77.0"}),
    ({"mean": "1", "available": "1"}, {"mean": "39", "available": "6"}),  # 234 by 6
]


@pytest.mark.parametrize(("asked", "printed"), SUMMARIES)
def test_a_number_is_summed_up(asked: dict[str, str], printed: dict[str, str], tmp_path: Path):
    layout = " ".join(f"{{{name}}}" for name in asked)
    assert found(tmp_path, quantity="age", unit="years", printed=asked, layout=layout) == printed


def test_a_mean_half_way_is_rounded_up_and_exactly(tmp_path: Path):
    mean: dict[str, Any] = {"quantity": "age", "unit": "years"}
    two = SIX[:2].assign(age=[20, 25])  # 22.5
    assert found(tmp_path, two, printed={"mean": "1"}, **mean) == {"mean": "23"}
    twenty = pd.concat([SIX] * 4)[:20].assign(age=[20] * 19 + [21])  # 20.05, a little more than the float
    assert found(tmp_path, twenty, printed={"mean": "1.0"}, **mean) == {"mean": "20.1"}
    three = SIX[:3].assign(age=[20, 20, 21])
    assert found(tmp_path, three, printed={"mean": "1.00"}, **mean) == {"mean": "20.33"}


def test_only_known_numbers_are_summed_up(tmp_path: Path):
    """Two, none, unknown, one, unknown, none."""
    falls: dict[str, Any] = {"quantity": "falls", "unit": "events"}
    asked = {"available": "1", "median": "1.0", "mean": "1.00"}
    layout = "{available} {median} {mean}"
    assert found(tmp_path, printed=asked, layout=layout, **falls) == {
        "available": "4",
        "median": "0.5",
        "mean": "0.75",
    }
    men = {"population": {"sex": "male"}, "among": "men"}
    assert found(tmp_path, printed=asked, layout=layout, **falls, **men) == {
        "available": "2",
        "median": "0.5",
        "mean": "0.50",
    }
    nobody = {"population": {"age": {"above": 90}}, "among": "the very old"}
    assert found(tmp_path, printed=asked, layout=layout, **falls, **nobody) == {
        "available": "0",
        "median": NO_NUMBER,
        "mean": NO_NUMBER,
    }


def test_days_are_printed_in_months(tmp_path: Path):
    """Half a month is 15.21875 days: 15 print as 0 months, 16 as 1, and the mean of both, 15.5, as 1."""
    asked = {"mean": "1", "minimum": "1", "maximum": "1"}
    assert found(tmp_path, quantity="days", unit="months", printed=asked) == {
        "mean": "1",
        "minimum": "0",
        "maximum": "1",
    }
    assert found(tmp_path, quantity="days", unit="days", printed={"mean": "1.0"}) == {"mean": "15.5"}


@pytest.mark.parametrize(
    ("condition", "printed"),
    [
        ({"sex": "female"}, {"percent": "50"}),
        ({"bleeding": True}, {"percent": "33"}),
        ({"bleeding": True}, {"percent": "33.33"}),
        ({"age": {"above": 20}}, {"percent": "83.3"}),
        ({"bleeding": False}, {"count": "3", "percent": "50.0"}),
        ({"bleeding": {"known": True}}, {"count": "5"}),
        ({"falls": {"known": True}}, {"count": "4"}),
        ({"falls": {"at_most": 9}}, {"count": "4"}),
        ({"days": {"above": 15}}, {"count": "1"}),
        ({"any": [{"days": {"above": 15}}, {"age": {"at_least": 77}}]}, {"count": "2"}),
        ({"age": {"above": 19}}, {"count": "all"}),
        ({"age": {"above": 19}}, {"count": "6", "denominator": "6"}),
    ],
)
def test_patients_are_counted(condition: Written, printed: dict[str, str], tmp_path: Path):
    everyone = {"population": "everyone"} if "percent" in printed else {}
    assert found(tmp_path, condition=condition, printed=printed, **everyone) == printed


def test_all_is_printed_of_all_only(tmp_path: Path):
    assert found(tmp_path, condition={"age": {"above": 20}}, printed={"count": "all"}) == {"count": "5"}


def test_patients_are_counted_among_those_of_whom_it_is_known(tmp_path: Path):
    known = {"population": {"bleeding": {"known": True}}, "among": "known"}
    printed = {"count": "2", "denominator": "5", "percent": "40"}
    assert found(tmp_path, condition={"bleeding": True}, printed=printed, **known) == printed
    women = {"population": {"sex": "female", "bleeding": {"known": True}}, "among": "women known"}
    printed = {"count": "1", "denominator": "2", "percent": "50"}
    assert found(tmp_path, condition={"bleeding": True}, printed=printed, **women) == printed


def test_there_is_no_percentage_of_nobody(tmp_path: Path):
    nobody = {"population": {"age": {"above": 90}}, "among": "the very old"}
    assert found(tmp_path, condition={"sex": "male"}, printed={"count": "0", "percent": "0"}, **nobody) == {
        "count": "0",
        "percent": NO_NUMBER,
    }


def test_events_are_added_up_and_unknown_ones_are_none(tmp_path: Path):
    assert found(tmp_path, sum=["falls"], unit="events", printed={"count": "9"}) == {"count": "3"}
    assert found(tmp_path, sum=["falls", "falls"], unit="events", printed={"count": "9"}) == {"count": "6"}
    assert found(tmp_path, SIX.assign(falls=None), sum=["falls"], unit="events", printed={"count": "9"}) == {
        "count": "0"
    }


def test_patients_who_satisfy_the_ledger_are_not_complained_of(tmp_path: Path):
    men = {"population": {"sex": "male"}, "among": "men"}
    ledger = six(tmp_path, quantity="age", unit="years", printed={"median": "41"}, **men)
    for table in (SIX, SIX.convert_dtypes(), SIX.astype(object), SIX.set_axis(list("zyxwvu"))):
        assert unsatisfied(ledger, rows_of(table)) == []


WRONG: dict[str, tuple[str, list[Any], list[str]]] = {
    "another value": ("sex", ["f", *SIX["sex"][1:]], ["sex: patient 1 has 'f'"]),
    "a number for a truth": ("bleeding", [True, False, None, True, False, 0], ["bleeding: patient 6 has 0"]),
    "no value": ("age", [None, 25, 31, 40, 41, 77], ["age: patient 1 has no value"]),
    "out of range": ("age", [17, 25, 31, 40, 41, 100], ["age: patient 1 has 17", "age: patient 6 has 100"]),
    "where it does not apply": (
        "days",
        [15, 7, None, 16, None, None],
        ["days: patient 2 has 7.0, though it does not apply"],
    ),
    "not where it applies": ("days", [None, None, None, 16, None, None], ["days: patient 1 has no value"]),
    "a fraction": ("age", [20.5, 25, 31, 40, 41, 77], ["age: patient 1 has 20.5, which is no whole number"]),
    "a word": ("age", ["20", 25, 31, 40, 41, 77], ["age: patient 1 has '20', which is no whole number"]),
    "infinity": ("age", [np.inf, 25, 31, 40, 41, 77], ["age: patient 1 has inf, which is no whole number"]),
    "a truth": ("falls", [True, 0, None, 1, None, 0], ["falls: patient 1 has True, which is no whole number"]),
    "a rule broken": ("age", [20, 25, 31, 29, 41, 18], ["rule (men are old): broken by patient 4, 6"]),
    "a sum broken": (
        "days",
        [1, None, None, 16, None, None],
        ["rule (nobody falls before bleeding): broken by patient 1"],
    ),
    "a sum of which a part is unknown": ("falls", [None, 5, None, 1, None, 0], []),
}


@pytest.mark.parametrize(("name", "values", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_named_with_the_patient(name: str, values: list[Any], said: list[str], tmp_path: Path):
    assert unsatisfied(six(tmp_path), rows_of(SIX.assign(**{name: values}))) == said


def test_figures_that_come_out_otherwise_are_named_with_what_came_out(tmp_path: Path):
    ledger = six(tmp_path, quantity="age", unit="years", printed={"median": "35", "q1": "27", "q3": "41"})
    assert unsatisfied(ledger, rows_of(SIX)) == ["x: published 35 [27-41], found 36 [27-41]"]
    assert unsatisfied(ledger, rows_of(SIX[:5])) == [
        "n: published 6, found 5",
        "x: published 35 [27-41], found 31 [25-40]",
    ]
    ledger = six(tmp_path, condition={"bleeding": True}, printed={"percent": "17"}, population="everyone")
    assert unsatisfied(ledger, rows_of(SIX)) == ["x: published 17%, found 33%"]


def test_patients_without_any_attribute_are_patients(tmp_path: Path):
    ledger = loaded({**WRITTEN, "attributes": {}, "rules": []}, tmp_path)
    assert unsatisfied(ledger, rows_of(pd.DataFrame(index=range(6)))) == []
    assert unsatisfied(ledger, rows_of(pd.DataFrame(index=range(5)))) == ["n: published 6, found 5"]


def test_entries_are_read_as_asked(tmp_path: Path):
    inferred = {"population": {"sex": "male", "bleeding": False}, "among": "m", "because": "b"}
    ledger = six(
        tmp_path,
        condition={"age": {"above": 50}},
        printed={"percent": "50"},
        population={"sex": "male"},
        among="men",
        inferred=inferred,
    )
    assert unsatisfied(ledger, rows_of(SIX)) == ["x: published 50%, found 33%"]
    assert unsatisfied(ledger.read({"x": "inferred"}), rows_of(SIX)) == []


def test_the_shipped_cohort_satisfies_the_shipped_ledger():
    ledger, patients = shipped_ledger(), derive(load_cohort(project.COHORT))
    free = ["efficacy.no_steroid.cr", "efficacy.no_steroid.r"]
    assert unsatisfied(ledger.read(dict.fromkeys(free, "inferred")), rows_of(patients)) == []
    literally = unsatisfied(ledger, rows_of(patients))
    assert [line.partition(", found ")[0] for line in literally] == [
        f"{free[0]}: published 59%",
        f"{free[1]}: published 12%",
    ]
    thresholds = [entry for entry in ledger if entry.is_threshold]
    assert all(printed_by(ledger, rows_of(patients), entry) == entry.printed for entry in thresholds)
