"""The command ``implied``: what can be asked of any ledger.

Exit codes: 0 done and as expected; 1 the claims cannot stand together, or a file is not as it should be; 2 wrong usage.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from implied.cli.terminal import said_plainly
from implied.processors import cores

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="What printed numbers imply: which cannot stand together, and what all patients behind them have in common.",
)

LedgerArgument = Annotated[Path, typer.Argument(metavar="LEDGER", help="YAML file of printed claims.")]
OthersOption = Annotated[int, typer.Option(min=0, help="Minimal sets wanted beyond those of the smallest size.")]
SparedOption = Annotated[
    Path | None, typer.Option(help="Write patients who satisfy each set without one of its figures to here.")
]
OutputOption = Annotated[Path | None, typer.Option("--json", help="Also write the answer to this file.")]
FiguresArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[ID]...", help="Figures asked for; else all that are not printed.")
]
ReachedOption = Annotated[Path | None, typer.Option(help="Write patients who reach either end to here.")]
DrawsOption = Annotated[int, typer.Option(min=0, help="Make so many, in folders of their own.")]
JobsOption = Annotated[int, typer.Option(min=0, help="Figures bounded at a time; 0: one per core.")]


@app.command()
@said_plainly
def conflicts(
    ledger: LedgerArgument, others: OthersOption = 20, witnesses: SparedOption = None, output: OutputOption = None
) -> None:
    """Find the claims that no patients can satisfy together, and prove each set from scratch.

    Exit code 1 when there are any that no other reading of a claim mends.
    """
    from implied.cli.answers import show_conflicts

    if not show_conflicts(ledger, others, witnesses, output, cores()):
        raise typer.Exit(1)


@app.command()
@said_plainly
def bounds(
    ledger: LedgerArgument,
    figure: FiguresArgument = None,
    questions: Annotated[Path | None, typer.Option(help="YAML file of what is asked besides.")] = None,
    witnesses: ReachedOption = None,
    jobs: JobsOption = 0,
    output: OutputOption = None,
) -> None:
    """Show how small and how great each figure can be over all patients who satisfy the claims."""
    from implied.cli.answers import show_bounds

    show_bounds(ledger, questions, figure or [], witnesses, output, jobs or cores())


@app.command()
@said_plainly
def solutions(
    ledger: LedgerArgument,
    limit: Annotated[int, typer.Option(min=1, help="Tables that are looked for at most.")] = 1000,
) -> None:
    """Count the tables of patients that satisfy a small ledger, and show what all of them have in common."""
    from implied.cli.answers import show_solutions

    show_solutions(ledger, limit)


@app.command()
@said_plainly
def reconstruct(
    ledger: LedgerArgument,
    out: Annotated[Path, typer.Option(help="Folder for the table and its card.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws.")] = 1,
    draws: DrawsOption = 0,
    jobs: Annotated[int, typer.Option(min=0, help="Draws made at a time; 0: one per core.")] = 0,
) -> None:
    """Make a table of patients who satisfy every claim, one column per attribute, and a card that says what it is."""
    from implied.cli.answers import make_reconstructions
    from implied.ledger import load_ledger
    from implied.reconstruct.checked import Reconstruction

    make_reconstructions(load_ledger(ledger), Reconstruction, seed, draws, out, jobs)
