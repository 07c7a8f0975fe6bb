"""Chapters executed by papermill, each in a fork of one process that has imported everything once.

``python -m itpbook.book.run_chapters`` reads a :class:`Plan` as JSON from standard input and writes one JSON object
per failed chapter (chapter, cell, error) to standard output. A chapter appears in the plan's target folder when it has
succeeded; what was executed of one that failed stays there under its name with ``.running`` behind it.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import sys
import warnings
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from itpbook.book.notebooks import notebook_text, scrubbed

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

    ``chapters`` are independent of each other; those of ``afterwards`` wait until all of them are done.
    """

    source: str
    target: str
    parameters: dict[str, dict[str, Any]]
    chapters: list[str]
    afterwards: list[str]
    jobs: int


def main() -> int:
    """Execute the plan on standard input; return how many chapters failed."""
    plan = Plan(**json.load(sys.stdin))
    for name in _IMPORTED_ONCE:
        importlib.import_module(name)
    failed = _execute_all(plan, plan.chapters, _FOR_VERIFICATION)
    if not failed:
        failed = _execute_all(plan, plan.afterwards, ())
    return failed


def _execute_all(plan: Plan, chapters: list[str], meanwhile: tuple[str, ...]) -> int:
    """Execute chapters, ``jobs`` at a time, and import what comes later ``meanwhile``."""
    context = multiprocessing.get_context("fork")
    waiting, running, failed = list(chapters), list[BaseProcess](), 0
    while waiting or running:
        while waiting and len(running) < plan.jobs:
            process: BaseProcess = context.Process(target=_execute, args=(plan, waiting.pop(0)))
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
            failed += process.exitcode != 0
            running.remove(process)
    return failed


def _execute(plan: Plan, chapter: str) -> None:
    """Execute one chapter in this process and end it, at once: a kernel leaves threads behind."""
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    from itpbook.book import engine

    engine.register()
    code = 0
    running = Path(plan.target) / f"{chapter}.running"
    try:
        execute_notebook(
            str(Path(plan.source) / f"{chapter}.ipynb"),
            str(running),
            parameters=plan.parameters[chapter],
            engine_name=engine.NAME,
            progress_bar=False,
        )
        notebook = json.loads(running.read_text(encoding="utf-8"))
        running.with_suffix(".ipynb").write_text(notebook_text(scrubbed(notebook)), encoding="utf-8")
        running.unlink()
    except PapermillExecutionError as error:
        found = {"chapter": chapter, "cell": error.cell_index, "error": f"{error.ename}: {error.evalue}"}
        code = 1
    except Exception as error:  # whatever it is, it must reach the person and not only this process
        found = {"chapter": chapter, "cell": None, "error": f"{type(error).__name__}: {error}"}
        code = 1
    if code:
        sys.__stdout__.write(json.dumps(found) + "\n")  # type: ignore[union-attr]
        sys.__stdout__.flush()  # type: ignore[union-attr]
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
