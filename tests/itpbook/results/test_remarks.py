"""The reviewer's remarks: arithmetic on the published figures alone."""

from __future__ import annotations

import csv
import inspect
import re
from pathlib import Path

import pytest
from ledgers import counted, entry_of, loaded, small_ledger

from implied.ledger import Ledger, LedgerError
from implied.ledger.printed import WholeRange
from itpbook.presentation.tables import interval_table
from itpbook.results import remarks
from itpbook.shipped import shipped_ledger


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return shipped_ledger()


def test_only_the_refusal_lies_outside_the_definition(ledger: Ledger):
    assert ledger.size - remarks.count_of(ledger, "cohort.no_splenectomy.refusal") == 30


def test_counts_are_printed_or_implied_by_a_percentage(ledger: Ledger):
    assert remarks.count_of(ledger, "cohort.female") == 20
    assert remarks.count_of(ledger, "cohort.prior.corticosteroids") == 31
    assert remarks.count_of(ledger, "efficacy.prior_ist.cr") == 10
    assert remarks.count_of(ledger, "efficacy.no_steroid.cr") == 10


def test_every_percentage_is_a_share_and_how_its_denominator_is_known_is_said(ledger: Ledger):
    shares = {found.entry.id: found for found in remarks.shares(ledger)}
    assert set(shares) == {entry.id for entry in ledger if "percent" in entry.printed}
    assert len(shares) == 18
    known = {name: (found.n, found.N, found.known) for name, found in shares.items()}
    assert known["efficacy.cr"] == (19, 31, "printed")
    assert known["cohort.female"] == (20, 31, "implied")
    assert known["cohort.ana"] == (11, 31, "implied")
    assert known["efficacy.prior_ist.r"] == (4, 16, "implied")
    assert known["efficacy.no_steroid.cr"] == (10, 17, "inferred")
    assert known["efficacy.no_steroid.r"] == (2, 17, "inferred")


def test_only_half_up_prints_every_published_percentage(ledger: Ledger):
    assert remarks.rules_that_fit(ledger) == ("half up",)
    shares = remarks.shares(ledger)
    assert all(remarks.rounded(found)["half up"] == found.entry.printed["percent"] for found in shares)
    off = [found for found in shares if remarks.rounded(found)["half even"] != found.entry.printed["percent"]]
    assert [(found.entry.id, found.n, found.N) for found in off] == [("efficacy.prior_ist.cr", 10, 16)]
    assert remarks.rounded(off[0]) == {"half up": "63", "half even": "62", "down": "62", "up": "63"}


def test_the_shortest_duration_that_prints_as_3_months_and_exceeds_them(ledger: Ledger):
    assert remarks.shortest_duration(ledger) == WholeRange(92, 106)


def test_19_and_10_of_31_force_three_patients_to_have_both_drugs(ledger: Ledger):
    assert remarks.overlap(ledger) == remarks.Overlap(others=12, beyond=2, both=3)


def test_61_and_19_add_up_to_80_beside_81(ledger: Ledger):
    assert remarks.parts_and_whole(ledger) == remarks.ResponseParts(partial=6, partial_percent=19, sum_percent=80)
    assert ledger["efficacy.response"].printed["percent"] == "81"


def test_four_events_in_three_patients(ledger: Ledger):
    assert remarks.events_and_patients(ledger) == remarks.Events(thromboembolic=4, repeated=1, severe_left=0)


def test_the_intervals_that_the_source_leaves_out(ledger: Ledger):
    rows = {row["Figure"]: row for row in csv.DictReader(interval_table(remarks.shares(ledger)).csv.splitlines())}
    assert len(rows) == 18
    # R: binom.test(19, 31)$conf.int and binom.test(25, 31)$conf.int
    row = rows[ledger["efficacy.cr"].label]
    assert (row["n/N"], row["Per cent"], row["95% CI, %"]) == ("19/31", "61%", "42-78")
    assert rows[ledger["efficacy.response"].label]["95% CI, %"] == "63-93"
    assert rows[ledger["efficacy.no_steroid.cr"].label]["Denominator"] == "inferred"


def test_similar_rates_are_tested_exactly(ledger: Ledger):
    table = remarks.comparisons(ledger)
    assert list(table["outcome"]) == ["complete response", "response or better"] * 2
    first, second, third, fourth = table[["inside", "outside", "p"]].itertuples(index=False, name=None)
    assert first[:2] == ("10/17 (59%)", "9/14 (64%)")
    assert second[:2] == ("12/17 (71%)", "13/14 (93%)")
    assert third[:2] == ("10/16 (63%)", "9/15 (60%)")
    assert fourth[:2] == ("14/16 (88%)", "11/15 (73%)")
    assert all(float(p) > 0.05 for p in table["p"])
    assert table["difference"].tolist() == ["-5", "-22", "3", "14"]
    assert all(re.fullmatch(r"-\d+ to \d+", interval) for interval in table["interval"])


def test_nothing_looks_at_records():
    source = inspect.getsource(remarks)
    assert not re.search(r"import.*\b(cohort|outcomes|results)\b", source)


def refused(said: str) -> pytest.RaisesExc[LedgerError]:
    return pytest.raises(LedgerError, match=re.escape(said))


def test_another_ledger_that_lacks_a_figure_is_told_so(tmp_path: Path):
    small = loaded(small_ledger(), tmp_path)
    with refused("efficacy.cr: the remarks need this entry"):
        remarks.parts_and_whole(small)
    with refused("cohort.duration: prints neither a count nor a percentage"):
        remarks.count_of(small, "cohort.duration")
    with refused("cohort.itp_duration: the remarks need this entry"):
        remarks.shortest_duration(small)
    with refused("efficacy.no_steroid.cr: the remarks need this entry"):
        remarks.comparisons(small)


def test_a_denominator_that_the_figures_leave_open_is_not_guessed(tmp_path: Path):
    small = loaded(small_ledger(), tmp_path)
    with refused("cohort.women.cr: denominator does not follow from the printed figures: 2, 4, 6, 8, 10 would do"):
        remarks.share(small, small["cohort.women.cr"])
    written = small_ledger()
    del entry_of(written, "cohort.women.cr")["inferred"]
    alone = loaded(written, tmp_path)
    assert remarks.count_of(alone, "cohort.women") == 6
    assert remarks.share(alone, alone["cohort.women.cr"]).N == 6
    written["entries"].append(counted("cohort.ladies", {"sex": "female"}, count="7"))
    two = loaded(written, tmp_path)
    with refused("cohort.women.cr: denominator does not follow from the printed figures: 6, 7 would do"):
        remarks.share(two, two["cohort.women.cr"])
    entry_of(written, "cohort.women.cr")["population"] = {"sex": "male"}
    none = loaded(written, tmp_path)
    with refused("cohort.women.cr: denominator does not follow from the printed figures: none would do"):
        remarks.share(none, none["cohort.women.cr"])


def test_a_count_that_the_percentage_leaves_open_is_not_guessed(tmp_path: Path):
    written = small_ledger()
    entry_of(written, "cohort.women")["printed"] = {"percent": "60", "denominator": "300"}
    entry_of(written, "cohort.women")["layout"] = "{percent}% of {denominator}"
    large = loaded(written, tmp_path)
    with refused("cohort.women: count of 300 does not follow from the printed figures: 179, 180, 181 would do"):
        remarks.count_of(large, "cohort.women")


def test_a_duration_that_is_no_summary_gives_no_shortest(tmp_path: Path):
    written = small_ledger()
    written["entries"] += [counted("cohort.itp_duration", {}, count="10")]
    with refused("cohort.itp_duration: expected the minimum of a quantity"):
        remarks.shortest_duration(loaded(written, tmp_path))
