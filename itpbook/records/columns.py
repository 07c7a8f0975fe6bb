"""Columns and tables of records while they are checked: distinct values, and which of them are valid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from itpbook.records.problems import LISTED, Problem, Remedy, line_name, quoted
from itpbook.records.schema import ColumnRules, columns_of
from itpbook.records.text_tables import Codes

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
"""Positions of rows."""
_TYPES = {"whole number": ("int64", "Int64"), "number": ("float64", "Float64"), "true or false": ("bool", "boolean")}
"""Types of columns that are not text, and those of columns of which some cells may be missing."""
WordsOfRow = Callable[[int], str]
"""Returns words about a row, by its position."""


@dataclass(frozen=True)
class Column:
    """A column of a table with its distinct texts and the value of each; None for one that is empty or wrong.

    The last position stands for a cell that cannot be known.
    """

    texts: NDArray[np.object_]
    distinct: NDArray[np.object_]
    codes: Codes

    @property
    def given(self) -> Bools:
        """Which rows hold a text, right or wrong."""
        return self._rows([text not in ("", None) for text in self.texts])

    @property
    def missing(self) -> Bools:
        """Which rows are empty."""
        return self._rows([text == "" for text in self.texts])

    @property
    def known(self) -> Bools:
        """Which rows hold a valid value."""
        return self._rows([value is not None for value in self.distinct])

    @property
    def numbers(self) -> Floats:
        """The values as numbers; NaN where there is none."""
        values = [np.nan if value is None else float(value) for value in self.distinct]
        return np.array(values, dtype=np.float64)[self.codes]

    def among(self, *wanted: object) -> Bools:
        """Which rows hold one of these values."""
        return self._rows([value is not None and value in wanted for value in self.distinct])

    def looked_up(self, meaning: Mapping[str, str]) -> NDArray[np.object_]:
        """Return what each value stands for; None for one without meaning."""
        meanings = [None if value is None else meaning.get(value) for value in self.distinct]
        return np.array(meanings, dtype=object)[self.codes]

    def first_rows(self) -> Rows:
        """Return for each row the first one that has the same valid value; itself where it has none."""
        rows = np.arange(len(self.codes))
        return first_alike(np.where(self.known, self.codes, -1 - rows))

    def _rows(self, of_texts: list[bool]) -> Bools:
        return np.array(of_texts, dtype=bool)[self.codes]


@dataclass(frozen=True)
class CheckedTable:
    """A table of the schema with all its columns; those that the file lacks are unknown in every row.

    ``file`` names where it came from, as problems do.
    """

    name: str
    file: str
    columns: Mapping[str, Column]
    lines: Rows
    present: tuple[str, ...]
    complete: bool

    @property
    def reference(self) -> str:
        """Name of the file, or of the sheet alone, for sentences about another table."""
        return self.file.rpartition(", ")[2]

    def line(self, row: int) -> str:
        """Name the line or row of a row, by its position."""
        return f"{line_name(self.file)} {self.lines[row]}"

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.lines)

    def __getitem__(self, column: str) -> Column:
        """Return a column."""
        return self.columns[column]

    def cell(self, row: int, column: str) -> str:
        """Return what was typed in a cell, in quotation marks; ``nothing`` if it is empty."""
        cells = self.columns[column]
        return quoted(cells.texts[cells.codes[row]])

    def problems(
        self,
        broken: Bools,
        column: str,
        expected: str | WordsOfRow,
        note: WordsOfRow | None = None,
        group: Remedy = Remedy.CONTRADICTIONS,
    ) -> Iterator[Problem]:
        """Report a cell of each row marked in ``broken``; of many, the first are listed and the others counted.

        ``expected`` may depend on the position of the row; ``note`` says more of what was found there.
        """
        rows_by_words: dict[str, list[int]] = {}
        for row in np.flatnonzero(broken).tolist():
            rows_by_words.setdefault(expected if isinstance(expected, str) else expected(row), []).append(row)
        for words, rows in rows_by_words.items():
            listed = rows[:LISTED]
            for row in listed:
                observed = self.cell(row, column) + (note(row) if note else "")
                more = len(rows) - len(listed) if row == listed[-1] else 0
                yield Problem(self.file, int(self.lines[row]), column, observed, words, group, more)

    def frame(self) -> pd.DataFrame:
        """Return the table with the types of the schema; only for tables without problems."""
        rules = columns_of(self.name)
        return pd.DataFrame({name: _typed(self.columns[name], rules[name]) for name in self.present})


def first_alike(keys: NDArray[Any]) -> Rows:
    """Return for each position the first one that has the same key."""
    codes, distinct = pd.factorize(keys)
    first = np.empty(len(distinct), dtype=np.int64)
    # The last value assigned to a position stays, so going backwards leaves the first.
    first[codes[::-1]] = np.arange(len(keys) - 1, -1, -1)
    return first[codes]


def of_owner(values: Floats, owner: Rows) -> Floats:
    """Return for each row of a table a value of its patient; NaN where there is none."""
    return np.append(values, np.nan)[owner]


def but_day(name: str, days: Floats) -> WordsOfRow:
    """Add to what was found on which day something else is, row by row."""
    return lambda row: f", but the {name} is day {days[row]:.0f}"


def unknown_column(rows: int) -> Column:
    """Return a column of which no cell is known."""
    nothing = np.array([None], dtype=object)
    return Column(nothing, nothing, np.full(rows, -1, dtype=np.int32))


def _typed(column: Column, rules: ColumnRules) -> Any:
    """Return a value for each row, of the type that data frames of records have."""
    distinct, codes = column.distinct, column.codes
    if rules.kind == "text":
        return distinct[codes]
    dtype, nullable_dtype = _TYPES[rules.kind]
    if rules.nullable:
        return pd.Series(distinct, dtype=nullable_dtype).array.take(codes)
    return np.array(distinct[:-1].tolist(), dtype=dtype)[codes]
