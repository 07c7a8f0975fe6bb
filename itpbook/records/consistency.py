"""Rules across columns and tables: what no set of true records can break.

A rule speaks only where the cells it needs are known, so that one slip is not reported several times. Rules
about treatment are in :mod:`itpbook.records.course_consistency`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from itpbook.records.columns import CheckedTable, Rows, but_day, first_alike, of_owner
from itpbook.records.course_consistency import combinations, courses_alone, splenectomies
from itpbook.records.problems import Problem, Remedy

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
    wanting = died.among(True) & cause.missing
    yield from patients.problems(wanting, "death_cause", "a cause, since died is true", group=Remedy.MISSING)
    yield from patients.problems(died.among(False) & cause.given, "death_cause", "nothing, since died is false")
    splenectomy, reason = patients["splenectomy"], patients["splenectomy_reason"]
    needless = splenectomy.among("performed") & reason.given
    yield from patients.problems(needless, "splenectomy_reason", "nothing, since splenectomy is performed")
    for kind in ("refused", "contraindicated"):
        wanting = splenectomy.among(kind) & reason.missing
        expected = f"a reason, since splenectomy is {kind}"
        yield from patients.problems(wanting, "splenectomy_reason", expected, group=Remedy.MISSING)
    refused = splenectomy.among("contraindicated") & reason.among("refusal")
    yield from patients.problems(refused, "splenectomy", "refused, since splenectomy_reason is refusal")
    age = patients["age_years"].numbers
    # Whole years: who is 23 may be one day from 24.
    before_birth = -patients["diagnosis_day"].numbers >= (age + 1) * _DAYS_PER_YEAR
    yield from patients.problems(
        before_birth,
        "diagnosis_day",
        "a day within the patient's life",
        lambda row: f", but the patient is {age[row]:.0f} years old",
    )


def owners_of(tables: Mapping[str, CheckedTable]) -> dict[str, Rows]:
    """Return for each row of each other table the row of its patient; -1 where there is none."""
    return {name: _owners(tables["patients"], table) for name, table in tables.items() if name != "patients"}


def _owners(patients: CheckedTable, table: CheckedTable) -> Rows:
    ids, theirs = patients["patient_id"], table["patient_id"]
    rows = np.flatnonzero(ids.known)
    # Of a repeated identifier the first row counts, which is assigned last.
    row_of = np.full(len(ids.texts), -1, dtype=np.int64)
    row_of[ids.codes[rows[::-1]]] = rows[::-1]
    positions = pd.Index(ids.texts).get_indexer(pd.Index(theirs.texts))
    # The last position, that of what cannot be known, is no patient's.
    valid = [value is not None for value in theirs.distinct]
    return row_of[np.where(valid, positions, -1)][theirs.codes]


def _of_follow_up(patients: CheckedTable, table: CheckedTable, owner: Rows) -> Iterator[Problem]:
    """Each row belongs to a patient and begins, and a course ends, by the patient's last follow-up."""
    if patients.complete:
        strangers = table["patient_id"].known & (owner < 0)
        yield from table.problems(strangers, "patient_id", f"a patient of {patients.reference}")
    last = of_owner(patients["last_followup_day"].numbers, owner)
    start = "start_day" if table.name == "treatments" else "day"
    late = table[start].numbers > last
    rules = [(start, late)]
    if table.name == "treatments":
        # A course that starts too late ends too late as well: once is enough.
        rules.append(("end_day", (table["end_day"].numbers > last) & ~late))
    for column, broken in rules:
        yield from table.problems(broken, column, "a day by the last follow-up", but_day("last follow-up", last))


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
        lambda row: f" for {platelets.cell(row, 'patient_id')}, as in {platelets.line(int(again[row]))}",
    )
