"""The synthetic records: the shipped files are what the program makes, yield every figure, and could be patients."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from implied.determine.readings import chosen_readings
from implied.ledger import Entry, Ledger, Reading
from implied.ledger.conditions import holds
from implied.numbers.rounding import decimals, print_number, print_percent
from implied.numbers.units import months
from implied.reconstruct.coded import Coding
from implied.reconstruct.solve import Solver
from itpbook import project
from itpbook.records.cohort import Cohort, load_cohort
from itpbook.shipped import shipped_ledger
from itpbook.study.outcomes import derive
from itpbook.study.statistics import median_range
from itpbook.synthetic.card import card
from itpbook.synthetic.habits import habits
from itpbook.synthetic.prior_lines import _first_lines
from itpbook.synthetic.raw_records import SEED, raw_records, solver
from itpbook.synthetic.trajectories import Levels, platelet_counts

FILES = {"README.md", "adverse_events.csv", "patients.csv", "platelets.csv", "treatments.csv"}


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return shipped_ledger()


@pytest.fixture(scope="module")
def shipped() -> Cohort:
    return load_cohort(project.COHORT)


@pytest.fixture(scope="module")
def patients(shipped: Cohort) -> pd.DataFrame:
    return derive(shipped)


@pytest.fixture(scope="module")
def taken(ledger: Ledger) -> dict[str, str]:
    """The readings of the claims that cannot be read literally: they take the solver a while."""
    return chosen_readings(ledger)


@pytest.fixture(scope="module")
def solving(ledger: Ledger, taken: dict[str, str]) -> Solver:
    return solver(ledger.read(taken))


@pytest.fixture(scope="module")
def solution(solving: Solver) -> pd.DataFrame:
    return solving.patients(SEED)


@pytest.fixture(scope="module")
def prior(shipped: Cohort) -> pd.DataFrame:
    return shipped.treatments[shipped.treatments["role"] == "prior"]


def test_the_shipped_files_are_a_fresh_run_byte_for_byte(tmp_path: Path):
    """An order of hashing that no other run has gives what is committed."""
    program, out = Path(sys.executable).with_name("itpbook"), tmp_path / "made"
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    subprocess.run([str(program), "reconstruct", "--out", str(out)], capture_output=True, check=True, env=environment)
    assert {path.name for path in out.iterdir()} == {path.name for path in project.COHORT.iterdir()} == FILES
    for name in FILES:
        assert (out / name).read_bytes() == (project.COHORT / name).read_bytes(), name


def test_the_card_is_that_of_the_shipped_records(shipped: Cohort, ledger: Ledger, taken: dict[str, str]):
    text = (project.COHORT / "README.md").read_text(encoding="utf-8")
    assert text == card(shipped, ledger.read(taken), SEED)
    for needed in (
        "None of these 31 patients exists",
        f"seed {SEED}",
        "corticosteroid_free_inferred",
        "not be concluded",
    ):
        assert needed in text


def printed_by(entry: Entry, reading: Reading, patients: pd.DataFrame) -> dict[str, str]:
    """Print an entry's statistics from derived patients, in code that the chapters do not share."""
    among = patients[holds(reading.population, patients)]
    found: dict[str, str] = {}
    if entry.quantity is not None:
        values = among[entry.quantity].astype(float).dropna()
        if entry.unit == "months":
            values = months(values)
        summary = median_range(values)
        found = {name: print_number(getattr(summary, name)) for name in ("median", "minimum", "maximum")}
    elif entry.sum:
        found = {"count": str(int(among[list(entry.sum)].to_numpy().sum()))}
    elif entry.condition is not None:
        count, total = int(holds(entry.condition, among).sum()), len(among)
        in_words = entry.printed.get("count") == "all" and count == total
        found = {
            "count": "all" if in_words else str(count),
            "denominator": str(total),
            "percent": print_percent(count, total, decimals(entry.printed.get("percent", "0"))),
        }
    return {name: found[name] for name in entry.printed}


def assert_every_figure(ledger: Ledger, taken: dict[str, str], patients: pd.DataFrame) -> None:
    for entry in ledger:
        if not entry.is_threshold:
            reading = entry.reading(taken.get(entry.id, "literal"))
            assert printed_by(entry, reading, patients) == dict(entry.printed), entry.id


def test_every_figure_comes_out_of_the_raw_records(ledger: Ledger, taken: dict[str, str], patients: pd.DataFrame):
    assert_every_figure(ledger, taken, patients)


def test_the_figures_that_cannot_be_do_not_come_out_literally(
    ledger: Ledger, taken: dict[str, str], patients: pd.DataFrame
):
    assert taken
    for name in taken:
        entry = ledger[name]
        assert printed_by(entry, entry.reading("literal"), patients) != dict(entry.printed)


def test_outcomes_derived_from_raw_records_are_those_of_the_solution(
    ledger: Ledger, patients: pd.DataFrame, solution: pd.DataFrame
):
    """Counts, courses and events say, through code that knows nothing of the solution, what the solution says."""
    for name in ledger.attributes:
        derived, solved = patients[name].astype(object), solution[name].astype(object)
        both = pd.DataFrame({"derived": derived.where(derived.notna()), "solved": solved.where(solved.notna())})
        differing = both[(both["derived"] != both["solved"]) & both.notna().any(axis=1)]
        assert differing.empty, f"{name}\n{differing}"


def test_the_solution_keeps_every_rule_of_the_ledger(ledger: Ledger, solution: pd.DataFrame):
    for rule in ledger.rules:
        concerned = solution[holds(rule.when, solution)]
        if rule.then is not None:
            assert holds(rule.then, concerned).all(), rule.because
        if rule.terms:
            total = sum(factor * concerned[name] for name, factor in rule.terms.items())
            assert rule.low is None or (total >= rule.low).all(), rule.because
            assert rule.high is None or (total <= rule.high).all(), rule.because


@pytest.fixture(scope="module")
def drawn(solving: Solver) -> dict[int, pd.DataFrame]:
    """Solutions of other seeds."""
    return {seed: solving.patients(seed) for seed in range(1, 13)}


def test_any_seed_gives_valid_records_with_every_figure(
    ledger: Ledger, taken: dict[str, str], drawn: dict[int, pd.DataFrame]
):
    for seed, solved in drawn.items():
        cohort = raw_records(solved, ledger, seed)  # raises when the records are not valid
        assert_every_figure(ledger, taken, derive(cohort))


# What a haematologist would look at.


def broken_habits(ledger: Ledger, solution: pd.DataFrame) -> list[tuple[int, str]]:
    """Return the days of the combination of whom and which habit is broken."""
    coding = Coding(ledger.attributes)
    rows = coding.encoded(solution)
    return [
        (int(solution["combination_days"].iloc[position]), habit.because)
        for habit in habits(ledger.attributes)
        for position in coding.fault(habit)(rows).nonzero()[0]
    ]


def test_habits_of_what_a_ledger_does_not_declare_are_left_out(ledger: Ledger):
    stated = {habit.because for habit in habits(ledger.attributes)}
    for lacking, because in (
        ("hydroxychloroquine", "lupus is treated with hydroxychloroquine"),
        ("age_years", "a series of adults has few whose disease began in childhood"),
    ):
        known = {name: attribute for name, attribute in ledger.attributes.items() if name != lacking}
        assert stated - {habit.because for habit in habits(known)} >= {because}
        assert {habit.because for habit in habits(known)} < stated


def test_a_complete_response_has_a_complete_count_however_short_it_is(ledger: Ledger):
    levels, days = Levels.of(ledger), (14, 15)
    patient = SimpleNamespace(
        baseline_count=10,
        response="CR",
        time_to_response_days=days[0],
        response_duration_days=days[1] - days[0],
        combination_days=30,
        followup_days=400,
    )
    for seed in range(20):
        counts = platelet_counts(patient, levels, np.random.default_rng(seed))
        assert max(counts[day] for day in days) >= levels.complete


def test_who_never_had_corticosteroids_has_no_line_of_them():
    given = {"itp_duration_days": 1000, "corticosteroid_refractory": False, "prior_ivig": True}
    for corticosteroids, agents in ((False, ["ivig"]), (True, ["corticosteroids", "ivig"])):
        patient = SimpleNamespace(prior_corticosteroids=corticosteroids, **given)
        lines = _first_lines(patient, -100, np.random.default_rng(1))
        assert [line.agent for line in lines] == agents


def test_hardly_any_habit_is_broken(ledger: Ledger, solution: pd.DataFrame):
    """One must be: a combination of the printed longest duration outlasts every printed response by years."""
    broken = broken_habits(ledger, solution)
    assert [days for days, _ in broken] == [solution["combination_days"].max()], broken


def test_other_seeds_hardly_break_more(ledger: Ledger, drawn: dict[int, pd.DataFrame]):
    """What a habit says of few patients holds of few; any other habit is broken once in a draw at the most."""
    broken = {seed: [because for _, because in broken_habits(ledger, solved)] for seed, solved in drawn.items()}
    of_few = {seed: sum(because.startswith("few ") for because in found) for seed, found in broken.items()}
    assert max(of_few.values()) <= ledger.size / 5, broken
    assert max(len(found) - of_few[seed] for seed, found in broken.items()) <= 1, broken
    assert sum(map(len, broken.values())) <= 2 * len(broken), broken


def test_draws_differ_from_each_other(drawn: dict[int, pd.DataFrame]):
    """Who has which values together differs, and so do the numbers; what is printed does not."""
    for column in ("age_years", "itp_duration_days", "followup_days"):
        assert len({tuple(sorted(solved[column])) for solved in drawn.values()}) == len(drawn)
    pairs = {
        (
            (solved["response"].eq("CR") & solved["tpo_ra"].eq("eltrombopag")).sum(),
            (solved["response"].eq("none") & solved["splenectomy"].eq("performed")).sum(),
        )
        for solved in drawn.values()
    }
    assert len(pairs) >= 6


def test_values_pile_up_in_no_draw(drawn: dict[int, pd.DataFrame]):
    for solved in drawn.values():
        for column in ("age_years", "itp_duration_days", "combination_days", "followup_days", "baseline_count"):
            assert solved[column].value_counts().max() <= 5


@pytest.mark.parametrize(
    "column",
    ["age_years", "itp_duration_days", "combination_days", "followup_days", "response_duration_days", "baseline_count"],
)
def test_values_do_not_pile_up(patients: pd.DataFrame, column: str):
    """A solver left alone gives most patients the median; chance gives few a value in common."""
    values = patients[column].dropna()
    assert values.value_counts().max() <= (3 if column.endswith("_days") else 5)
    assert values.nunique() >= (0.9 if column.endswith("_days") else 0.6) * len(values)


@pytest.mark.parametrize("column", ["itp_duration_days", "combination_days", "followup_days", "response_duration_days"])
def test_durations_have_a_heavy_tail(patients: pd.DataFrame, column: str):
    """Most patients are below the mean, a few far above it; and the tail is no single patient's."""
    values = patients[column].dropna()
    assert values.mean() > 1.15 * values.median()
    assert values.nlargest(4).iloc[-1] > 1.7 * values.median()


def test_the_patient_treated_longest_is_the_one_followed_longest(patients: pd.DataFrame):
    longest = patients["combination_months"].idxmax()
    assert longest == patients["followup_months"].idxmax()
    assert patients.loc[longest, "combination_days"] <= patients.loc[longest, "followup_days"]


def test_both_outcomes_of_a_response_occur(patients: pd.DataFrame):
    """Some responses are lost and some are still going on, else the curve of the durations would be no curve."""
    responders = patients[patients["response"] != "none"]
    assert 0.25 <= responders["response_lost"].mean() <= 0.75


def test_the_disease_began_in_a_lifetime_and_mostly_in_adults(patients: pd.DataFrame):
    age_at_diagnosis = patients["age_years"] - patients["itp_duration_days"] / 365.25
    assert age_at_diagnosis.min() > 8
    assert (age_at_diagnosis >= 18).mean() > 0.85


def first_days(prior: pd.DataFrame) -> pd.DataFrame:
    return prior.pivot_table(index="patient_id", columns="agent", values="start_day", aggfunc="min")


def test_lines_follow_each_other_in_the_usual_order(prior: pd.DataFrame):
    """Corticosteroids within weeks, rituximab before surgery in most, the TPO receptor agonists last."""
    first = first_days(prior)
    others = first.drop(columns=["corticosteroids", "ivig"])
    assert (first["corticosteroids"] < others.min(axis=1)).all()
    operated = first["splenectomy"].notna()
    assert (first["rituximab"] < first["splenectomy"])[operated].mean() > 0.5
    agonists = first[["eltrombopag", "romiplostim"]]
    assert (agonists.min(axis=1) > first.drop(columns=agonists.columns).max(axis=1)).all()
    assert 0.25 < (first["eltrombopag"] < first["romiplostim"]).mean() < 0.75


def test_both_agonists_failed_at_maximal_dose_one_after_the_other(prior: pd.DataFrame):
    agonists = prior[prior["drug_class"] == "tpo_ra"].sort_values(["patient_id", "start_day"])
    assert (agonists.groupby("patient_id")["agent"].nunique() == 2).all()
    assert agonists["at_maximal_dose"].eq(True).all()
    assert agonists["response"].eq("none").all()
    ends = agonists.groupby("patient_id")["end_day"].shift()
    second = ends.notna()
    assert (agonists["start_day"][second] > ends[second]).all()
    assert (agonists["end_day"] - agonists["start_day"]).min() >= 20  # a month or so at the highest dose is a trial


def test_no_immunosuppressant_was_given_with_an_agonist_before(prior: pd.DataFrame):
    """The source speaks of immunosuppressants given alone; together they would have been the combination."""
    agonists = prior[prior["drug_class"] == "tpo_ra"]
    alone = prior[prior["drug_class"] == "immunosuppressant"]
    both = alone.merge(agonists, on="patient_id", suffixes=("", "_agonist"))
    apart = (both["end_day"] < both["start_day_agonist"]) | (both["start_day"] > both["end_day_agonist"])
    assert apart.all()


def test_courses_before_the_combination_end_before_it_and_start_after_the_diagnosis(
    shipped: Cohort, prior: pd.DataFrame
):
    diagnosis = prior["patient_id"].map(shipped.patients.set_index("patient_id")["diagnosis_day"])
    assert (prior["start_day"] >= diagnosis).all()
    assert (prior["end_day"] < 0).all()
    assert (prior["end_day"] >= prior["start_day"]).all()


def test_rituximab_and_agonists_are_not_older_than_their_use(shipped: Cohort, prior: pd.DataFrame):
    """Counted back from a series closed in 2020: rituximab in ITP from about 2000, the agonists from about 2009."""
    closed = prior["patient_id"].map(shipped.patients.set_index("patient_id")["last_followup_day"])
    years = (closed - prior["start_day"]) / 365.25
    assert years[prior["agent"] == "rituximab"].max() < 20.5
    assert years[prior["drug_class"] == "tpo_ra"].max() < 11.5


def test_starts_of_the_agonists_do_not_heap_at_a_limit(prior: pd.DataFrame):
    for _, starts in prior[prior["drug_class"] == "tpo_ra"].groupby("agent")["start_day"]:
        assert starts.nunique() >= 25
        assert starts.min() < 2 * starts.median()


def test_the_two_thromboses_of_one_patient_come_apart_and_with_risen_counts(shipped: Cohort, patients: pd.DataFrame):
    events = shipped.adverse_events[shipped.adverse_events["category"] == "thromboembolic"]
    response = events["patient_id"].map(patients.set_index("patient_id")["response"])
    onset = events["patient_id"].map(patients.set_index("patient_id")["time_to_response_days"])
    assert (response != "none").all()
    assert (events["day"] >= onset).all()
    (twice,) = [days for _, days in events.groupby("patient_id")["day"] if len(days) == 2]
    assert twice.max() - twice.min() >= 14


def test_events_happen_under_treatment_and_within_follow_up(shipped: Cohort, patients: pd.DataFrame):
    events = shipped.adverse_events.merge(patients, on="patient_id")
    assert (events["day"] <= events["followup_days"]).all()
    assert (events["day"] <= events["combination_days"] + 30).all()
    assert not shipped.adverse_events.duplicated(["patient_id", "term", "day"]).any()


def test_antinuclear_antibodies_spare_lupus_and_hydroxychloroquine_goes_with_either(patients: pd.DataFrame):
    lupus = patients["itp_type"] == "sle_aps"
    assert not patients.loc[lupus, "ana_positive"].any()
    assert (patients["ana_positive"] | lupus)[patients["hydroxychloroquine"]].all()


def test_visits_are_weekly_and_then_irregular(shipped: Cohort):
    for _, counts in shipped.platelets.groupby("patient_id"):
        days = counts["day"].to_numpy()
        assert days[0] < -21  # seen before the combination
        assert days[1] < 0
        assert days[2] == 0
        gaps = pd.Series(days[days >= 0]).diff().dropna()
        early, late = gaps[: (days[days > 0] <= 50).sum()], gaps[(days[days > 0] > 63)]
        assert early.max() <= 15
        if len(late) >= 10:
            assert 20 <= late.median() <= 60
            assert late.nunique() >= 0.4 * min(len(late), 30)
            assert late.max() <= 160


def within(shipped: Cohort, patients: pd.DataFrame, kind: str) -> pd.DataFrame:
    table = shipped.platelets.merge(patients, on="patient_id")
    end = table["time_to_response_days"] + table["response_duration_days"]
    chosen: dict[str, Callable[[], pd.Series]] = {
        "before": lambda: (table["day"] > 0) & (table["day"] < table["time_to_response_days"]),
        "during": lambda: table["day"].between(table["time_to_response_days"], end - 1),
        "none": lambda: (table["response"] == "none") & (table["day"] > 0),
    }
    return table[chosen[kind]()]


def test_counts_have_noise_and_do_not_heap_at_the_thresholds(shipped: Cohort, patients: pd.DataFrame):
    """Counts cut off at a threshold would heap there."""
    during = within(shipped, patients, "during")
    floors = pd.concat([2 * during["baseline_count"], pd.Series(30.0, index=during.index)], axis=1).max(axis=1)
    assert (during["count"] == floors).mean() < 0.06
    assert during.loc[during["response"] == "R", "count"].eq(100).mean() < 0.08
    for _, counts in during.groupby("patient_id")["count"]:
        if len(counts) >= 8:
            assert counts.value_counts().max() <= max(3, 0.2 * len(counts))
            assert counts.std() / counts.mean() > 0.1


def test_responses_have_single_low_counts_and_failures_stay_low(shipped: Cohort, patients: pd.DataFrame):
    during = within(shipped, patients, "during")
    low = during["count"] < (2 * during["baseline_count"]).clip(lower=30)
    assert 0.02 < low.mean() < 0.15
    failed = within(shipped, patients, "none")
    assert (failed["count"] < (2 * failed["baseline_count"]).clip(lower=30)).all()
    assert failed.groupby("patient_id")["count"].nunique().min() >= 5


def test_a_combination_kept_up_long_after_the_loss_works_again(shipped: Cohort, patients: pd.DataFrame):
    """Nobody is given two drugs for years for nothing."""
    end = patients["time_to_response_days"] + patients["response_duration_days"]
    kept = patients[patients["response_lost"] & (patients["combination_days"] - end > 300)]
    assert len(kept) >= 1
    for _, patient in kept.iterrows():
        counts = shipped.platelets[shipped.platelets["patient_id"] == patient["patient_id"]]
        later = counts[counts["day"].between(end[patient.name] + 160, patient["combination_days"])]
        assert later["count"].median() >= 30


def test_corticosteroids_at_low_dose_are_given_long_and_at_high_dose_shortly(shipped: Cohort):
    beside = shipped.treatments[
        (shipped.treatments["role"] == "concomitant") & (shipped.treatments["agent"] == "corticosteroids")
    ]
    days = (beside["end_day"] - beside["start_day"]).groupby(beside["regimen"])
    assert days.max()["short_high_dose"] <= 28
    assert days.min()["long_low_dose"] >= 60
