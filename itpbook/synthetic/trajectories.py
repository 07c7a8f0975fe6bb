"""Platelet counts by day that a reconstructed patient could have had.

Visits come weekly until the count has settled, then monthly and irregularly. Counts move on the logarithmic scale
with a memory from visit to visit. Response and loss fall on the days that the solution names; single low counts
within a response, short rises after a loss, and a second response under a combination that is kept up all happen, as
they do in practice.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, log

import numpy as np

from implied.ledger import Ledger
from itpbook.synthetic.patient import Patient

_WEEKLY_UNTIL = 56
_NOISE = 0.35
"""Standard deviation of the logarithm of a count around its course, from published models of TPO receptor agonists."""
_MEMORY = 0.6
"""Correlation of one visit's deviation with the next."""
_LAST_VISIT_GAP = 45
"""A response seen at most so many days before the last contact is taken as still going on."""
_HIGHEST = 520
"""Counts above about this lead to a lower dose."""
_KEPT_UP = 240
"""A combination given so many days beyond the loss of the response is kept up because the response comes back."""
_SHORTFALL = 0.08
"""Share of visits within a response at which the count is low for once."""


THRESHOLDS = ("methods.cr", "methods.r_range", "methods.r_fold")
"""Entries of the ledger that say what a response is."""


@dataclass(frozen=True)
class Levels:
    """Thresholds of the source, as whole counts: complete response starts at ``complete``, response at ``response``."""

    complete: int
    response: int
    fold: int

    @classmethod
    def of(cls, ledger: Ledger) -> Levels:
        """Read the thresholds from the methods of the source."""
        printed = [ledger[name].printed for name in THRESHOLDS]
        complete = printed[0]["threshold"]
        return cls(
            complete=int(complete.lstrip(">=")) + (not complete.startswith(">=")),
            response=int(printed[1]["minimum"]),
            fold=int(printed[2]["threshold"]),
        )

    def floor(self, baseline: int) -> int:
        """Return the lowest count that is a response for a patient with this baseline."""
        return max(self.response, ceil(self.fold * baseline))


@dataclass(frozen=True)
class _Course:
    """When a patient is in response (``onset`` to ``end``), when again (from ``again`` on), and at which counts."""

    onset: int
    end: int
    lost: bool
    again: tuple[int, int] | None
    floor: int
    highest: int
    plateau: float

    def in_response(self, day: int) -> bool:
        """Whether the first response holds on a day."""
        return self.onset <= day and not (self.lost and day >= self.end)


def platelet_counts(patient: Patient, levels: Levels, generator: np.random.Generator) -> dict[int, int]:
    """Return counts (10^9/L) by day, from before the combination to the last visit."""
    floor = levels.floor(patient.baseline_count)
    counts = {0: patient.baseline_count}
    for day in (-int(generator.integers(22, 36)), -int(generator.integers(6, 16))):
        around = log(patient.baseline_count) + 0.4 * generator.standard_normal()
        counts[day] = _within(around, 1, max(60, floor))
    if patient.response == "none":
        for day, deviation in _deviations(_visits((patient.followup_days,), generator), generator):
            counts[day] = _low(patient, floor, deviation)
        return dict(sorted(counts.items()))
    course = _course(patient, levels, floor, generator)
    fixed = [course.onset, course.end]
    if course.lost:
        fixed += [course.end + int(generator.integers(7, 21)), patient.followup_days]
    visits = _visits(tuple(fixed), generator)
    for day, deviation in _deviations(visits, generator):
        if course.in_response(day):
            counts[day] = _risen(course, day - course.onset, deviation)
        elif course.again is not None and course.again[0] <= day <= course.again[1]:
            counts[day] = _risen(course, day - course.again[0], deviation)
        else:
            counts[day] = _low(patient, floor, deviation)
    during = [day for day in visits if course.in_response(day)]
    if patient.response == "CR" and max(counts[day] for day in during) < levels.complete:
        counts[during[len(during) // 2]] = levels.complete + int(generator.integers(4, 90))
    _excursions(counts, during, floor, generator)
    if course.lost and course.again is None:
        _short_rise(counts, [day for day in visits if day > course.end], course, generator)
    return dict(sorted(counts.items()))


def _course(patient: Patient, levels: Levels, floor: int, generator: np.random.Generator) -> _Course:
    onset = patient.time_to_response_days
    end = onset + patient.response_duration_days
    lost = patient.followup_days - end >= _LAST_VISIT_GAP
    again = None
    if lost and patient.combination_days - end >= _KEPT_UP:
        again = (end + int(generator.integers(60, 150)), patient.combination_days + int(generator.integers(0, 60)))
    return _Course(
        onset=onset,
        end=end,
        lost=lost,
        again=again,
        floor=floor,
        highest=_HIGHEST if patient.response == "CR" else levels.complete - 1,
        plateau=_plateau(patient, levels, floor, generator),
    )


def _visits(fixed: tuple[int, ...], generator: np.random.Generator) -> list[int]:
    """Days of visits after day 0: the fixed ones, the last of which ends them, and others some days away from those."""
    wanted = sorted(set(fixed))
    last = wanted[-1]
    days, day = [], 0
    while day < last:
        if day < _WEEKLY_UNTIL:
            day += 7 + int(generator.integers(-1, 2))
        else:
            usual = 32 if day < 720 else 48
            day += int(np.clip(round(usual * exp(0.28 * generator.standard_normal())), 14, 150))
        days.append(day)
    away = [day for day in days if day < last - 3 and all(abs(day - other) > 3 for other in wanted)]
    return sorted({*wanted, *away})


def _deviations(visits: list[int], generator: np.random.Generator) -> list[tuple[int, float]]:
    """Pair each visit with a deviation on the log scale that remembers the one before."""
    pairs, deviation = [], 0.0
    for day in visits:
        deviation = _MEMORY * deviation + (1 - _MEMORY**2) ** 0.5 * _NOISE * float(generator.standard_normal())
        pairs.append((day, deviation))
    return pairs


def _within(level: float, lowest: int, highest: int) -> int:
    """Return the count of a level on the log scale, thrown back at both ends so that counts do not heap up there."""
    low, high = log(lowest - 0.49), log(highest + 0.49)
    span = high - low
    above = (level - low) % (2 * span)
    return int(np.clip(round(exp(low + (above if above <= span else 2 * span - above))), lowest, highest))


def _low(patient: Patient, floor: int, deviation: float) -> int:
    """Return a count below response: around the baseline or a little above."""
    around = log(max(patient.baseline_count, 4)) + 1.2 * deviation + 0.1
    return _within(around, 1, floor - 1)


def _risen(course: _Course, days: int, deviation: float) -> int:
    """Return a count so many days into a response."""
    rise = 1 - exp(-(days + 7) / 12)
    level = log(course.floor) + rise * (course.plateau - log(course.floor)) + deviation
    return _within(level, course.floor, course.highest)


def _plateau(patient: Patient, levels: Levels, floor: int, generator: np.random.Generator) -> float:
    """Return the logarithm of the count around which a response settles."""
    if patient.response == "CR":
        return log(levels.complete) + abs(0.35 * float(generator.standard_normal())) + 0.2
    low, high = log(floor * 1.15), log(levels.complete - 5)
    return low + (high - low) * float(generator.uniform(0.25, 0.75)) if low < high else high


def _excursions(counts: dict[int, int], during: list[int], floor: int, generator: np.random.Generator) -> None:
    """Let single counts within a response fall short; never the first, the last, the highest or two in a row."""
    highest = max(counts[day] for day in during)
    for previous, day, following in zip(during, during[1:], during[2:], strict=False):
        short = counts[previous] < floor or counts[following] < floor
        if generator.random() < _SHORTFALL and not short and counts[day] < highest:
            counts[day] = int(generator.integers(max(3, floor // 3), floor))


def _short_rise(counts: dict[int, int], after: list[int], course: _Course, generator: np.random.Generator) -> None:
    """Let some patients rise again for one or two visits, well after the loss is established."""
    if len(after) < 5 or generator.random() >= 0.3:
        return
    start = int(generator.integers(3, len(after) - 1))
    for day in after[start : start + int(generator.integers(1, 3))]:
        counts[day] = _within(log(course.floor) + abs(0.5 * generator.standard_normal()), course.floor, course.highest)
