"""The verbs that ask what the published figures determine."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from itpbook import project
from itpbook.commands.app import LedgerOption, app, cell, said_plainly, say

OutputOption = Annotated[Path | None, typer.Option("--json", help="Also write the answer to this file.")]


@app.command()
@said_plainly
def conflicts(
    ledger: LedgerOption = project.LEDGER,
    others: Annotated[
        int, typer.Option("--others", min=0, help="Minimal sets wanted beyond those of the smallest size.")
    ] = 20,
    witnesses: Annotated[
        Path | None,
        typer.Option("--witnesses", help="Write patients who satisfy each set without one of its figures to here."),
    ] = None,
    output: OutputOption = None,
) -> None:
    """Find the published figures that no records can satisfy together, and prove each set from scratch.

    Exit code 1 when there are any that no other reading of a figure mends.
    """
    from itpbook.determined.conflicts import conflicts as find
    from itpbook.determined.readings import chosen_readings, is_possible
    from itpbook.determined.rounding import rounding_rules
    from itpbook.published import load_ledger
    from itpbook.spreadsheets import csv_of_table

    figures = load_ledger(ledger)
    found = find(figures, others=others, jobs=project.cores())
    for number, conflict in enumerate(found, 1):
        say(f"conflict {number}: " + "; ".join(f"{name} {figures[name].text}" for name in conflict.entries))
        for line in conflict.arithmetic or (conflict.statement,):
            say(f"    {line}")
        if conflict.denominators:
            say(f"    would do: {', '.join(map(str, conflict.denominators))} patients")
        if witnesses is not None:
            for spared, patients in conflict.witnesses.items():
                folder = witnesses / f"conflict-{number}"
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"without-{spared}.csv").write_text(csv_of_table(patients), encoding="utf-8", newline="")
    readings = chosen_readings(figures)
    mended = is_possible(figures, readings)
    rules = rounding_rules(figures, readings) if mended else ()
    for rule in rules:
        why = "" if rule.possible else f": ruled out by {', '.join(rule.conflict)}"
        say(f"rounding {rule.name}: {'possible' if rule.possible else 'impossible'}{why}")
    for name, reading in readings.items():
        say(f"read otherwise: {name} ({reading}: {figures[name].reading(reading).among})")
    larger = sum(len(each.entries) > len(found[0].entries) for each in found)
    say(f"{len(found)} conflicts: {len(found) - larger} of the smallest size, {larger} larger ones")
    if output is not None:
        payload = {
            "conflicts": [
                {"entries": each.entries, "arithmetic": each.arithmetic, "denominators": each.denominators}
                for each in found
            ],
            "rounding": {rule.name: rule.conflict for rule in rules},
            "readings": readings,
        }
        _write(output, payload)
    if not mended:
        raise typer.Exit(1)


@app.command()
@said_plainly
def bounds(
    figure: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Figures asked for; else all that are not printed.")
    ] = None,
    ledger: LedgerOption = project.LEDGER,
    questions: Annotated[Path, typer.Option("--questions", help="What is asked besides.")] = project.QUESTIONS,
    witnesses: Annotated[
        Path | None, typer.Option("--witnesses", help="Write patients who reach either end to here.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=0, help="Figures bounded at a time; 0: one per core.")] = 0,
    output: OutputOption = None,
    store: Annotated[
        bool, typer.Option("--store", help="Work out all that is determined, and keep it in data/determined.json.")
    ] = False,
) -> None:
    """Show how small and how great each figure can be over all records that satisfy the published ones."""
    from itpbook.determined import stored
    from itpbook.determined.bounds import Bounds
    from itpbook.determined.known import write_determined
    from itpbook.determined.readings import chosen_readings
    from itpbook.parameters import ParameterError
    from itpbook.published import load_ledger
    from itpbook.questions import load_questions
    from itpbook.spreadsheets import csv_of_table

    if store and (ledger.resolve(), questions.resolve()) != (project.LEDGER, project.QUESTIONS):
        msg = "--store replaces the answers of the shipped ledger and questions: leave out --ledger and --questions"
        raise ParameterError([msg])
    figures = load_ledger(ledger)
    asked = load_questions(figures, questions)
    workers = jobs or project.cores()
    if store:
        write_determined(stored.determine(figures, asked, jobs=workers))
        say(str(project.DETERMINED))
        return
    readings = chosen_readings(figures)
    wanted = [each for each in stored.asked(figures, asked, readings) if not figure or each.figure.id in figure]
    unknown = sorted(set(figure or []) - {each.figure.id for each in wanted})
    if unknown:
        every = ", ".join(dict.fromkeys(each.figure.id for each in stored.asked(figures, asked, readings)))
        msg = f"no such figure: {', '.join(unknown)}; known are {every}"
        raise ValueError(msg)
    found = stored.intervals(figures, wanted, readings, jobs=workers)
    if witnesses is not None:
        witnesses.mkdir(parents=True, exist_ok=True)
        everything = Bounds(figures, readings)
        for one in wanted:
            bound = everything.of(one.figure)
            for end, patients in (("low", bound.low_witness), ("high", bound.high_witness)):
                if patients is not None:
                    name = f"{one.figure.id}-{one.reading}-{one.figure.statistic}-{end}.csv"
                    (witnesses / name).write_text(csv_of_table(patients), encoding="utf-8", newline="")
    table = Table(box=None, pad_edge=False)
    for heading in ("figure", "statistic", "among", "possible", ""):
        table.add_column(heading, overflow="fold")
    for each in found:
        name = each.id if each.reading == "literal" else f"{each.id} ({each.reading} reading)"
        unit = "" if each.unit is None else f" {each.unit}"
        state = "forced" if each.forced else "may be of nobody" if each.may_be_empty else ""
        cells = (name, each.statistic, each.among, f"{each.text}{unit}", state)
        table.add_row(*map(cell, cells))
    Console(width=None if Console().is_terminal else 160, highlight=False).print(table)
    say(f"{len(found)} figures: {sum(each.forced for each in found)} forced, the others free within these limits")
    if output is not None:
        _write(output, [asdict(each) for each in found])


@app.command()
@said_plainly
def envelope(
    draws: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of draws made by itpbook reconstruct --draws.")],
    out: Annotated[Path, typer.Option("--out", help="File for the curves.")] = project.ENVELOPE,
    jobs: Annotated[int, typer.Option("--jobs", min=0, help="Draws read at a time; 0: one per core.")] = 0,
) -> None:
    """Compute the curves of many draws, which the book shows around those of the shipped records."""
    from itpbook.envelope import write_envelope
    from itpbook.parameters import ParameterError
    from itpbook.published import load_ledger
    from itpbook.reconstructions import ledgers_of

    if out.resolve() == project.ENVELOPE and ledgers_of(draws) - {load_ledger().digest}:
        raise ParameterError([f"{draws} holds draws of another ledger: say with --out where their curves go"])
    number = write_envelope(draws, out, jobs=jobs or project.cores())
    say(f"{out}: curves of {number} draws")


def _write(path: Path, payload: Any) -> None:
    path.write_text(json.dumps(payload, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
