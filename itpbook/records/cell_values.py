"""Values of workbooks, Parquet files and memory, as the text that a CSV file of them would hold."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from itpbook.records.record_files import TextColumn, objects

UNKNOWN = object()
"""Stands for a cell whose value cannot be known; never for an empty one."""
REPORTED = "\x1a"
"""Text of a cell whose fault is reported already: nothing that any column could hold (and no zero byte, at which pandas
takes texts to end).
"""


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


def text_column(values: Iterable[Any]) -> TextColumn:
    """Return a column of these values, of which some may be :data:`UNKNOWN`."""
    known: dict[str, int] = {}
    codes = [-1 if value is UNKNOWN else known.setdefault(cell_text(value), len(known)) for value in values]
    return TextColumn(objects(known), np.array(codes, dtype=np.int32))
