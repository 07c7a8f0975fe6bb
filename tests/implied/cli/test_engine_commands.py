"""The verbs that ask what the published figures determine."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from small_ledger import NINE
from typer.testing import CliRunner

from implied.cli import app as engine
from itpbook import project
from itpbook.commands.command_line import app

ASKED = """
subgroups: [{id: women, heading: Sex, label: Women, condition: {sex: female}}]
outcomes: [{id: cough, label: Cough, condition: {cough: true}}]
figures: [{id: old, label: Old, condition: {age_years: {at_least: 60}}}]
"""


@pytest.fixture
def nine(tmp_path: Path) -> list[str]:
    (tmp_path / "nine.yaml").write_text(NINE, encoding="utf-8")
    return [str(tmp_path / "nine.yaml")]


@pytest.fixture
def impossible(tmp_path: Path) -> list[str]:
    text = NINE.replace('printed: {percent: "33"}', 'printed: {count: "5"}')
    (tmp_path / "impossible.yaml").write_text(text, encoding="utf-8")
    return [str(tmp_path / "impossible.yaml")]


def test_a_ledger_without_conflict_says_so_and_which_rounding_rules_it_allows(nine: list[str], tmp_path: Path):
    done = CliRunner().invoke(engine, ["conflicts", *nine, "--json", str(tmp_path / "out.json")])
    assert done.exit_code == 0
    assert "0 conflicts" in done.stdout
    assert "rounding half up: possible" in done.stdout
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["conflicts"] == []


def test_a_conflict_that_nothing_mends_ends_with_one_and_leaves_witnesses(impossible: list[str], tmp_path: Path):
    done = CliRunner().invoke(engine, ["conflicts", *impossible, "--witnesses", str(tmp_path / "seen")])
    assert done.exit_code == 1
    assert "conflict 1: n 9; women 44%; cough.women 5" in done.stdout
    assert "Nobody can have more than 0 points." in done.stdout
    found = pd.read_csv(tmp_path / "seen" / "conflict-1" / "without-cough.women.csv")
    assert len(found) == 9
    assert found["sex"].eq("female").sum() == 4


def test_the_book_asks_its_own_ledger_of_which_another_reading_mends_the_conflicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """No women of seven who cough are 33%, and so smokers who cough are meant, of whom there can be three."""
    reading = """
     inferred: {population: {cough: true, smoker: current}, among: smokers who cough, because: of seven nobody is 33%}}
  - {id: falls"""
    text = NINE.replace('{count: "6"}', '{count: "7"}').replace("}\n  - {id: falls", f",{reading}")
    (tmp_path / "published.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(project, "LEDGER", tmp_path / "published.yaml")
    done = CliRunner().invoke(app, ["conflicts", "--others", "0"])
    assert done.exit_code == 0
    assert "2/7 prints 29%, 3/7 prints 43%; none prints 33%." in done.stdout
    assert "would do: 3, 6, 9 patients" in done.stdout
    assert "read otherwise: cough.women (inferred: smokers who cough)" in done.stdout
    assert "rounding up: impossible: ruled out by current" in done.stdout


def test_bounds_are_printed_and_their_ends_shown_by_patients(nine: list[str], tmp_path: Path):
    (tmp_path / "asked.yaml").write_text(ASKED, encoding="utf-8")
    questions = ["--questions", str(tmp_path / "asked.yaml")]
    command = ["bounds", *nine, "old", *questions, "--jobs", "1", "--witnesses", str(tmp_path / "seen")]
    done = CliRunner().invoke(engine, [*command, "--json", str(tmp_path / "out.json")])
    assert done.exit_code == 0
    (count, percent) = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert (count["statistic"], percent["statistic"]) == ("count", "percent")
    for end in ("low", "high"):
        patients = pd.read_csv(tmp_path / "seen" / f"old-literal-count-{end}.csv")
        assert str(patients["age_years"].ge(60).sum()) == count[end]
    assert count["proven"]


def test_a_figure_that_nobody_asks_for_is_named(nine: list[str], tmp_path: Path):
    (tmp_path / "asked.yaml").write_text(ASKED, encoding="utf-8")
    done = CliRunner().invoke(engine, ["bounds", *nine, "young", "--questions", str(tmp_path / "asked.yaml")])
    assert done.exit_code == 1
    assert "no such claim or question: young; known are" in done.stderr


def test_bounds_of_an_impossible_ledger_are_refused(impossible: list[str], tmp_path: Path):
    (tmp_path / "asked.yaml").write_text(ASKED, encoding="utf-8")
    done = CliRunner().invoke(
        engine, ["bounds", *impossible, "--questions", str(tmp_path / "asked.yaml"), "--jobs", "1"]
    )
    assert done.exit_code == 1
    assert "no records satisfy all claims about" in done.stderr


def test_curves_of_another_series_do_not_replace_the_shipped_ones(tmp_path: Path):
    before = project.ENVELOPE.read_bytes()
    (tmp_path / "draws.csv").write_text("draw,seed,digest,ledger\n1,1,a,another\n", encoding="utf-8")
    (tmp_path / "draw-001").mkdir()
    done = CliRunner().invoke(app, ["envelope", str(tmp_path)])
    assert (done.exit_code, project.ENVELOPE.read_bytes()) == (2, before)
    assert done.stderr == f"{tmp_path} holds draws of another ledger: say with --out where their curves go\n"


def test_a_folder_without_draws_is_refused(tmp_path: Path):
    done = CliRunner().invoke(app, ["envelope", str(tmp_path)])
    assert done.exit_code == 1
    assert "no draws here" in done.stderr
