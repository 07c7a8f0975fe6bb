"""A table of printed cells as CSV: what readers take away has the characters of the page, and no markup."""

from __future__ import annotations

import re
from html import unescape

import pandas as pd

from implied.files.spreadsheets import csv_of_table

_BREAK = re.compile(r"\s*<(?:br|div)\b[^>]*>\s*")
_TAG = re.compile(r"<[^>]*>")


def plain(cell: str) -> str:
    """Return the words of a cell of HTML; what stands on a line of its own there follows a semicolon."""
    return unescape(_TAG.sub("", _BREAK.sub("; ", cell))).strip().removeprefix("; ")


def csv_of(frame: pd.DataFrame) -> str:
    """Return cells of HTML as CSV with the same headings, in UTF-8 with line feeds; no cell is a formula."""
    return csv_of_table(frame.astype(object).map(plain))
