"""A cohort: the four record tables, loaded whole or refused with everything that is wrong with them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from itpbook.records.columns import CheckedTable
from itpbook.records.consistency import inconsistencies
from itpbook.records.plausibility import implausibilities
from itpbook.records.problems import Problem, Problems, errors_of, in_order
from itpbook.records.report import InvalidRecords, problems_table
from itpbook.records.schema import MAY_BE_EMPTY, TABLES, columns_of
from itpbook.records.sources import Source, read_source
from itpbook.records.text_tables import TextTable, canonical_csv, text_table
from itpbook.records.typed import typed_table

__all__ = [
    "SYNTHETIC_PREFIX",
    "Cohort",
    "InvalidRecords",
    "Problem",
    "cohort_of",
    "load_cohort",
    "problems_table",
    "write_cohort",
]

SYNTHETIC_PREFIX = "SYN-"
"""Identifiers of reconstructed patients begin so."""


@dataclass(frozen=True, eq=False)
class Cohort:
    """Records of patients; columns, units and types as in :mod:`itpbook.records.schema`.

    Texts are plain strings (None where missing), whole numbers ``int64`` (``Int64`` where some may be
    missing), truth values ``bool`` (``boolean`` where some may be missing), counts ``float64``. Two cohorts
    hold the same records when their ``digests`` are the same.

    Attributes
    ----------
    patients, treatments, platelets, adverse_events
        The tables. Days count from the start of the combination, platelets are in 10^9/L.
    source
        The folder or workbook that they came from; None for records made in memory.
    warnings
        What is possible but unlikely in them, in the order of the tables.
    """

    patients: pd.DataFrame
    treatments: pd.DataFrame
    platelets: pd.DataFrame
    adverse_events: pd.DataFrame
    source: Path | None = None
    warnings: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        """Count the patients."""
        return len(self.patients)

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables by name."""
        return MappingProxyType({name: getattr(self, name) for name in TABLES})

    @property
    def synthetic(self) -> bool:
        """Whether every patient is a reconstructed one, by the prefix of the identifiers."""
        return len(self) > 0 and bool(self.patients["patient_id"].str.startswith(SYNTHETIC_PREFIX).all())

    @property
    def reconstructed(self) -> bool:
        """Whether they are patients of the published series, reconstructed: synthetic, with all inferred columns."""
        inferred = [name for name, rules in columns_of("patients").items() if rules.inferred]
        return self.synthetic and set(inferred) <= set(self.patients.columns)

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 of each table as :func:`write_cohort` writes it, in hexadecimal digits."""
        return MappingProxyType({name: _digest(name, table) for name, table in self.tables.items()})


def load_cohort(path: Path) -> Cohort:
    """Load the tables of a folder of CSV files, a folder of Parquet files, or an Excel workbook (or its folder).

    Files and sheets are named after the tables: ``patients``, ``treatments``, ``platelets``, ``adverse_events``.

    Raises
    ------
    InvalidRecords
        With the problems of every file at once; of a kind the first 50 are listed and the others counted. Nothing is
        guessed, dropped or converted to make it fit. What is only unlikely raises nothing; the cohort keeps it as
        ``warnings``.
    """
    problems = Problems()
    return _cohort(read_source(path, problems), problems, path)


def cohort_of(tables: Mapping[str, pd.DataFrame]) -> Cohort:
    """Make a cohort of tables in memory, typed or not, by the same checks as files.

    A table of adverse events without rows needs no columns.

    Raises
    ------
    InvalidRecords
        As :func:`load_cohort`; rows count as lines of a file with a heading.
    """
    problems = Problems()
    return _cohort(_in_memory(tables, problems), problems)


def write_cohort(cohort: Cohort, folder: Path) -> None:
    """Write the four tables as CSV files, making the folder: the same records always as the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in cohort.tables.items():
        with (folder / f"{name}.csv").open("wb") as file:
            file.writelines(canonical_csv(name, table))


def _digest(name: str, table: pd.DataFrame) -> str:
    digest = hashlib.sha256()
    for piece in canonical_csv(name, table):
        digest.update(piece)
    return digest.hexdigest()


def _in_memory(tables: Mapping[str, pd.DataFrame], problems: Problems) -> Source:
    """Take tables in memory as the files that they would be written to."""
    texts: dict[str, TextTable | None] = dict.fromkeys(TABLES)
    for name in TABLES:
        table = tables.get(name)
        if table is None:
            problems.add(f"{name}.csv", "no such table", f"a table {name}")
            continue
        if table.shape == (0, 0) and name in MAY_BE_EMPTY:
            table = pd.DataFrame(columns=[column for column, rules in columns_of(name).items() if rules.required])
        texts[name] = text_table(table)
    for name in tables:
        if name not in TABLES:
            problems.add(f"{name}.csv", "a table of this name", f"no tables but {', '.join(TABLES)}")
    return Source({name: f"{name}.csv" for name in TABLES}, texts)


def _checked(source: Source, problems: Problems) -> tuple[dict[str, CheckedTable], list[Problem]]:
    """Do all checks, the one way for files and for tables in memory; ``problems`` are those of the files as such."""
    tables = {name: typed_table(name, source.files[name], text, problems) for name, text in source.texts.items()}
    problems += inconsistencies(tables)
    problems += implausibilities(tables, sound=not errors_of(problems))
    return tables, in_order(problems, list(source.files.values()))


def _cohort(source: Source, problems: Problems, path: Path | None = None) -> Cohort:
    tables, listed = _checked(source, problems)
    if errors_of(listed):
        raise InvalidRecords(listed)
    return Cohort(**{name: table.frame() for name, table in tables.items()}, source=path, warnings=tuple(listed))
