"""What a book withholds of the counts of the ledger, settled for all chapters alike."""

from __future__ import annotations

import pandas as pd
import pytest
from other_cohorts import COHORTS, Tables

from implied.ledger import Ledger
from implied.ledger.conditions import attributes_of, holds
from itpbook import project
from itpbook.disclosure.suppression_plan import kind_of, planned
from itpbook.records.cohort import cohort_of, load_cohort
from itpbook.study.outcomes import derive

NAMES = ["fourteen", "three hundred", "nobody eligible", "no responder", "all respond", "no event", "all primary"]


@pytest.fixture(scope="module")
def shipped() -> Tables:
    return dict(load_cohort(project.COHORT).tables)


def test_the_kind_of_a_part_is_the_figure_above_it_or_the_attribute_that_is_asked(ledger: Ledger):
    assert kind_of("cohort.secondary.evans", ledger) == "cohort.secondary"
    assert kind_of("safety.infection.cholecystitis", ledger) == "safety.infection"
    assert kind_of("treatment.azathioprine", ledger) == kind_of("treatment.everolimus", ledger) == "immunosuppressant"
    assert kind_of("efficacy.no_steroid.cr", ledger) == kind_of("efficacy.no_steroid.r", ledger) == "response"
    assert kind_of("cohort.prior.ivig", ledger) != kind_of("cohort.prior.corticosteroids", ledger)
    assert kind_of("methods.eligible", ledger) == "methods.eligible"


@pytest.fixture(scope="module", params=NAMES)
def patients(request: pytest.FixtureRequest, shipped: Tables) -> pd.DataFrame:
    """Return the derived patients of a cohort; deriving them takes as long as all that is asked of them."""
    return derive(cohort_of(COHORTS[request.param](shipped)))


@pytest.fixture(scope="module")
def groups(patients: pd.DataFrame, ledger: Ledger) -> dict[str, tuple[pd.Series, pd.Series]]:
    """Return who is counted in each entry of the ledger, and among whom."""
    return {
        entry.id: (holds(entry.condition, patients), holds(entry.readings[0].population, patients))
        for entry in ledger
        if entry.condition is not None and {*attributes_of(entry.condition)} <= set(patients)
    }


@pytest.mark.parametrize("below", [3, 5, 10])
def test_no_count_of_the_ledger_is_small_nor_are_all_others_and_every_chapter_decides_alike(
    below: int, patients: pd.DataFrame, groups: dict[str, tuple[pd.Series, pd.Series]], ledger: Ledger
):
    judge = planned(below, patients, ledger)
    seen = {}
    for entry_id, (members, among) in groups.items():
        seen[entry_id] = judge.admits(members, among, kind_of(entry_id, ledger))
        if seen[entry_id]:
            n, total = int((members & among).sum()), int(among.sum())
            assert not 0 < n < below, entry_id
            assert not 0 < total - n < below, entry_id
    assert seen["cohort.n"]
    again = planned(below, patients, ledger)
    for entry_id in reversed(seen):
        members, among = groups[entry_id]
        assert again.admits(members, among, kind_of(entry_id, ledger)) == seen[entry_id], entry_id


def test_the_shipped_series_keeps_what_can_be_kept(shipped: Tables, ledger: Ledger):
    patients = derive(cohort_of(shipped))
    judge = planned(5, patients, ledger)
    everybody = pd.Series(True, index=patients.index)
    kept = {
        entry.id
        for entry in ledger
        if entry.condition is not None
        and entry.readings[0].among == "all patients"
        and judge.admits(holds(entry.condition, patients), everybody, kind_of(entry.id, ledger))
    }
    assert kept >= {
        "cohort.n",
        "cohort.female",
        "cohort.secondary",
        "efficacy.response",
        "efficacy.cr",
        "safety.any_ae",
    }
    assert not kept & {"cohort.mgus", "cohort.chronic", "cohort.persistent", "cohort.prior.ivig", "safety.deaths"}


def test_without_a_threshold_everything_is_printed(shipped: Tables, ledger: Ledger):
    patients = derive(cohort_of(shipped))
    judge = planned(0, patients, ledger)
    everybody = pd.Series(True, index=patients.index)
    assert all(judge.admits(patients["patient_id"].eq(name), everybody) for name in patients["patient_id"])
