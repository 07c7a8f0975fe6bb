"""Chapters executed several times by one process, which imports everything once.

Run as ``python executed_cohorts.py`` with a list of plans as JSON on standard input.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from itpbook.book.execution import chapter_process
from itpbook.book.execution.chapter_process import Plan
from itpbook.book.execution.child_processes import environment
from itpbook.book.execution.execute import chosen_parameters
from itpbook.parameters import AFTERWARDS
from itpbook.results import verify
from itpbook.shipped import shipped_ledger


def execute_on_each(
    source: Path,
    folder: Path,
    values: Mapping[str, Mapping[str, Any]],
    left_out: Mapping[str, Collection[str]],
) -> None:
    """Execute the chapters once for each set of values, into a folder of its name.

    Parameters
    ----------
    source
        Folder of the chapters.
    folder
        Folder for the folders of executed chapters.
    values
        Parameters of the chapters, by name of the set.
    left_out
        Chapters that are not executed, by name of the set.
    """
    plans = []
    for name, chosen in values.items():
        given = chosen_parameters(chosen)
        for reader in AFTERWARDS:
            given[reader]["results_dir"] = str(folder / name)
        given = {chapter: own for chapter, own in given.items() if chapter not in left_out.get(name, ())}
        plans.append(plan(source, folder / name, given))
    execute(plans)


def plan(source: Path, target: Path, parameters: dict[str, dict[str, Any]]) -> Plan:
    """Return a plan for notebooks of a folder, each with its parameters."""
    target.mkdir(parents=True)
    first = [chapter for chapter in parameters if chapter not in AFTERWARDS]
    return Plan(str(source), str(target), parameters, first, 2, str(target))


def execute(plans: Sequence[Plan]) -> None:
    """Execute plans, one after the other; what stopped a chapter stands beside it."""
    subprocess.run(
        [sys.executable, __file__],
        input=json.dumps([asdict(each) for each in plans]),
        text=True,
        cwd=plans[0].source,
        env=environment(Path(plans[0].target) / ".scratch"),
        stdout=subprocess.DEVNULL,
        check=True,
    )


def main() -> None:
    """Execute the plans of standard input."""
    for name in (
        *chapter_process._FOR_THE_KERNEL,
        *chapter_process._FOR_THE_CHAPTERS,
        *chapter_process._FOR_VERIFICATION,
    ):
        importlib.import_module(name)
    plans = [Plan(**each) for each in json.load(sys.stdin)]
    if any("verification" in chosen.parameters for chosen in plans):
        # They are those of the ledger, whatever the records, and take seconds.
        contradictions = verify._contradictions(shipped_ledger())
        verify._contradictions = lambda _: contradictions
    for chosen in plans:
        readers = [name for name in AFTERWARDS if name in chosen.parameters]
        if not chapter_process._execute_all(chosen, chosen.chapters, ()):
            chapter_process._execute_all(chosen, readers, ())


if __name__ == "__main__":
    main()
