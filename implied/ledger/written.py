"""Ledgers and questions as they are written down: which keys a file may have, and how a printed number looks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from implied.files.characters import shortened
from implied.files.input_files import read_input
from implied.files.yaml_files import YamlError, read_yaml
from implied.files.yaml_lines import value_finder
from implied.ledger.entries import LedgerError
from implied.numbers.rounding import PLAIN_NUMBER

Model = TypeVar("Model", bound=BaseModel)

_NUMBER = rf"^{PLAIN_NUMBER}$"
_WHOLE = r"^(0|[1-9][0-9]*)$"
_COUNT = r"^(0|[1-9][0-9]*|all)$"
_THRESHOLD = rf"^[<>]?=?{PLAIN_NUMBER}(/[1-9][0-9]*)?$"
_LONGEST = 200
"""Characters of a value that a message quotes."""
_MOST = 50
"""Violations that are listed; of more only the number is given."""
_ID = r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$"


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, protected_namespaces=())


class WrittenAttribute(_Written):
    """An attribute of patients: its values, or its range."""

    label: str
    values: list[str | bool] = []
    unit: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    applies_when: dict[str, Any] = {}
    moves_with: str | None = None
    may_be_missing: bool = False


class WrittenRule(_Written):
    """A rule of a possible patient."""

    because: str = Field(min_length=1)
    plausible: bool = False
    when: dict[str, Any] = {}
    then: dict[str, Any] | None = None
    sum: dict[str, int] = {}
    at_least: int | None = None
    at_most: int | None = None
    equals: int | None = None


class WrittenReading(_Written):
    """A population that the source does not state."""

    population: dict[str, Any]
    among: str = Field(min_length=1)
    because: str = Field(min_length=1)


class WrittenPrinted(_Written):
    """The printed numbers, as characters, under the statistic that each stands for."""

    count: str | None = Field(None, pattern=_COUNT)
    denominator: str | None = Field(None, pattern=_WHOLE)
    percent: str | None = Field(None, pattern=_NUMBER)
    available: str | None = Field(None, pattern=_WHOLE)
    mean: str | None = Field(None, pattern=_NUMBER)
    median: str | None = Field(None, pattern=_NUMBER)
    q1: str | None = Field(None, pattern=_NUMBER)
    q3: str | None = Field(None, pattern=_NUMBER)
    minimum: str | None = Field(None, pattern=_NUMBER)
    maximum: str | None = Field(None, pattern=_NUMBER)
    threshold: str | None = Field(None, pattern=_THRESHOLD)

    _order: tuple[str, ...] = PrivateAttr(())

    @model_validator(mode="wrap")
    @classmethod
    def _keep_order(cls, written: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        """Remember the order of the keys, which is that of the source; a model only knows that of its fields."""
        printed = validate(written)
        printed._order = tuple(written)
        return printed

    def in_order(self) -> dict[str, str]:
        """Return what is printed, in the order in which it was written."""
        numbers = self.model_dump()
        return {name: numbers[name] for name in self._order if numbers[name] is not None}


class WrittenEntry(_Written):
    """One claim."""

    id: str = Field(pattern=_ID)
    section: str = Field(min_length=1)
    label: str = Field(min_length=1)
    printed: WrittenPrinted
    layout: str | None = None
    unit: str | None = None
    condition: dict[str, Any] | None = None
    sum: list[str] = []
    quantity: str | None = None
    population: dict[str, Any] | Literal["everyone"] | None = None
    among: str | None = None
    inferred: WrittenReading | None = None
    remark: str = ""


class WrittenLedger(_Written):
    """The whole file; its parts are validated one by one, so that each can be named and none hides another."""

    source: str
    attributes: dict[str, Any]
    rules: list[Any] = []
    entries: list[Any]


class WrittenCondition(_Written):
    """A subgroup or an outcome."""

    id: str = Field(min_length=1)
    heading: str = ""
    label: str = Field(min_length=1)
    condition: dict[str, Any]


class WrittenQuestion(_Written):
    """A single question."""

    id: str = Field(min_length=1)
    label: str = Field(min_length=1)
    condition: dict[str, Any] | None = None
    sum: list[str] = []
    quantity: str | None = None
    unit: str | None = None
    population: dict[str, Any] = {}
    among: str = "all patients"


class WrittenQuestions(_Written):
    """A whole file of questions."""

    subgroups: list[WrittenCondition] = []
    outcomes: list[WrittenCondition] = []
    figures: list[WrittenQuestion] = []


def read_written(path: Path, model: type[Model], refusal: type[LedgerError]) -> tuple[Model, str]:
    """Return what a YAML file holds and the digest of the file; raise a refusal with all that is wrong with it."""
    try:
        content = read_input(path)
        written = read_yaml(content)
        return model.model_validate({} if written is None else written), hashlib.sha256(content).hexdigest()
    except OSError as error:
        raise refusal([f"{path}: cannot be read ({error.strerror})"]) from error
    except YamlError as error:
        raise refusal([error.of(path)]) from error
    except ValidationError as error:
        raise refusal(validation_messages(str(path), error, value_finder(content))) from error


def validation_messages(
    where: str, error: ValidationError, line_of: Callable[[Sequence[str | int]], int | None] = lambda _: None
) -> list[str]:
    """Say the first violations with their places; ``line_of`` finds the line of a place."""
    messages = []
    problems = error.errors()
    for problem in problems[:_MOST]:
        line = line_of(problem["loc"])
        file = where if line is None else f"{where}, line {line}"
        path = ": ".join([file, *filter(None, [".".join(str(part) for part in problem["loc"])])])
        value = "" if problem["type"] == "missing" else f" (found {shortened(repr(problem['input']), _LONGEST)})"
        # Messages of our own come with a prefix of the library.
        messages.append(f"{path}: {problem['msg'].removeprefix('Value error, ')}{value}")
    if len(problems) > _MOST:
        messages.append(f"{where}: and {len(problems) - _MOST:,} more")
    return messages
