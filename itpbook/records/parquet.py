"""Parquet files of records, read as the text that a CSV file of them would hold."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from implied.files.input_files import OF_RECORDS, open_input
from itpbook.records.delimited import MOST_COLUMNS
from itpbook.records.problems import Problems, Remedy, why_unreadable
from itpbook.records.text_tables import TextColumn, TextTable

MOST_ROWS = 200_000_000
RATIO = 1_000
"""How many times its size a file may have when it is unpacked; from :data:`SMALL` bytes on."""
SMALL = 100_000_000
_PER_CELL = 8
"""Bytes that a cell takes in memory, however little of the file."""


def read_parquet(path: Path, problems: Problems) -> TextTable | None:
    """Read a Parquet file; its first record counts as row 2, as if a row of headings stood above it.

    Returns its cells as text, None when there is nothing to check; what is wrong with the file goes to ``problems``.
    """
    name, expected = path.name, "texts, numbers, or true and false"
    try:
        with open_input(path, OF_RECORDS) as opened:
            file = pq.ParquetFile(opened)
            if beyond := _beyond(file.metadata, os.fstat(opened.fileno()).st_size):
                problems.add(name, *beyond)
                return None
            if odd := [field for field in file.schema_arrow if not _plain(field.type)]:
                for field in odd:
                    problems.add(name, f"values of type {field.type}", expected, Remedy.VALUES, column=field.name)
                return None
            # A long text that a small file holds once would be written out for every row.
            texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
            content = pq.ParquetFile(opened, read_dictionary=texts).read()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        problems.add(name, "a file of another format", "a Parquet file")
        return None
    except Exception as error:
        # Metadata that are damaged make the library raise nearly anything; only the system's errors have their words.
        if isinstance(error, OSError) and error.strerror is not None:
            problems.add(name, why_unreadable(path, error), f"a file {name}")
        else:
            problems.add(name, "a damaged file", "a Parquet file")
        return None
    columns = []
    for field, cells in zip(file.schema_arrow, content.columns, strict=True):
        try:
            columns.append(_column(cells))
        except Exception:
            # Values that Python does not have, such as a day of the year 9999999, make it do the same.
            observed = f"values of type {field.type} that cannot be read"
            problems.add(name, observed, expected, Remedy.VALUES, column=field.name)
    if len(columns) < content.num_columns:
        return None
    lines = np.arange(2, len(content) + 2, dtype=np.int64)
    return TextTable(tuple(content.column_names), tuple(columns), lines)


def _beyond(metadata: Any, size: int) -> tuple[str, str, Remedy] | None:
    """Say by its metadata, before a row is read, what a file holds beyond any table of records, and what is expected.

    ``size`` is that of the file in bytes.
    """
    if metadata.num_columns > MOST_COLUMNS:
        return f"{metadata.num_columns:,} columns", f"up to {MOST_COLUMNS:,} columns", Remedy.COLUMNS
    rows = f"{metadata.num_rows:,} rows"
    if metadata.num_rows > MOST_ROWS:
        return rows, f"up to {MOST_ROWS:,} rows", Remedy.FILES
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    # A list holds more values than rows, and a few bytes can stand for any number of the same.
    values = sum(group.column(column).num_values for group in groups for column in range(metadata.num_columns))
    unpacked = sum(group.total_byte_size for group in groups)
    unpacked += _PER_CELL * max(values, metadata.num_rows * metadata.num_columns)
    if unpacked > max(SMALL, RATIO * size):
        observed = f"{rows}, {unpacked:,} bytes when they are unpacked, in a file of {size:,} bytes"
        return observed, f"up to {RATIO:,} times the size of the file", Remedy.FILES
    return None


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _plain(kind: pa.DataType) -> bool:
    types = pa.types
    kind = kind.value_type if types.is_dictionary(kind) else kind
    numbers = types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind)
    return bool(numbers or _is_text(kind) or types.is_boolean(kind) or types.is_temporal(kind) or types.is_null(kind))


def _column(cells: pa.ChunkedArray) -> TextColumn:
    """Turn each distinct value into its text; values whose texts are the same become one."""
    if not pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_encode()
    cells = cells.unify_dictionaries()
    distinct = [*(cells.chunk(0).dictionary.to_pylist() if cells.num_chunks else []), None]
    chunks = [chunk.indices.fill_null(len(distinct) - 1).to_numpy(zero_copy_only=False) for chunk in cells.chunks]
    positions = np.concatenate(chunks).astype(np.int64) if chunks else np.empty(0, dtype=np.int64)
    # A file may list values that no row has.
    used = np.flatnonzero(np.bincount(positions, minlength=len(distinct)))
    column = TextColumn.of(distinct[position] for position in used.tolist())
    codes = np.full(len(distinct), -1, dtype=np.int32)
    codes[used] = column.codes
    return TextColumn(column.texts, codes[positions])
