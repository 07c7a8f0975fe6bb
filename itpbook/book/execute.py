"""Executing chapters through papermill, several at a time, and leaving nothing of the machine in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from itpbook import parameters, project

_LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python", "pygments_lexer": "ipython3"}
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_PLACES = ("data_dir", "results_dir")
"""Parameters that say where files lie on this machine; no notebook keeps them."""


class ChapterError(RuntimeError):
    """A chapter stopped; the message names chapter and cell and gives the error."""


def execute_chapters(target: Path, values: Mapping[str, Any], *, source: Path = project.CHAPTERS, jobs: int = 0) -> None:
    """Execute every chapter into a folder, verification last.

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
        When a chapter stops.
    """
    checked = chosen_parameters(values)
    analysis = [name for name in checked if name != "verification"]
    with ThreadPoolExecutor(max_workers=jobs or min(os.cpu_count() or 1, 4)) as pool:
        runs = [pool.submit(execute, source / f"{name}.ipynb", target / f"{name}.ipynb", checked[name]) for name in analysis]
        for run in runs:
            run.result()
    found = {**checked["verification"], "results_dir": str(target)}
    execute(source / "verification.ipynb", target / "verification.ipynb", found)


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
        names = {parameter.name for parameter in declared}
        chosen[chapter] = {name: value for name, value in values.items() if name in names}
        parameters.check(chapter, chosen[chapter])
    return chosen


def execute(source: Path, target: Path, values: Mapping[str, Any]) -> None:
    """Execute one chapter with papermill and write it, without traces of the machine, when it has succeeded.

    Papermill runs in a process of its own: two of them in one process get in each other's way.

    Raises
    ------
    ChapterError
        When a cell fails; the executed part is kept beside the target as ``<name>.failed.ipynb``.
    """
    running = target.with_suffix(".running")
    command = [sys.executable, "-m", "itpbook.book.run_chapter", str(source), str(running)]
    run = subprocess.run(command, input=json.dumps(dict(values)), capture_output=True, text=True, check=False)
    if run.returncode != 0:
        failed = target.with_suffix(".failed.ipynb")
        if running.exists():
            running.replace(failed)
        said = run.stdout.strip() or run.stderr.strip()
        msg = f"chapter {source.stem} stopped {said}"
        raise ChapterError(msg)
    notebook = json.loads(running.read_text(encoding="utf-8"))
    running.unlink()
    target.write_text(notebook_text(scrubbed(notebook)), encoding="utf-8")


def scrubbed(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook without times, paths and versions, so that the same inputs give the same bytes."""
    cells = []
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if "injected-parameters" in tags:
            cell = _without_places(cell)
            if cell is None:
                continue
        metadata = {name: value for name, value in cell["metadata"].items() if name not in ("papermill", "execution")}
        cells.append({**cell, "metadata": metadata})
    return {
        "cells": cells,
        "metadata": {"kernelspec": _KERNEL, "language_info": _LANGUAGE},
        "nbformat": notebook["nbformat"],
        "nbformat_minor": notebook["nbformat_minor"],
    }


def _without_places(cell: dict[str, Any]) -> dict[str, Any] | None:
    """Keep of the injected parameters what changes the analysis, folded away; nothing when nothing does."""
    lines = "".join(cell["source"]).splitlines()
    kept = [line for line in lines if not line.startswith(tuple(f"{name} =" for name in _PLACES))]
    if len(kept) <= 1:
        return None
    source = [f"{line}\n" for line in kept[:-1]] + kept[-1:]
    return {**cell, "id": "injected-parameters", "source": source, "metadata": {"tags": ["injected-parameters", "hide-input"]}}


def notebook_text(notebook: Mapping[str, Any]) -> str:
    """Write a notebook the one way: indented by one, keys in order, a line feed at the end."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


