"""Phase of the disease, and whether a patient is multirefractory as the source defines it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from implied.numbers.units import months
from itpbook.definitions import Definitions
from itpbook.study.outcomes.periods import Bools

ADULT_YEARS = 18
"""Age in years from which a patient is an adult (the source includes adults; the bound is the usual one)."""

TPO_RECEPTOR_AGONISTS = ("eltrombopag", "romiplostim")
"""Those licensed where and when the source's patients were treated."""

FAILED = ("none", "lost")
"""Recorded responses to an earlier course that make it a failure: it never worked, or no longer does."""


def phases(diagnosis_day: pd.Series[int], definitions: Definitions) -> pd.DataFrame:
    """Derive how long ITP had lasted at day 0, and its phase: newly diagnosed, persistent or chronic.

    Both bounds are strict: a duration of exactly ``chronic_months`` is still persistent.
    """
    duration = months(-diagnosis_day.astype(float))
    conditions = [duration > definitions.chronic_months, duration > definitions.persistent_months]
    names = np.select(conditions, ["chronic", "persistent"], "newly diagnosed")
    return pd.DataFrame(
        {"itp_duration_days": -diagnosis_day, "itp_duration_months": duration, "phase": names.astype(object)}
    )


def eligibility(patients: pd.DataFrame, prior: pd.DataFrame, definitions: Definitions) -> pd.DataFrame:
    """Tell who is multirefractory.

    Eligible is an adult whose ITP is persistent or chronic and who had no response to rituximab, to the TPO
    receptor agonists at maximal dose (``definitions.tpo_ra_failed`` of the two), and to splenectomy, which
    may be contraindicated or refused instead. ``eligible_strict`` holds to the wording of the source, in
    which a refusal is no contraindication.

    A drug has failed when the patient's latest earlier course of it (for a TPO receptor agonist, the latest
    at maximal dose) is recorded as ``none`` or ``lost``. Where nothing is recorded, nothing has failed. Of
    several courses begun on the same day, all must have failed.

    Parameters
    ----------
    patients
        Columns ``age_years``, ``phase`` and ``splenectomy``, one row per patient.
    prior
        Courses of role ``prior``, with ``patient`` as the position in ``patients``.
    """
    count = len(patients)
    agent = prior["agent"]
    maximal = prior["at_maximal_dose"].eq(True).to_numpy(dtype=bool, na_value=False)
    agonists = [_failed(prior[maximal & (agent == name)], count) for name in TPO_RECEPTOR_AGONISTS]
    common = (
        (patients["age_years"] >= ADULT_YEARS).to_numpy()
        & (patients["phase"] != "newly diagnosed").to_numpy()
        & _failed(prior[agent == "rituximab"], count)
        & (np.sum(agonists, axis=0) >= definitions.tpo_ra_failed)
    )
    splenectomy = patients["splenectomy"]
    strict = _failed(prior[agent == "splenectomy"], count) & (splenectomy == "performed").to_numpy()
    strict |= (splenectomy == "contraindicated").to_numpy()
    refused = (splenectomy == "refused").to_numpy()
    return pd.DataFrame({"eligible": common & (strict | refused), "eligible_strict": common & strict})


def _failed(courses: pd.DataFrame, patients: int) -> Bools:
    latest = courses[courses["start_day"] == courses.groupby("patient")["start_day"].transform("max")]
    every = latest["response"].isin(FAILED).groupby(latest["patient"]).all()
    failed = np.zeros(patients, dtype=bool)
    failed[every.index.to_numpy(dtype=np.int64)] = every.to_numpy(dtype=bool)
    return failed
