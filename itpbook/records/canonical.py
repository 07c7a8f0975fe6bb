"""Record tables written out the one canonical way: the same records always as the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from implied.files.spreadsheets import quoted, shielded
from itpbook.records.schema import columns_of
from itpbook.records.text_tables import object_array, text_table

_ROWS_AT_A_TIME = 1 << 16


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
