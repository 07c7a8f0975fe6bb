"""Where records come from: a folder of CSV or of Parquet files, or one Excel workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from itpbook.records.delimited import read_delimited
from itpbook.records.headings import passed_over
from itpbook.records.parquet import read_parquet
from itpbook.records.problems import Problems, quoted
from itpbook.records.schema import TABLES
from itpbook.records.text_tables import TextTable
from itpbook.records.workbooks import read_workbook, sheet_file

_READERS: Mapping[str, Callable[[Path, Problems], TextTable | None]] = {
    ".csv": read_delimited,
    ".parquet": read_parquet,
}
_FORMATS = {".csv": "CSV files", ".parquet": "Parquet files"}
_FILES = [f"{name}.csv" for name in TABLES]
_EXPECTED = f"a folder with {', '.join(_FILES[:-1])} and {_FILES[-1]} (or as .parquet), or a workbook (.xlsx)"


@dataclass(frozen=True)
class Source:
    """Tables as they were found: how problems name each, and its cells (None where there is nothing to check)."""

    files: Mapping[str, str]
    texts: Mapping[str, TextTable | None]


def read_source(path: Path, problems: Problems) -> Source:
    """Read the four tables from a folder, or from a workbook; what is wrong with the files goes to ``problems``."""
    if path.is_file() and path.suffix.casefold() == ".xlsx":
        return _of_workbook(path, problems)
    if not path.is_dir():
        return _refused(path, problems, "a file" if path.exists() else "no such folder", _EXPECTED)
    names = sorted(entry.name for entry in path.iterdir())
    suffixes = [suffix for suffix in _READERS if any(f"{name}{suffix}" in names for name in TABLES)]
    # Excel keeps a file next to a workbook that is open.
    workbooks = [name for name in names if name.casefold().endswith(".xlsx") and not name.startswith("~$")]
    if suffixes:
        absent = [name for name in TABLES if not any(f"{name}{suffix}" in names for suffix in suffixes)]
        workbooks = [name for name in workbooks if Path(name).stem.casefold() not in absent]
    if len(suffixes) + len(workbooks) > 1:
        observed = ", ".join([*(_FORMATS[suffix] for suffix in suffixes), *map(quoted, workbooks)])
        return _refused(path, problems, observed, "the records once: CSV files, Parquet files or one workbook")
    if workbooks:
        return _of_workbook(path / workbooks[0], problems)
    suffix = suffixes[0] if suffixes else ".csv"
    problems += passed_over({name: Path(name).stem for name in names if Path(name).suffix == suffix})
    files = {table: f"{table}{suffix}" for table in TABLES}
    return Source(files, {table: _READERS[suffix](path / file, problems) for table, file in files.items()})


def _of_workbook(path: Path, problems: Problems) -> Source:
    return Source({table: sheet_file(path, table) for table in TABLES}, read_workbook(path, problems))


def _refused(path: Path, problems: Problems, found: str, expected: str) -> Source:
    problems.add(str(path), found, expected)
    return Source({table: f"{table}.csv" for table in TABLES}, dict.fromkeys(TABLES))
