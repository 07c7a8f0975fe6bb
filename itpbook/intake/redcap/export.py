"""A flat export: which row is of which record, event and instance, and which columns are REDCap's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from itpbook.intake.redcap.flat import Flat, read_flat
from itpbook.records.problems import Group, Problem, Problems, quoted

EVENT, INSTRUMENT, INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
SURVEY_IDENTIFIER = "redcap_survey_identifier"
"""REDCap's column of the participants' names or addresses."""
_OWN = re.compile(r"redcap_\w+|\w+_complete|\w+_timestamp")
_WORD = re.compile(r"\w+")
_BETWEEN = "___"
"""Stands between a checkbox field and the code of a choice."""


@dataclass(frozen=True)
class Row:
    """A row of the export, by the record it is of and the line it begins on."""

    record: str
    line: int
    event: str
    instrument: str
    instance: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Export:
    """Rows with raw codes, and the names of their columns."""

    file: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]

    @cached_property
    def boxes(self) -> Mapping[str, Mapping[str, str]]:
        """For each checkbox field its columns, by the code of the choice as it stands in the heading."""
        found: dict[str, dict[str, str]] = {}
        for heading in self.headings:
            # One expression for both would take hours over a heading of nothing but underscores.
            end = heading.find(_BETWEEN, 1)
            code = heading[end + len(_BETWEEN) :]
            if end > 0 and code and _WORD.fullmatch(heading):
                found.setdefault(heading[:end], {})[code] = heading
        return found

    def has(self, field: str) -> bool:
        """Tell whether a field, a checkbox field or one of its boxes is in the export."""
        return field in self.headings or field in self.boxes

    def columns_of(self, field: str) -> tuple[str, ...]:
        """Return the columns that hold a field."""
        return (field,) if field in self.headings else tuple(self.boxes.get(field, {}).values())

    def unread(self, used: set[str]) -> tuple[str, ...]:
        """Return the columns that are neither used nor REDCap's own."""
        return tuple(name for name in self.headings if name not in used and not _OWN.fullmatch(name))


def box_code(code: str) -> str:
    """Return a code as REDCap writes it into the heading of a checkbox: lower case, a minus as an underscore."""
    return re.sub(r"[^a-z0-9_]", "_", code.casefold())


def read_export(path: Path, record: str) -> tuple[Export | None, list[Problem]]:
    """Read an export with raw codes; ``record`` is the field that tells which patient a row is of.

    Returns
    -------
    tuple
        The export, None when it cannot be used at all; and all that is wrong with the file as such.
    """
    flat, problems = read_flat(path)
    if flat is None:
        return None, problems
    if record not in flat.headings:
        expected = f"the field {record}, or record: in the mapping with the name of the field that identifies a record"
        found = f"headings without {record}: {', '.join(flat.headings[:6])}{', …' if len(flat.headings) > 6 else ''}"
        return None, [*problems, Problem(path.name, 1, None, found, expected, Group.COLUMNS)]
    rows = tuple(_rows(flat, record))
    problems += Problems(_unidentified(path.name, record, rows))
    problems += Problems(_repeated(path.name, rows))
    if not rows:
        problems.append(Problem(path.name, None, None, "a heading without rows", "at least one row", Group.FILES))
    return Export(path.name, flat.headings, rows), problems


def _rows(flat: Flat, record: str) -> Iterator[Row]:
    for line, cells in zip(flat.lines, flat.rows, strict=True):
        row = dict(zip(flat.headings, cells, strict=True))
        event, instrument, instance = (row.get(name, "") for name in (EVENT, INSTRUMENT, INSTANCE))
        yield Row(row[record], line, event, instrument, instance, row)


def _unidentified(file: str, record: str, rows: tuple[Row, ...]) -> Iterator[Problem]:
    for row in rows:
        if not row.record:
            yield Problem(file, row.line, record, "nothing", "the record that the row is of", Group.MISSING)


def _repeated(file: str, rows: tuple[Row, ...]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = (row.record, row.event, row.instrument, row.instance)
        if key in first and row.record:
            words = ", ".join(part for part in (row.event, row.instrument, row.instance) if part)
            found = f"record {quoted(row.record)}{f', {words}' if words else ''} again, as in line {first[key]}"
            yield Problem(file, row.line, None, found, "each record, event and instance once", Group.CONTRADICTIONS)
        first.setdefault(key, row.line)
