"""Series unlike the shipped one: other sizes, other categories, other statistics; and ledgers in error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from brute_force import patients_of, satisfy

from implied.check.attribute_table import printed_by, rows_of, unsatisfied
from implied.check.queries import Query
from implied.determine.bounds import bounds
from implied.determine.conflicts import Conflict, conflicts
from implied.determine.everything import determine_all
from implied.determine.other_rounding import rounding_rules
from implied.ledger import Ledger, LedgerError, load_ledger
from implied.ledger.conditions import Between, OneOf
from implied.ledger.questions import Questions
from implied.reconstruct.solve import NoRecords, Solver

LEDGERS = Path(__file__).parent / "ledgers"
FEASIBLE = ("sarcoidosis", "percentages_only", "garfinkel")


@cache
def ledger_of(name: str) -> Ledger:
    return load_ledger(LEDGERS / f"{name}.yaml")


def without(ledger: Ledger, *ids: str) -> Ledger:
    return replace(ledger, entries=tuple(entry for entry in ledger if entry.id not in ids))


@cache
def counts_of_two_hundred() -> Ledger:
    """Return what the series of two hundred prints of numbers of patients and of the range of their ages."""
    ledger = ledger_of("sarcoidosis")
    return without(ledger, *(entry.id for entry in ledger if {"median", "mean"} & set(entry.printed)))


@cache
def reconstructed(name: str, seed: int) -> pd.DataFrame:
    return Solver(ledger_of(name)).patients(seed)


@cache
def conflicts_of(name: str) -> tuple[Conflict, ...]:
    return conflicts(ledger_of(name))


def changed(ledger: Ledger, entry_id: str, **printed: str) -> Ledger:
    """Print something else in an entry, past the checks of a single entry."""
    entry = replace(ledger[entry_id], printed={**ledger[entry_id].printed, **printed})
    return replace(ledger, entries=tuple(entry if each.id == entry_id else each for each in ledger))


def assert_satisfies(ledger: Ledger, table: pd.DataFrame, ids: Iterable[str] | None = None) -> None:
    """Check a table in two ways that share nothing."""
    wanted = [entry.id for entry in ledger] if ids is None else list(ids)
    few = replace(ledger, entries=tuple(entry for entry in ledger if entry.id in wanted))
    assert unsatisfied(few, rows_of(table)) == []
    assert satisfy(ledger, patients_of(ledger, table), wanted)


def test_every_made_up_series_says_that_nobody_is_in_it():
    names = sorted(path.stem for path in LEDGERS.glob("*.yaml"))
    assert names == ["garfinkel", "percentages_only", "sarcoidosis", "two_errors"]
    for name in names:
        assert "no such patients exist" in ledger_of(name).source or name == "garfinkel"
    assert "no patients" in ledger_of("garfinkel").source


@pytest.mark.parametrize(("name", "seed"), [*product(FEASIBLE, [0]), ("percentages_only", 1)])
def test_the_series_is_reconstructed(name: str, seed: int):
    patients = reconstructed(name, seed)
    assert len(patients) == ledger_of(name).size
    assert_satisfies(ledger_of(name), patients)


@pytest.mark.parametrize("name", ["sarcoidosis", "percentages_only"])
def test_nothing_in_a_feasible_series_is_contradicted(name: str):
    assert conflicts_of(name) == ()


@pytest.mark.parametrize("name", FEASIBLE)
def test_a_reconstruction_is_found_wanting_once_a_patient_is_lost(name: str):
    ledger = ledger_of(name)
    assert any(
        ledger.entries[0].id in message for message in unsatisfied(ledger, rows_of(reconstructed(name, 0).iloc[1:]))
    )


def test_quartiles_means_and_available_values_print_as_published():
    ledger, patients = ledger_of("sarcoidosis"), reconstructed("sarcoidosis", 0)
    for name in ("cohort.age", "cohort.age.men", "cohort.vital_capacity", "treatment.dose", "outcome.followup"):
        assert printed_by(ledger, rows_of(patients), ledger[name]) == dict(ledger[name].printed)
    assert patients["vital_capacity"].notna().sum() == 182
    assert patients.loc[patients["prednisone"].eq(True), "prednisone_dose"].notna().sum() == 91
    assert patients.loc[patients["prednisone"].eq(False), "prednisone_dose"].isna().all()


def test_bounds_of_two_hundred_patients():
    """What is not printed follows: those whose smoking is known and who are neither of the two printed are former."""
    ledger = counts_of_two_hundred()
    treated, stage_4 = OneOf("prednisone", (True,)), OneOf("scadding_stage", ("stage_4",))
    relapsed = Between("relapses", Fraction(1), None, above=False)
    figures = [
        Query("former", "count", condition=OneOf("smoking", ("former",))),
        Query("men", "percent", condition=OneOf("sex", ("male",))),
        Query("relapsed of the treated", "count", condition=relapsed, population=treated),
        Query("women of stage 4", "count", condition=OneOf("sex", ("female",)), population=stage_4),
        Query("oldest", "maximum", quantity="age_years"),
    ]
    found = bounds(ledger, figures)
    assert [(bound.low, bound.high) for bound in found[:4]] == [(54, 54), (45.5, 45.5), (37, 37), (0, 9)]
    assert [bound.forced for bound in found] == [True, True, True, False, True]
    assert found[4].low == 84
    assert all(bound.proven for bound in found)
    for bound in found:
        assert bound.low_witness is not None
        assert_satisfies(ledger, bound.low_witness)


def test_percentages_alone_force_the_counts_that_print_them():
    """39 of 53 are women (74%); 14 have aura (26%); 23% of the women are 9."""
    ledger = ledger_of("percentages_only")
    women = OneOf("sex", ("female",))
    figures = [
        Query("women", "count", condition=women),
        Query("aura", "count", condition=OneOf("aura", (True,))),
        Query("women with aura", "count", condition=OneOf("aura", (True,)), population=women),
        Query("men with aura", "percent", condition=OneOf("aura", (True,)), population=OneOf("sex", ("male",))),
    ]
    assert [(bound.low, bound.high) for bound in bounds(ledger, figures)] == [
        (39, 39),
        (14, 14),
        (9, 9),
        (pytest.approx(500 / 14), pytest.approx(500 / 14)),
    ]


def test_a_percentage_of_a_group_whose_size_is_nowhere_printed_can_be_contradicted():
    """55% of 53 are 29, treated with propranolol, of whom 7 are 24% and 8 are 28%."""
    ledger = changed(ledger_of("percentages_only"), "efficacy.full.propranolol", percent="26")
    assert [conflict.entries for conflict in conflicts(ledger, others=0)] == [
        ("cohort.n", "treatment.propranolol", "efficacy.full.propranolol")
    ]


def test_a_figure_of_two_hundred_patients_can_be_contradicted():
    """61 of 200 print 30.5%, but then the five stages add up to 201; the 9 of stage 4 are printed in two places."""
    ledger = changed(counts_of_two_hundred(), "cohort.stage_2", count="61", percent="30.5")
    stages = tuple(f"cohort.stage_{stage}" for stage in range(5))
    found = conflicts(ledger, others=0)
    assert {conflict.entries for conflict in found} == {stages, (*stages[:4], "treatment.prednisone.stage_4")}
    for spared, witness in found[0].witnesses.items():
        assert_satisfies(ledger, witness, set(found[0].entries) - {spared})


ERRORS = (
    ("outcome.relapses", "outcome.relapsed"),
    ("cohort.n", "treatment.surgery", "outcome.remission.no_surgery"),
)


def test_both_of_two_independent_errors_are_found_and_no_others():
    ledger, found = ledger_of("two_errors"), conflicts_of("two_errors")
    assert tuple(conflict.entries for conflict in found) == ERRORS
    for conflict in found:
        for spared, witness in conflict.witnesses.items():
            assert_satisfies(ledger, witness, set(conflict.entries) - {spared})
    assert tuple(conflict.entries for conflict in conflicts(ledger, others=0)) == ERRORS[:1]


@pytest.mark.parametrize("left_out", list(product(ERRORS[0], ERRORS[1][1:])))
def test_without_one_figure_of_each_error_the_rest_can_hold(left_out: tuple[str, str]):
    ledger = without(ledger_of("two_errors"), *left_out)
    assert conflicts(ledger) == ()
    assert_satisfies(ledger, Solver(ledger).patients(0))


def test_a_series_with_errors_has_no_records():
    with pytest.raises(NoRecords):
        Solver(ledger_of("two_errors")).patients(0)


def test_the_error_that_remains_is_found_when_the_other_is_mended():
    assert [each.entries for each in conflicts(without(ledger_of("two_errors"), ERRORS[0][0]))] == [ERRORS[1]]
    assert [each.entries for each in conflicts(without(ledger_of("two_errors"), ERRORS[1][2]))] == [ERRORS[0]]


def test_the_statement_of_a_percentage_names_the_group_and_what_it_can_print():
    (_, conflict) = conflicts_of("two_errors")
    words = " ".join([conflict.statement, *conflict.arithmetic])
    for part in ("40", "13", "27", "56", "59", "58"):
        assert part in words


def test_percentages_with_one_decimal_tell_rounding_rules_apart():
    """116 of 191 are 60.73%, printed 60.7; 14 of 39 are 35.90%, printed 35.9; of 200, no share is a tie."""
    allowed = {each.name for each in rounding_rules(counts_of_two_hundred()) if each.possible}
    assert allowed == {"half up", "half even"}


# ---------------------------------------------------------------- ledgers in error


Written = dict[str, Any]


@pytest.fixture
def written() -> Written:
    found: Written = yaml.safe_load((LEDGERS / "sarcoidosis.yaml").read_text(encoding="utf-8"))
    return found


def problems(written: Written, folder: Path) -> list[str]:
    path = folder / "ledger.yaml"
    path.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
    with pytest.raises(LedgerError) as error:
        load_ledger(path)
    return list(error.value.problems)


@pytest.mark.parametrize(
    ("entry_id", "change"),
    [
        ("cohort.women", {"printed": {"mean": "1"}, "layout": "{mean}"}),
        ("cohort.women", {"printed": {"available": "12"}, "layout": "{available}"}),
        ("cohort.age.men", {"printed": {"mean": "forty"}}),
        ("cohort.age.men", {"printed": {"mean": "046.2"}}),
        ("cohort.age.men", {"unit": "months"}),
        ("cohort.age.men", {"quantity": "sex"}),
        ("cohort.ace", {"printed": {"available": "157.0"}, "layout": "{available}"}),
        ("cohort.ace", {"printed": {"available": "all"}, "layout": "{available}"}),
        ("cohort.ace", {"layout": "{median} [{minimum}-{maximum}]"}),
        ("cohort.age", {"layout": "{median} [{q1}-{q4}]"}),
        ("cohort.smoking.available", {"condition": {"smoking": {"known": False}}}),
        ("cohort.smoking.available", {"condition": {"smoking": {"known": "yes"}}}),
        ("cohort.smoking.available", {"condition": {"smoking": {"known": True, "not": ["never"]}}}),
        ("cohort.smoking.available", {"condition": {"smokes": {"known": True}}}),
        ("cohort.vital_capacity.low", {"population": {"vital_capacity": {"known": True, "at_least": 3}}}),
        ("cohort.women", {"printed": {"count": "109", "percent": "54.6"}}),
        ("cohort.smoking.current", {"printed": {"count": "21", "denominator": "191", "percent": "11.1"}}),
        ("cohort.smoking.current", {"printed": {"count": "192", "denominator": "191", "percent": "100.5"}}),
        ("outcome.relapses", {"printed": {"mean": "0.6"}, "layout": "{mean}"}),
    ],
)
def test_an_entry_in_error_is_named(tmp_path: Path, written: Written, entry_id: str, change: Written):
    (entry,) = [entry for entry in written["entries"] if entry["id"] == entry_id]
    entry.update(change)
    found = problems(written, tmp_path)
    assert found
    assert all(problem.startswith(f"{entry_id}: ") for problem in found)


@pytest.mark.parametrize("wrong", ["yes", 1, None])
def test_an_attribute_in_error_is_named(tmp_path: Path, written: Written, wrong: object):
    written["attributes"]["ace"]["may_be_missing"] = wrong
    assert any(problem.startswith("attribute ace: may_be_missing") for problem in problems(written, tmp_path))


def test_all_entries_in_error_are_named_at_once(tmp_path: Path, written: Written):
    wrong = ("cohort.age.men", "cohort.ace", "treatment.dose")
    for entry in written["entries"]:
        if entry["id"] in wrong:
            entry["printed"] = {"median": "many"}
            entry["layout"] = "{median}"
    assert {problem.partition(":")[0] for problem in problems(written, tmp_path)} == set(wrong)


def test_a_number_of_available_values_above_that_of_the_patients_is_contradicted():
    """Each entry is sound for itself, so only together are they wrong; 109 are 54.5% of nobody but 200, too."""
    ledger = changed(ledger_of("sarcoidosis"), "cohort.ace", available="201")
    ledger = replace(counts_of_two_hundred(), entries=(*counts_of_two_hundred(), ledger["cohort.ace"]))
    found = [set(conflict.entries) for conflict in conflicts(ledger, others=0)]
    assert {"cohort.n", "cohort.ace"} in found
    assert {"cohort.women", "cohort.ace"} in found
    assert all(len(entries) == 2 and "cohort.ace" in entries for entries in found)


def test_of_a_series_that_cannot_be_only_the_conflicts_are_determined():
    ledger = ledger_of("two_errors")
    found = determine_all(ledger, Questions((), (), (), "none"))
    assert {frozenset(each.entries) for each in found.conflicts} == {
        frozenset(each.entries) for each in conflicts_of("two_errors")
    }
    assert (found.intervals, found.patients, dict(found.rounding)) == ((), (), {})
