"""The verbs that make records and check them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from itpbook import project
from itpbook.commands.app import LedgerOption, app, said_plainly


@app.command()
@said_plainly
def validate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the four tables.")],
) -> None:
    """Check records against the schema and list every problem."""
    from itpbook.cohort import load_cohort

    cohort = load_cohort(folder)
    typer.echo(f"{folder}: {len(cohort)} patients, no problem found")


@app.command()
@said_plainly
def reconstruct(
    out: Annotated[Path, typer.Option("--out", help="Folder for the records.")],
    ledger: LedgerOption = project.LEDGER,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="Seed of the draws; else that of the shipped records.")
    ] = None,
    draws: Annotated[
        int, typer.Option("--draws", min=0, help="Make so many sets of records, in folders of their own.")
    ] = 0,
    jobs: Annotated[int, typer.Option("--jobs", min=0, help="Draws made at a time; 0: one per core.")] = 0,
) -> None:
    """Make synthetic records that satisfy every published figure, and a card that says what they are.

    Of a series of ITP these are the four tables, of any other one table with a column per attribute of the ledger.
    """
    from rich.progress import track

    from itpbook.determined.readings import chosen_readings
    from itpbook.published import load_ledger
    from itpbook.reconstructions import Reconstruction, write_draws
    from itpbook.synthetic.records import SEED

    figures, chosen = load_ledger(ledger), SEED if seed is None else seed
    read = chosen_readings(figures)
    if not draws:
        patients = Reconstruction(figures, read).write(chosen, out)
        typer.echo(f"{out}: {patients} synthetic patients")
        return
    made = write_draws(figures, read, chosen, draws, out, jobs)
    for _ in track(made, description="draws", total=draws, console=Console(stderr=True)):
        pass
    typer.echo(f"{out}: {draws} draws of {figures.size} synthetic patients")
