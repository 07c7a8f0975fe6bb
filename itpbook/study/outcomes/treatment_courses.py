"""What each patient was given before, in and concomitant to the combination, from the table of treatments."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from implied.numbers.units import months
from itpbook.study.outcomes.periods import Bools, Ints, days_on_both


def numbered(table: pd.DataFrame, patient_ids: pd.Index[str]) -> pd.DataFrame:
    """Replace ``patient_id`` by ``patient``: the position of each row's patient among ``patient_ids``.

    Raises
    ------
    ValueError
        When a row belongs to none of the patients.
    """
    patient = patient_ids.get_indexer(pd.Index(table["patient_id"]))
    if (patient < 0).any():
        strangers = ", ".join(sorted(table["patient_id"][patient < 0].astype(str).unique())[:5])
        msg = f"records of patients who are not in the table of patients: {strangers}"
        raise ValueError(msg)
    return table.drop(columns="patient_id").assign(patient=patient)


def with_ends(treatments: pd.DataFrame, last_followup_day: Ints) -> pd.DataFrame:
    """Let courses that are still going on end on the patient's last day of follow-up; needs ``patient``."""
    ends = treatments["end_day"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    ongoing = np.isnan(ends)
    ends[ongoing] = last_followup_day[treatments["patient"].to_numpy()[ongoing]]
    return treatments.assign(end_day=ends.astype(np.int64))


def anyone(courses: pd.DataFrame, patients: int) -> Bools:
    """Tell of each of ``patients`` patients whether a course (or any other row) is theirs."""
    return how_many(courses, patients) > 0


def how_many(rows: pd.DataFrame, patients: int) -> Ints:
    """Count each patient's rows."""
    return np.bincount(rows["patient"].to_numpy(dtype=np.int64), minlength=patients).astype(np.int64)


def prior(courses: pd.DataFrame, splenectomised: Bools) -> pd.DataFrame:
    """Derive prior treatment from the courses of role ``prior``.

    A line is a distinct agent. Splenectomy is one, even where only the table of patients has it.
    """
    patients = len(splenectomised)
    agent = courses["agent"]
    immunosuppressants = courses[courses["drug_class"] == "immunosuppressant"]
    surgery = anyone(courses[agent == "splenectomy"], patients)
    lines = how_many(courses[["patient", "agent"]].drop_duplicates(), patients)
    return pd.DataFrame(
        {
            "prior_corticosteroids": anyone(courses[agent == "corticosteroids"], patients),
            "prior_ivig": anyone(courses[agent == "ivig"], patients),
            "prior_rituximab": anyone(courses[agent == "rituximab"], patients),
            "prior_immunosuppressant": anyone(immunosuppressants, patients),
            "prior_lines": lines + (splenectomised & ~surgery),
        }
    )


def combination(courses: pd.DataFrame, patients: int) -> pd.DataFrame:
    """Derive the two drugs of the combination and the days on which both are given.

    ``courses`` are those of role ``combination``, with ends. Of several drugs of a class the earliest names
    it (of drugs begun on one day, the first by alphabet). Several courses, interruptions and changes of drug
    within a class are allowed: a day counts when at least one course of each class is running.
    """
    tpo_ra = courses[courses["drug_class"] == "tpo_ra"]
    immunosuppressant = courses[courses["drug_class"] == "immunosuppressant"]
    days = days_on_both(tpo_ra, immunosuppressant, patients)
    return pd.DataFrame(
        {
            "tpo_ra": _first_agent(tpo_ra, patients),
            "immunosuppressant": _first_agent(immunosuppressant, patients),
            "combination_days": days,
            "combination_months": months(pd.Series(days, dtype=float)),
        }
    )


def _first_agent(courses: pd.DataFrame, patients: int) -> NDArray[np.object_]:
    first = courses.sort_values(["patient", "start_day", "agent"]).drop_duplicates("patient")
    agents = np.full(patients, None, dtype=object)
    agents[first["patient"].to_numpy()] = first["agent"].to_numpy(dtype=object)
    return agents


def beside(courses: pd.DataFrame, patients: int) -> pd.DataFrame:
    """Derive concomitant treatment from the courses of role ``concomitant`` and ``rescue``.

    Corticosteroids are those of role ``concomitant`` alone. Their regimen is the one that all courses of the
    patient share; a patient with both regimens, or with a course of no recorded regimen, is ``other``.
    """
    concomitant = courses[courses["role"] == "concomitant"]
    corticosteroids = concomitant[concomitant["agent"] == "corticosteroids"]
    had_corticosteroids = anyone(corticosteroids, patients)
    regimens = ("short_high_dose", "long_low_dose")
    others = [anyone(corticosteroids[corticosteroids["regimen"] != name], patients) for name in regimens]
    regimen = np.select([~had_corticosteroids, *(~other for other in others)], ["none", *regimens], "other")
    return pd.DataFrame(
        {
            "concomitant_corticosteroids": regimen.astype(object),
            "hydroxychloroquine": anyone(concomitant[concomitant["agent"] == "hydroxychloroquine"], patients),
            "combination_only": ~anyone(courses, patients),
        }
    )
