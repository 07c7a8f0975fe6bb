"""The verbs ``build`` and ``verify``: the book, and the comparison of all that ships with what it is computed from."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from implied.cli.terminal import cell, say
from itpbook import project
from itpbook.commands.interrupts import interruptible

if TYPE_CHECKING:
    from itpbook.book.recomputed.shipped_checks import Check
    from itpbook.results.verify import Alternative, VerdictLine

DataOption = Annotated[Path | None, typer.Option("--data", help="Folder of the four tables; else the shipped records.")]


def build(
    data: DataOption = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the book; its pages go to html.")] = project.BUILD,
    definitions: Annotated[str, typer.Option("--definitions", help="source or iwg2009.")] = "source",
    parameter: Annotated[
        list[str] | None,
        typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Parameter for the chapters."),
    ] = None,
    parameters: Annotated[
        Path | None, typer.Option("--parameters", help="YAML file of parameters for the chapters; -p overrules it.")
    ] = None,
    edition: Annotated[
        Path | None,
        typer.Option("--edition", help="YAML file: title, authors and texts of a centre's own edition."),
    ] = None,
    store: Annotated[bool, typer.Option("--store", help="Keep the executed chapters in chapters/.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", help="Chapters executed at a time; 0: one per core.")] = 0,
    pdf: Annotated[bool, typer.Option("--pdf", help="Print the manuscript into html/manuscript.pdf, too.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do everything again, even what has not changed.")] = False,
) -> None:
    """Execute the chapters and compile the book, as far as anything has changed since it was built.

    Of a centre's own records (--data) it is their own edition: their title, authors and texts, and each result beside
    the published claim.
    """
    from itpbook.book.build import build as build_book
    from itpbook.book.build_progress import shown
    from itpbook.intake.own_edition import Edition, read_edition
    from itpbook.parameters import ParameterError, read_parameters

    values = {} if parameters is None else read_parameters(parameters)
    values |= _typed_parameters(parameter or [])
    if data is not None:
        values["data_dir"] = str(data.resolve())
    if definitions != "source":
        values["definitions"] = definitions
    if store and values:
        raise ParameterError(["--store keeps the chapters of the shipped records with no parameters: leave these out"])
    own_edition = None
    if data is not None and data.resolve() != project.COHORT:
        own_edition = Edition() if edition is None else read_edition(edition)
        if own_edition.suppress_below is not None:
            values.setdefault("suppress_below", own_edition.suppress_below)
    elif edition is not None:
        raise ParameterError(["--edition is of a centre's own records: give their folder with --data"])
    with interruptible(), shown() as progress:
        pages = build_book(
            out, values, store=store, jobs=jobs, pdf=pdf, edition=own_edition, fresh=fresh, progress=progress
        )
    say(f"{pages / 'index.html'}")


def _typed_parameters(options: list[str]) -> dict[str, Any]:
    """Read what was given as ``-p NAME=VALUE``."""
    from implied.files.yaml_files import YamlError, read_yaml
    from itpbook.parameters import ParameterError

    values = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals or not name:
            raise ParameterError([f"-p {option}: expected NAME=VALUE"])
        try:
            values[name] = read_yaml(value.encode())
        except YamlError as error:
            raise ParameterError([f"-p {option}: the value is no YAML: {error.problem}"]) from error
    return values


def verify(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Executed chapters; else they are executed now.")
    ] = None,
    data: DataOption = None,
    output: Annotated[
        Path | None, typer.Option("--json", help="Also write the verdicts and checks to this file.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Make all draws of the envelope again, not a sample.")] = False,
    skip: Annotated[
        list[str] | None,
        typer.Option("--skip", metavar="CHECK", help="Leave out a check, by the name it is listed by."),
    ] = None,
) -> None:
    """Compare every published claim with the recomputed result, and all that ships with what it is computed from.

    Without DIR the chapters are executed on the records as they are now, and compared with the stored ones to the
    last output; stored answers, records, envelope and example are made again and compared. The output lists what was
    checked and what was not.
    """
    from implied.files.unfinished import sweep, unfinished
    from itpbook.book.book_folder import LOGS
    from itpbook.book.execution.execute import chosen_parameters, execute_chapters
    from itpbook.book.recomputed.shipped_checks import CHECKS, Check, check_chapters, check_shipped
    from itpbook.parameters import ParameterError
    from itpbook.results import RUN, read_outputs, read_results
    from itpbook.results.verify import Move, moved, other_records, summary
    from itpbook.results.verify import verify as compare
    from itpbook.shipped import shipped_ledger

    unknown = [name for name in skip or [] if name not in CHECKS]
    if unknown:
        raise ParameterError([f"--skip {name}: no such check; the checks are {', '.join(CHECKS)}" for name in unknown])
    ledger = shipped_ledger()
    moves: list[Move] = []
    changed: list[str] = []
    chapters: Check | None = None
    if folder is not None:
        results = read_results(folder)
        source = f"the results stored in {folder}; nothing was executed"
    else:
        source = "the chapters executed now"
        sweep(project.BUILD)
        with unfinished(project.BUILD / "verify") as work:
            chosen = chosen_parameters({} if data is None else {"data_dir": str(data.resolve())})
            execute_chapters(work, chosen, logs=project.BUILD / LOGS)
            results = read_results(work)
            if data is None:
                chapters = check_chapters(work)
                moves = moved(read_results(project.CHAPTERS), results)
                changed = other_records(read_outputs(project.CHAPTERS, RUN), read_outputs(work, RUN))
    lines = compare(ledger, results)
    _print_lines(lines)
    wrong = [f"not as published: {line.id}" for line in lines if not line.sound]
    checks = [Check("ledger", f"{len(lines)} published figures against {source}", tuple(wrong))]
    _print_check(checks[0])
    for check in check_shipped(ledger, chapters, skip or [], full=full):
        checks.append(check)
        _print_check(check)
    if output is not None:
        payload = {
            "summary": summary(lines),
            "checks": [{**asdict(check), "result": check.result} for check in checks],
            "lines": [asdict(line) for line in lines],
            "moved": [asdict(move) for move in moves],
        }
        output.write_text(json.dumps(payload, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    problems = [f"the stored chapters were executed on other records: {table}.csv has changed" for table in changed]
    problems += [move.words for move in moves]
    problems += [problem for check in checks for problem in check.problems or ()]
    for problem in problems:
        say(problem, err=True)
    say(summary(lines))
    if problems:
        raise typer.Exit(1)


def _print_check(check: Check) -> None:
    say(f"{check.result}: {check.name}: {check.subject}")


def _print_lines(lines: list[VerdictLine]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("claim", "published", "recomputed", "n/N", "verdict", "computed in"):
        table.add_column(heading, overflow="fold")
    for line in lines:
        rows: list[tuple[str, str, VerdictLine | Alternative]] = [(line.id, line.printed, line)]
        if line.alternative is not None:
            rows.append((f"  {line.alternative.reading} reading", "", line.alternative))
        for name, printed, result in rows:
            fraction = "" if result.N is None else f"{'' if result.n is None else f'{result.n}/'}{result.N}"
            notebook = f"chapters/{line.chapter}.ipynb" if line.chapter else ""
            cells = (name, printed, result.recomputed or "–", fraction, result.verdict, notebook)
            table.add_row(*map(cell, cells))
        if line.statement:
            others = f" (with {', '.join(line.conflict)})" if line.conflict else ""
            table.add_row(cell(f"  {line.statement}{others}"))
    console = Console(width=None if Console().is_terminal else 160, highlight=False)
    console.print(table)
