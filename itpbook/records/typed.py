"""A table of texts checked against its schema: headings, cells, and values that may occur only once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandera.pandas as pa
from numpy.typing import NDArray

from itpbook.records.columns import Bools, Table, Telling, unknown_column
from itpbook.records.headings import nearest
from itpbook.records.problems import Group, Problem, alike, quoted
from itpbook.records.raw_cells import Complaint, checked
from itpbook.records.record_files import Codes, TextColumn, TextTable
from itpbook.records.schema import MAY_BE_EMPTY, columns_of


def typed_table(name: str, file: str, text: TextTable | None) -> tuple[Table, list[Problem]]:
    """Check each column of a table by itself; ``file`` is what problems name it.

    Returns
    -------
    tuple
        The table (without rows where ``text`` is None) and all problems of its headings and cells.
    """
    if text is None:
        columns = {column: unknown_column(0) for column in columns_of(name)}
        return Table(name, file, columns, np.empty(0, np.int64), (), False), []
    places, problems = _headings(file, text, columns_of(name))
    # An empty table has every column; one that may be left out and in which nobody wrote anything is left out.
    places = {
        column: place
        for column, place in places.items()
        if columns_of(name)[column].required or not _blank(text.columns[place]).all()
    }
    if not len(text.lines) and text.complete and name not in MAY_BE_EMPTY:
        problems.append(Problem(file, None, None, "a heading without rows", "at least one row", Group.MISSING))
    empty = _empty_rows(text)
    problems += alike(
        text.lines[empty].tolist(),
        lambda line: Problem(file, line, None, "a row of empty cells", "no row, or one with values", Group.FILES),
    )

    columns, complaints = {}, []
    for column, rules in columns_of(name).items():
        if column not in places:
            columns[column] = unknown_column(len(text.lines))
            continue
        found = text.columns[places[column]]
        codes = np.where(empty, np.int32(-1), found.codes) if empty.any() else found.codes
        columns[column], of_texts = checked(TextColumn(found.texts, codes), rules)
        complaints.append((column, of_texts))
    unknown_patients = bool((columns["patient_id"].codes[~empty] < 0).any())
    rows = bool(len(text.lines)) or name in MAY_BE_EMPTY
    complete = text.complete and rows and not unknown_patients
    table = Table(name, file, columns, text.lines, tuple(column for column in columns if column in places), complete)
    for column, of_texts in complaints:
        for group in dict.fromkeys(complaint[1] for complaint in of_texts if complaint):
            of_group = [complaint is not None and complaint[1] is group for complaint in of_texts]
            wrong = np.array([*of_group, False])[table[column].codes]
            problems += table.problems(wrong, column, _expected(of_texts, table[column].codes), group)
    problems += _repeated(table)
    return table, problems


def _expected(complaints: list[Complaint | None], codes: Codes) -> Telling:
    return lambda row: (complaints[codes[row]] or ("",))[0]


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


def _repeated(table: Table) -> Iterator[Problem]:
    """Report values that occur a second time in a column whose values are unique."""
    for name, rules in columns_of(table.name).items():
        column = table[name]
        if not rules.unique:
            continue
        first = column.first_rows()
        again = first != np.arange(len(table))
        yield from table.problems(again, name, "each value once", Group.CONTRADICTIONS, _as_in(table, first))


def _as_in(table: Table, first: NDArray[np.int64]) -> Telling:
    return lambda row: f", as in {table.line(int(first[row]))}"


def _headings(file: str, text: TextTable, columns: Mapping[str, pa.Column]) -> tuple[dict[str, int], list[Problem]]:
    """Find each column's place; cells under a heading that is nearly right are checked as if it were."""
    problems, places = [], {}
    found, line = text.headings, text.heading_line
    absent = [name for name in columns if name not in found]
    for place, heading in enumerate(found):
        if heading in found[:place]:
            continue
        if found.count(heading) > 1:
            problems.append(
                Problem(
                    file,
                    line,
                    heading,
                    f"{found.count(heading)} columns {quoted(heading)}",
                    "one column",
                    Group.COLUMNS,
                )
            )
        elif heading in columns:
            places[heading] = place
        elif near := nearest(heading, absent):
            absent.remove(near)
            places[near] = place
            problems.append(Problem(file, line, heading, quoted(heading), near, Group.COLUMNS))
        else:
            expected = f"no columns but {', '.join(columns)}"
            problems.append(Problem(file, line, heading, quoted(heading), expected, Group.COLUMNS))
    for name in absent:
        if columns[name].required:
            problems.append(Problem(file, None, name, "no such column", f"a column {name}", Group.COLUMNS))
    return places, problems
