"""The command line: what each verb says, and with which exit code it ends."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from records import altered, write_files
from small_ledger import NINE
from typer.testing import CliRunner, Result

import itpbook as itpbook_package
from implied.cli import app as engine
from itpbook import project
from itpbook.book.execution.execute import Chosen
from itpbook.book.recomputed.shipped_checks import CHECKS
from itpbook.commands.command_line import app
from itpbook.intake.own_edition import Edition
from itpbook.shipped import shipped_determined, shipped_ledger, shipped_questions

ASKED = "figures: [{id: old, label: Old, condition: {age_years: {at_least: 60}}}]"


def itpbook(*arguments: str) -> Result:
    """Run a command in this process: starting one costs seconds of imports."""
    return CliRunner().invoke(app, list(arguments))


def test_verify_judges_stored_results_executes_nothing_and_says_so(tmp_path: Path):
    run = itpbook("verify", str(project.CHAPTERS), "--json", str(tmp_path / "verdicts.json"))
    assert (run.exit_code, run.stderr) == (0, "")
    said = f"63 published figures against the results stored in {project.CHAPTERS}; nothing was executed"
    checks = [line for line in run.stdout.splitlines() if line.startswith(("as it should be: ", "differs: ", "not "))]
    assert checks == [
        f"as it should be: ledger: {said}",
        *(f"not checked: {name}: {subject}: only by itpbook verify alone" for name, subject in CHECKS.items()),
    ]
    assert run.stdout.splitlines()[-1] == (
        "63 published figures: 61 reproduced, 0 reproduced under an inferred reading, 2 contradicted, 0 differs, "
        "0 not available (2 of the contradicted are reproduced under an inferred reading)"
    )
    lines = json.loads((tmp_path / "verdicts.json").read_text(encoding="utf-8"))["lines"]
    assert len(lines) == 63
    contradicted = {line["id"]: line for line in lines if line["verdict"] == "contradicted"}
    assert sorted(contradicted) == ["efficacy.no_steroid.cr", "efficacy.no_steroid.r"]
    assert all(line["N"] == 21 and line["alternative"]["N"] == 17 for line in contradicted.values())


def test_version_is_printed_with_one_source_for_all_places():
    program = Path(sys.executable).with_name("itpbook")
    run = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, f"itpbook {itpbook_package.__version__}\n", "")
    assert itpbook_package.__version__ == version("itpbook")
    assert f"\nversion: {itpbook_package.__version__}\n" in project.CITATION.read_text(encoding="utf-8")
    assert (
        "version" in tomllib.loads((project.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dynamic"]
    )


def test_version_needs_neither_an_installed_package_nor_anything_heavy(tmp_path: Path):
    for package in project.PACKAGES:
        shutil.copytree(package, tmp_path / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    code = (
        "import sys; from itpbook.commands.command_line import app\n"
        "try: app(['--version'])\n"
        "except SystemExit as end: assert not end.code\n"
        "assert not {'pandas', 'numpy', 'scipy', 'matplotlib', 'sphinx', 'papermill'} & set(sys.modules)"
    )
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, f"itpbook {itpbook_package.__version__}\n", "")


def test_verify_of_a_folder_without_chapters_says_so(tmp_path: Path):
    run = itpbook("verify", str(tmp_path))
    assert run.exit_code == 1
    assert run.stderr == f"no executed chapters in {tmp_path}\n"


def test_validate_accepts_the_shipped_records():
    run = itpbook("validate", str(project.COHORT))
    assert (run.exit_code, run.stdout) == (0, f"{project.COHORT}: 31 patients, no problem found\n")


def test_of_problems_beyond_those_that_are_listed_it_is_said_where_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("itpbook.records.report.LISTED", 1)
    tables = altered("patients", 2, sex="man")
    tables["platelets"].loc[[0, 1], "day"] = "then"
    write_files(tables, tmp_path)
    run = itpbook("validate", str(tmp_path))
    assert run.exit_code == 1
    assert "man" in run.stderr
    assert "and 2 more problems: 2 in platelets.csv\n" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-p", "cr_treshold=100"], "unknown parameter 'cr_treshold'; the chapters know"),
        (["-p", "cr_threshold=high"], "cr_threshold must be a number above 0"),
        (["-p", "confirmation_days=-1"], "confirmation_days must be a whole number of at least 0"),
        (["-p", "cr_threshold"], "-p cr_threshold: expected NAME=VALUE"),
        (["-p", "cr_threshold=["], "-p cr_threshold=[: the value is no YAML"),
        (["-p", "cr_threshold=120", "--store"], "--store keeps the chapters of the shipped records with no parameters"),
        (["--parameters", "nowhere.yaml"], "nowhere.yaml: cannot be read (No such file or directory)"),
        (["--definitions", "who"], "definitions must be one of source, iwg2009"),
    ],
)
def test_build_refuses_parameters_before_it_starts(arguments: list[str], said: str, tmp_path: Path):
    run = itpbook("build", "--out", str(tmp_path / "book"), *arguments)
    assert run.exit_code == 2
    assert said in run.stderr
    assert not (tmp_path / "book").exists()


def test_build_refuses_records_before_it_starts(tmp_path: Path):
    run = itpbook("build", "--data", str(tmp_path / "nowhere"), "--out", str(tmp_path / "book"))
    assert run.exit_code == 1
    assert "no such folder" in run.stderr
    assert not (tmp_path / "book").exists()


@pytest.mark.parametrize(("given", "below"), [([], 5), (["-p", "suppress_below=8"], 8)], ids=["the file", "typed"])
def test_an_edition_goes_with_own_records_and_says_below_what_numbers_are_withheld(
    given: list[str], below: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    edition, built = tmp_path / "edition.yaml", list[tuple[dict[str, object], Edition | None]]()
    edition.write_text("title: Ours\nsuppress_below: 5\n", encoding="utf-8")

    def build(out: Path, values: dict[str, object], *, edition: Edition | None, **_: object) -> Path:
        built.append((values, edition))
        return out

    monkeypatch.setattr("itpbook.book.build.build", build)
    run = itpbook("build", "--data", str(tmp_path), "--edition", str(edition), *given)
    assert run.exit_code == 0
    ((values, own),) = built
    assert values == {"data_dir": str(tmp_path), "suppress_below": below}
    assert own is not None
    assert own.title == "Ours"
    run = itpbook("build", "--edition", str(edition))
    assert (run.exit_code, run.stderr) == (
        2,
        "--edition is of a centre's own records: give their folder with --data\n",
    )


def test_verify_of_other_records_compares_nothing_with_what_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def execute(work: Path, chosen: Chosen, **_: object) -> None:
        assert chosen["safety"]["data_dir"] == str(tmp_path)
        for path in project.CHAPTERS.glob("*.ipynb"):
            shutil.copyfile(path, work / path.name)

    monkeypatch.setattr(project, "BUILD", tmp_path / "build")
    monkeypatch.setattr("itpbook.book.execution.execute.execute_chapters", execute)
    run = itpbook("verify", "--data", str(tmp_path))
    assert run.exit_code == 0
    assert "as it should be: ledger: 63 published figures against the chapters executed now\n" in run.stdout
    assert run.stdout.count("only by itpbook verify alone") == len(CHECKS)


def test_conflicts_that_no_other_reading_mends_end_with_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    text = NINE.replace('printed: {percent: "33"}', 'printed: {count: "5"}')
    (tmp_path / "published.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(project, "LEDGER", tmp_path / "published.yaml")
    run = itpbook("conflicts", "--others", "0")
    assert run.exit_code == 1
    assert "conflict 1: n 9; women 44%; cough.women 5" in run.stdout


def test_bounds_of_the_book_are_shown_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, text in (("LEDGER", NINE), ("QUESTIONS", ASKED), ("DETERMINED", "{}")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        monkeypatch.setattr(project, name, tmp_path / name)
    run = itpbook("bounds", "old", "--jobs", "1")
    assert run.exit_code == 0
    assert "1 to 4" in run.stdout
    assert (tmp_path / "DETERMINED").read_text(encoding="utf-8") == "{}"
    run = itpbook("bounds", "--store", "--jobs", "1")
    assert (run.exit_code, run.stdout) == (0, f"{tmp_path / 'DETERMINED'}\n")
    ledger = shipped_ledger()
    assert shipped_determined(ledger, shipped_questions(ledger)).interval("old") is not None


def test_the_envelope_of_draws_is_written_and_says_of_how_many(tmp_path: Path):
    shutil.copytree(project.COHORT, tmp_path / "draws" / "draw-001")
    out = tmp_path / "envelope.csv"
    run = itpbook("envelope", str(tmp_path / "draws"), "--out", str(out), "--jobs", "1")
    assert (run.exit_code, run.stdout) == (0, f"{out}: curves of 1 draws\n")
    assert out.is_file()


def test_reconstruct_names_what_is_wrong_with_a_ledger(tmp_path: Path):
    wrong = project.LEDGER.read_text(encoding="utf-8").replace(
        'denominator: "31", percent: "61"', 'denominator: "31", percent: "62"'
    )
    (tmp_path / "ledger.yaml").write_text(wrong, encoding="utf-8")
    run = CliRunner().invoke(engine, ["reconstruct", str(tmp_path / "ledger.yaml"), "--out", str(tmp_path / "cohort")])
    assert run.exit_code == 1
    assert run.stderr == "efficacy.cr: 19 of 31 prints 61%, not 62%\n"
    assert not (tmp_path / "cohort").exists()


def test_wrong_usage_ends_with_two():
    assert itpbook("verify", "--no-such-option").exit_code == 2
    run = itpbook("verify", "--skip", "answer")
    assert (run.exit_code, run.stdout) == (2, "")
    assert run.stderr == (
        "--skip answer: no such check; the checks are chapters, questions, answers, records, envelope, example\n"
    )
