"""Executing chapters through papermill, several at a time, and leaving nothing of the machine in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from itpbook import parameters, project
from itpbook.book.run_chapters import Plan

_QUIET = {
    # One thread per chapter: chapters run side by side, and a process without further threads can be forked safely.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # The kernel offers a debugger, which warns about itself.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


class ChapterError(RuntimeError):
    """Chapters stopped; the message names each with the cell and gives the error."""

    def __init__(self, failures: Sequence[str]) -> None:
        self.failures = tuple(failures)
        super().__init__("\n".join(failures))


def execute_chapters(
    target: Path, values: Mapping[str, Any], *, source: Path = project.CHAPTERS, jobs: int = 0
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

    Raises
    ------
    ParameterError
        Before anything runs, when a parameter is unknown, of the wrong type or impossible.
    ChapterError
        When a chapter stops; the executed part of each that did is kept in the target as ``<name>.failed.ipynb``.
    """
    given = chosen_parameters(values)
    for name in parameters.AFTERWARDS:
        given[name]["results_dir"] = str(target)
    plan = Plan(
        source=str(source),
        target=str(target),
        parameters=given,
        chapters=[name for name in given if name not in parameters.AFTERWARDS],
        afterwards=list(parameters.AFTERWARDS),
        jobs=jobs or min(project.cores(), 4),
    )
    run = subprocess.run(
        [sys.executable, "-m", "itpbook.book.run_chapters"],
        input=json.dumps(asdict(plan)),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **_QUIET},
    )
    failures = [json.loads(line) for line in run.stdout.splitlines() if line.startswith('{"chapter"')]
    if failures:
        raise ChapterError([_said(failure, target) for failure in failures])
    if run.returncode != 0:
        raise ChapterError([f"the chapters could not be executed: {run.stderr.strip()}"])


def _said(failure: Mapping[str, Any], target: Path) -> str:
    running = target / f"{failure['chapter']}.running"
    where = "" if failure["cell"] is None else f" in cell {failure['cell']}"
    kept = ""
    if running.exists():
        kept = f" (executed so far: {running.rename(running.with_suffix('.failed.ipynb'))})"
    return f"chapter {failure['chapter']} stopped{where}: {failure['error']}{kept}"


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
