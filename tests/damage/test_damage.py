"""Deliberate damage: each kind turns the right check red, and the undamaged project passes all of them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import verify_with_kept
from project_copy import ProjectCopy, copy_parts
from stored_chapters import assert_ran_in_order
from typer.testing import CliRunner, Result

from itpbook import project
from itpbook.commands.command_line import app


def verify(
    copy: ProjectCopy, built_book: Path, *arguments: str, executed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Verify all that a copy holds, with chapters that were executed for the book where nothing has changed."""
    return copy.run(verify_with_kept.__file__, str(built_book.parent), executed, *arguments)


def command(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def one_word_more(text: str) -> str:
    """Return a chapter with a changed text among its stored outputs, which records no figure."""
    stored = json.loads(text)
    output = next(out for cell in stored["cells"] for out in cell.get("outputs", []) if "text/markdown" in out["data"])
    output["data"]["text/markdown"][0] = "Nearly " + output["data"]["text/markdown"][0]
    return json.dumps(stored)


def lines_of(run: subprocess.CompletedProcess[str], *results: str) -> list[str]:
    """Return the names of the checks that ended so."""
    return [
        line.split(": ")[1] for line in run.stdout.splitlines() if line.startswith(tuple(f"{r}: " for r in results))
    ]


def test_the_undamaged_copy_passes_every_check(built_book: Path, tmp_path: Path):
    copy = copy_parts(tmp_path)
    verified = verify(copy, built_book, "--json", "verified.json")
    assert (verified.returncode, verified.stderr) == (0, "")
    checks = ["ledger", "chapters", "questions", "answers", "records", "envelope", "example"]
    assert lines_of(verified, "as it should be") == checks
    assert lines_of(verified, "not checked") == ["envelope"]
    assert re.search(r"^not checked: envelope: 194 other rows of data/envelope\.csv", verified.stdout, re.MULTILINE)
    written = json.loads((copy.root / "verified.json").read_text(encoding="utf-8"))["checks"]
    assert [check["name"] for check in written if check["result"] == "as it should be"] == checks


def test_damage_in_every_place_is_named_by_one_run(built_book: Path, tmp_path: Path):
    """A dropped patient, what moves with it, outputs that record no figure, the envelope and the example."""
    copy = copy_parts(tmp_path)
    for name in ("patients", "treatments", "platelets"):
        copy.edit(f"data/cohort/{name}.csv", lambda text: re.sub("(?m)^SYN-07,.*\n", "", text))
    copy.edit("chapters/refusals.ipynb", one_word_more)
    copy.edit("chapters/determined.ipynb", lambda text: text.replace('"alt": "Rows', '"alt": "Columns', 1))
    copy.edit("data/envelope.csv", lambda text: text.replace("\n0,0.0,", "\n0,0.1,", 1))
    copy.edit("data/example/redcap_export.csv", lambda text: text.replace(";F;", ";M;", 1))
    run = verify(copy, built_book, "--skip", "answers", executed="cohort")
    assert run.returncode == 1
    assert lines_of(run, "differs") == ["ledger", "chapters", "questions", "records", "envelope", "example"]
    assert lines_of(run, "not checked") == ["envelope", "answers"]
    for named in (
        r"not as published: cohort\.n\n",
        r"moved: cohort\.n \(literal reading\): stored 31, now 30\n",
        r"the stored chapters were executed on other records: platelets\.csv has changed\n",
        r"chapters/refusals\.ipynb, cell \d+ \([\w-]+\), output 1, text/markdown: stored …",
        r"chapters/determined\.ipynb, cell \d+ \(figure-conflicts\), output 1, alternative text: stored …",
        r"data/cohort/patients\.csv, line 8: stored ….*SYN-08.*…, now ….*SYN-07",
        r"data/envelope\.csv, line 2 \(draw 0\): stored …0,0\.1,",
        r"data/example/redcap_export\.csv, line \d+: stored …",
    ):
        assert re.search(named, run.stderr), named


def test_a_patient_left_in_pieces_is_refused(tmp_path: Path):
    records = Path(shutil.copytree(project.COHORT, tmp_path / "cohort"))
    text = (records / "patients.csv").read_text(encoding="utf-8")
    (records / "patients.csv").write_text(re.sub(r"SYN-07,.*\n", "", text), encoding="utf-8")
    run = command("validate", str(records))
    assert run.exit_code == 1
    assert re.search(r"\"SYN-07\"  a patient of patients\.csv", run.stderr)


def test_an_edited_output_and_an_edited_picture_are_seen_by_nbval(tmp_path: Path):
    chapter = tmp_path / "safety.ipynb"
    text = (project.CHAPTERS / chapter.name).read_text(encoding="utf-8")
    damaged = text.replace('"printed": "13/31 (42%)"', '"printed": "13/31 (43%)"').replace("stroke: #", "stroke: #f", 1)
    chapter.write_text(damaged, encoding="utf-8")
    options = ("-p", "no:cacheprovider", "--nbval", "--nbval-current-env")
    command = [sys.executable, "-m", "pytest", "-q", *options, str(chapter)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "mismatch 'application/vnd.itpbook.result+json'" in run.stdout
    assert "mismatch 'image/svg+xml'" in run.stdout


@pytest.fixture
def stripped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the chapters be some of which one has lost its outputs."""
    chapters = Path(shutil.copytree(project.CHAPTERS, tmp_path / "chapters"))
    notebook = json.loads((chapters / "cohort.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    (chapters / "cohort.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    monkeypatch.setattr(project, "CHAPTERS", chapters)
    return chapters


def test_a_stripped_notebook_is_seen_by_the_guard_and_by_verify(stripped: Path):
    assert_ran_in_order("safety")
    with pytest.raises(AssertionError):
        assert_ran_in_order("cohort")
    verified = command("verify", str(stripped))
    assert verified.exit_code == 1
    assert "cohort.ipynb: cell 2 was never executed" in verified.stderr


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return what lets the ledger print something else of patients with antinuclear antibodies."""

    def change(printed: str) -> None:
        text = project.LEDGER.read_text(encoding="utf-8")
        assert text.count('count: "11", percent: "35"') == 1
        (tmp_path / "published.yaml").write_text(text.replace('count: "11", percent: "35"', printed), encoding="utf-8")
        monkeypatch.setattr(project, "LEDGER", tmp_path / "published.yaml")

    return change


def test_an_impossible_figure_in_the_ledger_is_refused(published: Callable[[str], None]):
    published('count: "11", percent: "36"')
    run = command("verify", str(project.CHAPTERS))
    assert run.exit_code == 1
    assert run.stderr == "cohort.ana: 11 of 31 prints 35%, not 36%\n"


def test_a_possible_but_wrong_figure_in_the_ledger_differs(published: Callable[[str], None]):
    published('count: "12", percent: "39"')
    run = command("verify", str(project.CHAPTERS))
    assert run.exit_code == 1
    assert "1 differs" in run.stdout
    assert run.stderr == "not as published: cohort.ana\n"
