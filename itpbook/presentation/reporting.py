"""The reporting checklist: what each guideline asks, and where the manuscript answers or why it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from implied.files.input_files import read_input
from implied.files.yaml_files import YamlError, read_yaml
from itpbook.project import REPORTING


class ReportingError(ValueError):
    """A checklist that cannot be used; the message names each entry and what is wrong with it."""


@dataclass(frozen=True)
class Answer:
    """A place in the manuscript that deals with an item: page (without suffix), fragment, words of the link."""

    page: str
    fragment: str
    phrase: str


@dataclass(frozen=True)
class Item:
    """A sub-item of a guideline, in our own words.

    Either ``answers`` lead to where the manuscript deals with it, with a ``gap`` where the source leaves part of it
    unsaid, or ``reason`` says why it is not dealt with.
    """

    id: str
    section: str
    topic: str
    asks: str
    answers: tuple[Answer, ...] = ()
    gap: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Guideline:
    """A guideline and its sub-items, in its own order."""

    name: str
    title: str
    items: tuple[Item, ...]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _WrittenAnswer(_Written):
    page: str = Field(min_length=1)
    fragment: str = Field(min_length=1)
    phrase: str = Field(min_length=1)


class _WrittenItem(_Written):
    id: str = Field(min_length=1)
    section: str = Field(min_length=1)
    topic: str = Field(min_length=1)
    asks: str = Field(min_length=1)
    where: list[_WrittenAnswer] = []
    gap: str = ""
    reason: str = ""


class _WrittenGuideline(_Written):
    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    items: list[dict[str, Any]] = Field(min_length=1)


def load_checklist(path: Path = REPORTING) -> tuple[Guideline, ...]:
    """Read the checklist.

    Raises
    ------
    ReportingError
        When the file cannot be read, an entry lacks or has too much, is given twice, is neither linked nor
        explained, or is both; all problems at once.
    """
    try:
        content = read_yaml(read_input(path))
    except (OSError, YamlError) as error:
        msg = f"{path}: {error}"
        raise ReportingError(msg) from error
    if not isinstance(content, list) or not content:
        msg = f"{path}: is no list of guidelines"
        raise ReportingError(msg)
    problems: list[str] = []
    guidelines = tuple(_guideline(position, each, problems) for position, each in enumerate(content, start=1))
    problems += [f"{name}: is given twice" for name in _repeated(each.name for each in guidelines)]
    if problems:
        raise ReportingError("\n".join(f"{path}: {problem}" for problem in problems))
    return guidelines


def _guideline(position: int, content: Any, problems: list[str]) -> Guideline:
    try:
        written = _WrittenGuideline.model_validate(content)
    except ValidationError as error:
        problems += _told(f"guideline {position}", error)
        return Guideline(f"guideline {position}", "", ())
    items = tuple(
        item
        for place, each in enumerate(written.items, start=1)
        if (item := _item(written.name, place, each, problems)) is not None
    )
    problems += [f"{written.name} {name}: is given twice" for name in _repeated(item.id for item in items)]
    return Guideline(written.name, written.title, items)


def _item(guideline: str, position: int, content: dict[str, Any], problems: list[str]) -> Item | None:
    name = f"{guideline} {content.get('id', f'entry {position}')}"
    try:
        written = _WrittenItem.model_validate(content)
    except ValidationError as error:
        problems += _told(name, error)
        return None
    if bool(written.where) == bool(written.reason):
        problems.append(f"{name}: give either where it is dealt with or the reason why not")
    if written.gap and not written.where:
        problems.append(f"{name}: a gap belongs to an item that is dealt with; give it as the reason")
    return Item(
        id=written.id,
        section=written.section,
        topic=written.topic,
        asks=written.asks,
        answers=tuple(Answer(each.page, each.fragment, each.phrase) for each in written.where),
        gap=written.gap,
        reason=written.reason,
    )


def _told(name: str, error: ValidationError) -> list[str]:
    return [f"{name}: {'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()]


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]
