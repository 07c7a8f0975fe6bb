"""Tables of records as text: the cells of CSV files, workbooks, Parquet files and memory, not yet interpreted.

A column is held as its distinct texts and, for each row, the position of its text among them. So every later
check looks at a text once however often it occurs, and millions of rows take little room.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from implied.files.spreadsheets import quoted, shielded
from itpbook.records.schema import columns_of

Codes = NDArray[np.int32]
_ROWS_AT_A_TIME = 1 << 16
UNKNOWN = object()
"""Stands for a cell whose value cannot be known; never for an empty one."""
REPORTED = "\x1a"
"""Text of a cell whose fault is reported already: nothing that any column could hold (and no zero byte, at which pandas
takes texts to end).
"""


@dataclass(frozen=True)
class TextColumn:
    """Distinct texts, and for each row the position of its own; -1 where the text cannot be known."""

    texts: NDArray[np.object_]
    codes: Codes

    @classmethod
    def of(cls, values: Iterable[Any]) -> TextColumn:
        """Hold values as text; some may be :data:`UNKNOWN`."""
        # Not by pandas, for which a text of nothing but a NUL is an empty one, and True among objects equals 1.
        positions: dict[str, int] = {}
        codes = [-1 if value is UNKNOWN else positions.setdefault(cell_text(value), len(positions)) for value in values]
        return cls(object_array(positions), np.array(codes, dtype=np.int32))

    def changed(self, change: Callable[[str], str]) -> TextColumn:
        """Return the column with every text changed; texts that become the same are one."""
        positions: dict[str, int] = {}
        new_codes = [positions.setdefault(change(text), len(positions)) for text in self.texts]
        return TextColumn(object_array(positions), np.array([*new_codes, -1], dtype=np.int32)[self.codes])

    def cells(self) -> list[str | None]:
        """Return the text of each row; None where it cannot be known."""
        texts = [*self.texts.tolist(), None]
        return [texts[code] for code in self.codes.tolist()]


@dataclass(frozen=True)
class TextTable:
    """Cells as they were typed.

    ``lines`` has each row's line in the file, ``heading_line`` that of the headings; ``complete`` is False when
    the file may hold further rows.
    """

    headings: tuple[str, ...]
    columns: tuple[TextColumn, ...]
    lines: NDArray[np.int64]
    complete: bool = True
    heading_line: int = 1

    def changed(self, change: Callable[[str], str]) -> TextTable:
        """Return the table with every heading and text changed."""
        columns = tuple(column.changed(change) for column in self.columns)
        return replace(self, headings=tuple(map(change, self.headings)), columns=columns)

    def known_rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Go through the rows of which every cell is known: their lines, and their cells by heading."""
        for line, *cells in zip(self.lines.tolist(), *(column.cells() for column in self.columns), strict=True):
            if None not in cells:
                yield line, dict(zip(self.headings, cells, strict=True))


class DateText(str):
    """The text of a date or time, which no column of the records holds: other than the same text, typed as such."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DateText) and str(self) == str(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((DateText, str(self)))


def cell_text(value: Any) -> str:
    """Return the text of a value: empty if missing, ``true`` or ``false``, numbers with no digit that is not needed."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime.datetime) and value == value and value.time() == datetime.time():
        return DateText(value.date().isoformat())
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, datetime.date | datetime.time):
        return DateText(value.isoformat())
    if isinstance(value, datetime.timedelta):
        return DateText(str(value))
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating) and np.isfinite(value):
        # Adding zero turns a negative zero into zero.
        return np.format_float_positional(float(value) + 0.0, trim="-")
    if isinstance(value, Decimal) and value.is_finite():
        return format(value.normalize() + 0, "f")
    return str(value)


def object_array(values: Iterable[Any]) -> NDArray[np.object_]:
    """Return values as an array of objects."""
    listed = list(values)
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array


def text_table(table: pd.DataFrame) -> TextTable:
    """Take a table in memory as the text that a file of it would hold; its first row counts as line 2."""
    columns = [_column_in_memory(table.iloc[:, position]) for position in range(table.shape[1])]
    return TextTable(tuple(map(str, table.columns)), tuple(columns), np.arange(2, len(table) + 2, dtype=np.int64))


def _column_in_memory(column: pd.Series) -> TextColumn:
    if column.dtype == object:
        return TextColumn.of(column)
    codes, values = pd.factorize(column)
    # Missing values have the code -1, and so the last cell.
    distinct = TextColumn.of([*values, *([None] if (codes < 0).any() else [])])
    return TextColumn(distinct.texts, distinct.codes[codes])


def canonical_csv(name: str, table: pd.DataFrame) -> Iterator[bytes]:
    """Write a table as bytes, piece by piece: UTF-8, line feeds, columns in the schema's order.

    Missing values are empty, truth values ``true`` and ``false``; numbers have no more digits than they need. A text
    that a spreadsheet would take for a formula has an apostrophe before it, which the reader of CSV files takes away.

    Raises
    ------
    ValueError
        When the table has a column that the schema does not know.
    """
    if unknown := [str(column) for column in table.columns if column not in columns_of(name)]:
        msg = f"{name} has no column {', '.join(unknown)}"
        raise ValueError(msg)
    texts = text_table(table[[column for column in columns_of(name) if column in table.columns]])
    columns = [
        (object_array(quoted(shielded(text)) for text in column.texts), column.codes) for column in texts.columns
    ]
    yield (",".join(texts.headings) + "\n").encode()
    for first in range(0, len(table), _ROWS_AT_A_TIME):
        rows = zip(*(cells[codes[first : first + _ROWS_AT_A_TIME]] for cells, codes in columns), strict=True)
        yield ("\n".join(map(",".join, rows)) + "\n").encode()
