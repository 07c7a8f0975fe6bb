"""Periods of days per patient: what is given when, merged where courses overlap.

A period runs from its start day to its end day and lasts ``end - start`` days: the end day is the day of
stopping.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Periods:
    """Periods sorted by patient and start, apart from each other within a patient.

    Attributes
    ----------
    patient
        Position of the patient in the cohort, one per period.
    start, end
        First day, and day of stopping.
    """

    patient: Ints
    start: Ints
    end: Ints

    def lasting(self, days: int) -> Periods:
        """Keep the periods of at least so many days."""
        long = self.end - self.start >= days
        return Periods(self.patient[long], self.start[long], self.end[long])

    def total(self, patients: int) -> Ints:
        """Add up the days of each of ``patients`` patients; 0 for one without a period."""
        return np.bincount(self.patient, self.end - self.start, minlength=patients).astype(np.int64)

    def cover(self, patient: Ints, day: Ints) -> Bools:
        """Tell of each (patient, day) whether it lies in a period of that patient, both ends included."""
        if len(self.patient) == 0:
            return np.zeros(len(patient), dtype=bool)
        first = min(self.start.min(), day.min(initial=0))
        width = max(self.end.max(), day.max(initial=0)) - first + 1
        wanted = patient * width + day - first
        nearest = np.searchsorted(self.patient * width + self.start - first, wanted, side="right") - 1
        last_day = (self.patient * width + self.end - first)[nearest]
        covered: Bools = (nearest >= 0) & (wanted <= last_day)
        return covered


def merge(courses: pd.DataFrame, *, gap: int = 0, extension: int = 0) -> Periods:
    """Merge courses of the same patient that overlap or touch.

    Parameters
    ----------
    courses
        Columns ``patient`` (position), ``start_day`` and ``end_day``, all whole numbers, in any order.
    gap
        Courses at most so many days apart are still one period.
    extension
        Days by which every course is taken to end later.
    """
    patient, start, end = (courses[column].to_numpy(dtype=np.int64) for column in ("patient", "start_day", "end_day"))
    if len(patient) == 0:
        return Periods(patient, start, end)
    order = np.lexsort((start, patient))
    patient, start, end = patient[order], start[order], end[order] + extension
    # With each patient's days shifted beyond those of the one before, one running maximum serves them all.
    shift = patient * (end.max() - start.min() + gap + 1)
    latest = np.maximum.accumulate(end + shift)
    opens = np.append(True, start[1:] + shift[1:] > latest[:-1] + gap)
    closes = np.append(opens[1:], True)
    return Periods(patient[opens], start[opens], (latest - shift)[closes])


def days_on_both(one: pd.DataFrame, other: pd.DataFrame, patients: int) -> Ints:
    """Count each patient's days on which a course of ``one`` and a course of ``other`` are both running."""
    columns = ["patient", "start_day", "end_day"]
    together = pd.concat([one[columns], other[columns]])
    return merge(one).total(patients) + merge(other).total(patients) - merge(together).total(patients)
