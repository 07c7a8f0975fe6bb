"""The way of an invented centre from its export to records that a book can be made of, walked by the real commands."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import weakref
from pathlib import Path

from itpbook import project
from itpbook.intake.example import EXPORT, LINK, MAPPING
from itpbook.presentation.terminal_text import TerminalText
from itpbook.records.cohort import load_cohort
from itpbook.results.formatting import print_share
from itpbook.study.outcomes import derive

_WIDTH = "96"
"""Columns of the terminal that the commands print to."""
_PROGRAM = (sys.executable, "-c", "from itpbook.commands.command_line import app; app(prog_name='itpbook')")


class Walkthrough:
    """Runs commands one after the other in a folder that holds the centre's export, its mapping and its link file.

    Nothing that is shown names the folder.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.end = weakref.finalize(self, shutil.rmtree, self.folder)
        """Removes the folder; where a chapter is executed no finalizer is called by itself."""
        for name in (EXPORT, MAPPING, LINK):
            shutil.copyfile(project.EXAMPLE / name, self.folder / name)

    def run(self, command: str, *, refused: bool = False, lines: int | None = None) -> TerminalText:
        """Run a command line of ``itpbook`` and show it with what it prints.

        Parameters
        ----------
        command
            As a person types it; its files lie in the folder.
        refused
            Whether the command is expected to refuse what it is given (exit code 1).
        lines
            How many lines to show at most; how many are left out is said.

        Raises
        ------
        RuntimeError
            When it ends otherwise than expected, with what it said.
        """
        environment = {**os.environ, "COLUMNS": _WIDTH, "NO_COLOR": "1"}
        ran = subprocess.run(
            [*_PROGRAM, *shlex.split(command)[1:]],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        printed = [line.rstrip() for line in ran.stdout.replace(str(self.folder), ".").splitlines()]
        if ran.returncode != (1 if refused else 0):
            msg = f"{command} ended with {ran.returncode}: " + "\n".join(printed)
            raise RuntimeError(msg)
        if lines is not None and len(printed) > lines:
            printed = [*printed[:lines], f"… and {len(printed) - lines} more lines"]
        return TerminalText((("", "\n".join([f"$ {command}", *printed])),))

    def responses(self, folder: str) -> TerminalText:
        """Say how many of the imported patients responded, derived from their counts."""
        response = derive(load_cohort(self.folder / folder))["response"].astype(str)
        total, lines = len(response), []
        for words, kinds in (("Response or complete response", ["R", "CR"]), ("Complete response", ["CR"])):
            count = int(response.isin(kinds).sum())
            lines.append(f"{words}: {print_share(count, total)}")
        return TerminalText((("", "\n".join(lines)),))
