"""A cohort: the four record tables, loaded whole or refused with everything that is wrong with them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from itpbook.columns import typed_table
from itpbook.consistency import inconsistencies
from itpbook.problems import InvalidRecords, Problem
from itpbook.schema import TABLES

SYNTHETIC_PREFIX = "SYN-"
"""Ids of reconstructed patients begin so."""

_MAY_BE_EMPTY = ("adverse_events",)


@dataclass(frozen=True)
class Cohort:
    """Patients, courses of treatment, platelet counts (10^9/L) and adverse events; columns as in the schema."""

    patients: pd.DataFrame
    treatments: pd.DataFrame
    platelets: pd.DataFrame
    adverse_events: pd.DataFrame
    source: Path | None = field(default=None, compare=False)

    def __len__(self) -> int:
        """Count the patients."""
        return len(self.patients)

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables by name."""
        return MappingProxyType({name: getattr(self, name) for name in TABLES})

    @property
    def synthetic(self) -> bool:
        """Whether every patient is a reconstructed one, by the prefix of the ids."""
        return bool(self.patients["patient_id"].str.startswith(SYNTHETIC_PREFIX).all())

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 of each table as it would be written."""
        return MappingProxyType({name: hashlib.sha256(_csv(table)).hexdigest() for name, table in self.tables.items()})


def load_cohort(folder: Path) -> Cohort:
    """Load the four tables of a folder.

    Raises
    ------
    InvalidRecords
        With every problem of every table at once.
    """
    if not folder.is_dir():
        raise InvalidRecords([Problem(str(folder), None, None, "no such folder", "a folder with the four tables")])
    text, problems = {}, []
    for name in TABLES:
        read = _read(folder / f"{name}.csv")
        if isinstance(read, Problem):
            problems.append(read)
        else:
            text[name] = read
    return _cohort(text, problems, folder)


def cohort_of(tables: Mapping[str, pd.DataFrame]) -> Cohort:
    """Make a cohort of tables in memory: written out as text, and checked as files are.

    Raises
    ------
    InvalidRecords
        As :func:`load_cohort`.
    """
    text = {name: _parsed(_csv(table)) for name, table in tables.items()}
    return _cohort(text, [])


def write_cohort(cohort: Cohort, folder: Path) -> None:
    """Write the four tables as CSV files, the same cohort always as the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in cohort.tables.items():
        (folder / f"{name}.csv").write_bytes(_csv(table))


def _cohort(text: Mapping[str, pd.DataFrame], problems: list[Problem], source: Path | None = None) -> Cohort:
    typed = {name: pd.DataFrame() for name in TABLES}
    for name, cells in text.items():
        typed[name], found = typed_table(name, cells)
        problems += found
        if cells.empty and name not in _MAY_BE_EMPTY:
            problems.append(Problem(f"{name}.csv", None, None, "a heading and no rows", "at least one row"))
    problems += inconsistencies(typed)
    if problems:
        raise InvalidRecords(problems)
    for name, table in typed.items():
        TABLES[name].validate(table)
    return Cohort(**typed, source=source)


def _read(path: Path) -> pd.DataFrame | Problem:
    """Read a file as text, or say why it cannot be."""
    file = path.name
    if not path.is_file():
        return Problem(file, None, None, "no such file", f"a file {file} in {path.parent}")
    content = path.read_bytes()
    if not content.strip():
        return Problem(file, None, None, "an empty file", "a heading line and rows")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Problem(file, line, None, f"the byte 0x{content[error.start]:02x}", "text in UTF-8")
    try:
        return _parsed(content)
    except pd.errors.ParserError as error:
        return Problem(file, None, None, str(error).strip(), "as many cells in each row as there are headings")


def _parsed(content: bytes) -> pd.DataFrame:
    """Return cells as strings under the headings as written (pandas would number repeated ones)."""
    frame = pd.read_csv(
        io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig", header=None, skip_blank_lines=True
    )
    headings = frame.iloc[0].tolist()
    cells = frame.iloc[1:].reset_index(drop=True)
    cells.columns = pd.Index(headings)
    return cells.fillna("")


def _csv(table: pd.DataFrame) -> bytes:
    """Write a table the one way: line feeds, true and false, whole numbers without decimals."""
    written = table.copy()
    for column in written.columns:
        values = written[column]
        if pd.api.types.is_bool_dtype(values) or values.map(type).eq(bool).any():
            written[column] = values.map({True: "true", False: "false"})
        elif pd.api.types.is_float_dtype(values):
            written[column] = values.map(
                lambda number: "" if pd.isna(number) else repr(float(number)).removesuffix(".0")
            )
    return written.to_csv(index=False, lineterminator="\n").encode("utf-8")
