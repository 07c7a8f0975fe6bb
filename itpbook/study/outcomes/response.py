"""Response to the combination, derived from platelet counts and treatments alone.

The rules, in the order in which they apply. Numbers in brackets are the values of the published series.

**Baseline** is the last count on the days from ``-baseline_window_days`` [-28] to 0. A count on day 0 is
baseline and never a response. A patient without a baseline count, or without any count after day 0, is not
evaluable and has the response ``none``.

**Levels.** A count after day 0 is at *CR level* when it lies above ``cr_threshold`` [100] (or at it, when
``cr_inclusive``), whatever the baseline. It is at *response level* when it is at least ``response_lower``
[30] and at least ``response_fold`` [2] times the baseline, or when it is at CR level. So a rise from 60 to
110 is a complete response, and counts as a response in every rule below, although it is no doubling. With
``require_no_bleeding`` a count on a day with bleeding is at neither level. A count that is not at a level is
*below* it.

**Counts set aside.** Treatment other than the combination can lift a count. Two rules, both off for the
published series, set counts aside: those from the start of a rescue course to ``rescue_washout_days`` after
its end, and those during concomitant corticosteroids that were given without a break for
``corticosteroid_dependence_days`` or more (courses at most a day apart are one; first and last day included).
A count that is set aside at a level proves nothing: it earns no response, confirms none, and ends no loss. A
count below the level stays below: other treatment did not even lift it.

**Achievement.** A level is achieved on the day of the first count at it that is not set aside and is
*confirmed*: a second such count follows ``confirmation_days`` [0] or more later, and no count between the two
is below the level. With 0 days, the first count at the level suffices.

**Best response** is ``CR`` when the CR level was ever achieved after day 0, else ``R`` when the response
level was, else ``none``; a CR may come after a loss. **Time to response** runs from day 0 to the achievement
of the response level, for complete responders too.

**Duration of response** is that of the first episode. It starts at the achievement of the response level; a
loss is the first later count below that level which is *confirmed*: a second count below it follows
``loss_confirmation_days`` [1] or more later, and no count between the two is at the level (and not set
aside). So one low count between two high ones is no loss, and neither is a low count that is the last of all.
With 0 days, one low count suffices. With ``loss_by_category``, the episode of a complete responder starts at
the achievement of the CR level, and below that level it is lost. A response that is not lost lasts to the
last count that proves anything: to the last one not set aside at the level.

Raising counts after day 0 never makes the best response worse: it can only add counts at a level and remove
counts below it, and whether a count is set aside depends on treatments alone. That is why counts under
lasting corticosteroids are set aside one by one, rather than a response discarded whole for overlapping with
them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from implied.numbers.units import months
from itpbook.definitions import Definitions
from itpbook.study.outcomes.periods import Bools, Floats, Ints, Periods, merge

RESPONSES = ("none", "R", "CR")
"""Best responses, from the worst."""


@dataclass(frozen=True)
class Counts:
    """Counts after day 0 of patients with a baseline, sorted by patient and day; an entry per count.

    Attributes
    ----------
    patient
        Position of the patient in the cohort.
    day
        Day of the count, 1 or later.
    response_level, cr_level
        Whether the count is at the level.
    set_aside
        Whether other treatment may explain the count.
    """

    patient: Ints
    day: Ints
    response_level: Bools
    cr_level: Bools
    set_aside: Bools


def responses(platelets: pd.DataFrame, beside: pd.DataFrame, patients: int, definitions: Definitions) -> pd.DataFrame:
    """Derive response, its time, duration and loss of each patient; see the module for the rules.

    Parameters
    ----------
    platelets
        Columns ``patient`` (position from 0), ``day``, ``count`` (10^9/L) and optionally ``bleeding``; any
        order.
    beside
        Courses of role ``concomitant`` and ``rescue``: ``patient``, ``agent``, ``role``, ``start_day``,
        ``end_day``.
    patients
        Number of patients.
    definitions
        The thresholds.

    Returns
    -------
    DataFrame
        One row per patient: ``baseline_count`` and ``best_count`` (highest after day 0), both 10^9/L, NaN
        when there is none; ``response``, ``evaluable``, ``time_to_response_days``, ``response_duration_days``
        (NaN without response) and ``response_lost``.
    """
    platelets = platelets.sort_values(["patient", "day"])
    baseline, best = _baseline_and_best(platelets, patients, definitions)
    counts = _classify(platelets, baseline, _set_aside(beside, definitions), definitions)
    days = definitions.confirmation_days
    response_start = _achieved(counts, counts.response_level, days, patients)
    cr_start = _achieved(counts, counts.cr_level, days, patients)
    complete = ~np.isnan(cr_start)
    rank = np.where(complete, 2, np.where(np.isnan(response_start), 0, 1))

    by_category = complete & definitions.loss_by_category
    start = np.where(by_category, cr_start, response_start)
    level = np.where(by_category[counts.patient], counts.cr_level, counts.response_level)
    loss = _first_run(
        counts,
        inside=~level & (counts.day > start[counts.patient]),
        breaks=level & ~counts.set_aside,
        days=definitions.loss_confirmation_days,
        patients=patients,
    )
    last = np.full(patients, np.nan)
    telling = ~(level & counts.set_aside)
    last[counts.patient[telling]] = counts.day[telling]  # sorted by day: the last one stays
    lost = ~np.isnan(loss)
    duration = pd.Series(np.where(lost, loss, last) - start)
    best_response = pd.Categorical(np.array(RESPONSES)[rank], categories=pd.Index(RESPONSES), ordered=True)
    return pd.DataFrame(
        {
            "baseline_count": baseline,
            "best_count": best,
            "response": best_response,
            "evaluable": ~np.isnan(baseline) & ~np.isnan(best),
            "time_to_response_days": response_start,
            "response_duration_days": duration,
            "response_duration_months": months(duration),
            "response_lost": lost,
        }
    )


def _baseline_and_best(platelets: pd.DataFrame, patients: int, definitions: Definitions) -> tuple[Floats, Floats]:
    patient, day = platelets["patient"].to_numpy(), platelets["day"].to_numpy()
    count = platelets["count"].to_numpy(dtype=float)
    baseline = np.full(patients, np.nan)
    before = (day <= 0) & (day >= -definitions.baseline_window_days)
    baseline[patient[before]] = count[before]  # sorted by day: the last one stays
    best = np.full(patients, np.nan)
    after = day > 0
    np.fmax.at(best, patient[after], count[after])
    return baseline, best


def _set_aside(beside: pd.DataFrame, definitions: Definitions) -> list[Periods]:
    periods = []
    if definitions.rescue_washout_days > 0:
        periods.append(merge(beside[beside["role"] == "rescue"], extension=definitions.rescue_washout_days))
    if definitions.corticosteroid_dependence_days is not None:
        corticosteroids = beside[(beside["role"] == "concomitant") & (beside["agent"] == "corticosteroids")]
        periods.append(merge(corticosteroids, gap=1).lasting(definitions.corticosteroid_dependence_days))
    return periods


def _classify(platelets: pd.DataFrame, baseline: Floats, set_aside: list[Periods], definitions: Definitions) -> Counts:
    every = platelets["patient"].to_numpy(dtype=np.int64)
    chosen = (platelets["day"].to_numpy() > 0) & ~np.isnan(baseline[every])
    platelets, patient = platelets[chosen], every[chosen]
    day = platelets["day"].to_numpy(dtype=np.int64)
    count = platelets["count"].to_numpy(dtype=float)
    threshold = definitions.cr_threshold
    complete = count >= threshold if definitions.cr_inclusive else count > threshold
    # 1.1 x 10 is 11.000000000000002 in binary: unrounded, exactly 1.1 times the baseline would not be enough.
    needed = np.round(definitions.response_fold * baseline, 9)[patient]
    response = complete | ((count >= definitions.response_lower) & (count >= needed))
    if definitions.require_no_bleeding and "bleeding" in platelets:
        bleeding = platelets["bleeding"].eq(True).to_numpy(dtype=bool, na_value=False)
        complete, response = complete & ~bleeding, response & ~bleeding
    aside = np.zeros(len(patient), dtype=bool)
    for periods in set_aside:
        aside |= periods.cover(patient, day)
    return Counts(patient, day, response, complete, aside)


def _achieved(counts: Counts, level: Bools, days: int, patients: int) -> Floats:
    return _first_run(counts, inside=level & ~counts.set_aside, breaks=~level, days=days, patients=patients)


def _first_run(counts: Counts, *, inside: Bools, breaks: Bools, days: int, patients: int) -> Floats:
    """Find each patient's first run of counts ``inside`` that spans at least ``days`` days: its first day.

    A run ends at a count that ``breaks`` it; counts that are neither inside nor break are passed over. The
    first and the last count of a run are the pair furthest apart in it, so the first is confirmed as soon as
    any count of the run is; and by days=0 every run is long enough.
    """
    stretch = np.cumsum(breaks)[inside]
    patient, day = counts.patient[inside], counts.day[inside]
    starts = np.append(True, (stretch[1:] != stretch[:-1]) | (patient[1:] != patient[:-1]))[: len(day)]
    ends = np.append(starts[1:], True)[: len(day)]
    long = day[ends] - day[starts] >= days
    first_days = np.full(patients, np.nan)
    first_days[patient[starts][long][::-1]] = day[starts][long][::-1]  # backwards, so that the first one stays
    return first_days
