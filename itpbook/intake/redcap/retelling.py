"""Problems of the imported tables retold as problems of the export: its line, its field, what stood there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from itpbook.intake.redcap.field_values import Cell
from itpbook.intake.redcap.gathering import Gathering
from itpbook.records.problems import Problem, quoted
from itpbook.records.text_tables import REPORTED

_LINE = re.compile(r"line (\d+)(?: of (\w+)\.csv)?")
_FILE = re.compile(r"(\w+)\.csv")


def retold(problems: Iterable[Problem], gathered: Gathering, file: str, record: str) -> Iterator[Problem]:
    """Report each problem at its place in the export; what the import itself has reported is not reported again.

    ``record`` is the field that identifies a record.
    """
    for problem in problems:
        table = problem.file.removesuffix(".csv")
        problem = replace(problem, file=file, expected=_FILE.sub(r"the table \1", problem.expected))
        if problem.row is None:
            yield replace(problem, found=f"{problem.found} in the table {table}")
            continue
        row, column = gathered.rows[table][problem.row - 2], problem.column or "patient_id"
        if (text := row.texts.get(column, "")) == REPORTED:
            continue
        cell, observed = row.cells.get(column), problem.found
        if cell is not None:
            observed = _as_typed(observed, text, cell)

        def line(match: re.Match[str], table: str = table) -> str:
            return f"line {gathered.rows[match[2] or table][int(match[1]) - 2].line}"

        yield replace(
            problem,
            row=row.line if cell is None else cell.line,
            column=cell.field if cell is not None else record if column == "patient_id" else f"{table}.{column}",
            found=f"{_LINE.sub(line, observed)}, in record {quoted(row.record)}",
        )


def _as_typed(found: str, text: str, cell: Cell) -> str:
    """Put what stood in the export before what was made of it."""
    if cell.missing:
        return f"the missing-data code {quoted(cell.raw)}{found.removeprefix(quoted(text))}"
    if cell.raw in ("", text):
        return found
    made = f"day {text}" if isinstance(cell.value, dt.date) else text
    return f"{quoted(cell.raw)} ({made}){found.removeprefix(quoted(text))}"
