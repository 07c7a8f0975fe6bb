"""A flat export: which row is of which record, event and instance, and which columns are REDCap's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from itpbook.records.delimited import Layout, read_delimited
from itpbook.records.headings import repeated_headings
from itpbook.records.problems import Problem, Problems, Remedy, quoted

REDCAP_FILES = Layout((",;\t", "commas, semicolons or tabs"), 200_000_000, 10_000, str.strip, name="a file of text")
"""What REDCap writes, or a spreadsheet that has saved it again; an export has a column for each box of a checkbox."""
EVENT, INSTRUMENT, INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
SURVEY_IDENTIFIER = "redcap_survey_identifier"
"""REDCap's column of the participants' names or addresses."""
_OWN = re.compile(r"redcap_\w+|\w+_complete|\w+_timestamp")
_WORD = re.compile(r"\w+")
_BETWEEN = "___"
"""Stands between a checkbox field and the code of a choice."""


@dataclass(frozen=True)
class ExportRow:
    """A row of the export, by the record it is of and the line it begins on."""

    record: str
    line: int
    cells: Mapping[str, str]

    @property
    def instance(self) -> tuple[str, str, str]:
        """Event, instrument and number of the instance; empty where the export has no such columns."""
        return self.cells.get(EVENT, ""), self.cells.get(INSTRUMENT, ""), self.cells.get(INSTANCE, "")


@dataclass(frozen=True)
class Export:
    """Rows with raw codes, and the names of their columns."""

    file: str
    headings: tuple[str, ...]
    rows: tuple[ExportRow, ...]
    heading_line: int = 1

    @cached_property
    def boxes(self) -> Mapping[str, Mapping[str, str]]:
        """For each checkbox field its columns, by the code of the choice as the heading has it."""
        boxes: dict[str, dict[str, str]] = {}
        for heading in self.headings:
            # One expression for both would take hours over a heading of nothing but underscores.
            end = heading.find(_BETWEEN, 1)
            code = heading[end + len(_BETWEEN) :]
            if end > 0 and code and _WORD.fullmatch(heading):
                boxes.setdefault(heading[:end], {})[code] = heading
        return boxes

    def columns_of(self, field: str) -> tuple[str, ...]:
        """Return the columns that hold a field, a checkbox field or one of its boxes; none if it is not exported."""
        return (field,) if field in self.headings else tuple(self.boxes.get(field, {}).values())

    def unread(self, used: set[str]) -> tuple[str, ...]:
        """Return the columns that are neither used nor REDCap's own."""
        return tuple(name for name in self.headings if name not in used and not _OWN.fullmatch(name))


def field_of_box(name: str) -> str:
    """Return the checkbox field of a box by its name; empty where it has no such form."""
    return name.rpartition(_BETWEEN)[0]


def box_code(code: str) -> str:
    """Return a code as REDCap writes it into the heading of a checkbox: lower case, a minus as an underscore."""
    return re.sub(r"[^a-z0-9_]", "_", code.casefold())


def read_export(path: Path, record: str, problems: Problems) -> Export | None:
    """Read an export with raw codes; ``record`` is the field that says which patient a row is of.

    Returns None when it cannot be used at all; what is wrong with the file as such goes to ``problems``.
    """
    file, table = path.name, read_delimited(path, problems, REDCAP_FILES)
    if table is None:
        return None
    headings = table.headings
    problems += repeated_headings(file, table)
    if record not in headings:
        expected = f"the field {record}, or record: in the mapping with the name of the field that identifies a record"
        observed = f"headings without {record}: {', '.join(headings[:6])}{', …' if len(headings) > 6 else ''}"
        problems.add(file, observed, expected, Remedy.COLUMNS, row=table.heading_line)
        return None
    rows = tuple(ExportRow(row[record], line, row) for line, row in table.known_rows())
    problems += _repeated(file, rows)
    for row in rows:
        if not row.record:
            problems.add(file, "nothing", "the record that the row is of", Remedy.MISSING, row=row.line, column=record)
    if not rows:
        problems.add(file, "a heading without rows", "at least one row")
    return Export(file, headings, rows, table.heading_line)


def _repeated(file: str, rows: tuple[ExportRow, ...]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = (row.record, *row.instance)
        if key in first and row.record:
            words = ", ".join(filter(None, row.instance))
            observed = f"record {quoted(row.record)}{f', {words}' if words else ''} again, as in line {first[key]}"
            yield Problem(file, row.line, None, observed, "each record, event and instance once", Remedy.CONTRADICTIONS)
        first.setdefault(key, row.line)
