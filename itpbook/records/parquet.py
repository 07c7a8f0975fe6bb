"""Parquet files of records, read as the text that a CSV file of them would hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from itpbook.records.files import TextColumn, TextTable, objects, unreadable
from itpbook.records.problems import Group, Problem
from itpbook.records.values import cell_text


def read_parquet(path: Path) -> tuple[TextTable | None, list[Problem]]:
    """Read a Parquet file; its first record counts as row 2, as if a row of headings stood above it.

    Returns
    -------
    tuple
        As :func:`itpbook.records.files.read_table`.
    """
    try:
        # Opened here, so that a build can observe it: pyarrow would open it outside Python.
        with path.open("rb") as file:
            content = pq.ParquetFile(file).read()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None, [Problem(path.name, None, None, "a file of another format", "a Parquet file", Group.FILES)]
    except OSError as error:
        if error.strerror is None:  # not the system's, but of a file that is cut short
            return None, [Problem(path.name, None, None, "a damaged file", "a Parquet file", Group.FILES)]
        return None, [unreadable(path, error)]
    columns, problems = [], []
    for name, kind, cells in zip(content.column_names, content.schema.types, content.columns, strict=True):
        if _plain(kind):
            columns.append(_column(cells))
        else:
            expected = "texts, numbers, or true and false"
            problems.append(Problem(path.name, None, name, f"values of type {kind}", expected, Group.VALUES))
            columns.append(TextColumn(objects([]), np.full(len(content), -1, dtype=np.int32)))
    lines = np.arange(2, len(content) + 2, dtype=np.int64)
    return TextTable(tuple(content.column_names), tuple(columns), lines), problems


def _plain(kind: pa.DataType) -> bool:
    types = pa.types
    kind = kind.value_type if types.is_dictionary(kind) else kind
    tests = (
        *(types.is_string, types.is_large_string, types.is_boolean, types.is_integer, types.is_floating),
        *(types.is_decimal, types.is_temporal, types.is_null),
    )
    return any(test(kind) for test in tests)


def _column(cells: pa.ChunkedArray) -> TextColumn:
    """Turn each distinct value into its text; values whose texts are the same become one."""
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    coded = cells.combine_chunks().dictionary_encode(null_encoding="encode")
    known: dict[str, int] = {}
    codes = [known.setdefault(cell_text(value), len(known)) for value in coded.dictionary.to_pylist()]
    places = coded.indices.to_numpy(zero_copy_only=False)
    return TextColumn(objects(known), np.array(codes, dtype=np.int32)[places])
