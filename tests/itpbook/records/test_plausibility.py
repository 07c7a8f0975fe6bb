"""Guards what is possible but unlikely: a warning from its threshold on, and none before it."""

from __future__ import annotations

import pytest
from records import Tables, Told, altered, problems_of_tables, small_cohort_tables, told, with_row, without

from itpbook.records.cohort import cohort_of
from itpbook.records.problems import Remedy

RARE = "without which no response can be judged"

UNLIKELY = {
    "count": (
        altered("platelets", 2, count="2000"),
        [("platelets.csv", 2, "count", '"2000"', "a count below 2,000 x 10^9/L, and none per microlitre")],
    ),
    "age": (
        altered("patients", 2, age_years="101"),
        [("patients.csv", 2, "age_years", '"101"', "an age of up to 100 years")],
    ),
    "follow-up": (
        altered("patients", 4, last_followup_day="14601"),
        [
            ("patients.csv", 4, "last_followup_day", '"14601"', "a follow-up of up to 14,600 days"),
        ],
    ),
    "short high dose": (
        altered("treatments", 7, end_day="91"),
        [
            (
                "treatments.csv",
                7,
                "regimen",
                '"short_high_dose" for 91 days',
                "up to 90 days of a high dose that is called short",
            )
        ],
    ),
    "rise": (
        with_row("platelets", patient_id="P1", day="1", count="509.6", bleeding="false"),
        [("platelets.csv", 11, "count", '"509.6", after "9.5" in line 3', "a rise of up to 500 x 10^9/L a day")],
    ),
    "no count before": (
        without("platelets", 6),
        [
            (
                "patients.csv",
                3,
                "patient_id",
                '"P2" without any in platelets.csv',
                f"a count from day -28 to day 0, {RARE}",
            )
        ],
    ),
    "no count after": (
        without("platelets", 10),
        [("patients.csv", 4, "patient_id", '"P3" without any in platelets.csv', f"a count after day 0, {RARE}")],
    ),
}


@pytest.mark.parametrize("case", UNLIKELY)
def test_unlikely_records_are_used_and_warned_of(case: str) -> None:
    tables, expected = UNLIKELY[case]
    cohort = cohort_of(tables)
    assert told(cohort.warnings) == [Told(*each) for each in expected]
    assert {problem.group for problem in cohort.warnings} == {Remedy.UNLIKELY}


@pytest.mark.parametrize(
    "tables",
    [
        small_cohort_tables(),
        altered("platelets", 2, count="1999"),
        altered("patients", 2, age_years="100"),
        altered("treatments", 7, end_day="90"),
        with_row("platelets", patient_id="P1", day="1", count="509.5", bleeding="false"),
        altered("platelets", 6, day="-28"),
        altered("platelets", 10, day="1"),
    ],
)
def test_what_is_just_likely_is_not_warned_of(tables: Tables) -> None:
    assert cohort_of(tables).warnings == ()


def test_a_lack_of_counts_is_not_looked_for_where_cells_are_wrong() -> None:
    assert [problem.severity for problem in problems_of_tables(altered("platelets", 6, day="then"))] == ["error"]


def test_other_warnings_come_with_the_errors() -> None:
    tables = altered("platelets", 2, count="2500")
    tables["patients"].loc[1, "sex"] = "man"
    assert [problem.severity for problem in problems_of_tables(tables)] == ["error", "warning"]


# A switch within the combination


def switched(end: str, start: str, agent: str = "romiplostim") -> Tables:
    tables = with_row(
        "treatments", patient_id="P1", agent=agent, drug_class="tpo_ra", role="combination", start_day=start
    )
    tables["treatments"].loc[3, "end_day"] = end
    return tables


@pytest.mark.parametrize(("end", "start"), [("100", "100"), ("100", "101"), ("100", "90")])
@pytest.mark.parametrize("agent", ["romiplostim", "eltrombopag"])
def test_a_drug_may_take_over_from_another_or_go_on_at_another_dose(end: str, start: str, agent: str) -> None:
    assert problems_of_tables(switched(end, start, agent)) == []


FURTHER = '"combination" for a further TPO receptor agonist of "P1", as in line 5'


@pytest.mark.parametrize(
    ("end", "start", "problem"),
    [
        (
            "100",
            "102",
            Told(
                "treatments.csv",
                16,
                "start_day",
                '"102", but the TPO receptor agonist before ends on day 100',
                "the day after at the latest, since the combination goes on",
            ),
        ),
        (
            "",
            "100",
            Told(
                "treatments.csv",
                16,
                "role",
                FURTHER,
                "one TPO receptor agonist as combination at a time, with an end_day before the next",
            ),
        ),
        ("100", "0", Told("treatments.csv", 16, "role", FURTHER, "one TPO receptor agonist as combination on day 0")),
    ],
)
def test_two_at_once_and_a_gap_are_refused(end: str, start: str, problem: Told) -> None:
    assert told(problems_of_tables(switched(end, start))) == [problem]


def test_a_start_that_cannot_be_read_is_the_only_problem_it_makes() -> None:
    assert [problem.column for problem in problems_of_tables(switched("100", "then"))] == ["start_day"]
