"""Rates under other definitions: derived again, exact, and the source's own among them."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest
from figure_texts import boxes, words

from itpbook import project
from itpbook.definitions import SOURCE
from itpbook.presentation import figures, palette
from itpbook.presentation.figures import style
from itpbook.records.cohort import Cohort, load_cohort
from itpbook.study.outcomes import derive
from itpbook.study.sensitivity import Scenario, count_on_bound, response_rates, scenarios


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return load_cohort(project.COHORT)


@pytest.fixture(scope="module")
def rates(cohort: Cohort) -> pd.DataFrame:
    return response_rates(cohort)


def test_each_heading_holds_the_source_once():
    found = pd.Series([scenario.heading for scenario in scenarios() if scenario.source])
    assert sorted(found) == sorted({scenario.heading for scenario in scenarios()})


def test_rates_of_the_source_are_those_of_the_manuscript(cohort: Cohort, rates: pd.DataFrame):
    response = derive(cohort, SOURCE)["response"]
    own = rates[rates["source"]]
    assert set(own.loc[own["outcome"].eq("complete"), "n"]) == {int(response.eq("CR").sum())}
    assert set(own.loc[own["outcome"].eq("response"), "n"]) == {int(response.ne("none").sum())}
    assert set(rates["N"]) == {len(cohort)}


def test_stricter_rules_never_find_more(rates: pd.DataFrame):
    one_at_a_time = rates[rates["heading"].ne("All rules together")]
    for _, group in one_at_a_time.groupby(["heading", "outcome"]):
        assert group["n"].is_monotonic_decreasing


def test_limits_hold_the_share_and_complete_responses_are_responses(rates: pd.DataFrame):
    assert rates["share"].between(rates["exact_low"], rates["exact_high"]).all()
    pairs = rates.pivot_table(index=["heading", "scenario"], columns="outcome", values="n")
    assert (pairs["complete"] <= pairs["response"]).all()


def test_a_scenario_of_ones_own_is_derived(cohort: Cohort):
    nobody = Scenario("Own", "out of reach", SOURCE.replace(response_lower=1900, cr_threshold=1999))
    assert list(response_rates(cohort, [nobody])["n"]) == [0, 0]


def test_only_counts_after_the_start_and_just_on_the_bound_are_on_it():
    platelets = pd.DataFrame({"day": [-7, 0, 1, 14, 30], "count": [100.0, 100.0, 100.0, 100.5, None]})
    assert count_on_bound(platelets) == 1
    assert count_on_bound(platelets, SOURCE.replace(cr_threshold=100.5)) == 1


def test_the_figure_shows_every_number_and_marks_the_source(rates: pd.DataFrame):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = figures.sensitivity(rates).finish(synthetic=True)
    shown = words(figure)
    assert {f"{row.n}/{row.N}" for row in rates.itertuples()} <= set(shown)
    shades = [patch for patch in figure.axes[1].patches if patch.get_facecolor()[0] > 0.9]
    assert len(shades) == rates.loc[rates["source"], "heading"].nunique()
    page = figure.bbox.padded(1)
    assert all(page.x0 <= box.x0 <= box.x1 <= page.x1 for box in boxes(figure).values())
    assert palette.colours(style.to_svg(figure)) <= set(palette.DARK)


def test_without_patients_the_figure_says_so(rates: pd.DataFrame):
    assert figures.sensitivity(rates.iloc[:0]).words == "The records hold no patients."
    assert figures.sensitivity(rates.assign(N=0)).words == "The records hold no patients."
