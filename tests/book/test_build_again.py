"""Builds that follow another: nothing, or only what has changed, and always the bytes of a build from nothing."""

from __future__ import annotations

import os
import re
import shutil
import signal
from pathlib import Path
from typing import NamedTuple

import pytest
from build_sessions import ended, until
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


STOPPED_AT = ("to be executed: ", "executed: ", "compiling the pages")
"""Lines at which builds are killed, one after the other."""
CHANGED = ["cohort", "determined", "efficacy", "example", "methods", "refusals", "remarks"]
"""Chapters that are executed again, besides those that read the others."""


class Rebuilt(NamedTuple):
    """A project that was changed, what builds of it printed that were killed, the pages then, and the last build."""

    project: SmallProject
    before: dict[str, bytes]
    printed: list[list[str]]
    pages: list[dict[str, bytes]]
    last: list[str]


@pytest.fixture(scope="module")
def rebuilt(built_small_project: SmallProject, tmp_path_factory: pytest.TempPathFactory) -> Rebuilt:
    """Change what chapters use, each another thing, and what pages show; build, and kill all builds but the last."""
    project = copy_of(built_small_project, tmp_path_factory.mktemp("changed"))
    # An example's export and command, a module, a file that was not there, a listing, records, what a chapter does and
    # Verification reads, a kept chapter; and for words of a chapter no cell is executed.
    project.edit("data/example/redcap_export.csv", lambda text: re.sub("(?m)^MADE-UP-14;.*\n", "", text))
    project.edit("itpbook/commands/import_commands.py", lambda text: text.replace("no problem found", "nothing amiss"))
    project.edit("implied/numbers/units.py", lambda text: text.replace('"""', '"""Another beginning. ', 1))
    (project.root / "settings.txt").write_text("settings at last", encoding="utf-8")
    (project.root / "_static" / "one.txt").write_text("one", encoding="utf-8")
    project.edit("data/cohort/patients.csv", lambda text: text + "\n")
    project.edit("chapters/cohort.ipynb", lambda text: text.replace('\\"csv\\": \\"1', '\\"csv\\": \\"2'))
    project.edit("chapters/cohort.ipynb", lambda text: text.replace("display({", "print('executed anew'); display({"))
    kept = project.out / ".kept" / "refusals.json"
    forged = kept.read_text(encoding="utf-8").replace("refusals was executed", "refusals was forged")
    kept.write_text(forged, encoding="utf-8")
    project.chapter("safety", "print('safety was executed')", words="Other words.")
    project.edit("index.md", lambda text: text + "\nAnd some at the end.\n")
    project.edit(f"itpbook/sphinxext/static/{STYLE}", lambda text: text + "/* another style */")
    project.edit("_static/favicon.svg", lambda text: text + "<!-- another picture -->")
    project.edit("pages/words.md", lambda text: text + "Another page.")
    project.edit("itpbook/sphinxext/title_block.py", lambda text: text + "# another extension\n")
    project.edit("data/reporting.yaml", lambda text: text + "# read by pages only\n")
    project.edit("_config.yml", lambda text: re.sub("(?m)^title:.*", "title: Another edition", text))
    before, printed, pages = files(project.html), [], []
    for line in STOPPED_AT:
        process = project.start()
        printed.append(until(process, line))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert ended(process.pid)
        pages.append(files(project.html))
    run = project.build()
    assert run.returncode == 0, run.stderr
    return Rebuilt(project, before, printed, pages, run.stderr.splitlines())


@pytest.fixture(scope="module")
def changed(rebuilt: Rebuilt) -> SmallProject:
    """The project that was changed and built again."""
    return rebuilt.project


def planned(lines: list[str]) -> list[list[str]]:
    """Return the chapters that a build was about to execute, those that read the others apart."""
    plans = [line for line in lines if line.startswith("to be executed: ")]
    return [sorted(line.removeprefix("to be executed: ").split(", ")) for line in plans]


def test_only_chapters_are_executed_that_use_what_has_changed(rebuilt: Rebuilt):
    first, _, whole = rebuilt.printed
    kept = rebuilt.project.out / ".kept" / "refusals.json"
    assert first[0] == f"{kept}: was changed since it was written; refusals is executed again"
    assert planned(first) == [CHANGED]
    assert planned(whole)[1:] == [sorted(AFTERWARDS)]


def test_a_build_that_was_killed_goes_on_from_what_was_executed(rebuilt: Rebuilt):
    _, second, whole = rebuilt.printed
    (ahead,), left = planned(second), planned(whole)[0]
    (finished,) = executed("\n".join(second))
    assert set(ahead) <= set(CHANGED)
    assert set(left) <= set(ahead) - {finished}
    assert executed("\n".join(whole)) == sorted([*left, *AFTERWARDS])
    assert planned(rebuilt.last) == []
    assert rebuilt.last[-1] == "compiling the pages"


def test_killed_while_real_chapters_and_pages_are_made_the_book_is_the_old_one(rebuilt: Rebuilt):
    assert [pages == rebuilt.before for pages in rebuilt.pages] == [True] * len(STOPPED_AT)
    assert set(files(rebuilt.project.html)) == {*rebuilt.before, "_static/one.txt"}
    assert sorted(path.name for path in rebuilt.project.out.iterdir()) == [".kept", ".lock", "html"]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("chapters/example.html", "13 patients, nothing amiss"),
        ("chapters/efficacy.html", "Another beginning."),
        ("chapters/determined.html", "settings at last"),
        ("chapters/remarks.html", "one.txt"),
        ("chapters/cohort.html", "executed anew"),
        ("chapters/safety.html", "Other words."),
        ("chapters/refusals.html", "refusals was executed"),
        ("index.html", "And some at the end."),
        ("index.html", "Another edition"),
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
