"""Texts in CSV files that a spreadsheet may open: none of them is taken for a formula there.

A text whose first character, after spaces and apostrophes, is one of ``=``, ``+``, ``-`` and ``@`` (or their full-width
forms), or that begins with a tab or a line break, is written with an apostrophe before it; :func:`unshielded` takes it
away again. Numbers stay as they are, negative ones, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

NOTICE = (
    "In CSV files, a text that begins with =, +, - or @ has an apostrophe before it, so that no spreadsheet "
    "takes it for a formula."
)
"""Lies next to the files."""
_FORMULA = re.compile(r"[\s']*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


def shielded(text: str) -> str:
    """Return a text as it is written into a CSV file; :func:`unshielded` returns it unchanged."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unshielded(text: str) -> str:
    """Return a text of a CSV file without the apostrophe that keeps it from being a formula."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text, 1) else text


def csv_of_table(table: pd.DataFrame) -> str:
    """Return a table as CSV, texts and headings shielded; lines end in a line feed, missing values are empty."""
    series = [table.iloc[:, number] for number in range(table.shape[1])]
    columns = [
        [None if missing else value for value, missing in zip(one.astype(object), one.isna(), strict=True)]
        for one in series
    ]
    return "".join(map(csv_line, [table.columns.tolist(), *zip(*columns, strict=True)]))


def csv_line(cells: Iterable[Any]) -> str:
    """Return a row of CSV with its line feed; texts are shielded, numbers and truth values written as they are."""
    return (",".join(map(_cell, cells)) or '""') + "\n"


def quoted(text: str) -> str:
    """Return a text as a cell of CSV: between quotation marks where it holds a comma, a mark or a line break."""
    # The csv module leaves a carriage return bare, and what follows it would begin a row.
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\r\n') else text


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return quoted(shielded(value))
    return "" if value is None or value != value else str(value)
