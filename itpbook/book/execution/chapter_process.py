"""Chapters executed by papermill, each in a fork of one process that has imported everything once.

``python -m itpbook.book.execution.chapter_process`` reads a :class:`Plan` as a line of JSON from standard input. It
writes a line of JSON for each event to standard output: a chapter that ``started``, a ``cell`` of it that was executed,
a chapter that is ``finished`` or ``failed``, or one that is ``unwritable``, with the ``number`` of the system's error
and the ``path``. When all chapters of the plan are finished it says ``waiting``, and executes those that another line
names: they read what the first ones recorded.

A chapter appears in the plan's target folder when it has succeeded. Of one that failed, what was executed stays there
under its name with ``.running`` behind it, and what stopped it as a :class:`Failure` with ``.failure`` behind it.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import signal
import sys
import traceback
import warnings
from dataclasses import asdict, dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from implied.files.unfinished import write_whole
from itpbook.book.execution.child_processes import disk_error_in, end_with_parent
from itpbook.book.notebooks import notebook_text, read_notebook, scrubbed
from itpbook.book.reuse.observed_inputs import observe

_FOR_THE_KERNEL = ("itpbook.book.execution.in_process_engine", "ipykernel.inprocess.ipkernel", "ipykernel.debugger")
_FOR_THE_CHAPTERS = (
    "itpbook.book.chapter",
    "itpbook.presentation.figures",
    "itpbook.results.remarks",
    "itpbook.presentation.tables",
    "matplotlib.backends.backend_svg",
    "scipy.stats",
    "seaborn",
)
_UNWRITABLE = 3
"""Exit code of a chapter's process that could not write what it made."""
_FOR_VERIFICATION = ("implied.determine.contradicted",)


@dataclass(frozen=True)
class Plan:
    """Which chapters to execute, where from and to, with which parameters, and how many at a time.

    They are independent of each other; ``parameters`` are those of the chapters that read them, too.
    """

    source: str
    target: str
    parameters: dict[str, dict[str, Any]]
    chapters: list[str]
    jobs: int
    notes: str
    """Folder for what each chapter reads: ``<chapter>.notes``, see :mod:`itpbook.book.reuse.observed_inputs`."""


@dataclass(frozen=True)
class Failure:
    """Why a chapter stopped: the number of the cell in its notebook, its source, and the error."""

    cell: int | None
    source: str
    error: str
    traceback: str


def main() -> int:
    """Execute the plan on standard input; return how many chapters failed."""
    end_with_parent()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    plan = Plan(**json.loads(sys.stdin.readline()))
    for name in (*_FOR_THE_KERNEL, *_FOR_THE_CHAPTERS):
        importlib.import_module(name)
    failed = _execute_all(plan, plan.chapters, _FOR_VERIFICATION)
    if not failed:
        _say("waiting", "")
        failed = _execute_all(plan, json.loads(sys.stdin.readline() or "[]"), ())
    return failed


def _say(event: str, chapter: str, **more: str | int) -> None:
    """Write an event; a line is short enough to be written whole, whatever other chapters write."""
    os.write(1, (json.dumps({"event": event, "chapter": chapter, **more}) + "\n").encode())


def _execute_all(plan: Plan, chapters: list[str], meanwhile: tuple[str, ...]) -> int:
    """Execute chapters, ``jobs`` at a time, and import what comes later ``meanwhile``."""
    context = multiprocessing.get_context("fork")
    waiting, running, failed = list(chapters), list[BaseProcess](), 0
    try:
        while waiting or running:
            while waiting and len(running) < plan.jobs:
                _say("started", waiting[0])
                process: BaseProcess = context.Process(target=_execute, args=(plan, waiting[0]), name=waiting.pop(0))
                with warnings.catch_warnings():
                    # Libraries keep threads of their own; none of them is used before the fork.
                    warnings.simplefilter("ignore", DeprecationWarning)
                    process.start()
                running.append(process)
            if not waiting:
                for name in meanwhile:
                    importlib.import_module(name)
            wait([process.sentinel for process in running])
            for process in [process for process in running if not process.is_alive()]:
                process.join()
                running.remove(process)
                if process.exitcode != 0:
                    failed += 1
                    _explain(plan, process)
    finally:
        for process in running:
            process.kill()
    return failed


def _explain(plan: Plan, process: BaseProcess) -> None:
    """Say that a chapter failed whose process ended without a word: the system may have ended it."""
    note = Path(plan.target) / f"{process.name}.failure"
    if not note.exists() and process.exitcode != _UNWRITABLE:
        _fail(plan, process.name, Failure(None, "", f"its process ended with exit code {process.exitcode}", ""))


def _fail(plan: Plan, chapter: str, failure: Failure) -> None:
    (Path(plan.target) / f"{chapter}.failure").write_text(json.dumps(asdict(failure)), encoding="utf-8")
    _say("failed", chapter)


def _execute(plan: Plan, chapter: str) -> None:
    """Execute one chapter in this process and end it, at once: a kernel leaves threads behind."""
    end_with_parent()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        failure = _run(plan, chapter)
        if failure is not None:
            _fail(plan, chapter, failure)
            os._exit(1)
    except OSError as error:
        _say("unwritable", chapter, number=error.errno or 0, path=str(error.filename or plan.target))
        os._exit(_UNWRITABLE)
    _say("finished", chapter)
    os._exit(0)


def _run(plan: Plan, chapter: str) -> Failure | None:
    """Execute one chapter and write it, or what was executed of it; return why it stopped.

    Raises
    ------
    OSError
        When the disk is full or read-only.
    """
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    from itpbook.book.execution import in_process_engine

    in_process_engine.register()
    running = Path(plan.target) / f"{chapter}.running"
    try:
        execute_notebook(
            _literal(Path(plan.source) / f"{chapter}.ipynb"),
            _literal(running),
            parameters=plan.parameters[chapter],
            engine_name=in_process_engine.NAME,
            progress_bar=False,
            before_cells=lambda: observe(Path(plan.notes) / f"{chapter}.notes"),
            each_cell=lambda: _say("cell", chapter),
        )
        write_whole(running.with_suffix(".ipynb"), notebook_text(scrubbed(read_notebook(running))).encode())
        running.unlink()
    except PapermillExecutionError as error:
        message = f"{error.ename}: {error.evalue}"
        disk_error = disk_error_in(message, Path(plan.target))
        if disk_error is not None:
            raise disk_error from error
        return Failure(_number(running), error.source, message, "\n".join(error.traceback))
    except OSError:
        raise
    except Exception as error:  # whatever it is, it must reach the person and not only this process
        return Failure(None, "", f"{type(error).__name__}: {error}", traceback.format_exc())
    return None


def _literal(path: Path) -> str:
    """Return a path as papermill takes it: braces would be names of parameters to it."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _number(running: Path) -> int | None:
    """Count the cells of a chapter up to the one that stopped, without those that papermill put in."""
    number = 0
    for cell in read_notebook(running)["cells"]:
        number += not {"injected-parameters", "papermill-error-cell-tag"} & set(cell["metadata"].get("tags", []))
        if any(output["output_type"] == "error" for output in cell.get("outputs", [])):
            return number
    return None


if __name__ == "__main__":
    sys.exit(main())
