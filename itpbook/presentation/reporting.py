"""The reporting checklist: what each guideline asks, and where the manuscript answers or why it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from implied.files.input_files import read_input
from implied.files.yaml_files import YamlError, read_yaml
from itpbook.project import REPORTING

_Words = Annotated[str, Field(min_length=1)]


class ReportingError(ValueError):
    """A checklist that cannot be used; the message names each entry and what is wrong with it."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Answer(_Entry):
    """A place in the manuscript that deals with an item: page (without suffix), fragment, words of the link."""

    page: _Words
    fragment: _Words
    phrase: _Words


class Item(_Entry):
    """A sub-item of a guideline, in our own words.

    Either ``where`` leads to where the manuscript deals with it, with a ``gap`` where the source leaves part of it
    unsaid, or ``reason`` says why it is not dealt with.
    """

    id: _Words
    section: _Words
    topic: _Words
    asks: _Words
    where: list[Answer] = []
    gap: str = ""
    reason: str = ""

    @model_validator(mode="after")
    def _check_answered(self) -> Self:
        if bool(self.where) == bool(self.reason):
            raise PydanticCustomError("answer", "give either where it is dealt with or the reason why not")
        if self.gap and not self.where:
            raise PydanticCustomError("gap", "a gap belongs to an item that is dealt with; give it as the reason")
        return self


class Guideline(_Entry):
    """A guideline and its sub-items, in its own order."""

    name: _Words
    title: _Words
    items: Annotated[list[Item], Field(min_length=1)]


def load_checklist(path: Path = REPORTING) -> list[Guideline]:
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
    if not isinstance(content, list) or not all(isinstance(entry, dict) for entry in content) or not content:
        msg = f"{path}: is no list of guidelines"
        raise ReportingError(msg)
    guidelines = []
    problems = [f"{name}: is given twice" for name, count in Counter(_names(content)).items() if count > 1]
    for entry in content:
        try:
            guidelines.append(Guideline.model_validate(entry))
        except ValidationError as error:
            problems += [f"{_place(entry, problem['loc'])}: {problem['msg']}" for problem in error.errors()]
    if problems:
        raise ReportingError("\n".join(f"{path}: {problem}" for problem in problems))
    return guidelines


def _names(content: list[dict[str, Any]]) -> Iterator[str]:
    """Name every guideline and every item, whatever else is wrong with it."""
    for entry in content:
        yield str(entry.get("name"))
        items = entry.get("items")
        for item in items if isinstance(items, list) else []:
            if isinstance(item, dict):
                yield f"{entry.get('name')} {item.get('id')}"


def _place(entry: Mapping[str, Any], location: tuple[int | str, ...]) -> str:
    """Name the guideline or the item that a problem is in, and the field."""
    name = str(entry.get("name", "a guideline"))
    if len(location) > 1 and isinstance(location[1], int):
        item = entry["items"][location[1]]
        item_id = item.get("id") if isinstance(item, dict) else None
        name, location = f"{name} {item_id or f'entry {location[1] + 1}'}", location[2:]
    return ": ".join([name, *([".".join(map(str, location))] if location else [])])
