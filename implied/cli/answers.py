"""What the commands print and write: conflicts of a ledger, bounds of its claims, and the tables that satisfy it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from implied.cli.terminal import cell, say

if TYPE_CHECKING:
    import pandas as pd

    from implied.ledger import Ledger
    from implied.reconstruct.checked import Reconstruction


def show_conflicts(path: Path, others: int, witnesses: Path | None, output: Path | None, jobs: int) -> bool:
    """Find the claims that no patients can satisfy together, and print the proof of each set.

    Patients who satisfy a set without one of its claims are written into the folder ``witnesses``, the answers to
    ``output`` as JSON. Returns whether the claims can stand together, once some are read in another way that the
    ledger allows.
    """
    from implied.determine.conflicts import conflicts
    from implied.determine.other_rounding import rounding_rules
    from implied.determine.readings import chosen_readings, is_possible
    from implied.ledger import load_ledger

    ledger = load_ledger(path)
    proven = conflicts(ledger, others=others, jobs=jobs)
    for number, conflict in enumerate(proven, 1):
        say(f"conflict {number}: " + "; ".join(f"{name} {ledger[name].text}" for name in conflict.entries))
        for line in conflict.arithmetic or (conflict.statement,):
            say(f"    {line}")
        if conflict.denominators:
            say(f"    would do: {', '.join(map(str, conflict.denominators))} patients")
        if witnesses is not None:
            for spared, patients in conflict.witnesses.items():
                _write_patients(patients, witnesses / f"conflict-{number}" / f"without-{spared}.csv")
    readings = chosen_readings(ledger)
    mended = is_possible(ledger.read(readings))
    rules = rounding_rules(ledger.read(readings)) if mended else ()
    for rule in rules:
        why = "" if rule.possible else f": ruled out by {', '.join(rule.conflict)}"
        say(f"rounding {rule.name}: {'possible' if rule.possible else 'impossible'}{why}")
    _say_readings(ledger, readings)
    larger = sum(len(conflict.entries) > len(proven[0].entries) for conflict in proven)
    say(f"{len(proven)} conflicts: {len(proven) - larger} of the smallest size, {larger} larger ones")
    if output is not None:
        payload = {
            "conflicts": [
                {
                    "entries": conflict.entries,
                    "arithmetic": conflict.arithmetic,
                    "denominators": conflict.denominators,
                }
                for conflict in proven
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
    """Print how small and how great each number can be over all patients who satisfy the ledger.

    Asked for are the ``ids``, or else all that percentages leave unprinted and the ``questions`` besides. Patients who
    reach either end are written into the folder ``witnesses``, the answers to ``output`` as JSON.

    Raises
    ------
    ValueError
        When an id is unknown.
    """
    from implied.determine.bounds import Bounds
    from implied.determine.everything import known_bounds, open_queries
    from implied.determine.readings import read_as_possible
    from implied.ledger import load_ledger
    from implied.ledger.questions import NO_QUESTIONS, load_questions

    ledger = load_ledger(path)
    further = NO_QUESTIONS if questions is None else load_questions(ledger, questions)
    ledger = read_as_possible(ledger)
    every = list(open_queries(ledger, further))
    askable = list(dict.fromkeys(named.query.id for named in every))
    unknown = sorted(set(ids) - set(askable))
    if unknown:
        msg = f"no such claim or question: {', '.join(unknown)}; known are {', '.join(askable)}"
        raise ValueError(msg)
    wanted = [named for named in every if not ids or named.query.id in ids]
    answers = known_bounds(ledger, wanted, jobs=jobs)
    if witnesses is not None:
        bounds = Bounds(ledger)
        for named in wanted:
            bound = bounds.of(named.query)
            for end, patients in (("low", bound.low_witness), ("high", bound.high_witness)):
                if patients is not None:
                    name = f"{named.query.id}-{named.reading}-{named.query.statistic}-{end}.csv"
                    _write_patients(patients, witnesses / name)
    table = Table(box=None, pad_edge=False)
    for heading in ("claim", "statistic", "among", "possible", ""):
        table.add_column(heading, overflow="fold")
    for answer in answers:
        name = answer.id if answer.reading == "literal" else f"{answer.id} ({answer.reading} reading)"
        unit = "" if answer.unit is None else f" {answer.unit}"
        state = "forced" if answer.forced else "may be of nobody" if answer.may_be_empty else ""
        cells = (name, answer.statistic, answer.among, f"{answer.text}{unit}", state)
        table.add_row(*map(cell, cells))
    Console(width=None if Console().is_terminal else 160, highlight=False).print(table)
    forced = sum(answer.forced for answer in answers)
    say(f"{len(answers)} numbers: {forced} forced, the others free within these limits")
    if output is not None:
        _write(output, [asdict(answer) for answer in answers])


def show_solutions(path: Path, limit: int) -> None:
    """Print how many tables of patients satisfy a small ledger, up to a limit, and what all of these have in common."""
    from implied.determine.readings import chosen_readings
    from implied.determine.solutions import solutions
    from implied.ledger import load_ledger

    ledger = load_ledger(path)
    readings = chosen_readings(ledger)
    tables = solutions(ledger.read(readings), limit=limit)
    _say_readings(ledger, readings)
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
    """Make patients once, or so many times, each in a folder of its own, with a bar that shows how far it is.

    ``kind`` says what is made of the patients; ``jobs`` are processes side by side, 0 for one per core.
    """
    from rich.progress import track

    from implied.determine.readings import read_as_possible
    from implied.reconstruct.many import write_draws

    def prepared() -> Reconstruction:
        return kind(read_as_possible(ledger))

    if not draws:
        say(f"{out}: {prepared().write(seed, out)} synthetic patients")
        return
    made = write_draws(ledger, prepared, seed, draws, out, jobs)
    for _ in track(made, description="draws", total=draws, console=Console(stderr=True)):
        pass
    say(f"{out}: {draws} draws of {ledger.size} synthetic patients")


def _say_readings(ledger: Ledger, readings: Mapping[str, str]) -> None:
    for name, reading in readings.items():
        say(f"read otherwise: {name} ({reading}: {ledger[name].reading(reading).among})")


def _write_patients(patients: pd.DataFrame, path: Path) -> None:
    from implied.files.spreadsheets import csv_of_table

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(csv_of_table(patients), encoding="utf-8", newline="")


def _write(path: Path, payload: Any) -> None:
    path.write_text(json.dumps(payload, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
