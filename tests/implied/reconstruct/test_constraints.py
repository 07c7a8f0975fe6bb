"""What a printed figure demands of patients: exactly the patients that print it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cpmpy as cp
import pandas as pd
import pytest
from brute_force import AllRecords
from cpmpy.expressions.core import Expression
from hypothesis import given, settings
from hypothesis import strategies as st
from small_ledger import NINE, nine_patients, without
from tiny_ledgers import ledgers

from implied.check.attribute_table import rows_of, unsatisfied
from implied.ledger import Ledger
from implied.ledger.conditions import Attribute
from implied.ledger.printed import whole_numbers
from implied.numbers.percentages import count_demands
from implied.numbers.rounding import print_number, print_percent
from implied.numbers.units import months
from implied.reconstruct.constraints import Patients, demands, tightened
from implied.reconstruct.solve import NoRecords, Solver
from itpbook.study.statistics import median_range


@pytest.fixture(scope="module")
def nine(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return nine_patients(tmp_path_factory.mktemp("ledger"))


@given(total=st.integers(1, 60), share=st.floats(0, 1), printed=st.integers(0, 100))
def test_a_percentage_admits_exactly_the_counts_that_print_it(total: int, share: float, printed: int):
    count = round(share * total)
    admitted = all(count_demands({"percent": str(printed)}, count, total))
    assert admitted == (print_percent(count, total) == str(printed))


@pytest.mark.parametrize(
    ("count", "total", "printed", "admitted"),
    [
        (10, 16, "63", True),
        (10, 16, "62", False),
        (12, 21, "59", False),
        (10, 17, "59", True),
        (125, 1000, "12.5", True),
    ],
)
def test_a_tie_is_rounded_up_and_decimals_count(count: int, total: int, printed: str, admitted: bool):
    assert all(count_demands({"percent": printed}, count, total)) == admitted


def test_a_percentage_of_nobody_is_admitted_by_nothing():
    assert not all(count_demands({"percent": "0"}, 0, 0))


@pytest.mark.parametrize(
    ("printed", "low", "high"),
    [("3", 77, 106), ("12", 351, 380), ("18", 533, 563), ("103", 3120, 3150), ("1", 16, 45), ("0", 0, 15)],
)
def test_months_are_unrounded_to_the_days_that_print_them(printed: str, low: int, high: int):
    days = whole_numbers(printed, "months", Attribute("x", "x", unit="days", minimum=0, maximum=9999))
    assert (days.low, days.high) == (low, high)
    assert print_number(months(float(low))) == print_number(months(float(high))) == printed
    assert print_number(months(float(high + 1))) != printed
    assert low == 0 or print_number(months(float(low - 1))) != printed


def satisfiable(ledger: Ledger, entry: str, ages: list[int]) -> bool:
    patients = Patients(ledger.attributes, len(ages))
    given_ages = [patients.numbers["age_years"][place] == age for place, age in enumerate(ages)]
    demands = patients.printing(ledger[entry])
    return bool(cp.Model([*patients.being_patients(), *given_ages, *demands]).solve(solver="ortools", num_workers=1))


@settings(max_examples=25)
@given(
    ages=st.lists(st.sampled_from([30, 31, 32, 49, 50, 51, 76, 77, 78]), min_size=3, max_size=9).filter(
        lambda a: len(a) % 2
    )
)
def test_median_and_range_admit_exactly_the_odd_series_that_print_them(nine: Ledger, ages: list[int]):
    found = median_range(ages)
    prints = (found.median, found.minimum, found.maximum) == (50, 31, 77)
    assert satisfiable(nine, "age", ages) == prints


@settings(max_examples=40)
@given(ages=st.lists(st.integers(18, 30), min_size=2, max_size=9), statistic=st.sampled_from(["q1", "median", "q3"]))
def test_a_quantile_is_admitted_exactly_when_it_is_printed(
    tmp_path_factory: pytest.TempPathFactory, ages: list[int], statistic: str
):
    text = NINE.replace(
        '{median: "50", minimum: "31", maximum: "77"}', f'{{{statistic}: "25"}}, layout: "{{{statistic}}}"'
    )
    ledger = nine_patients(tmp_path_factory.mktemp("ledger"), text)
    prints = print_number(getattr(median_range(ages), statistic)) == "25"
    assert satisfiable(ledger, "age", ages) == prints


def test_printed_extremes_of_everybody_bound_the_attribute(nine: Ledger):
    bounds = tightened(nine)
    assert (bounds["age_years"].minimum, bounds["age_years"].maximum) == (31, 77)
    assert (bounds["cough_days"].minimum, bounds["cough_days"].maximum) == (16, 1232)
    assert bounds["falls"] == nine.attributes["falls"]


def test_extremes_that_leave_no_value_bound_nothing(nine: Ledger):
    age = nine["age"]
    other = replace(age, id="other", printed={"minimum": "80", "maximum": "90"}, layout="")
    bounds = tightened(replace(nine, entries=(age, other)))
    assert (bounds["age_years"].minimum, bounds["age_years"].maximum) == (31, 77)
    missing = replace(nine.attributes["age_years"], may_be_missing=True)
    bounds = tightened(replace(nine, attributes={**nine.attributes, "age_years": missing}))
    assert bounds["age_years"] == replace(missing, minimum=31, maximum=77)


def test_extremes_of_a_group_bound_nobody_else(tmp_path: Path):
    text = NINE.replace("quantity: age_years}", "quantity: age_years, population: {sex: female}, among: women}")
    assert tightened(nine_patients(tmp_path, text))["age_years"].minimum == 18


@pytest.mark.parametrize("seed", range(3))
def test_any_ledger_is_solved_and_its_rules_kept(nine: Ledger, seed: int):
    patients = Solver(nine).patients(seed)
    assert len(patients) == 9
    found = median_range(patients["age_years"])
    assert (found.median, found.minimum, found.maximum) == (50, 31, 77)
    coughing = patients["cough"].eq(True)
    assert coughing.sum() == 6
    assert patients["cough_days"].notna().equals(coughing)
    cough = median_range([months(float(days)) for days in patients.loc[coughing, "cough_days"]])
    assert [print_number(value) for value in (cough.median, cough.minimum, cough.maximum)] == ["2", "1", "40"]
    assert (patients["sex"] == "female").sum() == 4
    assert (patients.loc[coughing, "sex"] == "female").sum() == 2
    assert (patients["smoker"] == "current").sum() == 4
    assert patients["falls"].sum() == 5
    assert patients.loc[patients["smoker"] == "never", "age_years"].le(50).all()


def test_the_same_seed_gives_the_same_patients_and_another_gives_others(nine: Ledger):
    solver = Solver(nine)
    assert solver.patients(5).equals(Solver(nine).patients(5))
    assert not solver.patients(5).equals(solver.patients(6))


def test_figures_that_cannot_stand_together_have_no_records(tmp_path: Path):
    text = NINE.replace('printed: {count: "6"}', 'printed: {count: "7"}')  # no women of seven are 33%
    ledger = nine_patients(tmp_path, text)
    with pytest.raises(NoRecords, match="no records satisfy the claims together"):
        Solver(ledger).patients(0)
    assert len(Solver(without(ledger, "cough.women")).patients(0)) == 9


def model_of(ledger: Ledger) -> tuple[Patients, list[Expression]]:
    patients = Patients(tightened(ledger), ledger.size)
    return patients, demands(patients, ledger)


def being(patients: Patients, table: pd.DataFrame) -> list[Expression]:
    """Demand that the patients are those of a table."""
    found = [
        chosen == (table[name].iloc[place] is value)
        for (name, value), variables in patients.choices.items()
        for place, chosen in enumerate(variables)
    ]
    for name, variables in patients.numbers.items():
        for place, number in enumerate(table[name]):
            found += [variables[place] == number] if number is not None else []
            found += [patients.present[name][place] == (number is not None)] if name in patients.present else []
    return found


def table_of(patients: Patients) -> pd.DataFrame:
    """Return the patients of a solution."""
    table = pd.DataFrame(index=range(patients.size), columns=list(patients.attributes), dtype=object)
    for (name, value), variables in patients.choices.items():
        for place, chosen in enumerate(variables):
            if chosen.value():
                table.loc[place, name] = value
    for name, variables in patients.numbers.items():
        for place, number in enumerate(variables):
            if patients.known(name, place).value():
                # A number that no demand speaks of has not been given a value: any will do.
                table.loc[place, name] = int(number.lb if number.value() is None else number.value())
    return table


@settings(max_examples=60)
@given(ledgers(most=6, numbers=6))
def test_given_patients_are_admitted_exactly_when_they_satisfy_the_ledger(drawn: tuple[Ledger, pd.DataFrame]):
    ledger, table = drawn
    patients, demanded = model_of(ledger)
    admitted = cp.Model([*demanded, *being(patients, table)]).solve(solver="ortools", num_workers=1)
    assert admitted == (unsatisfied(ledger, rows_of(table)) == [])


@settings(max_examples=20)
@given(ledgers(most=4, numbers=3))
def test_there_are_patients_exactly_when_some_of_all_tables_satisfies_the_ledger(drawn: tuple[Ledger, pd.DataFrame]):
    ledger, _ = drawn
    records = AllRecords(ledger, [ledger.size])
    patients, demanded = model_of(ledger)
    solved = cp.Model(demanded).solve(solver="ortools", num_workers=1)
    assert solved == bool(records.solutions())
    assert not solved or unsatisfied(ledger, rows_of(table_of(patients))) == []
