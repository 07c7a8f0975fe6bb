"""`itpbook verify` of a copy of the project, which takes over chapters that a build of the undamaged one executed.

Run as ``python verify_with_kept.py OUT EXECUTED ARGUMENT…`` in the copy. ``OUT`` is the folder of a book. Without
``EXECUTED``, chapters are taken over that were made from what the copy holds; with names, separated by commas, these
are executed and all others are taken over, whatever the copy holds, and of the draws only the shipped one is made.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from itpbook import project
from itpbook.book.execution import execute
from itpbook.book.execution.execute import Chosen
from itpbook.book.recomputed import shipped_checks
from itpbook.book.reuse.build_keys import chapter_keys
from itpbook.book.reuse.build_store import BuildStore
from itpbook.book.reuse.observed_inputs import Inputs, roots_of
from itpbook.commands.command_line import app


class TakenOver(BuildStore):
    """Chapters of another build, which are not kept anew."""

    def __init__(self, out: Path, executed: set[str]) -> None:
        super().__init__(out, roots_of(None))
        self.executed = executed

    def chapter(self, name: str, key: str) -> tuple[dict[str, Any], Inputs] | None:
        """Return a chapter that need not be executed."""
        if not self.executed:
            return super().chapter(name, key)
        entry = self._read(name)
        return None if name in self.executed else (entry["notebook"], entry["inputs"])

    def store_chapter(self, name: str, key: str, inputs: Inputs, notebook: Mapping[str, Any]) -> None:
        """Leave the other build as it is."""


def main() -> None:
    """Run the command."""
    out, named, *arguments = sys.argv[1:]
    executed, really = set(filter(None, named.split(","))), execute.execute_chapters

    def taking_over(target: Path, chosen: Chosen, **more: Any) -> Inputs | None:
        keys = chapter_keys(chosen, project.CHAPTERS)
        return really(target, chosen, reuse=(TakenOver(Path(out), executed), keys), **more)

    execute.execute_chapters = taking_over
    if executed:
        shipped_checks.SAMPLE = 0
    app(["verify", *arguments])


if __name__ == "__main__":
    main()
