"""The page about refused records: stored messages for invalid records, and the verdict on those of the book.

The tests make the invalid records and store their messages; ``python -m tests.making.refusals`` does it again.
"""

from __future__ import annotations

import json
from pathlib import Path

from itpbook import project
from itpbook.presentation.terminal_text import TerminalText
from itpbook.records.cohort import Cohort
from itpbook.records.report import number, verdict


def show_refusals(topic: str) -> TerminalText:
    """Show the stored cases of a topic: what was changed in valid records, and the message.

    Raises
    ------
    ValueError
        For a topic that no case has.
    """
    cases = json.loads(project.REFUSALS.read_text(encoding="utf-8"))
    chosen = [case for case in cases if case["topic"] == topic]
    if not chosen:
        topics = dict.fromkeys(case["topic"] for case in cases)
        msg = f"no topic {topic!r} in {project.REFUSALS}; there are {', '.join(topics)}"
        raise ValueError(msg)
    return TerminalText(
        tuple(
            (f"**{case['name'][0].upper()}{case['name'][1:]}.** {case['change']}", "\n".join(case["message"]))
            for case in chosen
        )
    )


def show_verdict(cohort: Cohort, suppress_below: int = 0) -> TerminalText:
    """Show on one line whether the records of a book have problems, but not whose: books are passed on.

    Where small numbers are withheld, neither warnings nor their number are shown: each is about one patient.
    """
    records = Path("the records of this book")
    if suppress_below:
        return TerminalText((("", f"{records}: {number(len(cohort), 'patient')}, no error; warnings are not printed"),))
    return TerminalText((("", verdict(records, len(cohort), cohort.warnings)),))
