"""Curves over time of many reconstructions: how far apart records lie that agree in every claim.

The source fixes no curve. Kept are the curves of many draws, so that a reader sees which part of the shipped one is the
source's and which is chance; ``itpbook envelope`` computes them from the folder that ``itpbook reconstruct --draws``
writes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from implied.numbers.rounding import round_half_up
from implied.numbers.units import DAYS_PER_MONTH
from itpbook.project import ENVELOPE
from itpbook.records.cohort import Cohort, load_cohort
from itpbook.study.outcomes import derive
from itpbook.study.statistics import kaplan_meier, known_true

_WINDOW = 20
"""Days that a count may lie away from the day for which it stands."""
_DECIMALS = 4
DRAWS = 200
"""Draws whose curves ship."""


def time_to_response(patients: pd.DataFrame, _: pd.DataFrame, days: Sequence[int]) -> list[Fraction]:
    """Return the share of all patients who have responded by each day: one less Kaplan-Meier."""
    time = patients["time_to_response_days"].astype(float)
    curve = kaplan_meier(time.fillna(patients["followup_days"].astype(float)), time.notna(), "all patients")
    return [1 - share for share in curve.survival_at(days)]


def duration_of_response(patients: pd.DataFrame, _: pd.DataFrame, days: Sequence[int]) -> list[Fraction]:
    """Return the share of responders still in response after so many days: Kaplan-Meier."""
    responders = patients[patients["response_duration_days"].notna()]
    lost = known_true(responders["response_lost"])
    return kaplan_meier(responders["response_duration_days"].astype(float), lost, "responders").survival_at(days)


def median_count(patients: pd.DataFrame, platelets: pd.DataFrame, days: Sequence[int]) -> list[float]:
    """Return the median count (10^9/L) of those followed until each day; of each patient the count nearest to it."""
    medians = []
    last = patients.set_index("patient_id")["followup_days"].astype(float)
    for day in days:
        near = platelets.assign(away=(platelets["day"].astype(float) - day).abs())
        near = near[near["away"].le(_WINDOW) & near["patient_id"].map(last).ge(day)]
        nearest = near.sort_values(["patient_id", "away", "day"], kind="stable").groupby("patient_id")["count"].first()
        medians.append(float(np.median(nearest.astype(float))) if len(nearest) else float("nan"))
    return medians


CURVES: Mapping[
    str, tuple[Callable[[pd.DataFrame, pd.DataFrame, Sequence[int]], Sequence[Fraction | float]], tuple[int, ...]]
] = {
    "time_to_response": (time_to_response, tuple(range(0, 372, 7))),
    "duration_of_response": (duration_of_response, tuple(round(month * DAYS_PER_MONTH) for month in range(61))),
    "median_count": (median_count, tuple(round(month * DAYS_PER_MONTH) for month in range(25))),
}
"""Each curve with the days at which it is kept."""


def _rounded(value: Fraction | float) -> float:
    return math.nan if math.isnan(value) else float(round_half_up(value, _DECIMALS))


def curves(cohort: Cohort) -> dict[str, float]:
    """Return the values of all curves of a cohort, by ``curve@day``."""
    patients = derive(cohort)
    return {
        f"{name}@{day}": _rounded(value)
        for name, (compute, days) in CURVES.items()
        for day, value in zip(days, compute(patients, cohort.platelets, days), strict=True)
    }


def curve_table(cohort: Cohort) -> pd.DataFrame:
    """Return the curves of a cohort. Columns: curve, day, value; as :func:`load_envelope`, without ``draw``."""
    rows = [(*point.split("@"), value) for point, value in curves(cohort).items()]
    return pd.DataFrame(rows, columns=["curve", "day", "value"]).astype({"day": int})


def _curves_of(folder: Path) -> dict[str, float]:
    return curves(load_cohort(folder))


def write_envelope(draws: Path, path: Path = ENVELOPE, *, jobs: int = 1) -> int:
    """Compute the curves of all draws in a folder and keep them, a row per draw; return how many draws there are.

    The first draw has the seed of the shipped records, so that it is the curve which the others surround.

    Raises
    ------
    FileNotFoundError
        When the folder holds no draws.
    """
    folders = sorted(folder for folder in draws.glob("draw-*") if folder.is_dir())
    if not folders:
        msg = f"{draws}: no draws here; make them with: itpbook reconstruct --draws 200 --out {draws}"
        raise FileNotFoundError(msg)
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        rows = dict(enumerate(pool.map(_curves_of, folders)))
    path.write_text(envelope_text(rows), encoding="utf-8", newline="\n")
    return len(folders)


def envelope_text(rows: Mapping[int, Mapping[str, float]]) -> str:
    """Write the curves of draws as they are kept: a row per draw, by its number."""
    table = pd.DataFrame(list(rows.values()))
    table.insert(0, "draw", list(rows))
    return table.to_csv(index=False, lineterminator="\n")


def load_envelope(path: Path = ENVELOPE) -> pd.DataFrame:
    """Read the curves of many draws.

    Returns
    -------
    DataFrame
        Columns: draw (0 for the shipped records), curve (one of :data:`CURVES`), day, value (a share, or a count in
        10^9/L).
    """
    table = pd.read_csv(path).melt(id_vars="draw", var_name="point", value_name="value")
    curve, day = (table["point"].str.partition("@")[column] for column in (0, 2))
    return pd.DataFrame({"curve": curve, "draw": table["draw"], "day": day.astype(int), "value": table["value"]})
