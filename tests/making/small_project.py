"""A copy of the project with chapters that do next to nothing, and without what they do not use."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import v4

from itpbook import project
from itpbook.book.notebooks import notebook_text
from itpbook.parameters import CHAPTERS

PARTS = (
    *("implied", "itpbook", "data", "_static", "_config.yml", "requirements.txt", "requirements-book.txt"),
    *("CITATION.cff", "references.bib"),
)

TOC = (
    "format: jb-book\nroot: index\nchapters:\n"
    + "".join(f"- file: chapters/{name}\n" for name in CHAPTERS if name != "comparison")
    + "- file: pages/words\n"
)

NOTHING_AHEAD = "_FOR_THE_CHAPTERS, _FOR_VERIFICATION = (), ()\n\n\n"
"""What is imported before the first chapter: these chapters draw nothing and test nothing."""
NO_FONTS = "\n\ndef font_files() -> dict[str, bytes]:\n    return {}\n"
"""Cutting fonts takes longer than all that tests of a build are about."""


@dataclass(frozen=True)
class SmallProject:
    """The copy, and the folder that its book is built into."""

    root: Path
    out: Path

    @property
    def html(self) -> Path:
        """The built pages."""
        return self.out / "html"

    def command(self, *arguments: str) -> list[str]:
        """Return the command that builds the book."""
        return [sys.executable, "-m", "itpbook.commands.command_line", "build", "--out", str(self.out), *arguments]

    def start(self, *arguments: str, **given: Any) -> subprocess.Popen[str]:
        """Start a build in a session of its own."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **{"env": {**os.environ, "PYTHONPATH": str(self.root)}, **given},
        )

    def build(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Build the book and wait for it."""
        process = self.start(*arguments)
        said, complained = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, said, complained)

    def chapter(self, name: str, *sources: str, words: str = "") -> None:
        """Write a chapter: a title with some words, the cell of parameters, and other cells."""
        parameters = v4.new_code_cell("# Parameters", metadata={"tags": ["parameters"]})
        cells = [v4.new_markdown_cell(f"# {name.title()}\n\n{words}"), parameters, *map(v4.new_code_cell, sources)]
        for position, cell in enumerate(cells):
            cell["id"] = f"cell-{position}"
        metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        notebook = v4.writes(v4.new_notebook(cells=cells, metadata=metadata))
        path = self.root / "chapters" / f"{name}.ipynb"
        path.write_text(notebook_text(json.loads(notebook)), encoding="utf-8")

    def edit(self, file: str, change: Callable[[str], str]) -> None:
        """Change a file, and make sure that it did change."""
        path = self.root / file
        before = path.read_text(encoding="utf-8")
        after = change(before)
        assert after != before
        path.write_text(after, encoding="utf-8")


def small_project(folder: Path) -> SmallProject:
    """Make the copy; its chapters print a word each, and Verification how many chapters it finds."""
    root = folder / "project"
    for name in PARTS:
        source = project.ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            root.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, root / name)
    (root / "chapters").mkdir()
    (root / "pages" / "own").mkdir(parents=True)
    (root / "pages" / "own" / "words.md").write_text("# Words\n", encoding="utf-8")
    (root / "pages" / "words.md").write_text("# Words\n\nSome more words.\n", encoding="utf-8")
    (root / "_toc.yml").write_text(TOC, encoding="utf-8")
    (root / "index.md").write_text("# A small book\n\nSome words.\n", encoding="utf-8")
    made = SmallProject(root, folder / "out")
    for name in CHAPTERS:
        made.chapter(name, f"print('{name} was executed')")
    made.edit(
        "itpbook/book/execution/chapter_process.py",
        lambda text: text.replace("def main()", f"{NOTHING_AHEAD}def main()", 1),
    )
    made.edit("itpbook/sphinxext/fonts.py", lambda text: text + NO_FONTS)
    return made


def copy_of(project: SmallProject, folder: Path) -> SmallProject:
    """Copy a project with what was built of it."""
    for inner in (project.root, project.out):
        shutil.copytree(inner, folder / inner.name)
    return SmallProject(folder / project.root.name, folder / project.out.name)


def files(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder by their names."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
