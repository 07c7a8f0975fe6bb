"""What a book was made from: the project's commit, and the packages that did the work.

Nothing here names a moment or a place, so that the same inputs give the same words anywhere.
"""

from __future__ import annotations

import platform
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from itpbook import project

PACKAGES = ("jupyter-book", "papermill", "pandas", "numpy", "scipy", "matplotlib", "seaborn")
"""Packages whose version can change what a reader sees or what is computed; the lock has all of them."""


@dataclass(frozen=True)
class Commit:
    """The state of the project in its repository.

    ``name`` is the commit in hexadecimal digits, None where there is no repository or no git; ``changed`` says whether
    files that belong to the repository differ from it.
    """

    name: str | None
    changed: bool = False

    @property
    def remark(self) -> str:
        """What a reader must know besides the name; empty where it says everything."""
        if self.name is None:
            return "not known: this copy of the project is no git repository"
        return "with changes that are not committed" if self.changed else ""


def commit(root: Path = project.ROOT) -> Commit:
    """Return the commit that a folder is at, if it is the root of a repository of its own."""
    inside = _git(root, "rev-parse", "--show-toplevel")
    if inside is None or Path(inside).resolve() != root.resolve():
        return Commit(None)
    name = _git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    return Commit(name or None, bool(_git(root, "status", "--porcelain", "--untracked-files=no")))


def _git(root: Path, *arguments: str) -> str | None:
    """Return what git prints, None where it fails or there is none."""
    # Without the lock that a status takes to refresh its index: several builds may look at once.
    command = ["git", "--no-optional-locks", "-C", str(root), *arguments]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return run.stdout.strip() if run.returncode == 0 else None


def software() -> dict[str, str]:
    """Return the version of Python and of each of :data:`PACKAGES`, by name."""
    return {"Python": platform.python_version(), **{name: version(name) for name in PACKAGES}}
