"""Where records come from: a folder of CSV or of Parquet files, or one Excel workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from itpbook.records.parquet import read_parquet
from itpbook.records.problems import Group, Problem, quoted
from itpbook.records.record_files import TextTable, passed_over, read_table
from itpbook.records.schema import TABLES
from itpbook.records.workbooks import read_workbook, sheet_file

_READERS: Mapping[str, Callable[[Path], tuple[TextTable | None, list[Problem]]]] = {
    ".csv": read_table,
    ".parquet": read_parquet,
}
_FORMATS = {".csv": "CSV files", ".parquet": "Parquet files"}
_FILES = [f"{name}.csv" for name in TABLES]
EXPECTED = f"a folder with {', '.join(_FILES[:-1])} and {_FILES[-1]} (or as .parquet), or a workbook (.xlsx)"


@dataclass(frozen=True)
class Source:
    """Tables as they were found.

    ``files`` says how problems name each table, ``texts`` has its cells (None where there is nothing to check), and
    ``problems`` what is wrong with the files as such.
    """

    files: Mapping[str, str]
    texts: Mapping[str, TextTable | None]
    problems: list[Problem]


def read_source(path: Path) -> Source:
    """Read the four tables from a folder, or from a workbook itself."""
    if path.is_file() and path.suffix.casefold() == ".xlsx":
        return _of_workbook(path)
    if not path.is_dir():
        found = "a file" if path.exists() else "no such folder"
        return _refused(path, found, EXPECTED)
    names = sorted(each.name for each in path.iterdir())
    suffixes = [suffix for suffix in _READERS if any(f"{name}{suffix}" in names for name in TABLES)]
    # Excel keeps a file beside a workbook that is open.
    workbooks = [name for name in names if name.casefold().endswith(".xlsx") and not name.startswith("~$")]
    if suffixes:
        absent = [name for name in TABLES if not any(f"{name}{suffix}" in names for suffix in suffixes)]
        workbooks = [name for name in workbooks if Path(name).stem.casefold() not in absent]
    if len(suffixes) + len(workbooks) > 1:
        found = ", ".join([*(_FORMATS[suffix] for suffix in suffixes), *map(quoted, workbooks)])
        return _refused(path, found, "the records once: CSV files, Parquet files or one workbook")
    if workbooks:
        return _of_workbook(path / workbooks[0])
    suffix = suffixes[0] if suffixes else ".csv"
    texts: dict[str, TextTable | None] = {}
    problems = list(passed_over({each: Path(each).stem for each in names if Path(each).suffix == suffix}))
    for name in TABLES:
        texts[name], of_file = _READERS[suffix](path / f"{name}{suffix}")
        problems += of_file
    return Source({name: f"{name}{suffix}" for name in TABLES}, texts, problems)


def _of_workbook(path: Path) -> Source:
    texts, problems = read_workbook(path)
    return Source({name: sheet_file(path, name) for name in TABLES}, texts, problems)


def _refused(path: Path, found: str, expected: str) -> Source:
    problem = Problem(str(path), None, None, found, expected, Group.FILES)
    return Source({name: f"{name}.csv" for name in TABLES}, dict.fromkeys(TABLES), [problem])
