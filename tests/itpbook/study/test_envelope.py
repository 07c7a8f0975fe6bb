"""Curves of many draws."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from shutil import copytree

import pandas as pd
import pytest

from itpbook import project
from itpbook.records.cohort import load_cohort
from itpbook.study.envelope import CURVES, curves, load_envelope, median_count, write_envelope
from itpbook.study.outcomes import derive


def test_the_first_draw_kept_is_that_of_the_shipped_records():
    kept = load_envelope()
    shipped = kept[kept["draw"].eq(0)]
    assert {
        f"{curve}@{day}": value for curve, day, value in shipped[["curve", "day", "value"]].itertuples(index=False)
    } == (pytest.approx(curves(load_cohort(project.COHORT)), nan_ok=True))


def test_a_share_between_two_printed_numbers_is_rounded_up(monkeypatch: pytest.MonkeyPatch):
    values = [Fraction(323, 800), Fraction(133, 160), 12.5, math.nan]
    monkeypatch.setattr("itpbook.study.envelope.CURVES", {"share": (lambda *_: values, range(4))})
    kept = [0.4038, 0.8313, 12.5, math.nan]
    rounded = list(curves(load_cohort(project.COHORT)).values())
    assert rounded == pytest.approx(kept, rel=0, abs=1e-9, nan_ok=True)


def test_two_hundred_draws_are_kept_and_each_curve_at_all_its_days():
    kept = load_envelope()
    assert kept["draw"].nunique() == 200
    for name, (_, days) in CURVES.items():
        one = kept[kept["curve"].eq(name)]
        assert sorted(one["day"].unique()) == sorted(days)
        assert len(one) == 200 * len(days)


def test_what_the_source_fixes_is_fixed_in_every_draw():
    """Twenty-five of thirty-one respond, none before day 7, half of them by day 30, the last on day 270."""
    rise = load_envelope().query("curve == 'time_to_response'").pivot_table(index="draw", columns="day", values="value")
    assert rise[0].eq(0).all()
    assert rise[7].gt(0).all()
    assert rise[35].ge(13 / 31 - 1e-3).all()
    assert rise[28].lt(13 / 31).all() or rise[28].max() <= rise[35].max()
    last = rise[364]
    assert last.min() >= 25 / 31 - 1e-3
    fall = (
        load_envelope()
        .query("curve == 'duration_of_response'")
        .pivot_table(index="draw", columns="day", values="value")
    )
    assert fall[0].eq(1).all()
    assert (fall.diff(axis=1).iloc[:, 1:] <= 1e-9).all(axis=None)


def test_draws_differ():
    kept = load_envelope()
    for name in CURVES:
        one = kept[kept["curve"].eq(name)].pivot_table(index="draw", columns="day", values="value")
        assert len(one.drop_duplicates()) > 190


def test_the_median_is_of_the_nearest_counts_of_those_still_followed():
    patients = pd.DataFrame({"patient_id": ["a", "b", "c"], "followup_days": [400, 400, 20]})
    platelets = pd.DataFrame(
        [("a", 28, 50), ("a", 33, 60), ("b", 45, 90), ("b", 51, 10), ("c", 20, 500)],
        columns=["patient_id", "day", "count"],
    )
    assert median_count(patients, platelets, [30]) == [70.0]
    assert median_count(patients, platelets, [0]) != median_count(patients, platelets, [30])
    (nothing,) = median_count(patients, platelets, [200])
    assert pd.isna(nothing)


def test_curves_of_a_folder_of_draws_are_kept_in_order(tmp_path: Path):
    for number in (1, 2):
        copytree(project.COHORT, tmp_path / "draws" / f"draw-{number:03d}")
    assert write_envelope(tmp_path / "draws", tmp_path / "envelope.csv") == 2
    kept = load_envelope(tmp_path / "envelope.csv")
    wide = kept.pivot_table(index=["curve", "day"], columns="draw", values="value")
    assert wide[0].equals(wide[1])
    assert derive(load_cohort(project.COHORT))["response"].isin(["CR", "R"]).sum() == 25


def test_a_folder_without_draws_says_how_to_make_them(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="itpbook reconstruct --draws 200"):
        write_envelope(tmp_path, tmp_path / "envelope.csv")
