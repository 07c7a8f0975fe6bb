"""What is refused, and how it is said: sound synthetic records, spoilt in every way that is expected of a centre.

``CASES`` is the one list of them; a chapter shows it, and the tests hold the message of each.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from itpbook.intake.refusals import contents, doubts, sound
from itpbook.intake.refusals import invalid_files as files
from itpbook.intake.refusals.case import FOLDER, Case
from itpbook.records.cohort import Cohort, InvalidRecords, load_cohort
from itpbook.records.problems import Problem
from itpbook.records.report import number, told, verdict

__all__ = ["CASES", "FOLDER", "TOPICS", "Case", "Shown", "message", "of_this_book", "problems_of", "shown"]

CASES: tuple[Case, ...] = (*files.CASES, *contents.CASES, *doubts.CASES, *sound.CASES)
"""Every case, by topic."""

TOPICS: tuple[str, ...] = tuple(dict.fromkeys(case.topic for case in CASES))
"""What the cases are about, in their order."""


def problems_of(path: Path) -> tuple[int | None, tuple[Problem, ...]]:
    """Load records; return how many patients they have (None if they are refused), and all problems."""
    try:
        cohort = load_cohort(path)
    except InvalidRecords as refused:
        return None, refused.problems
    return len(cohort), cohort.warnings


def message(case: Case) -> str:
    """Write the records of a case into a folder that is gone afterwards, and return what a reader is told of them."""
    with tempfile.TemporaryDirectory() as temporary:
        path = case.write(Path(temporary))
        patients, problems = problems_of(path)
        lines = [told(problems)] if problems else []
        lines += [] if patients is None else [verdict(path, patients, problems)]
        return "\n".join(lines).replace(str(path), path.name)


@dataclass(frozen=True)
class Shown:
    """What a chapter shows of records: sentences, and below each what a reader is told, as it is told."""

    parts: tuple[tuple[str, str], ...]

    def _repr_markdown_(self) -> str:
        return "\n\n".join(f"{sentence}\n\n```text\n{lines}\n```".lstrip("\n") for sentence, lines in self.parts)

    def __repr__(self) -> str:
        """Return the sentences or, without any, what is told: what a reader without Markdown sees."""
        return "\n".join(sentence or lines for sentence, lines in self.parts)


def shown(topic: str) -> Shown:
    """Return the cases of a topic for a chapter.

    Raises
    ------
    ValueError
        For a topic that is none of :data:`TOPICS`.
    """
    if topic not in TOPICS:
        msg = f"no topic {topic!r}; there are {', '.join(TOPICS)}"
        raise ValueError(msg)
    cases = [case for case in CASES if case.topic == topic]
    return Shown(tuple((f"**{case.name[0].upper()}{case.name[1:]}.** {case.done}", message(case)) for case in cases))


def of_this_book(cohort: Cohort, suppress_below: int = 0) -> Shown:
    """Say on one line what became of the records that a book is made of; not of whom, since books are passed on.

    Where small numbers are withheld, that there are warnings is not said, nor how many: each is about one patient.
    """
    records = Path("the records of this book")
    if suppress_below:
        return Shown((("", f"{records}: {number(len(cohort), 'patient')}, no error; warnings are not printed"),))
    return Shown((("", verdict(records, len(cohort), cohort.warnings)),))
