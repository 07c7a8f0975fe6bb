"""Parquet files of records, read as the text that a CSV file of them would hold."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from implied.files.input_files import OF_RECORDS, open_input
from itpbook.records.cell_values import cell_text
from itpbook.records.problems import Group, Problem
from itpbook.records.record_files import (
    TextColumn,
    TextTable,
    objects,
    unreadable,
)
from itpbook.records.text_files import MOST_COLUMNS, too_many_columns

MOST_ROWS = 200_000_000
RATIO = 1_000
"""How many times its size a file may have when it is unpacked; from :data:`SMALL` bytes on."""
SMALL = 100_000_000
_PER_CELL = 8
"""Bytes that a cell takes in memory, however little of the file."""


def read_parquet(path: Path) -> tuple[TextTable | None, list[Problem]]:
    """Read a Parquet file; its first record counts as row 2, as if a row of headings stood above it.

    Returns
    -------
    tuple
        As :func:`itpbook.records.record_files.read_table`.
    """
    try:
        with open_input(path, OF_RECORDS) as opened:
            size = os.fstat(opened.fileno()).st_size
            file = pq.ParquetFile(opened)
            if refused := _beyond(path.name, file.metadata, size):
                return None, [refused]
            if others := [field for field in file.schema_arrow if not _plain(field.type)]:
                return None, [_not_plain(path.name, field) for field in others]
            # A long text that a small file holds once would be written out for every row.
            texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
            content = pq.ParquetFile(opened, read_dictionary=texts).read()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None, [Problem(path.name, None, None, "a file of another format", "a Parquet file", Group.FILES)]
    except OSError as error:
        if error.strerror is None:  # not the system's, but of a file that is cut short
            return None, [_damaged(path.name)]
        return None, [unreadable(path, error)]
    except Exception:
        # Metadata that are damaged make the library raise nearly anything.
        return None, [_damaged(path.name)]
    columns, problems = [], []
    for field, cells in zip(file.schema_arrow, content.columns, strict=True):
        try:
            columns.append(_column(cells))
        except Exception:
            # Values that Python does not have, such as a day of the year 9999999, make it do the same.
            problems.append(_not_plain(path.name, field, "that cannot be read"))
    if problems:
        return None, problems
    lines = np.arange(2, len(content) + 2, dtype=np.int64)
    return TextTable(tuple(content.column_names), tuple(columns), lines), []


def _beyond(file: str, metadata: Any, size: int) -> Problem | None:
    """Refuse by its metadata a file that holds more than any table of records, before a row is read."""
    if metadata.num_columns > MOST_COLUMNS:
        return too_many_columns(file, None, metadata.num_columns)
    found = f"{metadata.num_rows:,} rows"
    if metadata.num_rows > MOST_ROWS:
        return Problem(file, None, None, found, f"up to {MOST_ROWS:,} rows", Group.FILES)
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    # A list holds more values than rows, and a few bytes can stand for any number of the same.
    values = sum(group.column(column).num_values for group in groups for column in range(metadata.num_columns))
    unpacked = sum(group.total_byte_size for group in groups)
    unpacked += _PER_CELL * max(values, metadata.num_rows * metadata.num_columns)
    if unpacked > max(SMALL, RATIO * size):
        found += f", {unpacked:,} bytes when they are unpacked, in a file of {size:,} bytes"
        return Problem(file, None, None, found, f"up to {RATIO:,} times the size of the file", Group.FILES)
    return None


def _damaged(file: str) -> Problem:
    return Problem(file, None, None, "a damaged file", "a Parquet file", Group.FILES)


def _not_plain(file: str, field: pa.Field, more: str = "") -> Problem:
    expected = "texts, numbers, or true and false"
    found = f"values of type {field.type} {more}".rstrip()
    return Problem(file, None, field.name, found, expected, Group.VALUES)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _plain(kind: pa.DataType) -> bool:
    types = pa.types
    kind = kind.value_type if types.is_dictionary(kind) else kind
    tests = (
        *(_is_text, types.is_boolean, types.is_integer, types.is_floating),
        *(types.is_decimal, types.is_temporal, types.is_null),
    )
    return any(test(kind) for test in tests)


def _column(cells: pa.ChunkedArray) -> TextColumn:
    """Turn each distinct value into its text; values whose texts are the same become one."""
    if not pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_encode()
    cells = cells.unify_dictionaries()
    distinct = [*(cells.chunk(0).dictionary.to_pylist() if cells.num_chunks else []), None]
    chunks = [chunk.indices.fill_null(len(distinct) - 1).to_numpy(zero_copy_only=False) for chunk in cells.chunks]
    places = np.concatenate(chunks).astype(np.int64) if chunks else np.empty(0, dtype=np.int64)
    # A file may list values that no row has.
    used = np.flatnonzero(np.bincount(places, minlength=len(distinct)))
    texts: dict[str, int] = {}
    codes = np.full(len(distinct), -1, dtype=np.int32)
    codes[used] = [texts.setdefault(cell_text(distinct[code]), len(texts)) for code in used.tolist()]
    return TextColumn(objects(texts), codes[places])
