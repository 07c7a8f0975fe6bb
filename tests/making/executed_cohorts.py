"""The chapters executed on several sets of records by one process, which imports everything once.

Run as ``python executed_cohorts.py`` with a list of plans as JSON on standard input.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from itpbook.book import run_chapters
from itpbook.book.children import environment
from itpbook.book.execute import chosen_parameters
from itpbook.book.run_chapters import Plan
from itpbook.parameters import AFTERWARDS


def execute_on_each(source: Path, folder: Path, values: Mapping[str, Mapping[str, Any]]) -> None:
    """Execute chapters once for each set of values; into a folder of its name, beside it whatever stopped them.

    Parameters
    ----------
    source
        Folder of the chapters.
    folder
        Folder for the folders of executed chapters.
    values
        Parameters of the chapters, by name of the set.
    """
    plans = []
    for name, chosen in values.items():
        target, notes = folder / name, folder / ".scratch" / name
        target.mkdir(parents=True)
        notes.mkdir(parents=True)
        given = chosen_parameters(chosen)
        for reader in AFTERWARDS:
            given[reader]["results_dir"] = str(target)
        first = [chapter for chapter in given if chapter not in AFTERWARDS]
        plans.append(asdict(Plan(str(source), str(target), given, first, 2, str(notes))))
    subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(plans),
        text=True,
        cwd=source,
        env=environment(folder / ".scratch"),
        stdout=subprocess.DEVNULL,
        check=True,
    )


def main() -> None:
    """Execute the plans."""
    plans = [Plan(**plan) for plan in json.load(sys.stdin)]
    ahead = (*run_chapters._FOR_THE_KERNEL, *run_chapters._FOR_THE_CHAPTERS, *run_chapters._FOR_VERIFICATION)
    for name in ahead:
        importlib.import_module(name)
    for plan in plans:
        if not run_chapters._execute_all(plan, plan.chapters, ()):
            run_chapters._execute_all(plan, list(AFTERWARDS), ())


if __name__ == "__main__":
    main()
