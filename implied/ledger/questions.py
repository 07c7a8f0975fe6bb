"""What is asked beyond the claims of a ledger: outcomes of subgroups, and single questions about patients."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from implied.ledger.condition_parser import ConditionError, bound_reader, parse
from implied.ledger.conditions import EVERYONE, Condition
from implied.ledger.entries import Ledger, LedgerError
from implied.ledger.written import WrittenCondition, WrittenQuestion, WrittenQuestions, read_written


class QuestionsError(LedgerError):
    """Questions that cannot be asked; each of ``problems`` names one and what is wrong with it."""


@dataclass(frozen=True)
class Question:
    """A number that the source does not print.

    Exactly one of ``condition`` (patients counted), ``sum`` (events counted over these attributes) and ``quantity``
    (attribute whose median is asked, printed in ``unit``) is set; ``among`` names the population in words.
    """

    id: str
    label: str
    population: Condition
    among: str
    condition: Condition | None = None
    sum: tuple[str, ...] = ()
    quantity: str | None = None
    unit: str | None = None


@dataclass(frozen=True)
class NamedCondition:
    """A subgroup of patients, shown under its heading, or an outcome compared between subgroups."""

    id: str
    heading: str
    label: str
    condition: Condition


@dataclass(frozen=True)
class Questions:
    """All that is asked; ``digest`` is that of the file."""

    subgroups: tuple[NamedCondition, ...]
    outcomes: tuple[NamedCondition, ...]
    single: tuple[Question, ...]
    digest: str

    def __iter__(self) -> Iterator[Question]:
        """Go through the single questions, then through the outcomes of each subgroup."""
        yield from self.single
        for group in self.subgroups:
            for outcome in self.outcomes:
                yield Question(
                    id=f"subgroup.{group.id}.{outcome.id}",
                    label=outcome.label,
                    population=group.condition,
                    among=f"{group.heading}: {group.label}",
                    condition=outcome.condition,
                )


NO_QUESTIONS = Questions((), (), (), hashlib.sha256().hexdigest())
"""For a ledger of which nothing is asked besides."""


def load_questions(ledger: Ledger, path: Path) -> Questions:
    """Read the questions that are asked of a ledger's patients.

    Raises
    ------
    QuestionsError
        When the file cannot be read or a question cannot be asked; all problems at once.
    """
    written, digest = read_written(path, WrittenQuestions, QuestionsError)
    reader = _QuestionReader(ledger)
    questions = Questions(
        subgroups=tuple(map(reader.named_condition, written.subgroups)),
        outcomes=tuple(map(reader.named_condition, written.outcomes)),
        single=tuple(map(reader.question, written.figures)),
        digest=digest,
    )
    if reader.problems:
        raise QuestionsError(f"{path}: {problem}" for problem in reader.problems)
    return questions


class _QuestionReader:
    """Turns what is written into questions, and gathers what is wrong with them."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.bound = bound_reader({e.id: (e.printed["threshold"], e.unit) for e in ledger if "threshold" in e.printed})
        self.problems: list[str] = []

    def named_condition(self, written: WrittenCondition) -> NamedCondition:
        condition = self._condition(written.id, written.condition)
        return NamedCondition(written.id, written.heading, written.label, condition)

    def question(self, written: WrittenQuestion) -> Question:
        if [written.condition is not None, bool(written.sum), written.quantity is not None].count(True) != 1:
            self.problems.append(f"{written.id}: give one of condition, sum and quantity")
        for name in [*written.sum, *([] if written.quantity is None else [written.quantity])]:
            attribute = self.ledger.attributes.get(name)
            if attribute is None or not attribute.is_number:
                self.problems.append(f"{written.id}: {name!r} is no number of the ledger")
        return Question(
            id=written.id,
            label=written.label,
            population=self._condition(written.id, written.population),
            among=written.among,
            condition=None if written.condition is None else self._condition(written.id, written.condition),
            sum=tuple(written.sum),
            quantity=written.quantity,
            unit=written.unit,
        )

    def _condition(self, where: str, written: dict[str, Any]) -> Condition:
        try:
            return parse(written, self.ledger.attributes, self.bound)
        except ConditionError as error:
            self.problems += [f"{where}: {problem}" for problem in error.problems]
            return EVERYONE
