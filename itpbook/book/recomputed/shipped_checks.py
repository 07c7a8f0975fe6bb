"""Everything that ships, computed again and compared: chapters and answers, records, their envelope, the example.

A digest would settle nothing, as whoever alters a file can alter its digest, too. So each check computes what it
compares with, and names every place that differs.
"""

from __future__ import annotations

import json
import multiprocessing
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

from implied.check.attribute_table import rows_of
from implied.determine.everything import determine_all, open_queries
from implied.determine.readings import read_as_possible
from implied.determine.stored_answers import NotDetermined, load_determined
from implied.files.unfinished import unfinished
from implied.ledger import Ledger
from implied.ledger.questions import Questions
from implied.processors import cores
from implied.reconstruct.many import folder_name
from itpbook import project
from itpbook.book.recomputed.differences import (
    differing_answers,
    differing_curves,
    differing_files,
    differing_outputs,
    name_of,
)
from itpbook.intake.example import write_example
from itpbook.records.cohort import load_cohort
from itpbook.shipped import shipped_questions
from itpbook.study.envelope import DRAWS, curves
from itpbook.study.outcomes import derive
from itpbook.study.reconstructions import RecordsOfSeries
from itpbook.synthetic.raw_records import SEED

CONFIRMED, DIFFERS, NOT_CHECKED = "as it should be", "differs", "not checked"
CHECKS = {
    "chapters": "stored outputs of the chapters",
    "questions": "the shipped records against the stored answers",
    "answers": "data/determined.json",
    "records": "data/cohort",
    "envelope": "data/envelope.csv",
    "example": "data/example",
}
"""What is compared besides the ledger, by name."""
SAMPLE = 5
"""Draws of the envelope that are made again where not all are, besides that of the shipped records."""


@dataclass(frozen=True)
class Check:
    """One comparison: what was compared with what, and every difference.

    ``problems`` is None where nothing was compared; then ``subject`` says why.
    """

    name: str
    subject: str
    problems: tuple[str, ...] | None = ()

    @property
    def result(self) -> str:
        """The outcome in words."""
        if self.problems is None:
            return NOT_CHECKED
        return DIFFERS if self.problems else CONFIRMED


def check_chapters(executed: Path, stored: Path = project.CHAPTERS) -> Check:
    """Compare every stored output with that of the chapter executed now, without parameters, into a folder."""
    now, before = ({path.name: path for path in folder.glob("*.ipynb")} for folder in (executed, stored))
    problems = [
        f"{project.CHAPTERS.name}/{name}: not a chapter that is executed" for name in sorted({*before} - {*now})
    ]
    outputs = 0
    for name, path in sorted(now.items()):
        notebook, shipped = (json.loads(file.read_text(encoding="utf-8")) for file in (path, before[name]))
        outputs += sum(len(cell.get("outputs", [])) for cell in notebook["cells"])
        problems += differing_outputs(f"{project.CHAPTERS.name}/{name}", shipped, notebook)
    subject = f"{outputs} stored outputs of {len(now)} chapters against the chapters executed now"
    return Check("chapters", subject, tuple(problems))


def check_answers(ledger: Ledger, questions: Questions, *, jobs: int = 1, path: Path = project.DETERMINED) -> Check:
    """Compare all that is stored of what the ledger determines with what is worked out now, by ``jobs`` processes."""
    now = json.loads(json.dumps(asdict(determine_all(ledger, questions, jobs=jobs))))
    sizes = ", ".join(f"{len(now[part])} {part}" for part in ("conflicts", "intervals", "patients"))
    subject = f"{name_of(path)} ({sizes}) against what the ledger gives now"
    return Check("answers", subject, tuple(differing_answers(path, now)))


def check_questions(ledger: Ledger, questions: Questions, *, path: Path = project.DETERMINED) -> Check:
    """Ask the shipped records each question, and compare with what the stored answers allow.

    This takes another way than :func:`check_answers`: patients are counted, nothing is solved.
    """
    wanted = list(open_queries(read_as_possible(ledger), questions))
    subject = f"{len(wanted)} results of the shipped records against the limits that are stored for them"
    try:
        answers = load_determined(ledger, questions, path)
    except (NotDetermined, LookupError, TypeError) as error:
        return Check("questions", subject, (f"{name_of(path)}: cannot be read ({error})",))
    patients = rows_of(derive(load_cohort(project.COHORT))[list(ledger.attributes)])
    problems = []
    for named in wanted:
        query = named.query
        name = f"{query.id} ({named.reading} reading, {query.statistic})"
        interval = answers.interval(query.id, named.reading, query.statistic)
        value = query.value(patients)
        if interval is None:
            problems.append(f"{name_of(path)}: no answer for {name}")
        elif value is not None and (
            interval.exact is None or not Fraction(interval.exact[0]) <= value <= Fraction(interval.exact[1])
        ):
            problems.append(f"{name_of(path)}: {name} is {value} in the records, stored {interval.text}")
    return Check("questions", subject, tuple(problems))


def check_shipped(ledger: Ledger, chapters: Check | None, skip: Sequence[str], *, full: bool) -> Iterator[Check]:
    """Check all that ships but the ledger, as far as its check is not to be skipped.

    Without ``chapters``, executed for it and compared, nothing is checked. All draws of the envelope are made again
    where it is to be checked in ``full``.
    """
    if chapters is None:
        yield from (Check(name, f"{subject}: only by itpbook verify alone", None) for name, subject in CHECKS.items())
        return
    questions, jobs = shipped_questions(ledger), cores()
    if "chapters" not in skip:
        yield chapters
    if "questions" not in skip:
        yield check_questions(ledger, questions)
    if "answers" not in skip:
        yield check_answers(ledger, questions, jobs=jobs)
    with unfinished(project.BUILD / "verify") as folder:
        yield from _check_made(ledger, folder, skip, draws_to_compare(full=full), jobs)
    yield from (Check(name, f"{CHECKS[name]}: left out by --skip {name}", None) for name in CHECKS if name in skip)


def _check_made(ledger: Ledger, folder: Path, skip: Sequence[str], draws: Sequence[int], jobs: int) -> Iterator[Check]:
    """Make the shipped records, some draws of their envelope and the example again in an empty folder, and compare."""
    numbers = sorted({*([] if "envelope" in skip else draws), *([] if "records" in skip else [0])})
    reconstruction = RecordsOfSeries(read_as_possible(ledger)) if numbers else None
    with ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("fork"),  # what is prepared once is there in every process
        initializer=_Maker.start,
        initargs=(reconstruction, folder),
    ) as pool:
        example = None if "example" in skip else pool.submit(write_example, folder / "example")
        rows = dict(zip(numbers, pool.map(_Maker.draw, numbers), strict=True))
        if example is not None:
            example.result()
    if "records" not in skip:
        problems = differing_files(project.COHORT, folder / folder_name(0))
        yield Check("records", f"{name_of(project.COHORT)} against the records made now with its seed", tuple(problems))
    if "envelope" not in skip:
        name, others = name_of(project.ENVELOPE), DRAWS - len(draws)
        if others:
            yield Check("envelope", f"{others} other rows of {name}: made again by --full", None)
        problems = differing_curves(project.ENVELOPE, {number: rows[number] for number in draws})
        listed = ", ".join(map(str, draws)) if others else "all"
        subject = f"{len(draws)} of {DRAWS} rows of {name} against draws made now: {listed}"
        yield Check("envelope", subject, tuple(problems))
    if "example" not in skip:
        problems = differing_files(project.EXAMPLE, folder / "example")
        yield Check("example", f"{name_of(project.EXAMPLE)} against the example made now", tuple(problems))


def draws_to_compare(*, full: bool) -> list[int]:
    """Choose draws of the envelope: all, or the first with others by chance, so that no row is never looked at."""
    chosen = range(1, DRAWS) if full else sorted(random.SystemRandom().sample(range(1, DRAWS), SAMPLE))
    return [0, *chosen]


class _Maker:
    """What a process needs to make any of the draws."""

    reconstruction: RecordsOfSeries | None
    folder: Path

    @classmethod
    def start(cls, reconstruction: RecordsOfSeries | None, folder: Path) -> None:
        cls.reconstruction, cls.folder = reconstruction, folder

    @classmethod
    def draw(cls, number: int) -> dict[str, float]:
        """Make a draw, and return its curves."""
        assert cls.reconstruction is not None
        target = cls.folder / folder_name(number)
        cls.reconstruction.write(SEED + number, target)
        return curves(load_cohort(target))
