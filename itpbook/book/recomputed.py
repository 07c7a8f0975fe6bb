"""What ships, computed again and compared: stored chapters and answers, records, their envelope and the example.

A digest would settle nothing, as whoever alters a file can alter its digest, too. So each check computes what it
compares with, and names every place that differs.
"""

from __future__ import annotations

import json
import multiprocessing
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

from implied.check.attribute_table import rows_of
from implied.determine.everything import determine, open_queries
from implied.determine.readings import read_as_possible
from implied.determine.stored_answers import NotDetermined, load_determined
from implied.ledger import Ledger
from implied.ledger.questions import Questions
from implied.reconstruct.many import folder_name
from itpbook import project
from itpbook.book.differences import differing_answers, differing_curves, differing_files, differing_outputs, name_of
from itpbook.intake.example import write_example
from itpbook.records.cohort import load_cohort
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
"""Draws of the envelope that are made again where not all are, beside that of the shipped records."""


@dataclass(frozen=True)
class Check:
    """What was compared with what, and every difference.

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
    """Compare every stored output with that of the chapter executed now.

    Parameters
    ----------
    executed
        Folder of the chapters executed now, without parameters.
    stored
        Folder of the chapters that ship.
    """
    now, before = ({path.name: path for path in folder.glob("*.ipynb")} for folder in (executed, stored))
    problems = [
        f"{project.CHAPTERS.name}/{name}: not a chapter that is executed" for name in sorted({*before} - {*now})
    ]
    outputs = 0
    for name, path in sorted(now.items()):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        outputs += sum(len(cell.get("outputs", [])) for cell in notebook["cells"])
        shipped = json.loads(before[name].read_text(encoding="utf-8"))
        problems += differing_outputs(f"{project.CHAPTERS.name}/{name}", shipped, notebook)
    subject = f"{outputs} stored outputs of {len(now)} chapters against the chapters executed now"
    return Check("chapters", subject, tuple(problems))


def check_answers(ledger: Ledger, questions: Questions, *, jobs: int = 1, path: Path = project.DETERMINED) -> Check:
    """Compare all that is stored of what the ledger determines with what is worked out now.

    Parameters
    ----------
    ledger, questions
        The published figures, and what is asked besides.
    jobs
        Processes to share the work.
    path
        The stored answers.
    """
    now = json.loads(json.dumps(asdict(determine(ledger, questions, jobs=jobs))))
    sizes = ", ".join(f"{len(now[part])} {part}" for part in ("conflicts", "intervals", "patients"))
    subject = f"{name_of(path)} ({sizes}) against what the ledger gives now"
    return Check("answers", subject, tuple(differing_answers(path, now)))


def check_questions(ledger: Ledger, questions: Questions, *, path: Path = project.DETERMINED) -> Check:
    """Ask the shipped records each question, and compare with what the stored answers allow.

    This takes another way than :func:`check_answers`: patients are counted, nothing is solved.
    """
    wanted = list(open_queries(read_as_possible(ledger), questions))
    subject = f"{len(wanted)} figures of the shipped records against the limits that are stored for them"
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


def check_made(
    ledger: Ledger,
    folder: Path,
    *,
    draws: Sequence[int],
    jobs: int = 1,
    names: Sequence[str] = ("records", "envelope", "example"),
) -> list[Check]:
    """Make the shipped records, some draws of their envelope and the example again, and compare.

    Parameters
    ----------
    ledger
        The published figures.
    folder
        An empty folder for what is made.
    draws
        Numbers of the draws whose curves are compared; 0 is that of the shipped records.
    jobs
        Processes to share the work.
    names
        What is made.
    """
    numbers = sorted({*(draws if "envelope" in names else ()), *((0,) if "records" in names else ())})
    reconstruction = RecordsOfSeries(read_as_possible(ledger)) if numbers else None
    with ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("fork"),  # what is prepared once is there in every process
        initializer=_Maker.start,
        initargs=(reconstruction, folder),
    ) as pool:
        example = pool.submit(write_example, folder / "example") if "example" in names else None
        rows = dict(zip(numbers, pool.map(_Maker.draw, numbers), strict=True))
        if example is not None:
            example.result()
    checks = []
    if "records" in names:
        subject = f"{name_of(project.COHORT)} against the records made now with its seed"
        problems = differing_files(project.COHORT, folder / folder_name(0))
        checks.append(Check("records", subject, tuple(problems)))
    if "envelope" in names and len(draws) < DRAWS:
        left = f"{DRAWS - len(draws)} other rows of {name_of(project.ENVELOPE)}: made again by --full"
        checks.append(Check("envelope", left, None))
    if "envelope" in names:
        problems = differing_curves(project.ENVELOPE, {number: rows[number] for number in draws})
        listed = "all" if len(draws) == DRAWS else ", ".join(map(str, draws))
        subject = f"{len(draws)} of {DRAWS} rows of {name_of(project.ENVELOPE)} against draws made now: {listed}"
        checks.append(Check("envelope", subject, tuple(problems)))
    if "example" in names:
        problems = differing_files(project.EXAMPLE, folder / "example")
        checks.append(Check("example", f"{name_of(project.EXAMPLE)} against the example made now", tuple(problems)))
    return checks


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
