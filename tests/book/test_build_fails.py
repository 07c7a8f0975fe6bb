"""Builds that fail: which cell, why, where the log is; the old book as it was, finished chapters kept."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress as Bars
from small_project import small_project

from itpbook.book.build_progress import Bar
from itpbook.book.execution.execute import _write_line, chosen_parameters, execute_chapters
from itpbook.book.execution.stopped_chapters import ChapterError, failures_in
from itpbook.book.notebooks import NotebookError, read_notebook
from itpbook.parameters import AFTERWARDS, CHAPTERS


def test_all_chapters_that_stop_are_named_and_the_others_are_kept(tmp_path: Path):
    project = small_project(tmp_path)
    project.html.mkdir(parents=True)
    (project.html / "index.html").write_text("the book that was there", encoding="utf-8")
    project.chapter("cohort", "print('so far, so good')", "1 / 0")
    project.chapter("safety", "import os, signal", "os.kill(os.getpid(), signal.SIGKILL)")
    run = project.build()
    logs = project.out / "logs"
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.splitlines()[-2:] == [
        "chapter cohort stopped in cell 4: ZeroDivisionError: division by zero"
        f" (log: {logs / 'cohort.log'}; executed so far: {logs / 'cohort.failed.ipynb'})",
        f"chapter safety stopped: its process ended with exit code -9 (log: {logs / 'safety.log'};"
        f" executed so far: {logs / 'safety.failed.ipynb'})",
    ]
    log = (logs / "cohort.log").read_text(encoding="utf-8")
    assert "1 / 0" in log
    assert "Traceback" in log
    assert "\x1b" not in log
    cells = json.loads((logs / "cohort.failed.ipynb").read_text(encoding="utf-8"))["cells"]
    assert any("so far, so good" in str(cell.get("outputs")) for cell in cells)
    assert (project.html / "index.html").read_text(encoding="utf-8") == "the book that was there"
    assert sorted(path.name for path in project.out.iterdir()) == [".kept", ".lock", "html", "logs"]

    # The next build goes on with what was finished, and a page that cannot be compiled changes nothing, either.
    project.chapter("cohort", "print('so far, so good')")
    project.chapter("safety", "print('safe')", words="{claim}`cohort.nothing`")
    run = project.build()
    assert run.returncode == 1
    assert "unknown figure 'cohort.nothing'" in run.stderr
    others = [name for name in CHAPTERS if name not in ("cohort", "safety", *AFTERWARDS)]
    assert run.stderr.splitlines()[0] == f"kept from an earlier build: {', '.join(others)}"
    assert run.stderr.splitlines()[1] == "to be executed: cohort, safety"
    assert (project.html / "index.html").read_text(encoding="utf-8") == "the book that was there"
    assert sorted(path.name for path in project.out.iterdir()) == [".kept", ".lock", "html"]


def test_chapter_that_is_no_notebook_is_named(tmp_path: Path):
    project = small_project(tmp_path)
    (project.root / "chapters" / "cohort.ipynb").write_text("no notebook", encoding="utf-8")
    run = project.build()
    assert run.returncode == 1
    assert run.stderr == f"{project.root / 'chapters' / 'cohort.ipynb'}: is no notebook\n"
    assert not project.out.exists()


def test_cells_without_text_are_no_notebook(tmp_path: Path):
    (tmp_path / "safety.ipynb").write_text('{"cells": [{"cell_type": "code", "source": 1}]}', encoding="utf-8")
    with pytest.raises(NotebookError, match=r"safety\.ipynb: is no notebook"):
        read_notebook(tmp_path / "safety.ipynb")


ENDS_EARLY = """#!/bin/sh
read plan
echo a library says something
echo '{"event": "waiting"}'
read later
echo "$plan $later" >&2
exit 1
"""


@pytest.mark.parametrize("in_memory", [True, False], ids=["in memory", "on the disk"])
def test_process_that_ends_without_a_word_on_any_chapter_is_quoted(
    in_memory: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    program = tmp_path / "python"
    program.write_text(ENDS_EARLY, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.chdir(tmp_path)
    if not in_memory:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    with pytest.raises(ChapterError, match=r"^the chapters could not be executed: \{") as error:
        execute_chapters(tmp_path, chosen_parameters({"data_dir": "records"}))
    assert f'"data_dir": "{tmp_path / "records"}"' in str(error.value)
    assert str(error.value).endswith(json.dumps(list(AFTERWARDS)))
    program.write_text(f"#!/bin/sh\necho '{os.strerror(errno.ENOSPC)}' >&2\nexit 1\n", encoding="utf-8")
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        execute_chapters(tmp_path, chosen_parameters({}))


def test_line_to_a_process_that_has_ended_is_lost_without_an_error_of_its_own():
    with subprocess.Popen(["true"], stdin=subprocess.PIPE, text=True) as process:
        process.wait()
        _write_line(process, ["a plan"])


def test_half_of_an_executed_chapter_is_not_offered(tmp_path: Path):
    failure = {"cell": 1, "source": "1 / 0", "error": "ZeroDivisionError", "traceback": "Traceback"}
    (tmp_path / "safety.failure").write_text(json.dumps(failure), encoding="utf-8")
    (tmp_path / "safety.running").write_text('{"cells": [', encoding="utf-8")
    sentence, logs = "chapter safety stopped in cell 1: ZeroDivisionError", tmp_path / "logs"
    assert failures_in(tmp_path, None) == [sentence]
    assert failures_in(tmp_path, logs) == [f"{sentence} (log: {logs / 'safety.log'})"]
    assert (logs / "safety.log").read_text(encoding="utf-8") == f"{sentence}\n\n1 / 0\n\nTraceback\n"
    assert [path.name for path in logs.iterdir()] == ["safety.log"]


def test_bar_of_a_chapter_that_stopped_goes_and_a_line_stays():
    bars = Bars(console=(console := Console(file=(said := io.StringIO()))))
    bar = Bar(console, bars)
    bar.planned({"safety": 3}, [])
    bar.started("safety")
    assert len(bars.tasks) == 2
    bar.failed("safety")
    assert len(bars.tasks) == 1
    assert said.getvalue().splitlines()[-1] == "stopped: safety"
