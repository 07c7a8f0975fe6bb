"""A small book and a small project, each built once; tests that change one get a copy of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from handmade_book import Book, handmade
from made_once import MadeOnce
from small_project import SmallProject, small_project


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Return a small book that was built; tests only read it."""
    built = handmade(tmp_path_factory.mktemp("book")).build()
    assert not built.failed, built.warnings
    return built


@pytest.fixture
def own_book(tmp_path: Path) -> Book:
    """Return a small book, not yet built, to be damaged."""
    return handmade(tmp_path)


LOOKED_FOR = """
try:
    print((ROOT / "settings.txt").read_text())
except FileNotFoundError:
    print("no settings")
"""
LISTED = 'print(sorted(path.name for path in (ROOT / "_static").glob("*.txt")))'
CHAPTERS_THAT_READ = {
    "cohort": (
        "from IPython.display import display",
        'display({"application/vnd.itpbook.data.v1+json": {"name": "small", "csv": "1"}, "text/plain": "a"}, raw=True)',
    ),
    "example": (
        "from itpbook.intake.walkthrough import Walkthrough\nwalk = Walkthrough()",
        "walk.run('itpbook import-redcap redcap_export.csv --mapping mapping.yaml --out mine')",
        "walk.end()",
    ),
    "remarks": ("from itpbook.project import ROOT", LISTED),
    "efficacy": ("from implied.numbers import units", "print(units.__doc__)"),
    "methods": ("from itpbook.project import COHORT", "print(len((COHORT / 'patients.csv').read_bytes()))"),
    "determined": ("from itpbook.project import ROOT", LOOKED_FOR),
}
"""As the chapters of the book do: an example with real commands, a module, records, a folder, what may be there."""


@pytest.fixture(scope="session")
def built_small_project(made_once: MadeOnce) -> SmallProject:
    """Return a project that was built, with what that printed in ``stdout`` and ``stderr`` beside it."""

    def make(folder: Path) -> None:
        project = small_project(folder)
        for name, sources in CHAPTERS_THAT_READ.items():
            project.chapter(name, *sources)
        run = project.build()
        assert run.returncode == 0, run.stderr
        (folder / "stdout").write_text(run.stdout, encoding="utf-8")
        (folder / "stderr").write_text(run.stderr, encoding="utf-8")

    folder = made_once("small", make)
    return SmallProject(folder / "project", folder / "out")
