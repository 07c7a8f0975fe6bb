"""The verbs that build the book and verify its figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from implied.cli.terminal import cell, said_plainly, say
from implied.processors import cores
from itpbook import project
from itpbook.commands.app import app
from itpbook.commands.interrupts import interruptible

if TYPE_CHECKING:
    from implied.ledger import Ledger
    from itpbook.book.recomputed import Check

ParameterOption = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Parameter for the chapters."),
]
ParametersOption = Annotated[
    Path | None, typer.Option("--parameters", help="YAML file of parameters for the chapters; -p overrules it.")
]
DataOption = Annotated[Path | None, typer.Option("--data", help="Folder of the four tables; else the shipped records.")]
DefinitionsOption = Annotated[str, typer.Option("--definitions", help="source or iwg2009.")]


def _parameters(
    given: list[str] | None, data: Path | None, definitions: str, file: Path | None = None
) -> dict[str, Any]:
    """Gather the parameters from the file, the -p options and the options of their own, and check them."""
    from implied.files.yaml_files import YamlError, read_yaml
    from itpbook.book.execute import chosen_parameters
    from itpbook.parameters import ParameterError, read_parameters

    values = {} if file is None else read_parameters(file)
    for written in given or []:
        name, equals, value = written.partition("=")
        if not equals or not name:
            raise ParameterError([f"-p {written}: expected NAME=VALUE"])
        try:
            values[name] = read_yaml(value.encode())
        except YamlError as error:
            raise ParameterError([f"-p {written}: the value is no YAML: {error.problem}"]) from error
    if data is not None:
        values["data_dir"] = str(data.resolve())
    if definitions != "source":
        values["definitions"] = definitions
    chosen_parameters(values)
    return values


@app.command()
@said_plainly
def build(
    data: DataOption = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the book; its pages go to html.")] = project.BUILD,
    definitions: DefinitionsOption = "source",
    parameter: ParameterOption = None,
    parameters: ParametersOption = None,
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

    Of a centre's own records (--data) it is their own edition: their title, authors and texts, and each figure beside
    the published one.
    """
    from itpbook.book.compile import build as build_book
    from itpbook.book.progress import shown
    from itpbook.intake.own_edition import Edition, read_edition
    from itpbook.parameters import ParameterError

    own = data is not None and data.resolve() != project.COHORT
    if not own and edition is not None:
        raise ParameterError(["--edition is of a centre's own records: give their folder with --data"])
    values = _parameters(parameter, data, definitions, parameters)
    if store and values:
        raise ParameterError(["--store keeps the chapters of the shipped records with no parameters: leave these out"])
    told = (read_edition(edition) if edition is not None else Edition()) if own else None
    if told is not None and told.suppress_below is not None:
        values.setdefault("suppress_below", told.suppress_below)

    def check() -> None:
        if data is not None:
            _check_records(data, values.get("suppress_below", 0))

    with interruptible(), shown() as progress:
        pages = build_book(
            out,
            values,
            store=store,
            jobs=jobs,
            pdf=pdf,
            edition=told,
            check=check,
            fresh=fresh,
            progress=progress,
        )
    say(f"{pages / 'index.html'}")


def _check_records(folder: Path, below: int) -> None:
    """Refuse records that no chapter can use, or that are too few for what may be printed."""
    from itpbook.disclosure.small_numbers import check_enough
    from itpbook.records.cohort import load_cohort

    check_enough(len(load_cohort(folder)), below)


@app.command()
@said_plainly
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
    """Compare every published figure with the recomputed one, and all that ships with what it is computed from.

    Without DIR the chapters are executed on the records as they are now, and compared with the stored ones to the
    last output; stored answers, records, envelope and example are made again and compared. The output lists what was
    checked and what was not.
    """
    from implied.files.unfinished import sweep, unfinished
    from itpbook.book.execute import execute_chapters
    from itpbook.book.place import LOGS
    from itpbook.book.recomputed import CHECKS, Check, check_chapters
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
        values = _parameters(None, data, "source")
        source = "the chapters executed now"
        sweep(project.BUILD)
        with unfinished(project.BUILD / "verify") as work:
            execute_chapters(work, values, logs=project.BUILD / LOGS)
            results = read_results(work)
            runs = read_outputs(work, RUN)
            if data is None:
                chapters = check_chapters(work)
                moves = moved(read_results(project.CHAPTERS), results)
                changed = other_records(read_outputs(project.CHAPTERS, RUN), runs)
    lines = compare(ledger, results)
    _print_lines(lines)
    wrong = [f"not as published: {line.id}" for line in lines if not line.sound]
    checks = [Check("ledger", f"{len(lines)} published figures against {source}", tuple(wrong))]
    _print_check(checks[0])
    for check in _other_checks(ledger, chapters, skip or [], full=full):
        checks.append(check)
        _print_check(check)
    if output is not None:
        payload = {
            "summary": summary(lines),
            "checks": [{**asdict(check), "result": check.result} for check in checks],
            "lines": [asdict(line) for line in lines],
            "moved": [asdict(m) for m in moves],
        }
        output.write_text(json.dumps(payload, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for table in changed:
        say(f"the stored chapters were executed on other records: {table}.csv has changed", err=True)
    for move in moves:
        unseen = f" ({', '.join(move.statistics)})" if move.stored == move.now else ""
        say(f"moved: {move.id} ({move.reading} reading): stored {move.stored}, now {move.now}{unseen}", err=True)
    for problem in (problem for check in checks for problem in check.problems or ()):
        say(problem, err=True)
    say(summary(lines))
    if changed or moves or any(check.problems for check in checks):
        raise typer.Exit(1)


def _other_checks(ledger: Ledger, chapters: Check | None, skip: list[str], *, full: bool) -> Iterator[Check]:
    """Check all that ships but the ledger; without chapters that were executed for it, nothing is checked."""
    from implied.files.unfinished import unfinished
    from itpbook.book.recomputed import CHECKS, Check, check_answers, check_made, check_questions, draws_to_compare
    from itpbook.shipped import shipped_questions

    names = [name for name in CHECKS if name not in skip]
    if chapters is None:
        yield from (Check(name, f"{subject}: only by itpbook verify alone", None) for name, subject in CHECKS.items())
        return
    questions, jobs = shipped_questions(ledger), cores()
    if "chapters" in names:
        yield chapters
    if "questions" in names:
        yield check_questions(ledger, questions)
    if "answers" in names:
        yield check_answers(ledger, questions, jobs=jobs)
    with unfinished(project.BUILD / "verify") as work:
        draws = draws_to_compare(full=full)
        yield from check_made(ledger, work, draws=draws, jobs=jobs, names=names)
    yield from (Check(name, f"{CHECKS[name]}: left out by --skip {name}", None) for name in CHECKS if name in skip)


def _print_check(check: Check) -> None:
    say(f"{check.result}: {check.name}: {check.subject}")


def _print_lines(lines: list[Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("figure", "published", "recomputed", "n/N", "verdict", "computed in"):
        table.add_column(heading, overflow="fold")
    for line in lines:
        rows = [(line.id, line.printed, line, line.verdict)]
        if line.alternative is not None:
            rows.append((f"  {line.alternative.reading} reading", "", line.alternative, line.alternative.verdict))
        for name, printed, found, verdict in rows:
            fraction = "" if found.N is None else f"{'' if found.n is None else f'{found.n}/'}{found.N}"
            where = f"chapters/{line.chapter}.ipynb" if line.chapter else ""
            cells = (name, printed, found.recomputed or "–", fraction, verdict, where)
            table.add_row(*map(cell, cells))
        if line.statement:
            beside = f" (with {', '.join(line.conflict)})" if line.conflict else ""
            table.add_row(cell(f"  {line.statement}{beside}"))
    console = Console(width=None if Console().is_terminal else 160, highlight=False)
    console.print(table)
