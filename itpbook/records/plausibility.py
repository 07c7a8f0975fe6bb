"""What is possible but unlikely: warnings, by the thresholds of the schema. They keep no records from being used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from itpbook.definitions import SOURCE
from itpbook.records.columns import CheckedTable, Rows, of_owner
from itpbook.records.consistency import owners_of
from itpbook.records.problems import Problem, Remedy
from itpbook.records.schema import (
    CORTICOSTEROID_REGIMENS,
    LONG_COURSE,
    LONG_FOLLOWUP,
    LONG_HIGH_DOSE,
    STEEP_RISE,
    UNUSUAL_AGE,
    UNUSUAL_COUNT,
)


def implausibilities(tables: Mapping[str, CheckedTable], *, sound: bool) -> Iterator[Problem]:
    """Go through every threshold; cells that are wrong or missing are passed over.

    Only in ``sound`` records is the lack of a count looked for: in others it may come from what is wrong with them.
    """
    patients = tables["patients"]
    owners = owners_of(tables)
    yield from _of_patients(patients)
    yield from _of_courses(patients, tables["treatments"], owners["treatments"])
    yield from _of_counts(tables["platelets"], owners["platelets"])
    if sound:
        yield from _without_counts(patients, tables["platelets"], owners["platelets"])


def _of_patients(patients: CheckedTable) -> Iterator[Problem]:
    old, expected = patients["age_years"].numbers > UNUSUAL_AGE, f"an age of up to {UNUSUAL_AGE} years"
    yield from patients.problems(old, "age_years", expected, group=Remedy.UNLIKELY)
    long = patients["last_followup_day"].numbers > LONG_FOLLOWUP
    expected = f"a follow-up of up to {LONG_FOLLOWUP:,} days"
    yield from patients.problems(long, "last_followup_day", expected, group=Remedy.UNLIKELY)


def _of_courses(patients: CheckedTable, courses: CheckedTable, owner: Rows) -> Iterator[Problem]:
    start, end = courses["start_day"].numbers, courses["end_day"].numbers
    last = of_owner(patients["last_followup_day"].numbers, owner)
    # A course goes on until the last follow-up; where that is unlikely itself, it is named once.
    end = np.where(courses["end_day"].missing & ~(last > LONG_FOLLOWUP), last, end)
    days = end - start
    long, expected = days > LONG_COURSE, f"a course of up to {LONG_COURSE:,} days"
    yield from courses.problems(
        long, "start_day", expected, lambda row: f", and so {days[row]:,.0f} days", Remedy.UNLIKELY
    )
    lasting = (
        courses["agent"].among("corticosteroids")
        & courses["role"].among("concomitant")
        & courses["regimen"].among(CORTICOSTEROID_REGIMENS[0])
        & (days > LONG_HIGH_DOSE)
        & ~long
    )
    expected = f"up to {LONG_HIGH_DOSE} days of a high dose that is called short"
    yield from courses.problems(
        lasting, "regimen", expected, lambda row: f" for {days[row]:,.0f} days", Remedy.UNLIKELY
    )


def _of_counts(platelets: CheckedTable, owner: Rows) -> Iterator[Problem]:
    count, day = platelets["count"].numbers, platelets["day"].numbers
    high = count >= UNUSUAL_COUNT
    expected = f"a count below {UNUSUAL_COUNT:,} x 10^9/L, and none per microlitre"
    yield from platelets.problems(high, "count", expected, group=Remedy.UNLIKELY)
    rows = np.flatnonzero((owner >= 0) & ~np.isnan(count) & ~np.isnan(day))
    rows = rows[np.lexsort((day[rows], owner[rows]))]
    before, after = rows[:-1], rows[1:]
    elapsed, rise = day[after] - day[before], count[after] - count[before]
    steep = (owner[after] == owner[before]) & (elapsed > 0) & (rise > STEEP_RISE * elapsed)
    # A count that is unlikely by itself is named once.
    steep &= ~high[after]
    previous = np.full(len(platelets), -1, dtype=np.int64)
    previous[after[steep]] = before[steep]
    yield from platelets.problems(
        previous >= 0,
        "count",
        f"a rise of up to {STEEP_RISE} x 10^9/L a day",
        lambda row: f", after {platelets.cell(int(previous[row]), 'count')} in {platelets.line(int(previous[row]))}",
        Remedy.UNLIKELY,
    )


def _without_counts(patients: CheckedTable, platelets: CheckedTable, owner: Rows) -> Iterator[Problem]:
    """Name patients whose response cannot be judged: no count just before day 0, or none after it."""
    day = platelets["day"].numbers
    window = SOURCE.baseline_window_days
    for counted, when in (
        ((day <= 0) & (day >= -window), f"from day -{window} to day 0"),
        (day > 0, "after day 0"),
    ):
        counts = np.bincount(owner[counted], minlength=len(patients))
        yield from patients.problems(
            counts == 0,
            "patient_id",
            f"a count {when}, without which no response can be judged",
            lambda _: f" without any in {platelets.reference}",
            Remedy.UNLIKELY,
        )
