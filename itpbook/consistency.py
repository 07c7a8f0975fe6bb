"""Rules across columns and tables: what no set of true records can break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from itpbook.problems import Problem
from itpbook.schema import DRUG_CLASSES

_NEEDED = {
    "patients": {"patient_id"},
    "treatments": {"patient_id", "agent", "drug_class", "role", "start_day", "end_day"},
    "platelets": {"patient_id", "day"},
    "adverse_events": {"patient_id", "day"},
}
_DAYS_PER_YEAR = 365.25


def inconsistencies(tables: Mapping[str, pd.DataFrame]) -> Iterator[Problem]:
    """Go through every rule that the typed columns allow to be checked.

    Parameters
    ----------
    tables
        Typed tables by name, as :func:`itpbook.columns.typed_table` returns them; missing values break no rule here.
    """
    patients = tables["patients"]
    if not _NEEDED["patients"] <= set(patients.columns):
        return
    yield from _within_patients(patients)
    for name in ("treatments", "platelets", "adverse_events"):
        table = tables[name]
        if not _NEEDED[name] <= set(table.columns):
            continue
        known = table["patient_id"].isin(patients["patient_id"]) | table["patient_id"].isna()
        yield from _break(name, table, ~known, "patient_id", "a patient of patients.csv")
        day = "start_day" if name == "treatments" else "day"
        last = _of_patient(table, patients, "last_followup_day")
        yield from _break(name, table, table[day] > last, day, "a day not after the last follow-up")
    if _NEEDED["treatments"] <= set(tables["treatments"].columns):
        yield from _within_treatments(tables["treatments"], patients)
        yield from _combinations(tables["treatments"], patients)
        yield from _splenectomies(tables["treatments"], patients)
    if _NEEDED["platelets"] <= set(tables["platelets"].columns):
        again = tables["platelets"].duplicated(["patient_id", "day"])
        yield from _break("platelets", tables["platelets"], again, "day", "one count of a patient on a day")


def _break(name: str, table: pd.DataFrame, broken: pd.Series, column: str, expected: str) -> Iterator[Problem]:
    """Report the rows that break a rule at one of their columns."""
    broken = broken.astype("boolean").fillna(False).astype(bool)
    for index, cell in table.loc[broken, column].items():
        found = "nothing" if pd.isna(cell) else repr(cell if isinstance(cell, str) else _plain(cell))
        yield Problem(f"{name}.csv", int(str(index)) + 2, column, found, expected)


def _plain(cell: object) -> object:
    return cell.item() if hasattr(cell, "item") else cell


def _of_patient(table: pd.DataFrame, patients: pd.DataFrame, column: str) -> pd.Series:
    """Return a column of the patients for each row of another table; missing where it cannot be known."""
    if column not in patients:
        return pd.Series(pd.NA, index=table.index, dtype="Float64")
    values = patients.drop_duplicates("patient_id").set_index("patient_id")[column]
    return table["patient_id"].map(values).astype("Float64")


def _within_patients(patients: pd.DataFrame) -> Iterator[Problem]:
    columns = set(patients.columns)
    if {"died", "death_cause"} <= columns:
        died, cause = patients["died"].astype("boolean"), patients["death_cause"].notna()
        yield from _break("patients", patients, died & ~cause, "death_cause", "a cause, since the patient died")
        yield from _break("patients", patients, ~died & cause, "death_cause", "nothing, since the patient lives")
    if {"splenectomy", "splenectomy_reason"} <= columns:
        done, reason = patients["splenectomy"].eq("performed"), patients["splenectomy_reason"]
        known = patients["splenectomy"].notna()
        column = "splenectomy_reason"
        yield from _break("patients", patients, done & reason.notna(), column, "nothing, since it was performed")
        yield from _break("patients", patients, known & ~done & reason.isna(), column, "why it was not performed")
        refused = patients["splenectomy"].eq("refused")
        yield from _break(
            "patients", patients, reason.eq("refusal") & ~refused, "splenectomy", "refused, as the reason says"
        )
    if {"age_years", "diagnosis_day"} <= columns:
        lived = (patients["age_years"].astype("Float64") + 1) * _DAYS_PER_YEAR
        born_after = -patients["diagnosis_day"].astype("Float64") > lived
        yield from _break("patients", patients, born_after, "diagnosis_day", "a day within the patient's life")


def _within_treatments(courses: pd.DataFrame, patients: pd.DataFrame) -> Iterator[Problem]:
    ends_early = courses["end_day"] < courses["start_day"]
    yield from _break("treatments", courses, ends_early, "end_day", "a day not before the start")
    known = courses["agent"].isin(list(DRUG_CLASSES))
    right = courses["agent"].map(dict(DRUG_CLASSES)).eq(courses["drug_class"])
    yield from _break(
        "treatments", courses, known & ~right, "drug_class", "the class of the agent, as the dictionary has it"
    )
    prior = courses["role"].eq("prior")
    diagnosis = _of_patient(courses, patients, "diagnosis_day")
    yield from _break(
        "treatments",
        courses,
        prior & (courses["start_day"] >= 0),
        "start_day",
        "a day before day 0, for an earlier line",
    )
    yield from _break(
        "treatments", courses, prior & (courses["start_day"] < diagnosis), "start_day", "a day not before the diagnosis"
    )
    if "at_maximal_dose" in courses:
        agonist, dose = courses["drug_class"].eq("tpo_ra"), courses["at_maximal_dose"].notna()
        expected = "nothing, since the agent is no TPO receptor agonist"
        yield from _break("treatments", courses, ~agonist & dose, "at_maximal_dose", expected)
        expected = "true or false, for an earlier TPO receptor agonist"
        yield from _break("treatments", courses, agonist & prior & ~dose, "at_maximal_dose", expected)
    if "response" in courses:
        given = courses["response"].notna()
        yield from _break(
            "treatments", courses, prior & ~given, "response", "what the centre recorded of the earlier line"
        )
        yield from _break(
            "treatments", courses, ~prior & given, "response", "nothing: responses to the combination are derived"
        )


def _combinations(courses: pd.DataFrame, patients: pd.DataFrame) -> Iterator[Problem]:
    """Each patient has one TPO receptor agonist and one immunosuppressant, and the later start is day 0."""
    combination = courses[courses["role"].eq("combination")]
    for drug_class, words in (("tpo_ra", "TPO receptor agonist"), ("immunosuppressant", "immunosuppressant")):
        counts = combination[combination["drug_class"].eq(drug_class)].groupby("patient_id").size()
        have = patients["patient_id"].map(counts).fillna(0).astype(int)
        for index in patients.index[have.ne(1) & patients["patient_id"].notna()]:
            found = f"{have[index]} courses of role combination of a {words} in treatments.csv"
            yield Problem("patients.csv", int(index) + 2, "patient_id", found, "exactly 1")
    starts = combination.groupby("patient_id")["start_day"].max()
    late = patients["patient_id"].map(starts)
    for index in patients.index[late.notna() & late.ne(0)]:
        found = f"a combination that starts on day {int(late[index])} in treatments.csv"
        yield Problem("patients.csv", int(index) + 2, "patient_id", found, "day 0, the later start of its two drugs")


def _splenectomies(courses: pd.DataFrame, patients: pd.DataFrame) -> Iterator[Problem]:
    """A splenectomy is a prior course exactly when the patient's form says it was performed."""
    if "splenectomy" not in patients:
        return
    operated = courses.loc[courses["agent"].eq("splenectomy") & courses["role"].eq("prior"), "patient_id"]
    has_course, performed = patients["patient_id"].isin(operated), patients["splenectomy"].eq("performed")
    expected = "a prior splenectomy in treatments.csv, since it was performed"
    yield from _break("patients", patients, performed & ~has_course, "splenectomy", expected)
    yield from _break("patients", patients, ~performed & has_course, "splenectomy", "performed, as treatments.csv says")
