"""Invalid and unusual records of every expected kind, and the message for each.

The records are the synthetic ones that ship with the project, changed. The page about refused records shows the
messages from ``data/refusals.json``, which ``python -m tests.making.refusals`` writes.
"""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path

from itpbook import project
from itpbook.records.cohort import InvalidRecords, load_cohort
from itpbook.records.problems import Problem
from itpbook.records.report import told, verdict

from . import doubtful_records, invalid_cells, invalid_files, unusual_records
from .record_cases import Case

__all__ = ["CASES", "Case", "message_of", "outcome_of", "problems_of", "refusals_text", "write_refusals"]

CASES: tuple[Case, ...] = (
    *invalid_files.CASES,
    *invalid_cells.CASES,
    *doubtful_records.CASES,
    *unusual_records.CASES,
)
"""Every case, by topic."""


def problems_of(path: Path) -> tuple[int | None, tuple[Problem, ...]]:
    """Load records; return how many patients they have (None if they are refused), and all problems."""
    try:
        cohort = load_cohort(path)
    except InvalidRecords as refusal:
        return None, refusal.problems
    return len(cohort), cohort.warnings


@cache
def outcome_of(case: Case) -> tuple[str, int | None, tuple[Problem, ...]]:
    """Write the records of a case into a temporary folder; return the message about them, and what there is of them."""
    with tempfile.TemporaryDirectory() as temporary:
        path = case.write(Path(temporary))
        patients, problems = problems_of(path)
        lines = [told(problems)] if problems else []
        lines += [] if patients is None else [verdict(path, patients, problems)]
        return "\n".join(lines).replace(str(path), path.name), patients, problems


def message_of(case: Case) -> str:
    """Return the message about the records of a case."""
    return outcome_of(case)[0]


def refusals_text() -> str:
    """Return all cases with their messages as the text of the file that the page is made from."""
    cases = [
        {
            "topic": case.topic,
            "name": case.name,
            "change": case.change,
            "message": message_of(case).splitlines(),
        }
        for case in CASES
    ]
    return json.dumps(cases, ensure_ascii=False, indent=1) + "\n"


def write_refusals(path: Path = project.REFUSALS) -> None:
    """Write all cases with their messages into the file that the page is made from."""
    path.write_text(refusals_text(), encoding="utf-8")
