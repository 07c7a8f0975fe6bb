"""Rules on courses of treatment: each by itself, the two drugs of the combination, and splenectomy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from itpbook.records.columns import Bools, CheckedTable, Floats, Rows, but_day
from itpbook.records.problems import Problem, Remedy
from itpbook.records.schema import CORTICOSTEROID_REGIMENS, DRUG_CLASSES

_CLASS_NAMES = {"tpo_ra": "TPO receptor agonist", "immunosuppressant": "immunosuppressant"}


def courses_alone(courses: CheckedTable, diagnosis: Floats) -> Iterator[Problem]:
    """Check each course by itself; ``diagnosis`` is the patient's day of diagnosis, row by row."""
    agent, role = courses["agent"], courses["role"]
    own_class = agent.looked_up(DRUG_CLASSES)
    agonist = own_class == "tpo_ra"
    prior, combination = role.among("prior"), role.among("combination")
    start, end = courses["start_day"].numbers, courses["end_day"].numbers
    drug_class, dose = courses["drug_class"], courses["at_maximal_dose"]
    regimen, response = courses["regimen"], courses["response"]

    def name(row: int) -> str:
        return str(agent.texts[agent.codes[row]])

    mistaken = drug_class.known & agent.known & (drug_class.distinct[drug_class.codes] != own_class)
    yield from courses.problems(mistaken, "drug_class", lambda row: f"{own_class[row]}, the class of {name(row)}")
    late = prior & (start >= 0)
    yield from courses.problems(late, "start_day", "a day before day 0 for a prior course")
    early, expected = prior & (start < diagnosis), "a day from the diagnosis on for a prior course"
    yield from courses.problems(early, "start_day", expected, but_day("diagnosis", diagnosis))
    yield from courses.problems(end < start, "end_day", "a day from the start on", but_day("start", start))
    ended = combination & (end < 0) & (end >= start)
    yield from courses.problems(ended, "end_day", "day 0 or later for a course of the combination")
    concomitant = agent.among("corticosteroids") & role.among("concomitant")
    strange = concomitant & regimen.known & ~regimen.among(*CORTICOSTEROID_REGIMENS)
    expected = f"{' or '.join(CORTICOSTEROID_REGIMENS)} for concomitant corticosteroids, or nothing"
    yield from courses.problems(strange, "regimen", expected, group=Remedy.VALUES)
    other = agent.known & ~agonist & dose.given
    yield from courses.problems(
        other, "at_maximal_dose", lambda row: f"nothing, since {name(row)} is no TPO receptor agonist"
    )
    wanting, expected = agonist & prior & dose.missing, "true or false for a prior TPO receptor agonist"
    yield from courses.problems(wanting, "at_maximal_dose", expected, group=Remedy.MISSING)
    needless = role.known & ~prior & response.given
    yield from courses.problems(needless, "response", "nothing, since the course is not prior")
    wanting, expected = prior & response.missing, "what was recorded of a prior course"
    yield from courses.problems(wanting, "response", expected, group=Remedy.MISSING)


def combinations(patients: CheckedTable, courses: CheckedTable, owner: Rows) -> Iterator[Problem]:
    """A combination is a TPO receptor agonist and an immunosuppressant; the later one starts on day 0.

    A switch of agent or dose may be recorded as a further course that takes over from the one before.
    """
    own_class = courses["agent"].looked_up(DRUG_CLASSES)
    combination = courses["role"].among("combination")
    start = courses["start_day"].numbers
    doubtful = _doubtful(patients, courses, owner)
    pair, opening = [], np.zeros(len(courses), dtype=bool)
    for drug_class, words in _CLASS_NAMES.items():
        rows = np.flatnonzero(combination & (own_class == drug_class) & (owner >= 0))
        # By patient and start; a start that is not known comes last.
        rows = rows[np.lexsort((start[rows], owner[rows]))]
        number, first = _per_patient(owner, rows, len(patients))
        for row in np.flatnonzero((number == 0) & ~doubtful).tolist():
            observed = f"no {words} as combination for {patients.cell(row, 'patient_id')}"
            expected = f"one {words} in {courses.reference}"
            yield Problem(patients.file, int(patients.lines[row]), "patient_id", observed, expected, Remedy.MISSING)
        yield from _taking_over(courses, owner, rows, words)
        opening[first[first >= 0]] = True
        # Where a start is not known, neither is which course is the first.
        unknown = np.bincount(owner[rows], np.isnan(start[rows]), minlength=len(patients)) > 0
        pair.append(np.where(unknown, -1, first))

    drug = np.isin(own_class, list(_CLASS_NAMES))
    yield from courses.problems(
        combination & courses["agent"].known & ~drug,
        "role",
        "TPO receptor agonists and immunosuppressants alone as combination",
        lambda row: f" for {courses.cell(row, 'agent')}",
    )
    late = combination & drug & (start > 0) & (opening | (owner < 0))
    yield from courses.problems(late, "start_day", "day 0 or earlier, since the combination is complete on day 0")
    both = (pair[0] >= 0) & (pair[1] >= 0)
    one, two = (start[rows[both]] for rows in pair)
    later = np.where(one > two, pair[0][both], pair[1][both])
    early = np.zeros(len(courses), dtype=bool)
    early[later[(one < 0) & (two < 0)]] = True
    yield from courses.problems(early, "start_day", "day 0, on which the later drug of the combination starts")


def _taking_over(courses: CheckedTable, owner: Rows, rows: Rows, words: str) -> Iterator[Problem]:
    """One drug of a class on day 0; every further course takes over, without a gap, from one that ends.

    ``rows`` are the courses of the class, sorted by patient and start.
    """
    start, end = courses["start_day"].numbers[rows], courses["end_day"].numbers[rows]
    end = np.where(courses["end_day"].missing[rows], np.inf, end)
    latest = pd.Series(end).groupby(owner[rows]).cummax().shift().to_numpy()
    follows = np.append(False, owner[rows][1:] == owner[rows][:-1])[: len(rows)]
    for position in np.flatnonzero(follows).tolist():
        row, before = int(rows[position]), courses.line(int(rows[position - 1]))
        column = "role"
        observed = f'"combination" for a further {words} of {courses.cell(row, "patient_id")}, as in {before}'
        if start[position] <= 0:
            expected = f"one {words} as combination on day 0"
        elif np.isinf(latest[position]):
            expected = f"one {words} as combination at a time, with an end_day before the next"
        elif start[position] > latest[position] + 1:
            column = "start_day"
            observed = f"{courses.cell(row, column)}, but the {words} before ends on day {latest[position]:.0f}"
            expected = "the day after at the latest, since the combination goes on"
        else:
            continue
        yield Problem(courses.file, int(courses.lines[row]), column, observed, expected, Remedy.CONTRADICTIONS)


def splenectomies(patients: CheckedTable, courses: CheckedTable, owner: Rows) -> Iterator[Problem]:
    """A splenectomy is a prior course exactly when it was performed."""
    operations = courses["agent"].among("splenectomy") & courses["role"].among("prior") & (owner >= 0)
    number, first = _per_patient(owner, np.flatnonzero(operations), len(patients))
    splenectomy = patients["splenectomy"]
    lacking = splenectomy.among("performed") & (number == 0) & ~_doubtful(patients, courses, owner)
    expected = f"a prior course of splenectomy in {courses.reference}, since it is performed"
    yield from patients.problems(lacking, "splenectomy", expected)
    yield from patients.problems(
        splenectomy.among("contraindicated", "refused") & (number > 0),
        "splenectomy",
        f"performed, since {courses.reference} has a prior course of splenectomy",
        lambda row: f", but {courses.line(int(first[row]))} of {courses.reference} is a splenectomy",
    )


def _doubtful(patients: CheckedTable, courses: CheckedTable, owner: Rows) -> Bools:
    """Mark patients with a course that may be hidden behind another problem, theirs or a course's."""
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
