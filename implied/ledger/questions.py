"""What is asked beyond the published figures: outcomes of subgroups, and single questions about patients."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from implied.files.input_files import read_input
from implied.files.yaml_files import YamlError, read_yaml
from implied.ledger import Ledger
from implied.ledger.conditions import EVERYONE, Attribute, Condition, ConditionError, parse
from implied.ledger.written import validation_messages
from implied.numbers.units import in_days


class QuestionsError(ValueError):
    """Questions that cannot be asked; the message names each and what is wrong with it."""


@dataclass(frozen=True)
class Question:
    """A figure that the source does not print.

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
class Group:
    """A subgroup, shown under its heading, or an outcome compared between subgroups."""

    id: str
    heading: str
    label: str
    condition: Condition


@dataclass(frozen=True)
class Questions:
    """All that is asked; ``digest`` is that of the file."""

    subgroups: tuple[Group, ...]
    outcomes: tuple[Group, ...]
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


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _WrittenGroup(_Written):
    id: str = Field(min_length=1)
    heading: str = ""
    label: str = Field(min_length=1)
    condition: dict[str, Any]


class _WrittenQuestion(_Written):
    id: str = Field(min_length=1)
    label: str = Field(min_length=1)
    condition: dict[str, Any] | None = None
    sum: list[str] = []
    quantity: str | None = None
    unit: str | None = None
    population: dict[str, Any] = {}
    among: str = "all patients"


class _WrittenQuestions(_Written):
    subgroups: list[_WrittenGroup] = []
    outcomes: list[_WrittenGroup] = []
    figures: list[_WrittenQuestion] = []


def load_questions(ledger: Ledger, path: Path) -> Questions:
    """Read the questions that are asked of a ledger's patients.

    Raises
    ------
    QuestionsError
        When the file cannot be read or a question cannot be asked; all problems at once.
    """
    try:
        content = read_input(path)
        written = _WrittenQuestions.model_validate(read_yaml(content) or {})
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise QuestionsError(msg) from error
    except YamlError as error:
        raise QuestionsError(error.of(path)) from error
    except ValidationError as error:
        raise QuestionsError("\n".join(validation_messages(str(path), error, content))) from error
    reader = _Reader(ledger)
    found = Questions(
        subgroups=tuple(reader.group(each) for each in written.subgroups),
        outcomes=tuple(reader.group(each) for each in written.outcomes),
        single=tuple(reader.question(each) for each in written.figures),
        digest=hashlib.sha256(content).hexdigest(),
    )
    if reader.problems:
        raise QuestionsError("\n".join(f"{path}: {problem}" for problem in reader.problems))
    return found


class _Reader:
    """Turns what is written into questions, and keeps what is wrong with them."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.problems: list[str] = []

    def group(self, written: _WrittenGroup) -> Group:
        return Group(written.id, written.heading, written.label, self._condition(written.id, written.condition))

    def question(self, written: _WrittenQuestion) -> Question:
        subjects = [written.condition is not None, bool(written.sum), written.quantity is not None]
        if sum(subjects) != 1:
            self.problems.append(f"{written.id}: give one of condition, sum and quantity")
        for name in [*written.sum, *([] if written.quantity is None else [written.quantity])]:
            attribute = self.ledger.attributes.get(name)
            if attribute is None or not attribute.is_number:
                self.problems.append(f"{written.id}: {name!r} is no number of the ledger")
        return Question(
            id=written.id,
            label=written.label,
            population=self._condition(written.id, written.population) if written.population else EVERYONE,
            among=written.among,
            condition=None if written.condition is None else self._condition(written.id, written.condition),
            sum=tuple(written.sum),
            quantity=written.quantity,
            unit=written.unit,
        )

    def _condition(self, where: str, written: dict[str, Any]) -> Condition:
        try:
            return parse(written, self.ledger.attributes, self._bound)
        except ConditionError as error:
            self.problems += [f"{where}: {problem}" for problem in error.problems]
            return EVERYONE

    def _bound(self, written: Any, attribute: Attribute) -> Fraction:
        if isinstance(written, int | float) and not isinstance(written, bool):
            return Fraction(str(written))
        if written not in self.ledger or not self.ledger[written].is_threshold:
            msg = f"{attribute.name}: {written!r} is neither a number nor a threshold of the ledger"
            raise ConditionError(msg)
        entry = self.ledger[written]
        value = Fraction(entry.printed["threshold"].lstrip("<>="))
        return in_days(value, entry.unit) if attribute.unit == "days" else value
