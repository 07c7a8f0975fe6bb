"""Problems of the imported tables told as problems of the export: its line, its field, what stood there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from itpbook.intake.redcap.field_values import Cell
from itpbook.intake.redcap.gathering import Gathered, Place
from itpbook.records.cell_values import REPORTED
from itpbook.records.problems import Problem, quoted

_LINE = re.compile(r"line (\d+)(?: of (\w+)\.csv)?")
_FILE = re.compile(r"(\w+)\.csv")


def retold(problems: Iterable[Problem], found: Gathered, file: str, record: str) -> Iterator[Problem]:
    """Tell each problem with its place in the export; what the import itself has reported is not told again.

    ``record`` is the field that identifies a record.
    """
    for problem in problems:
        table = problem.file.removesuffix(".csv")
        expected = _FILE.sub(r"the table \1", problem.expected)
        if problem.row is None:
            words = f"{problem.found} in the table {table}"
            yield replace(problem, file=file, found=words, expected=expected)
            continue
        place, texts = found.places[table][problem.row - 2], found.rows[table][problem.row - 2]
        column = problem.column or "patient_id"
        text = texts.get(column, "")
        if text == REPORTED:
            continue
        field, line, words = record, place.line, problem.found
        if column in place.cells:
            cell, line = place.cells[column]
            field, words = cell.field, _as_typed(words, text, cell)
        elif column != "patient_id":
            field = f"{table}.{column}"
        words = _LINE.sub(lambda match, table=table: _line(match, found.places, table), words)  # type: ignore[misc]
        words = f"{words}, in record {quoted(place.record)}"
        yield replace(problem, file=file, row=line, column=field, found=words, expected=expected)


def _as_typed(words: str, text: str, cell: Cell) -> str:
    """Put what stood in the export before what was made of it."""
    if cell.missing:
        return f"the missing-data code {quoted(cell.raw)}{words.removeprefix(quoted(text))}"
    if cell.raw in ("", text):
        return words
    made = f"day {text}" if isinstance(cell.value, dt.date) else text
    return f"{quoted(cell.raw)} ({made}){words.removeprefix(quoted(text))}"


def _line(match: re.Match[str], places: dict[str, list[Place]], table: str) -> str:
    place = places[match[2] or table][int(match[1]) - 2]
    return f"line {place.line}"
