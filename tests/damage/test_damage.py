"""Deliberate damage: each kind turns the right check red, and the undamaged project passes all of them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from itpbook import project
from itpbook.book.recomputed.shipped_checks import CHECKS

PARTS = (
    "implied",
    "itpbook",
    "chapters",
    "data",
    "pages",
    "_static",
    "_config.yml",
    "_toc.yml",
    "index.md",
    "references.bib",
)


class Copy:
    """A copy of the project to be damaged; commands run in it use its own package."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in PARTS:
            source = project.ROOT / name
            if source.is_dir():
                shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(source, root / name)
        (root / "tests" / "notebooks").mkdir(parents=True)
        guard = "tests/notebooks/test_stored_outputs.py"
        shutil.copyfile(project.ROOT / guard, root / guard)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root)},
            capture_output=True,
            text=True,
            check=False,
        )

    def itpbook(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("itpbook.commands.command_line", *arguments)

    def guard(self) -> subprocess.CompletedProcess[str]:
        return self.run("pytest", "-q", "-p", "no:cacheprovider", "tests/notebooks/test_stored_outputs.py")

    def nbval(self, chapter: str) -> subprocess.CompletedProcess[str]:
        options = ("-q", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env")
        return self.run("pytest", *options, f"chapters/{chapter}.ipynb")

    def change(self, file: str, change: Callable[[str], str]) -> None:
        path = self.root / file
        before = path.read_text(encoding="utf-8")
        after = change(before)
        assert after != before
        path.write_text(after, encoding="utf-8")


def skipping(*checks: str) -> list[str]:
    return [word for check in checks for word in ("--skip", check)]


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path / "project")


def one_word_more(text: str) -> str:
    """Return a chapter with a changed text among its stored outputs, which records no figure."""
    stored = json.loads(text)
    output = next(out for cell in stored["cells"] for out in cell.get("outputs", []) if "text/markdown" in out["data"])
    output["data"]["text/markdown"][0] = "Nearly " + output["data"]["text/markdown"][0]
    return json.dumps(stored)


def first_response_of_the_fastest() -> tuple[str, str]:
    """Return the line of the count at which the shortest time to response ends, and the same without a response."""
    from itpbook.records.cohort import load_cohort
    from itpbook.study.outcomes import derive

    cohort = load_cohort(project.COHORT)
    patients = derive(cohort)
    fastest = patients.loc[patients["time_to_response_days"].idxmin()]
    counts = cohort.platelets
    here = counts["patient_id"].eq(fastest["patient_id"]) & counts["day"].eq(fastest["time_to_response_days"])
    (count,) = counts.loc[here, "count"]
    start = f"{fastest['patient_id']},{fastest['time_to_response_days']:.0f},"
    return f"{start}{count:g}", f"{start}12"


def lines_of(run: subprocess.CompletedProcess[str], *results: str) -> list[str]:
    """Return the names of the checks that ended so."""
    return [
        line.split(": ")[1] for line in run.stdout.splitlines() if line.startswith(tuple(f"{r}: " for r in results))
    ]


def test_the_undamaged_copy_passes_every_check(copy: Copy):
    verified = copy.itpbook("verify", "--json", "verified.json")
    assert (verified.returncode, verified.stderr) == (0, "")
    checks = ["ledger", "chapters", "questions", "answers", "records", "envelope", "example"]
    assert lines_of(verified, "as it should be") == checks
    assert lines_of(verified, "not checked") == ["envelope"]
    assert re.search(r"^not checked: envelope: 194 other rows of data/envelope\.csv", verified.stdout, re.MULTILINE)
    written = json.loads((copy.root / "verified.json").read_text(encoding="utf-8"))["checks"]
    assert [check["name"] for check in written if check["result"] == "as it should be"] == checks
    assert copy.guard().returncode == 0
    assert copy.nbval("safety").returncode == 0


def test_stored_results_are_judged_without_executing_anything_and_it_says_so(copy: Copy):
    verified = copy.itpbook("verify", "chapters")
    assert (verified.returncode, verified.stderr) == (0, "")
    assert (
        "ledger: 63 published figures against the results stored in chapters; nothing was executed" in verified.stdout
    )
    assert lines_of(verified, "as it should be") == ["ledger"]
    assert lines_of(verified, "not checked") == list(CHECKS)


def test_a_dropped_patient_is_seen(copy: Copy):
    for name in ("patients", "treatments", "platelets", "adverse_events"):
        path = copy.root / "data" / "cohort" / f"{name}.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith("SYN-07,")), encoding="utf-8")
    run = copy.itpbook("verify", *skipping("answers", "records", "envelope", "example"))
    assert run.returncode == 1
    assert lines_of(run, "not checked") == ["answers", "records", "envelope", "example"]
    assert "not as published: cohort.n\n" in run.stderr
    assert "moved: cohort.n (literal reading): stored 31, now 30\n" in run.stderr


def test_damage_in_every_place_is_named_by_one_run(copy: Copy):
    """A count, what moves with it, outputs that record no figure, the envelope and the example."""
    found, damaged = first_response_of_the_fastest()
    copy.change("data/cohort/platelets.csv", lambda text: text.replace(f"{found}\n", f"{damaged}\n"))
    copy.change("chapters/refusals.ipynb", one_word_more)
    copy.change("chapters/determined.ipynb", lambda text: text.replace('"alt": "Rows', '"alt": "Columns', 1))
    copy.change("data/envelope.csv", lambda text: text.replace("\n0,0.0,", "\n0,0.1,", 1))
    copy.change("data/example/redcap_export.csv", lambda text: text.replace(";F;", ";M;", 1))
    run = copy.itpbook("verify", *skipping("answers"))
    assert run.returncode == 1
    assert lines_of(run, "differs") == ["ledger", "chapters", "records", "envelope", "example"]
    for named in (
        r"moved: efficacy\.time_to_response \(literal reading\): stored 30 \[7-270\], now ",
        r"chapters/refusals\.ipynb, cell \d+ \([\w-]+\), output 1, text/markdown: stored …",
        r"chapters/determined\.ipynb, cell \d+ \(figure-conflicts\), output 1, alternative text: stored …",
        rf"data/cohort/platelets\.csv, line \d+: stored ….*{damaged}.*…, now ….*{found}",
        r"data/envelope\.csv, line 2 \(draw 0\): stored …0,0\.1,",
        r"data/example/redcap_export\.csv, line \d+: stored …",
    ):
        assert re.search(named, run.stderr), named


def test_a_patient_left_in_pieces_is_refused(copy: Copy):
    copy.change("data/cohort/patients.csv", lambda text: re.sub(r"SYN-07,.*\n", "", text))
    run = copy.itpbook("validate", "data/cohort")
    assert run.returncode == 1
    assert re.search(r"\"SYN-07\"  a patient of patients\.csv", run.stderr)


def test_an_edited_output_is_seen_by_nbval(copy: Copy):
    copy.change(
        "chapters/safety.ipynb", lambda text: text.replace('"printed": "13/31 (42%)"', '"printed": "13/31 (43%)"')
    )
    run = copy.nbval("safety")
    assert run.returncode == 1
    assert "mismatch 'application/vnd.itpbook.result+json'" in run.stdout


def test_an_edited_picture_is_seen_by_nbval(copy: Copy):
    copy.change("chapters/safety.ipynb", lambda text: text.replace("stroke: #", "stroke: #f", 1))
    assert copy.nbval("safety").returncode == 1


def test_a_stripped_notebook_is_seen_by_the_guard(copy: Copy):
    def strip(text: str) -> str:
        notebook = json.loads(text)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)
        return json.dumps(notebook)

    copy.change("chapters/cohort.ipynb", strip)
    run = copy.guard()
    assert run.returncode == 1
    assert "test_every_code_cell_ran_and_in_order[cohort]" in run.stdout
    verified = copy.itpbook("verify", "chapters")
    assert verified.returncode == 1
    assert "cohort.ipynb: cell 2 was never executed" in verified.stderr


def test_an_impossible_figure_in_the_ledger_is_refused(copy: Copy):
    copy.change(
        "data/published.yaml", lambda text: text.replace('count: "11", percent: "35"', 'count: "11", percent: "36"')
    )
    run = copy.itpbook("verify", "chapters")
    assert run.returncode == 1
    assert run.stderr == "cohort.ana: 11 of 31 prints 35%, not 36%\n"


def test_a_possible_but_wrong_figure_in_the_ledger_differs(copy: Copy):
    copy.change(
        "data/published.yaml", lambda text: text.replace('count: "11", percent: "35"', 'count: "12", percent: "39"')
    )
    run = copy.itpbook("verify", "chapters")
    assert run.returncode == 1
    assert "1 differs" in run.stdout
    assert run.stderr == "not as published: cohort.ana\n"


def test_a_broken_chapter_stops_the_build_and_leaves_the_book_that_was_there(copy: Copy):
    pages = copy.root / "_build" / "html"
    pages.mkdir(parents=True)
    (pages / "index.html").write_text("the book that was there", encoding="utf-8")
    copy.change("chapters/safety.ipynb", lambda text: text.replace('patients[\\"died\\"]', 'patients[\\"dyed\\"]'))
    run = copy.itpbook("build")
    assert run.returncode == 1
    assert re.search(r"chapter safety stopped in cell \d+: KeyError: 'dyed'", run.stderr)
    assert (pages / "index.html").read_text(encoding="utf-8") == "the book that was there"
    assert sorted(path.name for path in (copy.root / "_build").iterdir()) == [".kept", ".lock", "html", "logs"]


def test_a_broken_reference_in_the_prose_stops_the_build(copy: Copy):
    copy.change("index.md", lambda text: text.replace("{claim}`cohort.n`", "{claim}`cohort.size`", 1))
    run = copy.itpbook("build")
    assert run.returncode == 1
    assert "unknown figure 'cohort.size'" in run.stderr
    assert not (copy.root / "_build" / "html").exists()
