"""Executing chapters through papermill, several at a time, and leaving nothing of the machine in them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from itpbook import parameters, project
from itpbook.book.failures import ChapterError, failures_in
from itpbook.book.kept import Kept
from itpbook.book.keys import key_after
from itpbook.book.notebooks import code_of, notebook_text, read_notebook, with_outputs
from itpbook.book.progress import Progress
from itpbook.book.run_chapters import Plan

_QUIET = {
    # One thread per chapter: chapters run side by side, and a process without further threads can be forked safely.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # The kernel offers a debugger, which warns about itself.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def execute_chapters(
    target: Path,
    values: Mapping[str, Any],
    *,
    source: Path = project.CHAPTERS,
    jobs: int = 0,
    logs: Path | None = None,
    known: tuple[Kept, Mapping[str, str]] | None = None,
    progress: Progress | None = None,
    idle: Callable[[], None] = lambda: None,
) -> None:
    """Execute every chapter into a folder, those last that read the others.

    Parameters
    ----------
    target
        Folder for the executed notebooks; it must exist.
    values
        Parameters by name; each chapter takes those it knows.
    source
        Folder of the chapters.
    jobs
        Chapters executed at a time; 0 for one per core, at most four.
    logs
        Folder for what is left of chapters that stop; without one only the message says so.
    known
        Chapters that were executed before, and the keys of all as they are now: a chapter with its key among them is
        not executed again, and every one that is executed is kept at once.
    progress
        Told of every chapter and cell.
    idle
        Called once, when fewer chapters are left than could be executed at a time.

    Raises
    ------
    ParameterError
        Before anything runs, when a parameter is unknown, of the wrong type or impossible.
    ChapterError
        When chapters stop; all others are executed and kept.
    """
    given = chosen_parameters(values)
    readers = list(parameters.AFTERWARDS)
    for name in readers:
        given[name]["results_dir"] = str(target)
    run = _Run(source, target, given, jobs or min(project.cores(), 4), known, progress or Progress(), idle)
    run.execute([name for name in given if name not in readers], readers)
    failures = failures_in(target, logs)
    if failures:
        raise ChapterError(failures)


class _Run:
    """One run over the chapters: what is known is taken over, the rest executed by a process of its own."""

    def __init__(
        self,
        source: Path,
        target: Path,
        given: dict[str, dict[str, Any]],
        jobs: int,
        known: tuple[Kept, Mapping[str, str]] | None,
        progress: Progress,
        idle: Callable[[], None],
    ) -> None:
        self.source, self.target, self.given, self.jobs = source, target, given, jobs
        self.kept = known[0] if known is not None else None
        self.keys = dict(known[1]) if known is not None else {}
        self.progress, self.idle, self.left = progress, idle, 0

    def execute(self, chapters: list[str], readers: list[str]) -> None:
        """Execute the chapters that are not known, then those that read them."""
        missing = self._missing(chapters)
        later = [] if missing else self._missing_readers(chapters, readers)
        self._free(len(missing))
        if not missing and not later:
            return
        plan = Plan(str(self.source), str(self.target), self.given, missing, self.jobs)
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
            with subprocess.Popen(
                [sys.executable, "-m", "itpbook.book.run_chapters"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                env={**os.environ, **_QUIET},
            ) as process:
                try:
                    _tell(process, asdict(plan))
                    for event, chapter in _events(process):
                        if event == "waiting":
                            _tell(process, later or self._missing_readers(chapters, readers))
                        else:
                            self._note(event, chapter)
                    failed = process.wait()
                finally:
                    # Nothing that was started is left running when somebody interrupts.
                    process.terminate()
            if failed and not any(self.target.glob("*.failure")):
                said.seek(0)
                raise ChapterError([f"the chapters could not be executed: {said.read().strip()}"])

    def _note(self, event: str, chapter: str) -> None:
        """See to a chapter as soon as something happens to it."""
        if event == "finished":
            if self.kept is not None:
                self.kept.keep_chapter(chapter, self.keys[chapter], self.target / f"{chapter}.ipynb")
            self.left -= 1
            self._free(self.left)
        told: dict[str, Callable[[str], None]] = {
            "started": self.progress.started,
            "cell": self.progress.cell,
            "finished": self.progress.finished,
            "failed": self.progress.failed,
        }
        told[event](chapter)

    def _missing(self, chapters: Sequence[str]) -> list[str]:
        """Take over the chapters that are known, and return the others."""
        missing: dict[str, int] = {}
        for name in chapters:
            notebook = read_notebook(self.source / f"{name}.ipynb")
            before = self.kept.chapter(name, self.keys[name]) if self.kept is not None else None
            if before is None:
                # Parameters are a cell of their own.
                missing[name] = sum(bool(code.strip()) for code, _ in code_of(notebook)) + bool(self.given[name])
            else:
                executed = read_notebook(before)
                text = notebook_text(with_outputs(notebook, executed))
                (self.target / f"{name}.ipynb").write_text(text, encoding="utf-8")
        self.progress.planned(missing, [name for name in chapters if name not in missing])
        self.left = len(missing)
        return list(missing)

    def _missing_readers(self, chapters: list[str], readers: list[str]) -> list[str]:
        """Do the same for chapters that read the others, now that those are there."""
        if self.kept is not None:
            for name in readers:
                self.keys[name] = key_after(self.keys[name], self.target, chapters)
        return self._missing(readers)

    def _free(self, left: int) -> None:
        """Say once that there is a processor to spare."""
        if left < self.jobs:
            self.idle()
            self.idle = lambda: None


def _tell(process: subprocess.Popen[str], what: object) -> None:
    """Write a line to the process; when it has ended early, it has said why."""
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(json.dumps(what) + "\n")
        process.stdin.flush()


def _events(process: subprocess.Popen[str]) -> Iterator[tuple[str, str]]:
    assert process.stdout is not None
    for line in process.stdout:
        # Whatever else a library may print there is not for us.
        if line.startswith('{"event"'):
            found = json.loads(line)
            yield found["event"], found["chapter"]


def chosen_parameters(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give each chapter the parameters it knows, and check them.

    Raises
    ------
    ParameterError
        When no chapter knows a name, or a value is impossible.
    """
    known = {parameter.name for chapter in parameters.CHAPTERS.values() for parameter in chapter}
    unknown = [name for name in values if name not in known]
    if unknown:
        names = ", ".join(sorted(known - {"results_dir"}))
        raise parameters.ParameterError([f"unknown parameter {name!r}; the chapters know {names}" for name in unknown])
    chosen = {}
    for chapter, declared in parameters.CHAPTERS.items():
        own = {parameter.name for parameter in declared}
        chosen[chapter] = {name: value for name, value in values.items() if name in own}
        parameters.check(chapter, chosen[chapter])
    return chosen
