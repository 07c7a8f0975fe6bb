"""The verbs that make records and check them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from implied.cli.terminal import cell, say

if TYPE_CHECKING:
    from itpbook.records.problems import Problem


def validate(
    path: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of the four tables (CSV or Parquet), or a workbook (.xlsx).")
    ],
    json_file: Annotated[
        Path | None,
        typer.Option(
            "--json",
            metavar="FILE",
            help="Also write the problems to this file, by kind: how many, and the first 50 places.",
        ),
    ] = None,
    csv_file: Annotated[
        Path | None,
        typer.Option(
            "--csv",
            metavar="FILE",
            help="Also write them to this file as a table: the first 50 of each kind, with how many there are.",
        ),
    ] = None,
) -> None:
    """Check records against the schema and list every problem, by what has to be done about it.

    Errors (on standard error) keep the records from being used: exit code 1. Warnings do not.
    """
    from implied.files.spreadsheets import csv_of_table
    from itpbook.records.cohort import InvalidRecords, load_cohort, problems_table
    from itpbook.records.problems import count_of, errors_of, warnings_of
    from itpbook.records.report import described, verdict

    try:
        cohort = load_cohort(path)
        patients, problems = len(cohort), cohort.warnings
    except InvalidRecords as refused:
        patients, problems = None, refused.problems
    errors, warnings = errors_of(problems), warnings_of(problems)
    if json_file is not None:
        payload = {"errors": count_of(errors), "warnings": count_of(warnings), "problems": described(problems)}
        json_file.write_text(json.dumps(payload, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if csv_file is not None:
        csv_file.write_text(csv_of_table(problems_table(problems)), encoding="utf-8", newline="")
    _print_problems(errors, stderr=True)
    _print_problems(warnings, stderr=False)
    say(verdict(path, patients, problems), err=bool(errors))
    if errors:
        raise typer.Exit(1)


def _print_problems(problems: Sequence[Problem], *, stderr: bool) -> None:
    """Print a table with a section for each thing to do; of many problems the first of each kind."""
    from itpbook.records.report import number, summary

    if not problems:
        return
    chosen, others = summary(problems)
    sizes: Counter[str] = Counter()
    for problem in problems:
        sizes[problem.group] += 1 + problem.more
    width = None if Console(stderr=stderr).is_terminal else 200
    console = Console(width=width, stderr=stderr, highlight=False)
    for group, kinds in groupby(chosen, key=lambda alike: alike[0].group):
        table = Table(box=None, pad_edge=False)
        for heading in ("file", "column", "row", "found", "expected"):
            table.add_column(heading, overflow="fold", justify="right" if heading == "row" else "left")
        for alike in kinds:
            for problem in alike:
                row = "" if problem.row is None else f"{problem.row:,}"
                cells = (problem.file, problem.column or "", row, problem.found, problem.expected)
                table.add_row(*map(cell, cells))
            if alike[-1].more:
                table.add_row("", "", "", Text(f"and {alike[-1].more:,} more of this kind"), "")
        console.print(Text(f"{group} ({number(sizes[group], group.severity)})", style="bold"))
        console.print(Padding(table, (0, 0, 1, 2), expand=False))
    if others:
        console.print(cell(others))


def reconstruct(
    out: Annotated[Path, typer.Option("--out", help="Folder for the records.")],
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="Seed of the draws; else that of the shipped records.")
    ] = None,
    draws: Annotated[
        int, typer.Option("--draws", min=0, help="Make so many sets of records, in folders of their own.")
    ] = 0,
    jobs: Annotated[int, typer.Option("--jobs", min=0, help="Draws made at a time; 0: one per core.")] = 0,
) -> None:
    """Make synthetic records that satisfy every published claim, and a card that says what they are."""
    from implied.cli.answers import make_reconstructions
    from itpbook.shipped import shipped_ledger
    from itpbook.study.reconstructions import RecordsOfSeries
    from itpbook.synthetic.raw_records import SEED

    make_reconstructions(shipped_ledger(), RecordsOfSeries, SEED if seed is None else seed, draws, out, jobs)
