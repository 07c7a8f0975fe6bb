"""Builds that follow another: nothing, or only what has changed, and always the bytes of a build from nothing."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from small_project import SmallProject, files, small_project

from itpbook.parameters import AFTERWARDS, CHAPTERS

LOOKED_FOR = """
try:
    print((ROOT / "settings.txt").read_text())
except FileNotFoundError:
    print("no settings")
print(sorted(path.name for path in (ROOT / "_static").glob("*.txt")))
"""
STYLE = "claim.css"
EXECUTED_FIRST = [name for name in CHAPTERS if name not in AFTERWARDS]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    project = small_project(tmp_path_factory.mktemp("again"))
    recorded = '{"application/vnd.itpbook.data.v1+json": {"name": "small", "csv": "1"}, "text/plain": "a figure"}'
    project.chapter("cohort", "from IPython.display import display", f"display({recorded}, raw=True)")
    # As the chapters of the book do: an example with real commands, the ledger, a module, records, what may be there.
    walk = "from itpbook.intake.walkthrough import Walkthrough\nwalk = Walkthrough()"
    command = "walk.run('itpbook import-redcap redcap_export.csv --mapping mapping.yaml --out mine')"
    project.chapter("example", walk, command, "walk.end()")
    project.chapter("remarks", "from itpbook.shipped import shipped_ledger", "shipped_ledger().attributes['sex'].label")
    project.chapter("efficacy", "from implied.numbers import units", "print(units.__doc__)")
    project.chapter(
        "methods", "from itpbook.project import COHORT", "print(len((COHORT / 'patients.csv').read_bytes()))"
    )
    project.chapter("determined", "from itpbook.project import ROOT", LOOKED_FOR)
    run = project.build()
    assert run.returncode == 0, run.stderr
    assert run.stdout == f"{project.html / 'index.html'}\n"
    assert run.stderr.splitlines()[0] == f"to be executed: {', '.join(EXECUTED_FIRST)}"
    assert "not kept" not in run.stderr
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


def test_change_of_each_kind_of_file_is_shown_and_only_its_chapters_are_executed(project: SmallProject):
    """An example whose export or command changed stayed stale; so would have what reads any other file."""
    project.edit("data/example/redcap_export.csv", lambda text: re.sub("(?m)^MADE-UP-14;.*\n", "", text))
    project.edit("itpbook/commands/import_commands.py", lambda text: text.replace("no problem found", "nothing amiss"))
    project.edit("implied/numbers/units.py", lambda text: text.replace('"""', '"""Another beginning. ', 1))
    project.edit("data/published.yaml", lambda text: text.replace("{label: Sex,", "{label: Another label,"))
    project.edit(f"itpbook/sphinxext/static/{STYLE}", lambda text: text + "/* another style */")
    project.edit("_static/favicon.svg", lambda text: text + "<!-- another picture -->")
    project.edit("pages/words.md", lambda text: text + "Another page.")
    project.edit("itpbook/sphinxext/title_block.py", lambda text: text + "# another extension\n")
    project.edit("data/reporting.yaml", lambda text: text + "# read by pages only\n")
    (project.root / "settings.txt").write_text("settings at last", encoding="utf-8")
    run = project.build()
    assert run.returncode == 0, run.stderr
    assert executed(run.stderr) == ["determined", "efficacy", "example", "remarks"]

    def shows(page: str, words: str) -> bool:
        return words in (project.html / page).read_text(encoding="utf-8")

    assert shows("chapters/example.html", "13 patients, nothing amiss")
    assert shows("chapters/efficacy.html", "Another beginning.")
    assert shows("chapters/remarks.html", "Another label")
    assert shows("chapters/determined.html", "settings at last")
    assert shows(f"_static/{STYLE}", "another style")
    assert shows("_static/favicon.svg", "another picture")
    assert shows("pages/words.html", "Another page.")

    # A listing, and records; a finished page and a kept chapter that were edited are not trusted.
    (project.root / "_static" / "one.txt").write_text("one", encoding="utf-8")
    project.edit("data/cohort/patients.csv", lambda text: text + "\n")
    kept = project.out / ".kept" / "safety.json"
    kept.write_text(
        kept.read_text(encoding="utf-8").replace("safety was executed", "safety was forged"), encoding="utf-8"
    )
    page = project.html / "chapters" / "cohort.html"
    page.write_bytes(page.read_bytes().replace(b"Cohort", b"Tohorc"))
    run = project.build()
    assert run.returncode == 0, run.stderr
    assert run.stderr.splitlines()[0] == f"{kept}: was changed since it was written; safety is executed again"
    assert executed(run.stderr) == ["determined", "methods", "safety"]
    assert shows("chapters/determined.html", "one.txt")
    assert shows("chapters/safety.html", "safety was executed")
    assert shows("chapters/cohort.html", "Cohort")


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


def test_another_moment_person_and_machine_give_the_same_pages(built: SmallProject, tmp_path: Path):
    folder = tmp_path / "a person's {folder} – ß"
    shutil.copytree(built.root, folder / "project", ignore=shutil.ignore_patterns("__pycache__"))
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
    pages, as_before = files(other.html), files(built.html)
    assert sorted(pages) == sorted(as_before)
    assert [name for name in pages if pages[name] != as_before[name]] == []
    assert sorted(path.name for path in other.out.iterdir()) == [".kept", ".lock", "html"]
    assert list((folder / "temporary").iterdir()) == []


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
    stored = (project.root / "chapters" / "safety.ipynb").read_text(encoding="utf-8")
    assert "safety was executed" in stored.partition('"outputs"')[2]
    assert project.build().stderr == "nothing to do: nothing has changed since the last build\n"


def test_parameters_have_the_chapters_executed_that_know_them(project: SmallProject):
    run = project.build("-p", "cr_threshold=120")
    assert run.returncode == 0, run.stderr
    knowing = [name for name, known in CHAPTERS.items() if "cr_threshold" in {each.name for each in known}]
    assert executed(run.stderr) == sorted(knowing)
