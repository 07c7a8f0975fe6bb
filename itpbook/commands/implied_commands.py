"""The verbs ``conflicts``, ``bounds`` and ``envelope``: what the published claims imply, and what they leave open."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from implied.cli import FiguresArgument, JobsOption, OthersOption, OutputOption, ReachedOption, SparedOption
from implied.cli.terminal import say
from implied.processors import cores
from itpbook import project


def conflicts(others: OthersOption = 20, witnesses: SparedOption = None, output: OutputOption = None) -> None:
    """Find the published claims that no records can satisfy together, and prove each set from scratch.

    Exit code 1 when there are any that no other reading of a claim mends.
    """
    from implied.cli.answers import show_conflicts

    if not show_conflicts(project.LEDGER, others, witnesses, output, cores()):
        raise typer.Exit(1)


def bounds(
    figure: FiguresArgument = None,
    witnesses: ReachedOption = None,
    jobs: JobsOption = 0,
    output: OutputOption = None,
    store: Annotated[
        bool, typer.Option("--store", help="Work out all that is determined, and keep it in data/determined.json.")
    ] = False,
) -> None:
    """Show how small and how great each number can be over all records that satisfy the published claims."""
    from implied.cli.answers import show_bounds
    from implied.determine.everything import determine_all
    from implied.determine.stored_answers import write_determined
    from itpbook.shipped import shipped_ledger, shipped_questions

    if not store:
        show_bounds(project.LEDGER, project.QUESTIONS, figure or [], witnesses, output, jobs or cores())
        return
    ledger = shipped_ledger()
    write_determined(determine_all(ledger, shipped_questions(ledger), jobs=jobs or cores()), project.DETERMINED)
    say(str(project.DETERMINED))


def envelope(
    draws: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of draws made by itpbook reconstruct --draws.")],
    out: Annotated[Path, typer.Option("--out", help="File for the curves.")] = project.ENVELOPE,
    jobs: Annotated[int, typer.Option("--jobs", min=0, help="Draws read at a time; 0: one per core.")] = 0,
) -> None:
    """Compute the curves of many draws, which the book shows around those of the shipped records."""
    from implied.reconstruct.many import ledgers_of
    from itpbook.parameters import ParameterError
    from itpbook.shipped import shipped_ledger
    from itpbook.study.envelope import write_envelope

    if out.resolve() == project.ENVELOPE and ledgers_of(draws) - {shipped_ledger().digest}:
        raise ParameterError([f"{draws} holds draws of another ledger: say with --out where their curves go"])
    number = write_envelope(draws, out, jobs=jobs or cores())
    say(f"{out}: curves of {number} draws")
