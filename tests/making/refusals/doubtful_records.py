"""Records that contradict themselves, and records that are unlikely but possible."""

from __future__ import annotations

from .record_cases import Case, Tables, append_row, make_changes, records_with, replace_cells

_CONTRADICTIONS, _UNLIKELY = "Contradictions", "Unlikely, but possible"


def _same_day(tables: Tables) -> None:
    days = tables["platelets"]["day"].tolist()
    tables["platelets"]["day"] = [days[0], days[0], *days[2:]]


def _patient_again(tables: Tables) -> None:
    tables["patients"] = tables["patients"].iloc[[*range(len(tables["patients"])), 1]]


def _no_baseline(tables: Tables) -> None:
    table = tables["platelets"]
    gone = (table["patient_id"] == "SYN-01") & (table["day"].astype(int) <= 0)
    tables["platelets"] = table[~gone]


CASES = (
    Case("patient twice", _CONTRADICTIONS, "A patient is entered a second time.", records_with(_patient_again)),
    Case(
        "unknown patient",
        _CONTRADICTIONS,
        "A count belongs to a patient who is not in the table of patients.",
        records_with(replace_cells("platelets", 0, patient_id="SYN-99")),
    ),
    Case(
        "two counts a day",
        _CONTRADICTIONS,
        "A count of the day before was entered for the same day.",
        records_with(_same_day),
    ),
    Case(
        "after the follow-up",
        _CONTRADICTIONS,
        "The last follow-up lies before counts and before the end of a course.",
        records_with(replace_cells("patients", 1, last_followup_day="0")),
    ),
    Case(
        "end before the start",
        _CONTRADICTIONS,
        "A course ends before it starts.",
        records_with(replace_cells("treatments", 0, end_day="-2730")),
    ),
    Case(
        "two agonists at once",
        _CONTRADICTIONS,
        "A patient has a second TPO receptor agonist in the combination from the same day on.",
        records_with(
            append_row(
                "treatments",
                patient_id="SYN-01",
                agent="romiplostim",
                drug_class="tpo_ra",
                role="combination",
                start_day="0",
            )
        ),
    ),
    Case(
        "very high count",
        _UNLIKELY,
        "A count is higher than nearly all that were ever measured.",
        records_with(replace_cells("platelets", 8, count="2000")),
    ),
    Case(
        "forty years of treatment",
        _UNLIKELY,
        "A course of an earlier line lasted forty years.",
        records_with(
            make_changes(
                replace_cells("patients", 0, diagnosis_day="-14800"),
                replace_cells("treatments", 0, start_day="-14700", end_day="-90"),
            )
        ),
    ),
    Case(
        "very old and long followed",
        _UNLIKELY,
        "A patient is older than nearly anybody, another was followed for forty-one years.",
        records_with(
            make_changes(
                replace_cells("patients", 0, age_years="104"), replace_cells("patients", 1, last_followup_day="15000")
            )
        ),
    ),
    Case(
        "steep rise",
        _UNLIKELY,
        "A count rose overnight as no count does.",
        records_with(replace_cells("platelets", 1, day="-28", count="1250")),
    ),
    Case(
        "no count before",
        _UNLIKELY,
        "A patient has no count from before the combination.",
        records_with(_no_baseline),
    ),
)
