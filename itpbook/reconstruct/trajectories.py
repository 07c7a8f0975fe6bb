"""Platelet counts by day that a reconstructed patient could have had.

Visits come weekly until the count has settled, then monthly and irregularly. Counts move on the logarithmic scale
with a memory from visit to visit. Response and loss fall on the days that the solution names; single low counts
within a response and short rises after a loss happen, as they do in practice.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, log

import numpy as np

from itpbook.published import Ledger
from itpbook.reconstruct.patient import Patient

_WEEKLY_UNTIL = 56
_NOISE = 0.35
"""Standard deviation of the logarithm of a count around its course, from published models of TPO receptor agonists."""
_MEMORY = 0.6
"""Correlation of one visit's deviation with the next."""
_LAST_VISIT_GAP = 45
"""A response seen at most so many days before the last contact is taken as still going on."""
_HIGHEST = 480
"""Counts above about this lead to a lower dose."""


@dataclass(frozen=True)
class Levels:
    """Thresholds of the source, as whole counts: complete response starts at ``complete``, response at ``response``."""

    complete: int
    response: int
    fold: int

    @classmethod
    def of(cls, ledger: Ledger) -> Levels:
        """Read the thresholds from the methods of the source."""
        complete = ledger["methods.cr"].printed["threshold"]
        return cls(
            complete=int(complete.lstrip(">=")) + (not complete.startswith(">=")),
            response=int(ledger["methods.r_range"].printed["minimum"]),
            fold=int(ledger["methods.r_fold"].printed["threshold"]),
        )

    def floor(self, baseline: int) -> int:
        """Return the lowest count that is a response for a patient with this baseline."""
        return max(self.response, ceil(self.fold * baseline))


def platelet_counts(patient: Patient, levels: Levels, generator: np.random.Generator) -> dict[int, int]:
    """Return counts (10^9/L) by day, from before the combination to the last visit."""
    floor = levels.floor(patient.baseline_count)
    counts = {0: patient.baseline_count}
    for day in (-int(generator.integers(22, 36)), -int(generator.integers(6, 16))):
        counts[day] = int(np.clip(round(patient.baseline_count * exp(0.4 * generator.standard_normal())), 1, 60))
    if patient.response == "none":
        for day, deviation in _deviations(_visits(patient, (), patient.followup_days, generator), generator):
            counts[day] = _low(patient, floor, deviation)
        return dict(sorted(counts.items()))
    onset = patient.time_to_response_days
    end = onset + patient.response_duration_days
    lost = patient.followup_days - end >= _LAST_VISIT_GAP
    last = patient.followup_days if lost else end
    fixed = (onset, end, end + int(generator.integers(7, 21))) if lost else (onset, end)
    visits = _visits(patient, fixed, last, generator)
    plateau = _plateau(patient, levels, floor, generator)
    highest = _HIGHEST if patient.response == "CR" else levels.complete - 1
    for day, deviation in _deviations(visits, generator):
        if day < onset or (lost and day >= end):
            counts[day] = _low(patient, floor, deviation)
        else:
            rise = 1 - exp(-(day - onset + 7) / 12)
            level = log(floor) + rise * (plateau - log(floor)) + deviation
            counts[day] = int(np.clip(round(exp(level)), floor, highest))
    during = [day for day in visits if onset <= day and not (lost and day >= end)]
    if patient.response == "CR" and max(counts[day] for day in during) < levels.complete:
        counts[during[len(during) // 2]] = levels.complete + int(generator.integers(4, 90))
    _excursions(counts, during, floor, generator)
    if lost:
        _short_rise(counts, [day for day in visits if day > end], floor, highest, generator)
    return dict(sorted(counts.items()))


def _visits(patient: Patient, fixed: tuple[int, ...], last: int, generator: np.random.Generator) -> list[int]:
    """Days of visits after day 0: the fixed ones, the last, and others that keep a few days away from them."""
    wanted = sorted({*fixed, last})
    days, day = [], 0
    while day < last:
        weekly = day < _WEEKLY_UNTIL
        day += 7 + int(generator.integers(-1, 2)) if weekly else int(generator.integers(24, 45 if day < 720 else 80))
        days.append(day)
    away = [day for day in days if day < last - 3 and all(abs(day - other) > 3 for other in wanted)]
    return sorted({*wanted, *away})


def _deviations(visits: list[int], generator: np.random.Generator) -> list[tuple[int, float]]:
    """Pair each visit with a deviation on the log scale that remembers the one before."""
    found, deviation = [], 0.0
    for day in visits:
        deviation = _MEMORY * deviation + (1 - _MEMORY**2) ** 0.5 * _NOISE * float(generator.standard_normal())
        found.append((day, deviation))
    return found


def _low(patient: Patient, floor: int, deviation: float) -> int:
    """Return a count below response: around the baseline or a little above."""
    return int(np.clip(round(max(patient.baseline_count, 4) * exp(1.2 * deviation + 0.15)), 1, floor - 1))


def _plateau(patient: Patient, levels: Levels, floor: int, generator: np.random.Generator) -> float:
    """Return the logarithm of the count around which a response settles."""
    if patient.response == "CR":
        return log(levels.complete) + abs(0.35 * float(generator.standard_normal())) + 0.2
    low, high = log(floor * 1.15), log(levels.complete - 5)
    return low + (high - low) * float(generator.uniform(0.25, 0.75)) if low < high else high


def _excursions(counts: dict[int, int], during: list[int], floor: int, generator: np.random.Generator) -> None:
    """Let single counts within a response fall short; never the first, the last or two in a row."""
    for previous, day, following in zip(during, during[1:], during[2:], strict=False):
        short = counts[previous] < floor or counts[following] < floor
        highest = counts[day] == max(counts[each] for each in during)
        if generator.random() < 0.06 and not short and not highest:
            counts[day] = int(generator.integers(max(3, floor // 3), floor))


def _short_rise(
    counts: dict[int, int], after: list[int], floor: int, highest: int, generator: np.random.Generator
) -> None:
    """Let some patients rise again for one or two visits, well after the loss is established."""
    if len(after) < 5 or generator.random() >= 0.3:
        return
    start = int(generator.integers(3, len(after) - 1))
    for day in after[start : start + int(generator.integers(1, 3))]:
        counts[day] = int(np.clip(round(floor * exp(0.5 * abs(generator.standard_normal()))), floor, highest))
