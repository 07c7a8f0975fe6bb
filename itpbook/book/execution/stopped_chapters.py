"""Chapters that stopped: the message about each, and what is left to look at."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from itpbook.book.execution.chapter_process import Failure
from itpbook.book.notebooks import NotebookError, notebook_text, read_notebook, scrubbed

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class ChapterError(RuntimeError):
    """Chapters stopped; the message names each with the cell, gives the error and says where the log is."""

    def __init__(self, failures: Sequence[str]) -> None:
        self.failures = tuple(failures)
        super().__init__("\n".join(failures))


def failures_in(target: Path, logs: Path | None) -> list[str]:
    """Say in a sentence of each chapter that stopped in a folder why it did, and move what is left of it to the logs.

    Parameters
    ----------
    target
        Folder that the chapters were executed into.
    logs
        Folder for ``<chapter>.log`` with the cell and its traceback, and ``<chapter>.failed.ipynb`` with what was
        executed; made when it is needed.
    """
    try:
        return [_sentence(path, logs) for path in sorted(target.glob("*.failure"))]
    except OSError:
        # Half a log would explain nothing.
        if logs is not None:
            shutil.rmtree(logs, ignore_errors=True)
        raise


def _sentence(note: Path, logs: Path | None) -> str:
    failure = Failure(**json.loads(note.read_text(encoding="utf-8")))
    in_cell = "" if failure.cell is None else f" in cell {failure.cell}"
    sentence = f"chapter {note.stem} stopped{in_cell}: {failure.error}"
    if logs is None:
        return sentence
    logs.mkdir(parents=True, exist_ok=True)
    log, notebook = logs / f"{note.stem}.log", logs / f"{note.stem}.failed.ipynb"
    parts = (sentence, failure.source, _COLOURS.sub("", failure.traceback))
    log.write_text("\n\n".join(part.strip() for part in parts if part.strip()) + "\n", encoding="utf-8")
    try:
        executed = scrubbed(read_notebook(note.with_suffix(".running")))
    except (OSError, NotebookError):
        # A process that was ended may have been writing it.
        return f"{sentence} (log: {log})"
    notebook.write_text(notebook_text(executed), encoding="utf-8")
    return f"{sentence} (log: {log}; executed so far: {notebook})"
