"""Rules on courses of treatment: each by itself, the two drugs of the combination, and splenectomy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from itpbook.records.columns import Bools, Floats, Table
from itpbook.records.problems import Problem
from itpbook.schema import CORTICOSTEROID_REGIMENS, DRUG_CLASSES

Rows = NDArray[np.int64]
_CLASS_NAMES = {"tpo_ra": "TPO receptor agonist", "immunosuppressant": "immunosuppressant"}


def of_owner(values: Floats, owner: Rows) -> Floats:
    """Return for each row of a table a value of its patient; NaN where there is none."""
    return np.append(values, np.nan)[owner]


def courses_alone(courses: Table, diagnosis: Floats) -> Iterator[Problem]:
    """Check each course by itself; ``diagnosis`` is the patient's day of diagnosis, row by row."""
    agent, role = courses["agent"], courses["role"]
    own_class = agent.looked_up(DRUG_CLASSES)
    agonist = own_class == "tpo_ra"
    prior, combination = role.among("prior"), role.among("combination")
    start, end = courses["start_day"].numbers, courses["end_day"].numbers
    drug_class, dose = courses["drug_class"], courses["at_maximal_dose"]
    regimen, response = courses["regimen"], courses["response"]
    steroids_beside = agent.among("corticosteroids") & role.among("concomitant")

    def name(row: int) -> str:
        return str(agent.texts[agent.codes[row]])

    mistaken = drug_class.known & agent.known & (drug_class.distinct[drug_class.codes] != own_class)
    yield from courses.problems(mistaken, "drug_class", lambda row: f"{own_class[row]}, the class of {name(row)}")
    yield from courses.problems(prior & (start >= 0), "start_day", "a day before day 0 for a prior course")
    yield from courses.problems(
        prior & (start < diagnosis),
        "start_day",
        "a day from the diagnosis on for a prior course",
        lambda row: f", but the diagnosis is day {diagnosis[row]:.0f}",
    )
    yield from courses.problems(
        end < start,
        "end_day",
        "a day from the start on",
        lambda row: f", but the start is day {start[row]:.0f}",
    )
    ended = combination & (end < 0) & (end >= start)
    yield from courses.problems(ended, "end_day", "day 0 or later for a course of the combination")
    strange = steroids_beside & regimen.known & ~regimen.among(*CORTICOSTEROID_REGIMENS)
    words = f"{' or '.join(CORTICOSTEROID_REGIMENS)} for concomitant corticosteroids, or nothing"
    yield from courses.problems(strange, "regimen", words)
    other = agent.known & ~agonist & dose.given
    yield from courses.problems(
        other, "at_maximal_dose", lambda row: f"nothing, since {name(row)} is no TPO receptor agonist"
    )
    yield from courses.problems(
        agonist & prior & dose.missing, "at_maximal_dose", "true or false for a prior TPO receptor agonist"
    )
    yield from courses.problems(
        role.known & ~prior & response.given, "response", "nothing, since the course is not prior"
    )
    yield from courses.problems(prior & response.missing, "response", "what was recorded of a prior course")


def combinations(patients: Table, courses: Table, owner: Rows) -> Iterator[Problem]:
    """A combination is a TPO receptor agonist and an immunosuppressant; the later one starts on day 0."""
    own_class = courses["agent"].looked_up(DRUG_CLASSES)
    combination = courses["role"].among("combination")
    start = courses["start_day"].numbers
    doubtful = _doubtful(patients, courses, owner)
    pair = []
    for drug_class, words in _CLASS_NAMES.items():
        rows = np.flatnonzero(combination & (own_class == drug_class) & (owner >= 0))
        number, first = _per_patient(owner, rows, len(patients))
        yield from _more_than_one(courses, owner, rows, first, words)
        for row in np.flatnonzero((number == 0) & ~doubtful).tolist():
            found = f"no {words} as combination for {patients.cell(row, 'patient_id')}"
            yield Problem(
                patients.file, int(patients.lines[row]), "patient_id", found, f"one {words} in treatments.csv"
            )
        pair.append(np.where(number == 1, first, -1))

    drug = np.isin(own_class, list(_CLASS_NAMES))
    yield from courses.problems(
        combination & courses["agent"].known & ~drug,
        "role",
        "TPO receptor agonists and immunosuppressants alone as combination",
        lambda row: f" for {courses.cell(row, 'agent')}",
    )
    yield from courses.problems(
        combination & drug & (start > 0),
        "start_day",
        "day 0 or earlier, since the combination is complete on day 0",
    )
    both = (pair[0] >= 0) & (pair[1] >= 0)
    one, two = (start[rows[both]] for rows in pair)
    later = np.where(one > two, pair[0][both], pair[1][both])
    early = np.zeros(len(courses), dtype=bool)
    early[later[(one < 0) & (two < 0)]] = True
    yield from courses.problems(early, "start_day", "day 0, on which the later drug of the combination starts")


def splenectomies(patients: Table, courses: Table, owner: Rows) -> Iterator[Problem]:
    """A splenectomy is a prior course exactly when it was performed."""
    operations = courses["agent"].among("splenectomy") & courses["role"].among("prior") & (owner >= 0)
    number, first = _per_patient(owner, np.flatnonzero(operations), len(patients))
    splenectomy = patients["splenectomy"]
    lacking = splenectomy.among("performed") & (number == 0) & ~_doubtful(patients, courses, owner)
    expected = "a prior course of splenectomy in treatments.csv, since it is performed"
    yield from patients.problems(lacking, "splenectomy", expected)
    refuted = splenectomy.among("contraindicated", "refused") & (number > 0)
    yield from patients.problems(
        refuted,
        "splenectomy",
        "performed, since treatments.csv has a prior course of splenectomy",
        lambda row: f", but line {courses.lines[first[row]]} of treatments.csv is a splenectomy",
    )


def _doubtful(patients: Table, courses: Table, owner: Rows) -> Bools:
    """Mark patients of whom a course may be hidden behind another problem, theirs or a course's."""
    doubtful: Bools = patients["patient_id"].first_rows() != np.arange(len(patients))
    doubtful |= ~patients["patient_id"].known | (not courses.complete)
    unclear = ~(courses["agent"].known & courses["role"].known) & (owner >= 0)
    doubtful[owner[unclear]] = True
    return doubtful


def _per_patient(owner: Rows, rows: Rows, patients: int) -> tuple[Rows, Rows]:
    """Return how many of these rows each patient has, and the first of them (-1 without)."""
    number = np.bincount(owner[rows], minlength=patients)
    first = np.full(patients, -1, dtype=np.int64)
    first[owner[rows[::-1]]] = rows[::-1]
    return number, first


def _more_than_one(courses: Table, owner: Rows, rows: Rows, first: Rows, words: str) -> Iterator[Problem]:
    for row in rows[first[owner[rows]] != rows].tolist():
        earlier = courses.lines[first[owner[row]]]
        found = f'"combination" for a further {words} of {courses.cell(row, "patient_id")}, as in line {earlier}'
        yield Problem(courses.file, int(courses.lines[row]), "role", found, f"one {words} as combination")
