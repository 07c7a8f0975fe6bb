"""Columns and tables of records while they are checked: distinct values, and what is known of each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from numpy.typing import NDArray

from itpbook.records.problems import Group, Problem, alike, line_name, quoted
from itpbook.records.record_files import Codes
from itpbook.records.schema import columns_of, kind

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Telling = Callable[[int], str]
"""What is said of a row, by its position."""


@dataclass(frozen=True)
class Column:
    """A column of a table with its distinct values; the last position stands for a cell that cannot be known.

    ``distinct`` and ``valid`` belong to the ``texts``; a value that is missing or not valid is None.
    """

    texts: NDArray[np.object_]
    distinct: NDArray[np.object_]
    valid: Bools
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
        return self.given & self.valid[self.codes]

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
        found = np.array([None if value is None else meaning.get(value) for value in self.distinct], dtype=object)
        return found[self.codes]

    def first_rows(self) -> NDArray[np.int64]:
        """Return for each row the first one that has the same valid value; itself where it has none."""
        rows = np.arange(len(self.codes))
        return first_alike(np.where(self.known, self.codes, -1 - rows))

    def _rows(self, of_texts: list[bool]) -> Bools:
        return np.array(of_texts, dtype=bool)[self.codes]


@dataclass(frozen=True)
class Table:
    """A table of the schema with all its columns; those that the file lacks are unknown in every row.

    ``file`` names where it came from, as problems do.
    """

    name: str
    file: str
    columns: Mapping[str, Column]
    lines: NDArray[np.int64]
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
        self, broken: Bools, column: str, expected: str | Telling, group: Group, note: Telling | None = None
    ) -> Iterator[Problem]:
        """Report a cell of each row marked in ``broken``; of many, the first are listed and the others counted.

        ``expected`` may depend on the position of the row; ``note`` tells more of what was found there.
        """
        rows = np.flatnonzero(broken).tolist()
        by_words: dict[str, list[int]] = {expected: rows} if isinstance(expected, str) and rows else {}
        if not isinstance(expected, str):
            for row in rows:
                by_words.setdefault(expected(row), []).append(row)
        for words, of_kind in by_words.items():

            def problem(row: int, words: str = words) -> Problem:
                found = self.cell(row, column) + (note(row) if note else "")
                return Problem(self.file, int(self.lines[row]), column, found, words, group)

            yield from alike(of_kind, problem)

    def frame(self) -> pd.DataFrame:
        """Return the table with the types of the schema; only for tables without problems."""
        rules = columns_of(self.name)
        return pd.DataFrame({name: _typed(self.columns[name], rules[name]) for name in self.present})


def first_alike(keys: NDArray[Any]) -> NDArray[np.int64]:
    """Return for each position the first one that has the same key."""
    codes, found = pd.factorize(keys)
    first = np.empty(len(found), dtype=np.int64)
    # The last value assigned to a position stays, so going backwards leaves the first.
    first[codes[::-1]] = np.arange(len(keys) - 1, -1, -1)
    return first[codes]


def unknown_column(rows: int) -> Column:
    """Return a column of which no cell is known."""
    nothing = np.array([None], dtype=object)
    return Column(nothing, nothing, np.array([False]), np.full(rows, -1, dtype=np.int32))


def _typed(column: Column, rules: pa.Column) -> Any:
    """Return a value for each row, of the type that the schema asks for."""
    distinct, codes = column.distinct, column.codes
    if kind(rules) == "text":
        return distinct[codes]
    if rules.nullable:
        return pd.Series(distinct, dtype=str(rules.dtype)).array.take(codes)
    return np.array(distinct[:-1].tolist(), dtype=str(rules.dtype))[codes]
