"""Builds that follow another: nothing, or only what has changed, and always the bytes of a build from nothing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from book.small_project import SmallProject, files, small_project

from itpbook.parameters import AFTERWARDS, CHAPTERS

EXECUTED_FIRST = [name for name in CHAPTERS if name not in AFTERWARDS]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    project = small_project(tmp_path_factory.mktemp("again"))
    recorded = '{"application/vnd.itpbook.data.v1+json": {"name": "small", "csv": "1"}, "text/plain": "a figure"}'
    project.chapter("cohort", "from IPython.display import display", f"display({recorded}, raw=True)")
    run = project.build()
    assert run.returncode == 0, run.stderr
    assert run.stdout == f"{project.html / 'index.html'}\n"
    assert run.stderr.splitlines()[0] == f"to be executed: {', '.join(EXECUTED_FIRST)}"
    assert "executed: cohort (3 cells)" in run.stderr.splitlines()
    assert f"to be executed: {', '.join(AFTERWARDS)}" in run.stderr.splitlines()
    assert run.stderr.splitlines()[-1] == "compiling the pages"
    return project


@pytest.fixture
def project(built: SmallProject, tmp_path: Path) -> SmallProject:
    """A copy of the built project, to be changed."""
    for folder in (built.root, built.out):
        shutil.copytree(folder, tmp_path / folder.name)
    return SmallProject(tmp_path / built.root.name, tmp_path / built.out.name)


def executed(said: str) -> list[str]:
    lines = [line.removeprefix("executed: ") for line in said.splitlines() if line.startswith("executed: ")]
    return sorted(line.partition(" ")[0] for line in lines)


def test_unchanged_project_is_not_built_again(project: SmallProject):
    before = files(project.out)
    run = project.build()
    assert run.returncode == 0
    assert run.stdout == f"{project.html / 'index.html'}\n"
    assert run.stderr == "nothing to do: nothing has changed since the last build\n"
    assert files(project.out) == before


def test_changes_are_built_and_nothing_else(project: SmallProject):
    # Words of a chapter: no cell is executed for them.
    project.chapter("safety", "print('safety was executed')", words="Other words.")
    project.edit("index.md", lambda text: text + "\nAnd some at the end.\n")
    run = project.build()
    assert run.returncode == 0, run.stderr
    assert executed(run.stderr) == []
    assert "Other words." in (project.html / "chapters" / "safety.html").read_text(encoding="utf-8")
    assert "And some at the end." in (project.html / "index.html").read_text(encoding="utf-8")

    # What a chapter does, and a figure that Verification reads.
    project.chapter("safety", "print('safety was executed anew')", words="Other words.")
    project.edit("chapters/cohort.ipynb", lambda text: text.replace('\\"csv\\": \\"1', '\\"csv\\": \\"2'))
    run = project.build()
    assert run.returncode == 0, run.stderr
    assert executed(run.stderr) == ["cohort", "comparison", "safety", "verification"]
    assert "executed anew" in (project.html / "chapters" / "safety.html").read_text(encoding="utf-8")

    # The same as all at once, whatever was kept.
    whole = replace(project, out=project.out.with_name("whole"))
    assert whole.build("--fresh").returncode == 0
    assert files(project.html) == files(whole.html)


def test_page_that_somebody_changed_or_removed_is_made_again(project: SmallProject):
    before = files(project.html)
    (project.html / "chapters" / "safety.html").unlink()
    run = project.build()
    assert (run.returncode, executed(run.stderr)) == (0, [])
    assert files(project.html) == before


def test_chapters_can_be_stored_when_there_is_nothing_to_build(project: SmallProject):
    run = project.build("--store")
    assert run.stderr.splitlines()[-1] == "nothing to do: nothing has changed since the last build"
    assert run.stdout == f"{project.html / 'index.html'}\n"
    stored = (project.root / "chapters" / "methods.ipynb").read_text(encoding="utf-8")
    assert "methods was executed" in stored.partition('"outputs"')[2]
    assert project.build().stderr == "nothing to do: nothing has changed since the last build\n"


def test_parameters_have_the_chapters_executed_that_know_them(project: SmallProject):
    run = project.build("-p", "cr_threshold=120")
    assert run.returncode == 0, run.stderr
    knowing = [name for name, known in CHAPTERS.items() if "cr_threshold" in {each.name for each in known}]
    assert executed(run.stderr) == sorted(knowing)
