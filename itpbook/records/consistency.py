"""Rules across columns and tables: what no set of true records can break.

A rule speaks only where the cells it needs are known, so that one slip is not reported several times. Rules
about treatment are in :mod:`itpbook.records.course_consistency`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from itpbook.records.columns import Bools, CheckedTable, Floats, first_alike
from itpbook.records.course_consistency import combinations, courses_alone, of_owner, splenectomies
from itpbook.records.problems import Problem, Remedy

Rows = NDArray[np.int64]
_DAYS_PER_YEAR = 365.25


def inconsistencies(tables: Mapping[str, CheckedTable]) -> Iterator[Problem]:
    """Go through every rule that the known cells allow to be checked."""
    patients, courses = tables["patients"], tables["treatments"]
    yield from _of_patients(patients)
    owners = owners_of(tables)
    for name, owner in owners.items():
        yield from _of_follow_up(patients, tables[name], owner)
    owner = owners["treatments"]
    yield from courses_alone(courses, of_owner(patients["diagnosis_day"].numbers, owner))
    yield from combinations(patients, courses, owner)
    yield from splenectomies(patients, courses, owner)
    yield from _of_counts(tables["platelets"])


def _of_patients(patients: CheckedTable) -> Iterator[Problem]:
    died, cause = patients["died"], patients["death_cause"]
    splenectomy, reason = patients["splenectomy"], patients["splenectomy_reason"]
    contraindicated = splenectomy.among("contraindicated")
    for column, broken, expected, group in (
        ("death_cause", died.among(True) & cause.missing, "a cause, since died is true", Remedy.MISSING),
        ("death_cause", died.among(False) & cause.given, "nothing, since died is false", Remedy.CONTRADICTIONS),
        (
            "splenectomy_reason",
            splenectomy.among("performed") & reason.given,
            "nothing, since splenectomy is performed",
            Remedy.CONTRADICTIONS,
        ),
        (
            "splenectomy_reason",
            splenectomy.among("refused") & reason.missing,
            "a reason, since splenectomy is refused",
            Remedy.MISSING,
        ),
        (
            "splenectomy_reason",
            contraindicated & reason.missing,
            "a reason, since splenectomy is contraindicated",
            Remedy.MISSING,
        ),
        (
            "splenectomy",
            contraindicated & reason.among("refusal"),
            "refused, since splenectomy_reason is refusal",
            Remedy.CONTRADICTIONS,
        ),
    ):
        yield from patients.problems(broken, column, expected, group)

    age = patients["age_years"].numbers
    # Whole years: who is 23 may be a day short of 24.
    before_birth = -patients["diagnosis_day"].numbers >= (age + 1) * _DAYS_PER_YEAR
    yield from patients.problems(
        before_birth,
        "diagnosis_day",
        "a day within the patient's life",
        Remedy.CONTRADICTIONS,
        lambda row: f", but the patient is {age[row]:.0f} years old",
    )


def owners_of(tables: Mapping[str, CheckedTable]) -> dict[str, Rows]:
    """Return for each row of each other table the row of its patient; -1 where there is none."""
    return {name: _owners(tables["patients"], table) for name, table in tables.items() if name != "patients"}


def _owners(patients: CheckedTable, table: CheckedTable) -> Rows:
    """Return for each row of a table the row of its patient; -1 where there is none."""
    ids, theirs = patients["patient_id"], table["patient_id"]
    rows = np.flatnonzero(ids.known)
    # Of a repeated identifier the first row counts, which is assigned last.
    row_of = np.full(len(ids.texts), -1, dtype=np.int64)
    row_of[ids.codes[rows[::-1]]] = rows[::-1]
    places = pd.Index(ids.texts).get_indexer(pd.Index(theirs.texts))
    known = (places >= 0) & theirs.valid
    return np.where(known, row_of[places], -1)[theirs.codes]


def _of_follow_up(patients: CheckedTable, table: CheckedTable, owner: Rows) -> Iterator[Problem]:
    """Each row belongs to a patient and begins, and a course ends, by the patient's last follow-up."""
    if patients.complete:
        strangers = table["patient_id"].known & (owner < 0)
        yield from table.problems(strangers, "patient_id", f"a patient of {patients.reference}", Remedy.CONTRADICTIONS)
    last = of_owner(patients["last_followup_day"].numbers, owner)
    start = "start_day" if table.name == "treatments" else "day"
    late = table[start].numbers > last
    yield from _after(table, late, start, last)
    if table.name == "treatments":
        # A course that starts too late ends too late as well: once is enough.
        yield from _after(table, (table["end_day"].numbers > last) & ~late, "end_day", last)


def _after(table: CheckedTable, late: Bools, column: str, last: Floats) -> Iterator[Problem]:
    yield from table.problems(
        late,
        column,
        "a day by the last follow-up",
        Remedy.CONTRADICTIONS,
        lambda row: f", but the last follow-up is day {last[row]:.0f}",
    )


def _of_counts(platelets: CheckedTable) -> Iterator[Problem]:
    """A patient has one count a day."""
    ids, days = platelets["patient_id"], platelets["day"]
    rows = np.flatnonzero(ids.known & days.known)
    day = days.numbers[rows].astype(np.int64)
    if not len(rows):
        return
    keys = ids.codes[rows].astype(np.int64) * (day.max() - day.min() + 1) + day - day.min()
    if not pd.Series(keys).duplicated().any():
        return
    first = first_alike(keys)
    again = np.full(len(platelets), -1, dtype=np.int64)
    again[rows] = np.where(first == np.arange(len(rows)), -1, rows[first])
    yield from platelets.problems(
        again >= 0,
        "day",
        "one count a day of a patient",
        Remedy.CONTRADICTIONS,
        lambda row: f" for {platelets.cell(row, 'patient_id')}, as in {platelets.line(int(again[row]))}",
    )
