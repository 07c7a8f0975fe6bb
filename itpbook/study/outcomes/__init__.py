"""From records to one row per patient: phase, treatment, response, safety and eligibility.

Responses come from counts and treatments alone, as they would from a hospital's records; the rules are in
:mod:`itpbook.study.outcomes.response`, every threshold in :mod:`itpbook.definitions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from implied.numbers.units import months
from itpbook.definitions import SOURCE, Definitions
from itpbook.study.outcomes.eligibility import eligibility, phases
from itpbook.study.outcomes.response import responses
from itpbook.study.outcomes.safety import safety
from itpbook.study.outcomes.treatment_courses import beside, combination, numbered, prior, with_ends

if TYPE_CHECKING:
    from itpbook.records.cohort import Cohort

__all__ = ["RECORDED", "derive"]

RECORDED = (
    "patient_id",
    "centre",
    "sex",
    "age_years",
    "itp_type",
    "mgus",
    "ana_positive",
    "bleeding_at_baseline",
    "corticosteroid_refractory",
    "splenectomy",
    "splenectomy_reason",
    "died",
    "corticosteroid_free_inferred",
)
"""Columns taken over as they were recorded; the last one only where the records have it."""


def derive(cohort: Cohort, definitions: Definitions = SOURCE) -> pd.DataFrame:
    """Derive the outcomes of every patient.

    All steps are vectorised: time and memory grow linearly with the records (but for sorting). No patient's
    row depends on another patient, nor on the order of rows.

    Parameters
    ----------
    cohort
        Valid records.
    definitions
        The thresholds; by default those of the source.

    Returns
    -------
    DataFrame
        One row per patient, sorted by ``patient_id``, with the columns of :data:`RECORDED` and

        - ``itp_duration_days``, ``itp_duration_months``: diagnosis to day 0;
          ``phase``: newly diagnosed, persistent or chronic
        - ``baseline_count`` (10^9/L)
        - ``prior_corticosteroids``, ``prior_ivig``, ``prior_rituximab``, ``prior_immunosuppressant``: given
          before; ``prior_lines``: distinct earlier agents, splenectomy included
        - ``tpo_ra``, ``immunosuppressant``: the combination (None when not recorded); ``combination_days``,
          ``combination_months``: days on which both are given, courses still going on ending with follow-up
        - ``concomitant_corticosteroids``: none, short_high_dose, long_low_dose, or other (both, or not
          recorded); ``hydroxychloroquine``; ``combination_only``: no concomitant and no rescue course
        - ``best_count`` (10^9/L, highest after day 0), ``response`` (ordered: none < R < CR), ``evaluable``,
          ``time_to_response_days``, ``response_duration_days``, ``response_duration_months`` (missing without
          response) and ``response_lost``: see :mod:`itpbook.study.outcomes.response`
        - ``followup_days``, ``followup_months``: day 0 to the last day of follow-up
        - ``any_adverse_event``; numbers of events: ``severe_events``, ``thromboembolic_events``,
          ``dvt_pe_events``, ``cvt_events``, ``infections``, ``cholecystitis``, ``herpes_zoster``,
          ``dental_abscess``; all of them only events recorded as related to the treatment
        - ``eligible``, ``eligible_strict``: see :func:`itpbook.study.outcomes.eligibility.eligibility`

    Raises
    ------
    ValueError
        When records belong to a patient who is not in the table of patients.
    """
    patients = cohort.patients.sort_values("patient_id", ignore_index=True)
    size = len(patients)
    ids = pd.Index(patients["patient_id"])
    last_followup = patients["last_followup_day"].to_numpy(dtype=np.int64)
    treatments = with_ends(numbered(cohort.treatments, ids), last_followup)
    role = treatments["role"]
    earlier, given_beside = treatments[role == "prior"], treatments[role.isin(["concomitant", "rescue"])]

    phase = phases(patients["diagnosis_day"], definitions)
    response = responses(numbered(cohort.platelets, ids), given_beside, size, definitions)
    followup = patients["last_followup_day"]
    return pd.concat(
        [
            patients[[column for column in RECORDED if column in patients]],
            phase,
            response[["baseline_count"]],
            prior(earlier, (patients["splenectomy"] == "performed").to_numpy(dtype=bool)),
            combination(treatments[role == "combination"], size),
            beside(given_beside, size),
            response.drop(columns="baseline_count"),
            pd.DataFrame({"followup_days": followup, "followup_months": months(followup.astype(float))}),
            safety(numbered(cohort.adverse_events, ids), size),
            eligibility(patients.assign(phase=phase["phase"]), earlier, definitions),
        ],
        axis="columns",
    )
