"""A case: sound records as text, what is done to them, and the files in which a centre would have them."""

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
    """One way in which records come.

    Attributes
    ----------
    name
        Short and unique.
    topic
        What it is about.
    done
        What was done to sound records, as a sentence.
    make
        Writes the records into a folder.
    file
        The file of the folder that is given to the commands; empty for the folder itself.
    """

    name: str
    topic: str
    done: str
    make: Callable[[Path], None]
    file: str = ""

    def write(self, parent: Path) -> Path:
        """Write the records into a folder of ``parent``; return what the commands are given."""
        folder = parent / FOLDER
        self.make(folder)
        return folder / self.file if self.file else folder


def sound_tables() -> Tables:
    """Return the synthetic records that ship with the project, each cell as text."""
    return {name: pd.read_csv(project.COHORT / f"{name}.csv", dtype=str, keep_default_na=False) for name in TABLES}


def changed(change: Change, writer: Writer | None = None) -> Callable[[Path], None]:
    """Return what changes the sound records and writes them, as CSV files unless said otherwise."""

    def make(folder: Path) -> None:
        tables = sound_tables()
        change(tables)
        folder.mkdir(parents=True)
        (writer or write_csv)(tables, folder)

    return make


def renamed(table: str, **names: str) -> Change:
    """Return what gives columns of a table other headings."""

    def change(tables: Tables) -> None:
        tables[table] = tables[table].rename(columns=names)

    return change


def with_cells(table: str, row: int, /, **cells: str | datetime.date) -> Change:
    """Return what replaces the cells of a row (0 is the first record); cells may be other than text."""

    def change(tables: Tables) -> None:
        for column, value in cells.items():
            tables[table] = tables[table].astype({column: object})
            tables[table].loc[row, column] = value

    return change


def all_of(*changes: Change) -> Change:
    """Return what makes several changes."""

    def change(tables: Tables) -> None:
        for each in changes:
            each(tables)

    return change


def with_row(table: str, **cells: str) -> Change:
    """Return what adds a row to the end of a table; cells not named are empty."""

    def change(tables: Tables) -> None:
        row = {**dict.fromkeys(tables[table].columns, ""), **cells}
        tables[table] = pd.concat([tables[table], pd.DataFrame([row])], ignore_index=True)

    return change


def spoilt(spoil: Callable[[Path], None], writer: Writer | None = None) -> Callable[[Path], None]:
    """Return what writes the sound records and then does something to the folder."""

    def make(folder: Path) -> None:
        changed(lambda _: None, writer)(folder)
        spoil(folder)

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
