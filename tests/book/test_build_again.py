"""Builds that follow another: nothing, or only what has changed, and always the bytes of a build from nothing."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from small_project import SmallProject, copy_of, files

from itpbook.parameters import AFTERWARDS, CHAPTERS

STYLE = "claim.css"
EXECUTED_FIRST = [name for name in CHAPTERS if name not in AFTERWARDS]


@pytest.fixture
def project(built_small_project: SmallProject, tmp_path: Path) -> SmallProject:
    """A copy of the built project, to be changed."""
    return copy_of(built_small_project, tmp_path)


def executed(said: str) -> list[str]:
    lines = [line.removeprefix("executed: ") for line in said.splitlines() if line.startswith("executed: ")]
    return sorted(line.partition(" ")[0] for line in lines)


def test_first_build_says_what_it_does(built_small_project: SmallProject):
    folder = built_small_project.root.parent
    assert (folder / "stdout").read_text(encoding="utf-8") == f"{built_small_project.html / 'index.html'}\n"
    lines = (folder / "stderr").read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"to be executed: {', '.join(EXECUTED_FIRST)}"
    assert not [line for line in lines if "not kept" in line]
    assert "executed: cohort (3 cells)" in lines
    assert f"to be executed: {', '.join(AFTERWARDS)}" in lines
    assert lines[-1] == "compiling the pages"


def test_unchanged_project_is_not_built_again(project: SmallProject):
    before = files(project.out)
    run = project.build()
    assert run.returncode == 0
    assert run.stdout == f"{project.html / 'index.html'}\n"
    assert run.stderr == "nothing to do: nothing has changed since the last build\n"
    assert files(project.out) == before


@pytest.fixture(scope="module")
def changed(built_small_project: SmallProject, tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    """A copy that was changed and built twice; each time only the chapters were executed that use what had changed."""
    project = copy_of(built_small_project, tmp_path_factory.mktemp("changed"))
    # What a chapter reads or imports, an example's export and command, a file that was not there; and what pages show:
    # for words of a chapter, too, no cell is executed.
    project.edit("data/example/redcap_export.csv", lambda text: re.sub("(?m)^MADE-UP-14;.*\n", "", text))
    project.edit("itpbook/commands/import_commands.py", lambda text: text.replace("no problem found", "nothing amiss"))
    project.edit("implied/numbers/units.py", lambda text: text.replace('"""', '"""Another beginning. ', 1))
    project.edit("data/published.yaml", lambda text: text.replace("{label: Sex,", "{label: Another label,"))
    (project.root / "settings.txt").write_text("settings at last", encoding="utf-8")
    project.chapter("safety", "print('safety was executed')", words="Other words.")
    project.edit("index.md", lambda text: text + "\nAnd some at the end.\n")
    project.edit(f"itpbook/sphinxext/static/{STYLE}", lambda text: text + "/* another style */")
    project.edit("_static/favicon.svg", lambda text: text + "<!-- another picture -->")
    project.edit("pages/words.md", lambda text: text + "Another page.")
    project.edit("itpbook/sphinxext/title_block.py", lambda text: text + "# another extension\n")
    project.edit("data/reporting.yaml", lambda text: text + "# read by pages only\n")
    run = project.build()
    assert run.returncode == 0, run.stderr
    assert executed(run.stderr) == ["determined", "efficacy", "example", "remarks"]

    # What a chapter does, a figure that Verification reads, a listing, records, a kept chapter that was edited.
    project.chapter("safety", "print('safety was executed anew')", words="Other words.")
    project.edit("chapters/cohort.ipynb", lambda text: text.replace('\\"csv\\": \\"1', '\\"csv\\": \\"2'))
    (project.root / "_static" / "one.txt").write_text("one", encoding="utf-8")
    project.edit("data/cohort/patients.csv", lambda text: text + "\n")
    kept = project.out / ".kept" / "refusals.json"
    forged = kept.read_text(encoding="utf-8").replace("refusals was executed", "refusals was forged")
    kept.write_text(forged, encoding="utf-8")
    run = project.build()
    assert run.returncode == 0, run.stderr
    assert run.stderr.splitlines()[0] == f"{kept}: was changed since it was written; refusals is executed again"
    assert executed(run.stderr) == [
        "cohort",
        "comparison",
        "determined",
        "methods",
        "refusals",
        "safety",
        "verification",
    ]
    return project


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("chapters/example.html", "13 patients, nothing amiss"),
        ("chapters/efficacy.html", "Another beginning."),
        ("chapters/remarks.html", "Another label"),
        ("chapters/determined.html", "settings at last"),
        ("chapters/determined.html", "one.txt"),
        ("chapters/safety.html", "Other words."),
        ("chapters/safety.html", "executed anew"),
        ("chapters/refusals.html", "refusals was executed"),
        ("index.html", "And some at the end."),
        (f"_static/{STYLE}", "another style"),
        ("_static/favicon.svg", "another picture"),
        ("pages/words.html", "Another page."),
    ],
)
def test_change_of_each_kind_of_file_is_shown(page: str, words: str, changed: SmallProject):
    """An example whose export or command changed stayed stale; so would have what reads any other file."""
    assert words in (changed.html / page).read_text(encoding="utf-8")


LATER = """
import time

_LATER = 3 * 366 * 86400
_time, _localtime, _gmtime = time.time, time.localtime, time.gmtime
time.time = lambda: _time() + _LATER
time.time_ns = lambda: int(time.time() * 1e9)
time.localtime = lambda seconds=None: _localtime(time.time() if seconds is None else seconds)
time.gmtime = lambda seconds=None: _gmtime(time.time() if seconds is None else seconds)
"""
"""Sets the clock of every Python that is started three years ahead."""


def test_built_from_nothing_at_another_moment_by_another_person_it_is_the_same(changed: SmallProject, tmp_path: Path):
    folder = tmp_path / "a person's {folder} – ß"
    shutil.copytree(changed.root, folder / "project", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("home", "later", "temporary"):
        (folder / name).mkdir()
    (folder / "later" / "sitecustomize.py").write_text(LATER, encoding="utf-8")
    (folder / "home" / ".config" / "matplotlib").mkdir(parents=True)
    (folder / "home" / ".config" / "matplotlib" / "matplotlibrc").write_text("font.size: 30", encoding="utf-8")
    elsewhere = {
        "PYTHONPATH": os.pathsep.join([str(folder / "project"), str(folder / "later")]),
        "SOURCE_DATE_EPOCH": "86400",
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "temporary"),
        "USER": "somebody",
        "LOGNAME": "somebody",
        "LANG": "tr_TR.UTF-8",
        "LC_ALL": "tr_TR.UTF-8",
        "LANGUAGE": "tr",
        "TZ": "Pacific/Kiritimati",
        "PYTHONHASHSEED": "42",
        "COLUMNS": "40",
        "MPLBACKEND": "cairo",
        "FORCE_COLOR": "1",
    }
    other = SmallProject(folder / "project", folder / "out")
    before = os.umask(0o077)
    try:
        process = other.start(env={**os.environ, **elsewhere})
        _, complained = process.communicate()
    finally:
        os.umask(before)
    assert process.returncode == 0, complained
    pages, as_before = files(other.html), files(changed.html)
    assert sorted(pages) == sorted(as_before)
    assert [name for name in pages if pages[name] != as_before[name]] == []
    assert sorted(path.name for path in other.out.iterdir()) == [".kept", ".lock", "html"]
    assert list((folder / "temporary").iterdir()) == []


def test_chapters_can_be_stored_when_there_is_nothing_to_build(project: SmallProject):
    run = project.build("--store")
    assert run.stderr.splitlines()[-1] == "nothing to do: nothing has changed since the last build"
    assert run.stdout == f"{project.html / 'index.html'}\n"
    stored = (project.root / "chapters" / "safety.ipynb").read_text(encoding="utf-8")
    assert "safety was executed" in stored.partition('"outputs"')[2]
    assert project.build().stderr == "nothing to do: nothing has changed since the last build\n"
