"""Random cohorts and definitions for the tests of outcomes, crowded around every boundary."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from outcome_records import cohort, course

from itpbook.definitions import IWG2009, SOURCE, Definitions
from itpbook.records.cohort import Cohort

LOW = [0, 5, 10, 14.9, 15, 16, 20, 29.9]
COUNTS = [*LOW, 30, 31.9, 32, 33, 35, 50, 60, 69.9, 70, 99.9, 100, 100.5, 101, 110, 120, 250]
LAST_DAY = 120

counts = st.dictionaries(
    st.one_of(st.integers(-32, 3), st.integers(1, LAST_DAY)), st.sampled_from(COUNTS), min_size=0, max_size=12
)
evaluable_counts = st.builds(
    lambda baseline, later: {0: baseline, **later},
    st.sampled_from([5, 10, 15, 16, 30, 35, 60]),
    st.dictionaries(st.integers(1, LAST_DAY), st.sampled_from(COUNTS), min_size=1, max_size=12),
)

definitions = st.one_of(
    st.sampled_from([SOURCE, IWG2009]),
    st.builds(
        Definitions,
        name=st.just("drawn"),
        cr_inclusive=st.booleans(),
        response_fold=st.sampled_from([1, 1.1, 2, 3]),
        confirmation_days=st.sampled_from([0, 1, 7, 30]),
        loss_confirmation_days=st.sampled_from([0, 1, 2, 14]),
        loss_by_category=st.booleans(),
        require_no_bleeding=st.booleans(),
        rescue_washout_days=st.sampled_from([0, 1, 28]),
        corticosteroid_dependence_days=st.sampled_from([None, 1, 20, 61]),
        baseline_window_days=st.sampled_from([0, 7, 28]),
    ),
)

COURSES = [
    ("ivig", "rescue"),
    ("corticosteroids", "rescue"),
    ("corticosteroids", "concomitant"),
    ("hydroxychloroquine", "concomitant"),
    ("eltrombopag", "combination"),
    ("romiplostim", "combination"),
    ("azathioprine", "combination"),
    ("mycophenolate", "combination"),
]


@st.composite
def courses_of(draw: st.DrawFn, patient_id: str) -> list[dict[str, Any]]:
    """Draw up to five courses of one patient; some still going on, some back to back."""
    drawn = []
    for agent, role in draw(st.lists(st.sampled_from(COURSES), max_size=5)):
        start = draw(st.integers(-40, LAST_DAY))
        length = draw(st.one_of(st.none(), st.integers(0, 80)))
        end = None if length is None else min(start + length, LAST_DAY)
        drawn.append(course(agent, role, start, end, patient_id=patient_id))
    return drawn


@st.composite
def cohorts(draw: st.DrawFn, drawn_counts: st.SearchStrategy[dict[int, float]] = counts) -> Cohort:
    """Draw a cohort of several patients, rows in a random order: deriving many takes hardly longer than one."""
    of_patients = draw(st.lists(drawn_counts, min_size=6, max_size=10))
    names = [f"P{number:02}" for number in range(1, len(of_patients) + 1)]
    days = draw(st.none() | st.just({name: draw(st.sets(st.integers(0, LAST_DAY))) for name in names}))
    courses = [given for name in names for given in draw(courses_of(name))]
    return cohort(
        dict(zip(names, of_patients, strict=True)),
        courses=draw(st.permutations(courses)),
        bleeding=days,
        patients={name: {"last_followup_day": LAST_DAY} for name in names},
    )
