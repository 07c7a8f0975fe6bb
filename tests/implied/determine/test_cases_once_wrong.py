"""Series for which something was once wrong, reduced to what it takes; all of them first came up at random."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest
from agreement import assert_bounds_are_sharp, assert_conflicts_are_the_smallest
from brute_force import AllRecords
from series_models import counting_everybody, ledger_of, made

from implied.check.queries import Query
from implied.determine.conflicts import conflicts
from implied.ledger import Entry, Ledger, Rule
from implied.ledger.conditions import EVERYONE, AllOf, Attribute, Between, Condition, OneOf

SEX = Attribute("sex", "Sex", ("female", "male"))
WOMEN = OneOf("sex", ("female",))


def score(lowest: int, highest: int) -> Attribute:
    return Attribute("score", "Score", unit="points", minimum=lowest, maximum=highest)


def scored(name: str, printed: Mapping[str, str], population: Condition = EVERYONE) -> Entry:
    return made(name, dict(printed), quantity="score", unit="points", population=population)


def between(low: int, high: int) -> Between:
    """Above ``low``, at most ``high``."""
    return Between("score", Fraction(low), Fraction(high), above=True)


def ruled(when: Condition, low: int | None, high: int | None) -> Rule:
    return Rule("made up", False, when, None, {"score": 1}, low, high)


@pytest.mark.parametrize(
    "ledger",
    [
        # Of two patients with these quartiles, one has 6.75 points.
        ledger_of([score(3, 19)], [counting_everybody(2), scored("q1", {"q1": "7.5"}), scored("q3", {"q3": "9.00"})]),
        # The median and the least of two patients make the third quartile 8.75.
        ledger_of(
            [score(2, 20)],
            [counting_everybody(2), scored("least", {"minimum": "2.0"}), scored("both", {"median": "6.5", "q3": "7"})],
        ),
        ledger_of(
            [score(3, 24)],
            [counting_everybody(3), scored("q1", {"q1": "8"}), scored("q3", {"q3": "14.8"}, between(11, 23))],
        ),
        ledger_of(
            [score(1, 15)],
            [counting_everybody(4), scored("median", {"median": "2"}), scored("q3", {"q3": "4.0"})],
            [ruled(EVERYONE, None, 5)],
        ),
        # A single patient with three different scores.
        ledger_of(
            [score(0, 19)],
            [counting_everybody(1), scored("one", {"median": "10", "q1": "9.25", "maximum": "13.0"})],
        ),
    ],
)
def test_order_statistics_of_many_values_conflict(ledger: Ledger):
    """Numbers of so many values are not told apart one by one at first, which must not make room for the impossible."""
    assert AllRecords(ledger, [ledger.size]).solutions() == []
    assert conflicts(ledger) != ()
    assert_conflicts_are_the_smallest(ledger)


@pytest.mark.parametrize(
    ("ledger", "figure"),
    [
        (
            ledger_of(
                [SEX, Attribute("score", "Score", (), "points", 2, 24, applies_when=WOMEN, may_be_missing=True)],
                [counting_everybody(2), scored("q3", {"q3": "4.5"})],
            ),
            Query("median", "median", quantity="score"),
        ),
        (
            ledger_of(
                [Attribute("sex", "Sex", ("female", "male"), may_be_missing=True),
                 Attribute("score", "Score", (), "points", 0, 14, applies_when=WOMEN)],
                [counting_everybody(3), scored("median", {"median": "9.5"})],
            ),
            Query("q1", "q1", quantity="score"),
        ),
        (
            ledger_of([score(0, 19)], [counting_everybody(2), scored("two", {"q1": "9.25", "maximum": "13.0"})]),
            Query("mean", "mean", quantity="score", population=between(7, 17)),
        ),
        (
            # The two rules leave no women, so there is nobody to take the median of.
            ledger_of(
                [SEX, score(1, 15)], [counting_everybody(3)], [ruled(WOMEN, 4, 6), ruled(EVERYONE, 0, 2)]
            ),
            Query("median", "median", quantity="score", population=AllOf((WOMEN, between(1, 14)))),
        ),
    ],
)  # fmt: skip
def test_bounds_of_many_values_are_sharp(ledger: Ledger, figure: Query):
    assert_bounds_are_sharp(ledger, [figure])


def test_an_attribute_of_which_no_figure_speaks_is_in_nobodys_way():
    falls = Attribute("falls", "Falls", (), "events", 0, 2)
    ledger = ledger_of([SEX, falls], [counting_everybody(2), made("women", {"count": "1"}, condition=WOMEN)])
    assert_bounds_are_sharp(ledger, [Query("falls", "mean", quantity="falls"), Query("women", "percent", WOMEN)])
    assert_conflicts_are_the_smallest(ledger)


def test_all_of_the_smallest_conflicts_are_found_however_few_others_are_wanted():
    """Half of the sets need the number of patients to be printed, the others do not, but are as small."""
    ledger = ledger_of(
        [score(2, 5)],
        [
            counting_everybody(3),
            scored("q1", {"q1": "4"}),
            made("points", {"count": "7"}, sum=("score",), unit="points"),
            scored("median", {"median": "3.50"}),
        ],
    )
    assert_conflicts_are_the_smallest(ledger)
    every = [conflict.entries for conflict in conflicts(ledger, others=1000)]
    least = [entries for entries in every if len(entries) == len(every[0])]
    assert len(least) > 1
    assert [conflict.entries for conflict in conflicts(ledger, others=0)] == least
