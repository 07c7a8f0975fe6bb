"""The definitions read aloud: one patient at a time, plain Python, slow on purpose.

Written from the documented rules and not from the code, so that the two can be held against each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from itpbook.definitions import Definitions


@dataclass(frozen=True)
class Reading:
    """What the definitions make of one patient; days are None where there is no response."""

    response: str
    evaluable: bool
    time: int | None
    duration: int | None
    lost: bool


def read(
    counts: Mapping[int, float],
    bleeding: set[int],
    courses: Sequence[Mapping[str, Any]],
    last_followup_day: int,
    definitions: Definitions,
) -> Reading:
    """Read one patient: counts by day, days with bleeding, courses."""
    before = [day for day in counts if -definitions.baseline_window_days <= day <= 0]
    after = sorted(day for day in counts if day > 0)
    if not before or not after:
        return Reading("none", False, None, None, False)
    baseline = exact(counts[max(before)])
    aside = set_aside_days(courses, last_followup_day, definitions)

    def level_of(day: int) -> str:
        count = exact(counts[day])
        if definitions.require_no_bleeding and day in bleeding:
            return "none"
        threshold = exact(definitions.cr_threshold)
        if count > threshold or (definitions.cr_inclusive and count == threshold):
            return "CR"
        if count >= exact(definitions.response_lower) and count >= exact(definitions.response_fold) * baseline:
            return "R"
        return "none"

    complete = [day for day in after if level_of(day) == "CR"]
    responding = [day for day in after if level_of(day) != "none"]
    cr_day = achieved(complete, after, aside, definitions.confirmation_days)
    response_day = achieved(responding, after, aside, definitions.confirmation_days)
    if response_day is None:
        return Reading("none", True, None, None, False)

    start, at_level = response_day, responding
    if definitions.loss_by_category and cr_day is not None:
        start, at_level = cr_day, complete
    best = "R" if cr_day is None else "CR"
    low = [day for day in after if day > start and day not in at_level]
    for first in low:
        for second in low:
            if second < first or second - first < definitions.loss_confirmation_days:
                continue
            if any(first < day < second and day in at_level and day not in aside for day in after):
                continue
            return Reading(best, True, response_day, first - start, True)
    last = max(day for day in after if day not in at_level or day not in aside)
    return Reading(best, True, response_day, last - start, False)


def achieved(at_level: list[int], after: list[int], aside: set[int], apart: int) -> int | None:
    """Find the first day of a count at the level that is confirmed."""
    proving = [day for day in at_level if day not in aside]
    for first in proving:
        for second in proving:
            if second < first or second - first < apart:
                continue
            if all(day in at_level for day in after if first < day < second):
                return first
    return None


def set_aside_days(courses: Sequence[Mapping[str, Any]], last_followup_day: int, definitions: Definitions) -> set[int]:
    """List the days on which counts are set aside, day by day."""
    rescued: set[int] = set()
    on_corticosteroids: set[int] = set()
    for given in courses:
        end = last_followup_day if given["end_day"] is None else given["end_day"]
        if given["role"] == "rescue" and definitions.rescue_washout_days > 0:
            rescued |= set(range(given["start_day"], end + definitions.rescue_washout_days + 1))
        if given["role"] == "concomitant" and given["agent"] == "corticosteroids":
            on_corticosteroids |= set(range(given["start_day"], end + 1))
    if definitions.corticosteroid_dependence_days is None:
        return rescued
    dependent: set[int] = set()
    stretch: list[int] = []
    for day in [*sorted(on_corticosteroids), None]:
        if stretch and (day is None or day > stretch[-1] + 1):
            if stretch[-1] - stretch[0] >= definitions.corticosteroid_dependence_days:
                dependent |= set(stretch)
            stretch = []
        if day is not None:
            stretch.append(day)
    return rescued | dependent


def days_on_both(courses: Sequence[Mapping[str, Any]], last_followup_day: int) -> int:
    """Count the days, one by one, on which a drug of each class of the combination is given."""
    days: dict[str, set[int]] = {"tpo_ra": set(), "immunosuppressant": set()}
    for given in courses:
        if given["role"] == "combination":
            end = last_followup_day if given["end_day"] is None else given["end_day"]
            days[given["drug_class"]] |= set(range(given["start_day"], end))
    return len(days["tpo_ra"] & days["immunosuppressant"])


def exact(number: float) -> Fraction:
    """Take a number as it is written, not as binary stores it: 1.1 is eleven tenths."""
    return Fraction(str(number))
