"""A centre's own edition of the manuscript: who wrote it, and the words that only they can write.

One small YAML file holds them (:func:`example_text` shows every field). Everything may be left out; a page then says
that the text was not written for this edition.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from implied.files.characters import refuse_hidden
from implied.files.input_files import read_input
from implied.files.yaml_files import YamlError, read_yaml
from implied.files.yaml_lines import line_finder, value_finder
from implied.ledger.written import validation_messages
from itpbook.intake.citation import Citation
from itpbook.intake.edition_texts import Quotable, problems_of, reference_keys

TITLE = "Multirefractory immune thrombocytopenia: the patients of a centre"
"""What an edition is called that names itself nothing."""

TEXTS: Mapping[str, str] = {
    "background": "why it was done, for the abstract",
    "conclusion": "what follows from it, for the abstract",
    "introduction": "what was known, and what was asked",
    "methods_setting": "where, when and how patients were found, and how their data were collected",
    "discussion": "what the results mean, their limits, and what other reports say",
    "funding": "who paid, and what interests compete",
    "ethics": "approval, and what patients consented to",
    "data_availability": "where the records can be had, or why not",
}
"""The blocks of text that a centre can write, each with what belongs in it; in the Markdown of ``edition_texts``."""

ORCID = r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$"


class EditionError(ValueError):
    """An edition file that cannot be used; each of ``problems`` names the place and what is wrong there."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class Author:
    """An author, with the identifier of ORCID where there is one."""

    name: str
    orcid: str = ""


@dataclass(frozen=True)
class Edition:
    """What a centre says of its own edition; ``texts`` holds the blocks that were written, by name."""

    title: str = TITLE
    authors: tuple[Author, ...] = ()
    centre: str = ""
    date: str = ""
    licence: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    suppress_below: int | None = None

    @property
    def citation(self) -> Citation:
        """How the edition is cited: by its authors or, where none are named, its centre."""
        return Citation(
            title=self.title,
            authors=tuple(author.name for author in self.authors) or ((self.centre,) if self.centre else ()),
            version="",
            released=datetime.date.fromisoformat(self.date) if self.date else None,
            licences=(self.licence,) if self.licence else (),
            centre=self.centre,
        )

    def as_json(self) -> str:
        """Return the edition as the pages of its book read it."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def of_json(cls, written: str) -> Edition:
        """Read what :meth:`as_json` wrote."""
        fields = json.loads(written)
        return cls(**{**fields, "authors": tuple(Author(**author) for author in fields["authors"])})


def _name_of_text(name: str) -> str:
    if name not in TEXTS:
        msg = f"no such text; there are {', '.join(TEXTS)}"
        raise ValueError(msg)
    return name


Plain = Annotated[str, AfterValidator(refuse_hidden)]
"""A field that is no Markdown: one line of characters that can be seen."""


class _EditionPart(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _WrittenAuthor(_EditionPart):
    name: Plain = Field(min_length=1)
    orcid: str = Field(default="", pattern=ORCID)


class _WrittenEdition(_EditionPart):
    title: Plain = Field(default=TITLE, min_length=1)
    authors: list[_WrittenAuthor] = []
    centre: Plain = ""
    date: datetime.date | None = None
    licence: Plain = ""
    # What it may be, the parameters of the chapters say.
    suppress_below: int | None = None
    texts: dict[Annotated[str, AfterValidator(_name_of_text)], str] = {}


def read_edition(path: Path) -> Edition:
    """Read an edition file.

    Raises
    ------
    EditionError
        When the file cannot be read, is no YAML, a field is unknown or of the wrong kind, or a text holds what none
        may (:mod:`itpbook.intake.edition_texts`); all problems at once.
    """
    try:
        file = read_input(path)
        content: Any = read_yaml(file)
    except OSError as error:
        raise EditionError([f"{path}: cannot be read ({error.strerror})"]) from error
    except YamlError as error:
        raise EditionError([error.of(path)]) from error
    refused = [f"{path}{problem}" for problem in _refused_in_texts(content, file)]
    try:
        written = _WrittenEdition.model_validate({} if content is None else content)
    except ValidationError as error:
        raise EditionError([*validation_messages(str(path), error, value_finder(file)), *refused]) from error
    if refused:
        raise EditionError(refused)
    return Edition(
        title=written.title,
        authors=tuple(Author(author.name, author.orcid) for author in written.authors),
        centre=written.centre,
        date=written.date.isoformat() if written.date else "",
        licence=written.licence,
        texts={name: text.strip() for name, text in written.texts.items() if text.strip()},
        suppress_below=written.suppress_below,
    )


def _refused_in_texts(content: Any, file: bytes) -> list[str]:
    """Return what the texts of an edition may not hold, whatever else may be wrong with the file."""
    texts = content.get("texts") if isinstance(content, Mapping) else None
    if not isinstance(texts, Mapping):
        return []
    written = {name: text for name, text in texts.items() if name in TEXTS and isinstance(text, str)}
    return list(problems_of(written, _quotable, lambda name: line_finder(file, ("texts", name))))


def _quotable() -> Quotable:
    from itpbook.shipped import shipped_ledger

    return Quotable(reference_keys(), frozenset(entry.id for entry in shipped_ledger()))


def example_text() -> str:
    """Return an edition file with every field, to be filled in by a centre."""
    blocks = "".join(f"  # {meaning}\n  {name}: |\n    \n" for name, meaning in TEXTS.items())
    return f"""\
# Your edition of the manuscript: itpbook build --data DIR --edition this-file.yaml --out my-book
# Leave out or empty what you do not want to say; unknown fields are refused.
title: "{TITLE}"
authors:
  - name: Given Family
    # orcid: 0000-0000-0000-0000
centre: ""
# The day of this edition, such as 2021-02-28; an edition without one is undated.
# date:
licence: ""
# 0 prints every count. With 5, or more, counts above zero and below it are not printed, nor what would reveal them.
suppress_below: 0
# Texts in Markdown: paragraphs, headings, emphasis, lists, tables, links (https, http, mailto, doi), notes [^1].
# A computed figure is quoted by its id: {{claim}}`efficacy.response`; a reference of the book by its key:
# {{cite}}`source2020`. Everything else (HTML, images, directives, formulas) is refused.
texts:
{blocks}"""
