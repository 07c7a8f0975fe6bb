"""A centre's door: papermill itself, from any working directory, on any records. It costs a kernel, so it runs once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from executed_cohorts import execute, plan

from itpbook import project
from itpbook.book.notebooks import notebook_text, read_notebook
from itpbook.results import read_results

LAST = "record-response"
"""The last cell of a chapter that is to be refused: what follows would not be executed."""


def write_beginning(path: Path) -> None:
    """Write the chapter on efficacy up to the numbers of responses."""
    chapter = read_notebook(project.CHAPTERS / "efficacy.ipynb")
    ids = [cell["id"] for cell in chapter["cells"]]
    chapter["cells"] = chapter["cells"][: ids.index(LAST) + 1]
    path.write_text(notebook_text(chapter), encoding="utf-8")


def papermill(chapter: Path, out: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("papermill")
    command = [str(program), str(chapter), str(out), "--no-progress-bar", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_a_chapter_runs_from_anywhere_on_a_relative_folder_with_other_thresholds(tmp_path: Path):
    shutil.copytree(project.COHORT, tmp_path / "our patients")
    (tmp_path / "executed").mkdir()
    run = papermill(
        project.CHAPTERS / "efficacy.ipynb",
        tmp_path / "executed" / "efficacy.ipynb",
        *("-p", "data_dir", "our patients", "-p", "cr_threshold", "150", "-p", "confirmation_days", "7"),
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stderr
    (found,) = [result for result in read_results(tmp_path / "executed") if result.id == "efficacy.cr"]
    (stored,) = [result for result in read_results(project.CHAPTERS) if result.id == "efficacy.cr"]
    assert found.N == stored.N
    assert found.n < stored.n


REFUSED = {
    "several": (
        {"cr_treshold": 100, "cr_threshold": "100", "confirmation_days": 1.5},
        (
            "unknown parameter 'cr_treshold'; chapter efficacy knows data_dir, definitions",
            "cr_threshold must be a number above 0 (count for complete response, 10^9/L)",
            "confirmation_days must be a whole number of at least 0",
        ),
    ),
    "impossible": ({"response_lower": 120}, ("response_lower",)),
    "folder": ({"data_dir": "nowhere"}, ("no such folder",)),
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what stopped the chapter each time; papermill runs it in a process that is warm."""
    folder = tmp_path_factory.mktemp("refused")
    (folder / "chapters").mkdir()
    for name in REFUSED:
        write_beginning(folder / "chapters" / f"{name}.ipynb")
    parameters = {name: given for name, (given, _) in REFUSED.items()}
    execute([plan(folder / "chapters", folder / "executed", parameters)])
    return folder / "executed"


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_stops_with_a_sentence(name: str, refused: Path):
    error = json.loads((refused / f"{name}.failure").read_text(encoding="utf-8"))["error"]
    assert all(sentence in error for sentence in REFUSED[name][1]), error
