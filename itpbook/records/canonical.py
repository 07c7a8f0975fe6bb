"""Record tables written out the one canonical way: the same records always as the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from implied.files.spreadsheets import quoted, shielded
from itpbook.records.cell_values import cell_text, text_column
from itpbook.records.record_files import TextColumn, TextTable, objects
from itpbook.records.schema import columns_of

_ROWS_AT_A_TIME = 1 << 16


def text_table(table: pd.DataFrame) -> TextTable:
    """Take a table in memory as the text that a file of it would hold; its first row counts as line 2."""
    columns = []
    for position in range(table.shape[1]):
        column = table.iloc[:, position]
        if column.dtype == object:
            # Among objects True equals 1, and for pandas a text of nothing but a NUL is an empty one.
            columns.append(text_column(column))
            continue
        codes, values = pd.factorize(column)
        cells = [*map(cell_text, values), *([""] if (codes < 0).any() else [])]
        texts = {text: code for code, text in enumerate(dict.fromkeys(cells))}
        # Missing values have the code -1, and so the last cell.
        own = np.array([texts[cell] for cell in cells], dtype=np.int32)
        columns.append(TextColumn(objects(texts), own[codes]))
    lines = np.arange(2, len(table) + 2, dtype=np.int64)
    return TextTable(tuple(map(str, table.columns)), tuple(columns), lines)


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
    table = table[[column for column in columns_of(name) if column in table.columns]]
    written = text_table(table)
    columns = [(objects(quoted(shielded(text)) for text in column.texts), column.codes) for column in written.columns]
    yield (",".join(written.headings) + "\n").encode()
    for first in range(0, len(table), _ROWS_AT_A_TIME):
        rows = zip(*(texts[codes[first : first + _ROWS_AT_A_TIME]] for texts, codes in columns), strict=True)
        yield ("\n".join(map(",".join, rows)) + "\n").encode()
