"""The abstract's ledger, its questions, and the stored answers to both."""

from __future__ import annotations

from implied.determine.stored_answers import Determined, NotDetermined, load_determined
from implied.ledger import Ledger, load_ledger
from implied.ledger.questions import Questions, load_questions
from itpbook import project


def shipped_ledger() -> Ledger:
    """Read the claims of the abstract."""
    return load_ledger(project.LEDGER)


def shipped_questions(ledger: Ledger) -> Questions:
    """Read the questions beyond the claims of the abstract."""
    return load_questions(ledger, project.QUESTIONS)


def shipped_determined(ledger: Ledger, questions: Questions) -> Determined:
    """Read the stored answers: all that the claims and questions determine.

    Raises
    ------
    NotDetermined
        When it is missing, or was worked out for another ledger or other questions.
    """
    try:
        return load_determined(ledger, questions, project.DETERMINED)
    except NotDetermined as error:
        msg = f"{error}; work it out with: itpbook bounds --store"
        raise NotDetermined(msg) from error
