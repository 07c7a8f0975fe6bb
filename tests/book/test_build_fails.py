"""Builds that fail: which cell, why, where the log is; the old book as it was, finished chapters kept."""

from __future__ import annotations

import json
from pathlib import Path

from small_project import small_project

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
