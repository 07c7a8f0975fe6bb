"""What the commands print and write: conflicts of a ledger, bounds of its claims, and the tables that satisfy it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from implied.cli.terminal import cell, say

if TYPE_CHECKING:
    from implied.ledger import Ledger
    from implied.reconstruct.checked import Reconstruction


def show_conflicts(path: Path, others: int, witnesses: Path | None, output: Path | None, jobs: int) -> bool:
    """Find the claims that no patients can satisfy together, print the proof of each set; return whether any is left.

    Parameters
    ----------
    path
        The ledger.
    others
        Minimal sets wanted beyond those of the smallest size.
    witnesses
        Folder for patients who satisfy each set without one of its claims.
    output
        File for the same as JSON.
    jobs
        Processes side by side.

    Returns
    -------
    bool
        Whether the claims can stand together, once some are read in another way that the ledger allows.
    """
    from implied.determine.conflicts import conflicts
    from implied.determine.other_rounding import rounding_rules
    from implied.determine.readings import chosen_readings, is_possible
    from implied.files.spreadsheets import csv_of_table
    from implied.ledger import load_ledger

    ledger = load_ledger(path)
    found = conflicts(ledger, others=others, jobs=jobs)
    for number, conflict in enumerate(found, 1):
        say(f"conflict {number}: " + "; ".join(f"{name} {ledger[name].text}" for name in conflict.entries))
        for line in conflict.arithmetic or (conflict.statement,):
            say(f"    {line}")
        if conflict.denominators:
            say(f"    would do: {', '.join(map(str, conflict.denominators))} patients")
        if witnesses is not None:
            for spared, patients in conflict.witnesses.items():
                folder = witnesses / f"conflict-{number}"
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"without-{spared}.csv").write_text(csv_of_table(patients), encoding="utf-8", newline="")
    readings = chosen_readings(ledger)
    mended = is_possible(ledger, readings)
    rules = rounding_rules(ledger, readings) if mended else ()
    for rule in rules:
        why = "" if rule.possible else f": ruled out by {', '.join(rule.conflict)}"
        say(f"rounding {rule.name}: {'possible' if rule.possible else 'impossible'}{why}")
    for name, reading in readings.items():
        say(f"read otherwise: {name} ({reading}: {ledger[name].reading(reading).among})")
    larger = sum(len(conflict.entries) > len(found[0].entries) for conflict in found)
    say(f"{len(found)} conflicts: {len(found) - larger} of the smallest size, {larger} larger ones")
    if output is not None:
        payload = {
            "conflicts": [
                {
                    "entries": conflict.entries,
                    "arithmetic": conflict.arithmetic,
                    "denominators": conflict.denominators,
                }
                for conflict in found
            ],
            "rounding": {rule.name: rule.conflict for rule in rules},
            "readings": readings,
        }
        _write(output, payload)
    return mended


def show_bounds(
    path: Path,
    questions: Path | None,
    ids: Sequence[str],
    witnesses: Path | None,
    output: Path | None,
    jobs: int,
) -> None:
    """Print how small and how great each figure can be over all patients who satisfy the ledger.

    Parameters
    ----------
    path
        The ledger.
    questions
        File of what is asked besides.
    ids
        Which figures; empty for all that are asked and not printed.
    witnesses
        Folder for patients who reach either end.
    output
        File for the same as JSON.
    jobs
        Processes side by side.

    Raises
    ------
    ValueError
        When an id is unknown.
    """
    from implied.determine.bounds import Bounds
    from implied.determine.everything import asked, intervals
    from implied.determine.readings import chosen_readings
    from implied.files.spreadsheets import csv_of_table
    from implied.ledger import load_ledger
    from implied.ledger.questions import NO_QUESTIONS, load_questions

    ledger = load_ledger(path)
    readings = chosen_readings(ledger)
    further = NO_QUESTIONS if questions is None else load_questions(ledger, questions)
    every = list(asked(ledger, further, readings))
    known = list(dict.fromkeys(one.figure.id for one in every))
    unknown = sorted(set(ids) - set(known))
    if unknown:
        msg = f"no such figure: {', '.join(unknown)}; known are {', '.join(known)}"
        raise ValueError(msg)
    wanted = [one for one in every if not ids or one.figure.id in ids]
    found = intervals(ledger, wanted, readings, jobs=jobs)
    if witnesses is not None:
        witnesses.mkdir(parents=True, exist_ok=True)
        bounds = Bounds(ledger, readings)
        for one in wanted:
            bound = bounds.of(one.figure)
            for end, patients in (("low", bound.low_witness), ("high", bound.high_witness)):
                if patients is not None:
                    name = f"{one.figure.id}-{one.reading}-{one.figure.statistic}-{end}.csv"
                    (witnesses / name).write_text(csv_of_table(patients), encoding="utf-8", newline="")
    table = Table(box=None, pad_edge=False)
    for heading in ("figure", "statistic", "among", "possible", ""):
        table.add_column(heading, overflow="fold")
    for interval in found:
        name = interval.id if interval.reading == "literal" else f"{interval.id} ({interval.reading} reading)"
        unit = "" if interval.unit is None else f" {interval.unit}"
        state = "forced" if interval.forced else "may be of nobody" if interval.may_be_empty else ""
        cells = (name, interval.statistic, interval.among, f"{interval.text}{unit}", state)
        table.add_row(*map(cell, cells))
    Console(width=None if Console().is_terminal else 160, highlight=False).print(table)
    forced = sum(interval.forced for interval in found)
    say(f"{len(found)} figures: {forced} forced, the others free within these limits")
    if output is not None:
        _write(output, [asdict(interval) for interval in found])


def show_solutions(path: Path, limit: int) -> None:
    """Print how many tables of patients satisfy a small ledger, and what all of these have in common.

    Parameters
    ----------
    path
        The ledger, of few attributes with few values.
    limit
        How many tables are looked for.

    Raises
    ------
    implied.determine.joint_cells.TooManyCells
        When there are too many different patients to be counted one by one.
    """
    from implied.determine.readings import chosen_readings
    from implied.determine.solutions import solutions
    from implied.ledger import load_ledger

    ledger = load_ledger(path)
    readings = chosen_readings(ledger)
    tables = solutions(ledger, readings, limit=limit)
    for name, reading in readings.items():
        say(f"read otherwise: {name} ({reading}: {ledger[name].reading(reading).among})")
    more = len(tables) == limit
    say(f"{'at least ' if more else ''}{len(tables)} tables of {ledger.size} patients satisfy the claims")
    if more or not tables:
        return
    for attribute in ledger.attributes:
        counts = [Counter(table[attribute].map(str)) for table in tables]
        for value in sorted(set().union(*counts)):
            numbers = {count[value] for count in counts}
            say(f"    {attribute} {value}: {' or '.join(map(str, sorted(numbers)))}")


def make_reconstructions(
    ledger: Ledger, kind: type[Reconstruction], seed: int, draws: int, out: Path, jobs: int
) -> None:
    """Make patients once, or any number of times with a bar that shows how far it is, and say how many.

    Parameters
    ----------
    ledger
        The claims.
    kind
        What is made of the patients.
    seed
        Seed of the first.
    draws
        How many, each in a folder of its own; 0 for one in the folder itself.
    out
        The folder.
    jobs
        Processes side by side; 0 for one per core.
    """
    from rich.progress import track

    from implied.determine.readings import chosen_readings
    from implied.reconstruct.many import write_draws

    def prepared() -> Reconstruction:
        return kind(ledger, chosen_readings(ledger))

    if not draws:
        say(f"{out}: {prepared().write(seed, out)} synthetic patients")
        return
    made = write_draws(ledger, prepared, seed, draws, out, jobs)
    for _ in track(made, description="draws", total=draws, console=Console(stderr=True)):
        pass
    say(f"{out}: {draws} draws of {ledger.size} synthetic patients")


def _write(path: Path, payload: Any) -> None:
    path.write_text(json.dumps(payload, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
