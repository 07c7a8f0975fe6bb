"""What a figure shows as a table that readers can download: names of columns, and CSV that is always the same."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from implied.files.spreadsheets import csv_of_table


def named(count: str) -> str:
    """Return the name of a column of platelet counts in downloads: with its unit."""
    return f"{count}_10e9_per_l"


def csv_text(data: pd.DataFrame) -> str:
    """Return a table as CSV: lines end in a line feed, decimals have six significant digits, truth is true or false."""
    printed = {name: [_cell(value) for value in data[name].astype(object)] for name in data.columns}
    return csv_of_table(pd.DataFrame(printed, columns=data.columns, dtype=object))


def _cell(value: Any) -> str:
    if value is None or value is pd.NA:
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        return "" if math.isnan(value) else f"{float(value) + 0.0:.6g}"
    return str(value)
