"""A copy of the project, to be built or damaged; commands run in it use its own packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from itpbook import project

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
    "requirements.txt",
    "requirements-book.txt",
    "CITATION.cff",
)
"""What a build reads."""


@dataclass(frozen=True)
class ProjectCopy:
    """The copy in a folder."""

    root: Path

    def environment(self, **more: str) -> dict[str, str]:
        """Return the variables with which Python finds the packages of the copy."""
        return {**os.environ, "PYTHONPATH": str(self.root), **more}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the copy."""
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=self.root, env=self.environment(), capture_output=True, text=True, check=False
        )

    def itpbook(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the copy."""
        return self.run("-m", "itpbook.commands.command_line", *arguments)

    def edit(self, file: str, change: Callable[[str], str]) -> None:
        """Change a file, and make sure that it did change."""
        path = self.root / file
        before = path.read_text(encoding="utf-8")
        after = change(before)
        assert after != before
        path.write_text(after, encoding="utf-8")


def copy_parts(root: Path, parts: Iterable[str] = PARTS) -> ProjectCopy:
    """Copy parts of the project to a folder."""
    root.mkdir(parents=True, exist_ok=True)
    for name in parts:
        source = project.ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, root / name)
    return ProjectCopy(root)
