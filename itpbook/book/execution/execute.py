"""Executing the chapters that have changed, those last that read the others, and following the process that does it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from implied.processors import cores
from itpbook import parameters, project
from itpbook.book.build_progress import Progress
from itpbook.book.execution.chapter_process import Plan
from itpbook.book.execution.child_processes import disk_error_in, environment
from itpbook.book.execution.stopped_chapters import ChapterError, failures_in
from itpbook.book.notebooks import code_of, notebook_text, read_notebook, with_outputs
from itpbook.book.reuse.build_keys import key_after
from itpbook.book.reuse.build_store import AlteredError, BuildStore
from itpbook.book.reuse.observed_inputs import Inputs, as_now, inputs_in

Chosen = Mapping[str, Mapping[str, Any]]
"""Parameters of each chapter, checked: what :func:`chosen_parameters` returns."""


def chosen_parameters(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Check parameters, and give each chapter those that it knows.

    Raises
    ------
    ParameterError
        When no chapter knows a name, or a value is impossible.
    """
    declared_names = {parameter.name for chapter in parameters.CHAPTERS.values() for parameter in chapter}
    unknown = [name for name in values if name not in declared_names]
    if unknown:
        names = ", ".join(sorted(declared_names - {"results_dir"}))
        raise parameters.ParameterError([f"unknown parameter {name!r}; the chapters know {names}" for name in unknown])
    chosen = {}
    for chapter, declared in parameters.CHAPTERS.items():
        own = {parameter.name for parameter in declared}
        chosen[chapter] = {name: value for name, value in values.items() if name in own}
        parameters.check(chapter, chosen[chapter])
    return chosen


def execute_chapters(
    target: Path,
    chosen: Chosen,
    *,
    source: Path = project.CHAPTERS,
    jobs: int = 0,
    logs: Path | None = None,
    reuse: tuple[BuildStore, Mapping[str, str]] | None = None,
    progress: Progress | None = None,
) -> Inputs | None:
    """Execute every chapter into a folder, those last that read the others.

    Parameters
    ----------
    target
        Folder for the executed notebooks; it must exist.
    chosen
        Parameters of each chapter, as :func:`chosen_parameters` gives them.
    source
        Folder of the chapters.
    jobs
        Chapters executed at a time; 0 for one per core, at most four.
    logs
        Folder for what is left of chapters that stop; without one only the message says so.
    reuse
        Chapters that were executed before, and the keys of all as they are now: a chapter with its key among them is
        not executed again, and every one that is executed is stored at once.
    progress
        Notified of every chapter and cell.

    Returns
    -------
    dict or None
        What all chapters read; None when that is not known of one of them.

    Raises
    ------
    ChapterError
        When chapters stop; all others are executed and stored.
    OSError
        When the disk is full, or the folder cannot be written to.
    """
    target, parameters_of = target.resolve(), {chapter: dict(values) for chapter, values in chosen.items()}
    for values in parameters_of.values():
        if values.get("data_dir"):
            # Chapters are executed in their own folder.
            values["data_dir"] = str(Path(values["data_dir"]).absolute())
    for name in _readers(chosen):
        parameters_of[name]["results_dir"] = str(target)
    run = _Run(source, target, parameters_of, jobs or min(cores(), 4), reuse, progress or Progress())
    run.execute()
    failures = failures_in(target, logs)
    if failures:
        raise ChapterError(failures)
    return None if run.unobserved else run.inputs


class _Run:
    """One run over the chapters: what is known is taken over, the rest executed by a process of its own."""

    def __init__(
        self,
        source: Path,
        target: Path,
        parameters_of: dict[str, dict[str, Any]],
        jobs: int,
        reuse: tuple[BuildStore, Mapping[str, str]] | None,
        progress: Progress,
    ) -> None:
        self.source, self.target, self.jobs, self.progress = source, target, jobs, progress
        self.parameters_of = parameters_of
        self.store = None if reuse is None else reuse[0]
        self.keys = {} if reuse is None else dict(reuse[1])
        self.inputs: Inputs = {}
        self.unobserved = False

    def execute(self) -> None:
        """Execute the chapters that are not known, then those that read them."""
        missing = self._missing([name for name in self.parameters_of if name not in parameters.AFTERWARDS])
        later = [] if missing else self._missing_readers()
        if not missing and not later:
            return
        with tempfile.TemporaryDirectory(dir=self.target, prefix=".scratch-") as folder:
            self.scratch = Path(folder)
            self._run(Plan(str(self.source), str(self.target), self.parameters_of, missing, self.jobs, folder), later)

    def _run(self, plan: Plan, later: list[str]) -> None:
        """Start the process that executes a plan, and follow it."""
        with (
            _in_memory(self.scratch) as messages,
            subprocess.Popen(
                [sys.executable, "-m", "itpbook.book.execution.chapter_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=messages,
                text=True,
                cwd=self.source,
                env=environment(self.scratch, self.store.fonts if self.store is not None else None),
            ) as process,
        ):
            try:
                _write_line(process, asdict(plan))
                for event in _events(process):
                    if event["event"] == "waiting":
                        _write_line(process, later or self._missing_readers())
                    elif event["event"] == "unwritable":
                        raise OSError(event["number"], os.strerror(event["number"]), event["path"])
                    else:
                        if event["event"] == "finished" and self.store is not None:
                            self._keep(self.store, event["chapter"])
                        getattr(self.progress, event["event"])(event["chapter"])
                failed = process.wait()
            finally:
                # Nothing that was started is left running when somebody interrupts.
                process.terminate()
            if failed and not any(self.target.glob("*.failure")):
                messages.seek(0)
                message = messages.read()
                disk_error = disk_error_in(message, self.target)
                raise disk_error or ChapterError([f"the chapters could not be executed: {message.strip()}"])

    def _keep(self, store: BuildStore, chapter: str) -> None:
        """Store a chapter, if it is known what it read, and that this is still the same."""
        inputs = inputs_in(self.scratch / f"{chapter}.notes", store.roots, [self.target, store.fonts])
        if inputs is None or as_now(inputs, store.roots) != inputs:
            self.unobserved = True
            self.progress.not_kept(chapter)
            return
        self.inputs |= inputs
        store.store_chapter(chapter, self.keys[chapter], inputs, read_notebook(self.target / f"{chapter}.ipynb"))

    def _missing(self, chapters: Sequence[str]) -> list[str]:
        """Take over the chapters that are known, and return the others."""
        missing: dict[str, int] = {}
        for name in chapters:
            notebook = read_notebook(self.source / f"{name}.ipynb")
            before = self._before(name)
            if before is None:
                # Parameters are a cell of their own.
                cells = sum(bool(code.strip()) for code, _ in code_of(notebook))
                missing[name] = cells + bool(self.parameters_of[name])
            else:
                executed, inputs = before
                self.inputs |= inputs
                text = notebook_text(with_outputs(notebook, executed))
                (self.target / f"{name}.ipynb").write_text(text, encoding="utf-8")
        self.progress.planned(missing, [name for name in chapters if name not in missing])
        return list(missing)

    def _before(self, chapter: str) -> tuple[dict[str, Any], Inputs] | None:
        """Return a chapter that was executed before from what is there now, and what it read."""
        if self.store is None:
            return None
        try:
            return self.store.chapter(chapter, self.keys[chapter])
        except AlteredError as error:
            self.progress.altered(chapter, str(error))
            return None

    def _missing_readers(self) -> list[str]:
        """Take over the known ones of the chapters that read the others, now that those are there; return the rest."""
        readers = _readers(self.parameters_of)
        others = [name for name in self.parameters_of if name not in readers]
        if self.store is not None:
            for name in readers:
                self.keys[name] = key_after(self.keys[name], self.target, others)
        return self._missing(readers)


def _readers(chosen: Chosen) -> list[str]:
    """Return the chapters that read the others."""
    return [name for name in chosen if name in parameters.AFTERWARDS]


def _in_memory(scratch: Path) -> IO[str]:
    """Return a file for what a process says: in memory where the system can, for the disk may be full."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("messages"), "w+", encoding="utf-8", errors="replace")
    return tempfile.TemporaryFile("w+", dir=scratch, encoding="utf-8", errors="replace")


def _write_line(process: subprocess.Popen[str], content: object) -> None:
    """Write a line of JSON to the process; when it has ended early, it has said why."""
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(content) + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        # What is left of the line is written once more, and fails again, when this end is closed.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


def _events(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    for line in process.stdout:
        # Whatever else a library may print there is not for us.
        if line.startswith('{"event"'):
            yield json.loads(line)
