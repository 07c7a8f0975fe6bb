"""Response, case by case: platelet counts by day (10^9/L), and what they must be called.

Each case is one patient. Day 0 is the start of the combination; counts up to day 0 are the baseline. "R on
day 30 for 70 days, lost" reads: response, achieved on day 30, lost 70 days later; without "lost", still there
at the last count. (By category, the days of a complete response run from the first complete count.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd
import pytest
from outcome_records import cohort, course

from itpbook.definitions import IWG2009, SOURCE, Definitions
from itpbook.study.outcomes import derive


class Case(NamedTuple):
    """One patient, and what must be derived."""

    name: str
    counts: dict[int, float]
    expected: str
    courses: Sequence[dict[str, Any]] = ()
    bleeding: Sequence[int] | None = None
    definitions: Definitions | None = None


def ivig(start: int, end: int | None = None, role: str = "rescue") -> dict[str, Any]:
    """Write a rescue by intravenous immunoglobulin."""
    return course("ivig", role, start, end)


def corticosteroids(start: int, end: int | None = None, role: str = "concomitant") -> dict[str, Any]:
    """Write corticosteroids beside the combination."""
    return course("corticosteroids", role, start, end)


INCLUSIVE = SOURCE.replace(cr_inclusive=True)

# fmt: off
CASES: dict[str, tuple[Definitions, list[Case]]] = {
    "levels": (SOURCE, [
        Case("0 is none", {0: 10, 30: 0}, "none"),
        Case("29.9 is none", {0: 10, 30: 29.9}, "none"),
        Case("exactly 30 is R", {0: 10, 30: 30}, "R on day 30 for 0 days"),
        Case("exactly 100 is R", {0: 10, 30: 100}, "R on day 30 for 0 days"),
        Case("100.5 is CR", {0: 10, 30: 100.5}, "CR on day 30 for 0 days"),
        Case("101 is CR", {0: 10, 30: 101}, "CR on day 30 for 0 days"),
        Case("bound included: 99.9 is R", {0: 10, 30: 99.9}, "R on day 30 for 0 days", definitions=INCLUSIVE),
        Case("bound included: 100 is CR", {0: 10, 30: 100}, "CR on day 30 for 0 days", definitions=INCLUSIVE),
        Case("baseline 0: 30 is R", {0: 0, 30: 30}, "R on day 30 for 0 days"),
        Case("baseline 15: 30 is exactly twofold", {0: 15, 30: 30}, "R on day 30 for 0 days"),
        Case("baseline 16: 31.9 is not twofold", {0: 16, 30: 31.9}, "none"),
        Case("baseline 16: 32 is exactly twofold", {0: 16, 30: 32}, "R on day 30 for 0 days"),
        Case("baseline 35, the highest published: 69.9 is none", {0: 35, 30: 69.9}, "none"),
        Case("baseline 35, the highest published: 70 is R", {0: 35, 30: 70}, "R on day 30 for 0 days"),
        Case("baseline 60: 100 is neither twofold nor complete", {0: 60, 30: 100}, "none"),
        Case("baseline 60: 110 is CR although no doubling", {0: 60, 30: 110}, "CR on day 30 for 0 days"),
        Case("a rise of exactly 1.1 times", {0: 34, 30: 37.4}, "R on day 30 for 0 days",
             definitions=SOURCE.replace(response_fold=1.1)),
        Case("a rise of a hair less than 1.25 times", {0: 30.5, 30: 38.12}, "none",
             definitions=SOURCE.replace(response_fold=1.25)),
    ]),
    "baseline": (SOURCE, [
        Case("a count on day 0 is baseline, not response", {0: 120, 7: 20}, "none"),
        Case("a count on day 1 is a response", {0: 10, 1: 50}, "R on day 1 for 0 days"),
        Case("the last count up to day 0 counts", {-28: 10, -1: 30, 30: 40}, "none"),
        Case("a count on day -28 counts", {-28: 10, 30: 40}, "R on day 30 for 0 days"),
        Case("a count on day -29 is too old", {-29: 10, 30: 140}, "not evaluable"),
        Case("no baseline count", {7: 50, 30: 140}, "not evaluable"),
        Case("no count after day 0", {-7: 8, 0: 10}, "not evaluable"),
        Case("no count at all", {}, "not evaluable"),
    ]),
    "time": (SOURCE, [
        Case("to the first count at response level, for CR too",
             {0: 10, 14: 25, 28: 40, 60: 150, 90: 160}, "CR on day 28 for 62 days"),
        Case("a late CR", {0: 10, 7: 12, 270: 130}, "CR on day 270 for 0 days"),
    ]),
    "loss": (SOURCE, [
        Case("never lost", {0: 10, 30: 60, 200: 80, 400: 50}, "R on day 30 for 370 days"),
        Case("lost on the first of two low counts",
             {0: 10, 30: 60, 100: 20, 130: 15, 160: 12}, "R on day 30 for 70 days, lost"),
        Case("low on two days running", {0: 10, 30: 60, 100: 20, 101: 20}, "R on day 30 for 70 days, lost"),
        Case("one low count is a dip", {0: 10, 30: 60, 100: 20, 130: 60}, "R on day 30 for 100 days"),
        Case("a low last count is unconfirmed", {0: 10, 30: 60, 130: 20}, "R on day 30 for 100 days"),
        Case("exactly 30 is no loss", {0: 10, 30: 60, 100: 30, 130: 30}, "R on day 30 for 100 days"),
        Case("29.9 twice is a loss", {0: 10, 30: 60, 100: 29.9, 130: 29.9}, "R on day 30 for 70 days, lost"),
        Case("below twofold is a loss even above 30",
             {0: 20, 30: 60, 100: 39, 130: 35}, "R on day 30 for 70 days, lost"),
        Case("two dips", {0: 10, 30: 60, 50: 20, 60: 50, 70: 20, 80: 50}, "R on day 30 for 50 days"),
        Case("a dip, then a loss",
             {0: 10, 30: 60, 50: 20, 60: 50, 70: 20, 80: 25, 90: 90}, "R on day 30 for 40 days, lost"),
        Case("regained: the duration is that of the first episode",
             {0: 10, 30: 60, 100: 20, 130: 15, 200: 70, 400: 80}, "R on day 30 for 70 days, lost"),
        Case("regained: the best response looks at all counts",
             {0: 10, 30: 60, 100: 20, 130: 15, 200: 170, 400: 180}, "CR on day 30 for 70 days, lost"),
        Case("from CR to R is no loss", {0: 10, 30: 150, 60: 50, 90: 50}, "CR on day 30 for 60 days"),
        Case("baseline 60: from 110 to 100 is a loss",
             {0: 60, 30: 110, 60: 100, 90: 100}, "CR on day 30 for 30 days, lost"),
        Case("low before the response is no loss",
             {0: 10, 7: 12, 14: 11, 30: 60, 60: 60}, "R on day 30 for 30 days"),
    ]),
    "loss after 14 days": (SOURCE.replace(loss_confirmation_days=14), [
        Case("low for 13 days", {0: 10, 30: 60, 100: 20, 113: 20, 120: 60}, "R on day 30 for 90 days"),
        Case("low for 14 days", {0: 10, 30: 60, 100: 20, 107: 9, 114: 20}, "R on day 30 for 70 days, lost"),
    ]),
    "loss at once": (SOURCE.replace(loss_confirmation_days=0), [
        Case("one low count is a loss", {0: 10, 30: 60, 100: 20, 130: 60}, "R on day 30 for 70 days, lost"),
        Case("so is a low last count", {0: 10, 30: 60, 100: 20}, "R on day 30 for 70 days, lost"),
    ]),
    "loss by category": (SOURCE.replace(loss_by_category=True), [
        Case("CR on day 30 is lost below the complete level on day 60",
             {0: 10, 14: 50, 30: 150, 60: 90, 90: 80}, "CR on day 14 for 30 days, lost"),
        Case("one count below the complete level is a dip",
             {0: 10, 14: 50, 30: 150, 60: 90, 90: 180}, "CR on day 14 for 60 days"),
        Case("R is lost below 30 as ever",
             {0: 10, 14: 50, 30: 40, 60: 20, 90: 10}, "R on day 14 for 46 days, lost"),
    ]),
    "confirmation after 7 days": (SOURCE.replace(confirmation_days=7), [
        Case("a single high count", {0: 10, 30: 150, 60: 12}, "none"),
        Case("a single high count, the last of all", {0: 10, 30: 12, 60: 150}, "none"),
        Case("6 days are too few", {0: 10, 30: 50, 36: 50}, "none"),
        Case("7 days suffice; the response dates from the first",
             {0: 10, 30: 50, 37: 50}, "R on day 30 for 7 days"),
        Case("counts between may be close",
             {0: 10, 30: 50, 33: 50, 36: 50, 39: 50}, "R on day 30 for 9 days"),
        Case("a low count between breaks it", {0: 10, 30: 50, 33: 20, 37: 50}, "none"),
        Case("the second try", {0: 10, 30: 50, 33: 20, 37: 50, 44: 50}, "R on day 37 for 7 days"),
        Case("one complete count confirms R, not CR",
             {0: 10, 30: 50, 37: 150, 44: 50}, "R on day 30 for 14 days"),
        Case("two complete counts confirm CR", {0: 10, 30: 50, 37: 150, 44: 150}, "CR on day 30 for 14 days"),
        Case("50 between two complete counts breaks CR",
             {0: 10, 30: 150, 33: 50, 37: 150}, "R on day 30 for 7 days"),
        Case("day 0 confirms nothing", {-7: 10, 0: 50, 7: 100}, "none"),
    ]),
    "bleeding matters": (SOURCE.replace(require_no_bleeding=True), [
        Case("a high count with bleeding", {0: 10, 30: 150}, "none", bleeding=[30]),
        Case("the next count without", {0: 10, 30: 150, 60: 50}, "R on day 60 for 0 days", bleeding=[30]),
        Case("bleeding twice is a loss",
             {0: 10, 30: 60, 60: 60, 90: 60}, "R on day 30 for 30 days, lost", bleeding=[60, 90]),
        Case("bleeding on day 0", {0: 10, 30: 50}, "R on day 30 for 0 days", bleeding=[0]),
        Case("bleeding was not recorded", {0: 10, 30: 50}, "R on day 30 for 0 days"),
    ]),
    "rescue, 28 days of washout": (SOURCE.replace(rescue_washout_days=28), [
        Case("during the rescue", {0: 10, 30: 80}, "none", [ivig(28, 32)]),
        Case("on its first day", {0: 10, 28: 80}, "none", [ivig(28, 29)]),
        Case("the day before", {0: 10, 27: 80}, "R on day 27 for 0 days", [ivig(28, 29)]),
        Case("28 days after", {0: 10, 57: 80}, "none", [ivig(28, 29)]),
        Case("29 days after", {0: 10, 58: 80}, "R on day 58 for 0 days", [ivig(28, 29)]),
        Case("still going on", {0: 10, 27: 12, 900: 80}, "none", [ivig(28)]),
        Case("two rescues", {0: 10, 30: 80, 60: 80, 100: 80}, "R on day 100 for 0 days",
             [ivig(50, 51), ivig(28, 29)]),
        Case("a short one within a long one", {0: 10, 100: 80, 150: 80}, "R on day 150 for 0 days",
             [corticosteroids(20, 90, role="rescue"), ivig(30, 31)]),
        Case("another patient's", {0: 10, 30: 80}, "R on day 30 for 0 days",
             [ivig(28, 29) | {"patient_id": "P2"}]),
        Case("given before or beside, not as rescue", {0: 10, 30: 80}, "R on day 30 for 0 days",
             [ivig(28, 29, role="prior"), corticosteroids(20, 40)]),
        Case("a rescued count does not undo a loss",
             {0: 10, 30: 60, 100: 20, 105: 80, 140: 20}, "R on day 30 for 70 days, lost", [ivig(101, 102)]),
        Case("low in spite of rescue confirms a loss",
             {0: 10, 30: 60, 100: 20, 105: 20, 140: 60}, "R on day 30 for 70 days, lost", [ivig(101, 102)]),
        Case("low in spite of rescue, the last of all",
             {0: 10, 30: 60, 90: 60, 105: 20}, "R on day 30 for 75 days", [ivig(101, 102)]),
        Case("a rescued last count lengthens nothing",
             {0: 10, 30: 60, 90: 60, 105: 80}, "R on day 30 for 60 days", [ivig(101, 102)]),
    ]),
    "rescue and confirmation": (SOURCE.replace(confirmation_days=7, rescue_washout_days=1), [
        Case("a rescued count between does not break",
             {0: 10, 30: 50, 35: 50, 40: 50}, "R on day 30 for 10 days", [ivig(34, 35)]),
        Case("a rescued count does not confirm", {0: 10, 30: 50, 40: 50}, "none", [ivig(39, 40)]),
        Case("a low count between breaks, rescued or not",
             {0: 10, 30: 50, 35: 20, 40: 50}, "none", [ivig(34, 35)]),
    ]),
    "dependence from 61 days": (SOURCE.replace(corticosteroid_dependence_days=61), [
        Case("high during 61 days", {0: 10, 30: 80, 50: 80}, "none", [corticosteroids(0, 61)]),
        Case("60 days are no dependence", {0: 10, 30: 80}, "R on day 30 for 0 days",
             [corticosteroids(0, 60)]),
        Case("still going on", {0: 10, 30: 80, 900: 80}, "none", [corticosteroids(0)]),
        Case("one course written as two", {0: 10, 30: 80}, "none",
             [corticosteroids(0, 40), corticosteroids(41, 80)]),
        Case("two courses with a break", {0: 10, 30: 80}, "R on day 30 for 0 days",
             [corticosteroids(0, 40), corticosteroids(42, 80)]),
        Case("a response that stands once they are stopped",
             {0: 10, 30: 80, 62: 80, 200: 90}, "R on day 62 for 138 days", [corticosteroids(0, 61)]),
        Case("begun during a response: it counts until then",
             {0: 10, 30: 80, 45: 80, 100: 80, 140: 80}, "R on day 30 for 15 days", [corticosteroids(60)]),
        Case("begun after the loss",
             {0: 10, 30: 80, 60: 10, 70: 10, 120: 80}, "R on day 30 for 30 days, lost",
             [corticosteroids(80, 300)]),
        Case("hydroxychloroquine is no corticosteroid", {0: 10, 30: 80}, "R on day 30 for 0 days",
             [course("hydroxychloroquine", "concomitant", 0, 500)]),
    ]),
    "the source asks for none of this": (SOURCE, [
        Case("bleeding", {0: 10, 30: 150}, "CR on day 30 for 0 days", bleeding=[30]),
        Case("rescue", {0: 10, 30: 80}, "R on day 30 for 0 days", [ivig(28, 29)]),
        Case("lasting corticosteroids", {0: 10, 30: 80}, "R on day 30 for 0 days", [corticosteroids(0, 500)]),
    ]),
    "IWG 2009": (IWG2009, [
        Case("100 twice, 7 days apart, is CR", {0: 10, 30: 100, 37: 100}, "CR on day 30 for 7 days"),
        Case("baseline 60: 110 twice is CR", {0: 60, 30: 110, 37: 110}, "CR on day 30 for 7 days"),
        Case("a single high count", {0: 10, 30: 150}, "none"),
        Case("bleeding between breaks the confirmation",
             {0: 10, 30: 50, 33: 50, 37: 50}, "none", bleeding=[33]),
        Case("CR lost below 100 on day 60, the next day again",
             {0: 10, 7: 50, 30: 150, 37: 150, 60: 99, 61: 99}, "CR on day 7 for 30 days, lost"),
        Case("dependence on corticosteroids", {0: 10, 30: 180, 60: 180, 90: 180}, "none",
             [corticosteroids(-10, 200)]),
    ]),
}
# fmt: on


def in_words(row: pd.Series[Any]) -> str:
    """Put a derived row into the words of the cases."""
    if not row["evaluable"]:
        assert row["response"] == "none"
        return "not evaluable"
    if row["response"] == "none":
        assert pd.isna(row["time_to_response_days"])
        assert pd.isna(row["response_duration_days"])
        assert not row["response_lost"]
        return "none"
    days = f"on day {row['time_to_response_days']:g} for {row['response_duration_days']:g} days"
    return f"{row['response']} {days}{', lost' if row['response_lost'] else ''}"


@pytest.mark.parametrize(
    ("definitions", "case"),
    [
        pytest.param(case.definitions or definitions, case, id=f"{group}: {case.name}")
        for group, (definitions, cases) in CASES.items()
        for case in cases
    ],
)
def test_response_is_what_the_definitions_say(definitions: Definitions, case: Case) -> None:
    bleeding = None if case.bleeding is None else {"P1": case.bleeding}
    records = cohort({"P1": case.counts, "P2": {0: 10}}, courses=case.courses, bleeding=bleeding)
    assert in_words(derive(records, definitions).iloc[0]) == case.expected


def test_no_two_cases_share_a_name() -> None:
    names = [f"{group}: {case.name}" for group, (_, cases) in CASES.items() for case in cases]
    assert len(names) == len(set(names))


def test_source_and_iwg_part_at_exactly_one_hundred() -> None:
    records = cohort({"P1": {0: 10, 30: 100, 37: 100}})
    assert derive(records, SOURCE)["response"].tolist() == ["R"]
    assert derive(records, IWG2009)["response"].tolist() == ["CR"]


def test_baseline_and_best_count_are_reported() -> None:
    found = derive(cohort({"P1": {-3: 8, 0: 12.5, 5: 40, 9: 31}, "P2": {-40: 9}, "P3": {5: 40}}))
    assert found["baseline_count"].fillna(-1).tolist() == [12.5, -1, -1]
    assert found["best_count"].fillna(-1).tolist() == [40, -1, 40]
    assert found["evaluable"].tolist() == [True, False, False]


def test_response_is_ordered_so_that_at_least_a_response_can_be_asked_for() -> None:
    found = derive(cohort({"P1": {0: 10, 5: 20}, "P2": {0: 10, 5: 50}, "P3": {0: 10, 5: 150}}))
    assert found["response"].cat.categories.tolist() == ["none", "R", "CR"]
    assert (found["response"] >= "R").tolist() == [False, True, True]


def test_months_are_days_divided_by_30_4375() -> None:
    found = derive(cohort({"P1": {0: 10, 30: 50, 517: 50}}))
    assert found["response_duration_months"].tolist() == [16.0]
