"""Who made which edition of the manuscript, and how it is cited: what ``CITATION.cff`` says."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from implied.files.input_files import read_input
from implied.files.yaml_files import YamlError, read_yaml
from itpbook import project

LICENCES = {"MIT": "MIT License (code)", "CC-BY-4.0": "CC BY 4.0 (text, figures and data)"}
"""What is under which licence, as the project's ``LICENSE`` says, by identifier."""

_NEEDED = ("title", "version", "authors", "license")


class CitationError(ValueError):
    """A citation file that no title block can be made from; the message names all that is wrong."""


@dataclass(frozen=True)
class Citation:
    """Who made which edition of what; ``licences`` in words, ``released`` None before the first release.

    ``centre`` is whose own edition it is, which has no ``version``; empty for the project's.
    """

    title: str
    authors: tuple[str, ...]
    version: str
    released: datetime.date | None
    licences: tuple[str, ...]
    centre: str = ""

    @property
    def edition(self) -> str:
        """Name the edition: its version or its centre, and its date where it has one."""
        day = "" if self.released is None else f"{self.released.day} {self.released:%B %Y}"
        return ", ".join(filter(None, [self._named, day])) or "Undated"

    @property
    def _named(self) -> str:
        return f"Version {self.version}" if self.version else self.centre

    @property
    def line(self) -> str:
        """Say how the manuscript is cited."""
        year = "" if self.released is None else str(self.released.year)
        made = "; ".join(filter(None, [self._named, year]))
        return " ".join(f"{part}." for part in (", ".join(self.authors), self.title, made) if part)


def read_citation(path: Path = project.CITATION) -> Citation:
    """Read the project's citation file.

    Raises
    ------
    CitationError
        When it cannot be read, a field is missing or names a licence or a date that is none; all at once.
    """
    try:
        fields = read_yaml(read_input(path))
    except (OSError, YamlError) as error:
        msg = f"{path}: {error}"
        raise CitationError(msg) from error
    if not isinstance(fields, Mapping):
        msg = f"{path}: holds no fields"
        raise CitationError(msg)
    problems = [f"{name} is missing" for name in _NEEDED if not fields.get(name)]
    licence = fields.get("license") or []
    licences = [licence] if isinstance(licence, str) else [str(name) for name in licence]
    problems += [f"licence {name!r} is none of {', '.join(LICENCES)}" for name in licences if name not in LICENCES]
    released = None
    try:
        if fields.get("date-released"):
            released = datetime.date.fromisoformat(str(fields["date-released"]))
    except ValueError:
        problems.append(f"date-released {fields['date-released']!r} is no date such as {datetime.date(2020, 1, 31)}")
    if problems:
        raise CitationError("\n".join(f"{path}: {problem}" for problem in problems))
    return Citation(
        title=str(fields["title"]),
        authors=tuple(_name(author) for author in fields["authors"]),
        version=str(fields["version"]),
        released=released,
        licences=tuple(LICENCES[name] for name in licences),
    )


def _name(author: Mapping[str, Any]) -> str:
    person = f"{author.get('given-names', '')} {author.get('family-names', '')}".strip()
    return person or str(author["name"])
