"""A case of changed records: valid records as text, the change, and the files in which a centre would have them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd

from itpbook import project
from itpbook.records.schema import TABLES

FOLDER = "records"
"""Name of the folder that a case is written to."""

Tables = dict[str, pd.DataFrame]
Change = Callable[[Tables], None]
Writer = Callable[[Tables, Path], None]


@dataclass(frozen=True)
class Case:
    """Valid records with one change.

    Attributes
    ----------
    name
        Short and unique.
    topic
        What it is about.
    change
        The change of valid records, as a sentence.
    make
        Writes the records into a folder.
    file
        The file of the folder that is given to the commands; empty for the folder itself.
    """

    name: str
    topic: str
    change: str
    make: Callable[[Path], None]
    file: str = ""

    def write(self, parent: Path) -> Path:
        """Write the records into a folder of ``parent``; return what the commands are given."""
        folder = parent / FOLDER
        self.make(folder)
        return folder / self.file if self.file else folder


def valid_tables() -> Tables:
    """Return the synthetic records that ship with the project, each cell as text."""
    return {name: pd.read_csv(project.COHORT / f"{name}.csv", dtype=str, keep_default_na=False) for name in TABLES}


def records_with(change: Change, writer: Writer | None = None) -> Callable[[Path], None]:
    """Return a function that writes valid records with a change, as CSV files unless a writer is given."""

    def make(folder: Path) -> None:
        tables = valid_tables()
        change(tables)
        folder.mkdir(parents=True)
        (writer or write_csv)(tables, folder)

    return make


def rename_columns(table: str, **names: str) -> Change:
    """Return a change that gives columns of a table other headings."""

    def change(tables: Tables) -> None:
        tables[table] = tables[table].rename(columns=names)

    return change


def replace_cells(table: str, row: int, /, **cells: str | datetime.date) -> Change:
    """Return a change that replaces cells of a row (0 is the first record); cells may be other than text."""

    def change(tables: Tables) -> None:
        for column, value in cells.items():
            tables[table] = tables[table].astype({column: object})
            tables[table].loc[row, column] = value

    return change


def make_changes(*changes: Change) -> Change:
    """Return several changes as one."""

    def change(tables: Tables) -> None:
        for one_change in changes:
            one_change(tables)

    return change


def append_row(table: str, **cells: str) -> Change:
    """Return a change that adds a row to the end of a table; cells not named are empty."""

    def change(tables: Tables) -> None:
        row = {**dict.fromkeys(tables[table].columns, ""), **cells}
        tables[table] = pd.concat([tables[table], pd.DataFrame([row])], ignore_index=True)

    return change


def folder_with(change: Callable[[Path], None], writer: Writer | None = None) -> Callable[[Path], None]:
    """Return a function that writes valid records and then changes their folder."""

    def make(folder: Path) -> None:
        records_with(lambda _: None, writer)(folder)
        change(folder)

    return make


def write_csv(tables: Tables, folder: Path) -> None:
    """Write each table as a CSV file."""
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")


def write_workbook(tables: Tables, folder: Path) -> None:
    """Write each table as a sheet of one workbook, numbers and truth values as a spreadsheet has them."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, table in tables.items():
        sheet = book.create_sheet(name)
        sheet.append(list(table.columns))
        for row in table.itertuples(index=False):
            sheet.append([_cell(cell) for cell in row])
    book.save(folder / "records.xlsx")


def write_parquet(tables: Tables, folder: Path) -> None:
    """Write each table as a Parquet file, numbers and truth values as such."""
    for name, table in tables.items():
        cells = {str(column): [_cell(cell) for cell in table[column]] for column in table}
        pd.DataFrame(cells).convert_dtypes().to_parquet(folder / f"{name}.parquet", index=False)


def _cell(text: object) -> object:
    """Return what typing a text into a cell leaves there; dates and the like come as they are."""
    if not isinstance(text, str):
        return text
    if text in ("true", "false"):
        return text == "true"
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return text or None
