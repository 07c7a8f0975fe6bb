"""A table of texts checked against its schema: headings, cells, and values that may occur only once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from itpbook.records.columns import Bools, CheckedTable, unknown_column
from itpbook.records.headings import nearest, repeated_headings
from itpbook.records.problems import Problem, Problems, Remedy, quoted
from itpbook.records.raw_cells import checked
from itpbook.records.schema import MAY_BE_EMPTY, ColumnRules, columns_of
from itpbook.records.text_tables import TextColumn, TextTable


def typed_table(name: str, file: str, text: TextTable | None, problems: Problems) -> CheckedTable:
    """Check each column of a table by itself; ``file`` is what problems name it.

    Returns the table, without rows where ``text`` is None; what is wrong with headings and cells goes to ``problems``.
    """
    if text is None:
        columns = {column: unknown_column(0) for column in columns_of(name)}
        return CheckedTable(name, file, columns, np.empty(0, np.int64), (), complete=False)
    positions = _positions(file, text, columns_of(name), problems)
    if not len(text.lines) and text.complete and name not in MAY_BE_EMPTY:
        problems.add(file, "a heading without rows", "at least one row", Remedy.MISSING)
    empty = _empty_rows(text)
    for line in text.lines[empty].tolist():
        problems.add(file, "a row of empty cells", "no row, or one with values", row=line)
    columns, complaints = {}, {}
    for column, rules in columns_of(name).items():
        if column in positions:
            cells = text.columns[positions[column]]
            codes = np.where(empty, np.int32(-1), cells.codes) if empty.any() else cells.codes
            columns[column], complaints[column] = checked(TextColumn(cells.texts, codes), rules)
        else:
            columns[column] = unknown_column(len(text.lines))
    unknown_patients = bool((columns["patient_id"].codes[~empty] < 0).any())
    rows = bool(len(text.lines)) or name in MAY_BE_EMPTY
    complete = text.complete and rows and not unknown_patients
    table = CheckedTable(name, file, columns, text.lines, tuple(complaints), complete)
    for column, of_texts in complaints.items():
        for complaint in dict.fromkeys(filter(None, of_texts)):
            wrong = np.array([*(other == complaint for other in of_texts), False])
            problems += table.problems(wrong[table[column].codes], column, complaint[0], group=complaint[1])
        if columns_of(name)[column].unique:
            problems += _repeated(table, column)
    return table


def _empty_rows(text: TextTable) -> Bools:
    """Mark rows of separators only."""
    empty = np.ones(len(text.lines), dtype=bool)
    for column in text.columns:
        empty &= _blank(column)
        if not empty.any():
            break
    return empty


def _blank(column: TextColumn) -> Bools:
    """Mark rows with an empty cell."""
    blank: Bools = np.append(column.texts == "", False)[column.codes]
    return blank


def _repeated(table: CheckedTable, column: str) -> Iterator[Problem]:
    """Report values that occur a second time in a column whose values are unique."""
    first = table[column].first_rows()
    again = first != np.arange(len(table))
    return table.problems(again, column, "each value once", lambda row: f", as in {table.line(int(first[row]))}")


def _positions(file: str, text: TextTable, columns: Mapping[str, ColumnRules], problems: Problems) -> dict[str, int]:
    """Find each column; cells under a heading that is nearly right are checked as if it were."""
    problems += repeated_headings(file, text)
    absent = [name for name in columns if name not in text.headings]
    positions = {}
    for heading, count in Counter(text.headings).items():
        position = text.headings.index(heading)
        if count > 1:
            continue
        if heading in columns:
            positions[heading] = position
            continue
        expected = nearest(heading, absent)
        if expected is None:
            expected = f"no columns but {', '.join(columns)}"
        else:
            absent.remove(expected)
            positions[expected] = position
        problems.add(file, quoted(heading), expected, Remedy.COLUMNS, row=text.heading_line, column=heading)
    for name in absent:
        if columns[name].required:
            problems.add(file, "no such column", f"a column {name}", Remedy.COLUMNS, column=name)
    # An empty table has every column; one that may be left out and in which nobody wrote anything is left out.
    return {
        column: position
        for column, position in positions.items()
        if columns[column].required or not _blank(text.columns[position]).all()
    }
