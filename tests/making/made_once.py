"""What is made once for the whole run of the tests, and shared by the processes that run them side by side."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

Make = Callable[[Path], object]
MadeOnce = Callable[[str, Make], Path]
"""Takes the name of a folder and what fills it; returns the folder."""


def in_folder(shared: Path) -> MadeOnce:
    """Return what makes folders within another, each by the first process that asks for it."""

    def made_once(name: str, make: Make) -> Path:
        folder, whole = shared / name, shared / f"{name}.made"
        with FileLock(shared / f"{name}.lock"):
            if not whole.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                whole.touch()
        return folder

    return made_once
