"""Chapters executed by papermill, each in a fork of one process that has imported everything once.

``python -m itpbook.book.run_chapters`` reads a :class:`Plan` as a line of JSON from standard input. It writes a line
of JSON for each event to standard output: a chapter that ``started``, a ``cell`` of it that was executed, a chapter
that is ``finished`` or ``failed``. When all chapters of the plan are finished it says ``waiting``, and executes those
that another line names: they read what the first ones recorded.

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

from itpbook.book.children import end_with_parent
from itpbook.book.notebooks import notebook_text, read_notebook, scrubbed

_IMPORTED_ONCE = (
    "itpbook.book.engine",
    "itpbook.chapter",
    "itpbook.figures",
    "itpbook.remarks",
    "itpbook.tables",
    "great_tables",
    "lifelines",
    "matplotlib.backends.backend_svg",
    "scipy.stats",
    "seaborn",
)
_FOR_VERIFICATION = ("itpbook.determined.contradicted",)


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
    for name in _IMPORTED_ONCE:
        importlib.import_module(name)
    failed = _execute_all(plan, plan.chapters, _FOR_VERIFICATION)
    if not failed:
        _say("waiting", "")
        failed = _execute_all(plan, json.loads(sys.stdin.readline() or "[]"), ())
    return failed


def _say(event: str, chapter: str) -> None:
    """Write an event; a line is short enough to be written whole, whatever other chapters write."""
    os.write(1, (json.dumps({"event": event, "chapter": chapter}) + "\n").encode())


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
    if not note.exists():
        failure = Failure(None, "", f"its process ended with exit code {process.exitcode}", "")
        note.write_text(json.dumps(asdict(failure)), encoding="utf-8")
        _say("failed", process.name)


def _execute(plan: Plan, chapter: str) -> None:
    """Execute one chapter in this process and end it, at once: a kernel leaves threads behind."""
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    from itpbook.book import engine

    end_with_parent()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    engine.register()
    failure = None
    running = Path(plan.target) / f"{chapter}.running"
    try:
        execute_notebook(
            str(Path(plan.source) / f"{chapter}.ipynb"),
            str(running),
            parameters=plan.parameters[chapter],
            engine_name=engine.NAME,
            progress_bar=False,
            each_cell=lambda: _say("cell", chapter),
        )
        whole = running.with_suffix(".whole")
        notebook = read_notebook(running)
        whole.write_text(notebook_text(scrubbed(notebook)), encoding="utf-8")
        whole.rename(running.with_suffix(".ipynb"))
        running.unlink()
    except PapermillExecutionError as error:
        failure = Failure(_number(running), error.source, f"{error.ename}: {error.evalue}", "\n".join(error.traceback))
    except Exception as error:  # whatever it is, it must reach the person and not only this process
        failure = Failure(None, "", f"{type(error).__name__}: {error}", traceback.format_exc())
    if failure is not None:
        running.with_suffix(".failure").write_text(json.dumps(asdict(failure)), encoding="utf-8")
    _say("finished" if failure is None else "failed", chapter)
    os._exit(0 if failure is None else 1)


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
