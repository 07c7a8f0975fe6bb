"""Rows of the tables gathered from the rows of an export, each cell with the place that it came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pandas as pd

from itpbook.intake.redcap.export import Export, ExportRow
from itpbook.intake.redcap.field_values import Cell, FieldReader, Fields, Undeclared
from itpbook.intake.redcap.fields import DERIVED, REPEATING, Target
from itpbook.intake.redcap.mapping import CentreMapping
from itpbook.records.problems import Problems, Remedy, quoted
from itpbook.records.schema import DRUG_CLASSES, TABLES, columns_of
from itpbook.records.text_tables import REPORTED


@dataclass(frozen=True)
class GatheredRow:
    """A row of a table as text, and where it came from: record and line, and the cell of each column.

    Rows are sorted by ``order``: by patient and day, then by their cells.
    """

    texts: Mapping[str, str]
    record: str
    line: int
    cells: Mapping[str, Cell]
    order: tuple[Any, ...]


class Gathering:
    """One pass over an export, and the tables that came of it.

    Attributes
    ----------
    rows
        By table, in an order that says nothing of that of the export.
    columns
        Of each table, in their order.
    problems
        What is wrong with columns and cells.
    left_out
        How many counts of blood samples a missing-data code says were not done.
    empty
        How many repeating instances have no entry.
    used
        Columns of the export that something asked for.
    """

    def __init__(
        self, export: Export, mapping: CentreMapping, fields: Fields, barred: set[str], identifiers: Mapping[str, str]
    ) -> None:
        self.rows: dict[str, list[GatheredRow]] = {table: [] for table in TABLES}
        self.columns = {table: ["patient_id"] for table in TABLES}
        self.problems = Problems()
        self.left_out = self.empty = 0
        self.used = {mapping.record, mapping.day_zero}
        self._export, self._mapping, self._fields, self._barred = export, mapping, fields, barred
        self._readers: dict[str, dict[str, list[FieldReader]]] = {table: {} for table in TABLES}
        self._plan()
        tables_of: dict[str, set[str]] = {}
        for table, columns in self._readers.items():
            for reader in chain(*columns.values()):
                tables_of.setdefault(reader.field, set()).add(table)
        self._shared = {field for field, tables in tables_of.items() if len(tables) > 1}
        """Fields that fill several tables, such as the date of a visit: alone they make no row."""
        rows_of: dict[str, list[ExportRow]] = {}
        for row in export.rows:
            if row.record:
                rows_of.setdefault(row.record, []).append(row)
        for record, of_record in rows_of.items():
            self._gather(identifiers[record], of_record)
        for rows in self.rows.values():
            rows.sort(key=lambda row: row.order)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables with all cells as text."""
        return {
            table: pd.DataFrame([row.texts for row in rows], columns=self.columns[table], dtype=object)
            for table, rows in self.rows.items()
        }

    def _plan(self) -> None:
        """Settle once for each column which fields fill it; what is wrong with a whole column is reported here."""
        if not self._export.columns_of(self._mapping.day_zero):
            expected = "the date of day 0, or day_zero: in the mapping"
            self._report(self._mapping.day_zero, "no such field", expected, Remedy.COLUMNS)
        for table in TABLES:
            for column, rules in columns_of(table).items():
                target = (table, column)
                names = self._mapping.fields.get(target, ())
                absent = [name for name in names if not self._export.columns_of(name)]
                is_given = target in self._mapping.constants or target in DERIVED
                if column == "patient_id" or (not is_given and not rules.required and (absent or not names)):
                    continue
                self.columns[table].append(column)
                if is_given:
                    continue
                expected = f"a field for {table}.{column}, or fields: or constants: {table}.{column} in the mapping"
                for name in absent:
                    self._report(name, "no such field", expected, Remedy.COLUMNS)
                self.used.update(*map(self._export.columns_of, names))
                self._readers[table][column] = [self._reader(target, name, absent) for name in names]

    def _reader(self, target: Target, name: str, absent: list[str]) -> FieldReader:
        if name not in absent and name not in self._barred:
            try:
                return self._fields.reader(target, name)
            except Undeclared as error:
                self._report(name, error.found, error.expected, Remedy.COLUMNS)
        return FieldReader(name, None)

    def _gather(self, name: str, rows: list[ExportRow]) -> None:
        """Make the rows of the tables of the rows of one record, whose patient is called ``name``."""
        start = self._day_zero(rows)
        of_patient = [self._cells("patients", row) for row in rows]
        merged = {column: [cell for cells in of_patient for cell in cells[column]] for column in of_patient[0]}
        self._add("patients", rows[0], merged, name, start)
        for row, patient in zip(rows, of_patient, strict=True):
            entered = any(cell.filled for cell in chain(*patient.values()))
            for table in REPEATING:
                cells = self._cells(table, row)
                if not any(cell.filled and cell.field not in self._shared for cell in chain(*cells.values())):
                    continue
                entered = True
                if table == "platelets" and cells.get("count") and all(cell.missing for cell in cells["count"]):
                    self.left_out += 1
                else:
                    self._add(table, row, cells, name, start)
            self.empty += bool(row.instance[-1] and not entered)

    def _cells(self, table: str, row: ExportRow) -> dict[str, list[Cell]]:
        """Read in a row of the export all cells of a table: those of every field that fills a column."""
        return {
            column: [self._fields.cell(reader, row) for reader in readers]
            for column, readers in self._readers[table].items()
        }

    def _day_zero(self, rows: list[ExportRow]) -> dt.date | None:
        field = self._mapping.day_zero
        if not self._export.columns_of(field) or field in self._barred:
            return None
        reader = self._fields.date_reader(field)
        cell = self._settled([self._fields.cell(reader, row) for row in rows], rows[0].record)
        if isinstance(cell.value, dt.date):
            return cell.value
        if cell.value is not None:
            observed = f"the missing-data code {quoted(cell.raw)}" if cell.missing else "nothing"
            observed += f" of record {quoted(rows[0].record)}"
            self._report(field, observed, "the date of day 0", Remedy.MISSING, cell.line)
        return None

    def _settled(self, cells: Sequence[Cell], record: str) -> Cell:
        """Return the one entry of a record in a column, or the first empty cell; two that differ are reported."""
        # A filled cell counts before an unticked box, and that before an empty cell.
        entries = [cell for cell in cells if cell.filled or cell.expected]
        entries = entries or [cell for cell in cells if cell.unticked and cell.raw]
        if not entries:
            return next((cell for cell in cells if cell.value is None), cells[0])
        chosen = entries[0]
        for cell in entries:
            if cell.expected:
                observed = f"{quoted(cell.raw)} of record {quoted(record)}"
                self._report(cell.field, observed, cell.expected, Remedy.VALUES, cell.line)
            elif chosen.value is not None and cell.value != chosen.value:
                other = f"line {chosen.line}" if cell.line != chosen.line else chosen.field
                observed = f"{quoted(cell.raw)} of record {quoted(record)}, but {quoted(chosen.raw)} in {other}"
                expected = "one value for each column of a row"
                self._report(cell.field, observed, expected, Remedy.CONTRADICTIONS, cell.line)
        return chosen

    def _add(
        self, table: str, row: ExportRow, cells: Mapping[str, Sequence[Cell]], name: str, start: dt.date | None
    ) -> None:
        settled = {column: self._settled(of_column, row.record) for column, of_column in cells.items()}
        texts, days = {"patient_id": name}, list[float]()
        for column in self.columns[table][1:]:
            if (table, column) in self._mapping.constants:
                texts[column] = self._mapping.constants[table, column]
            elif column in settled:
                texts[column] = _text(settled[column].value, start, day=columns_of(table)[column].is_day)
            if columns_of(table)[column].is_day:
                # What has no day comes last.
                days.append(float(texts[column]) if texts[column].lstrip("-").isdigit() else float("inf"))
        if table == "treatments":
            texts["drug_class"] = DRUG_CLASSES.get(texts["agent"], REPORTED)
        order = (name, days, [*texts.values()])
        self.rows[table].append(GatheredRow(texts, row.record, row.line, settled, order))

    def _report(self, field: str, found: str, expected: str, group: Remedy, line: int | None = None) -> None:
        """Report a problem of a cell or, where no line is given, of the heading of a field."""
        row = self._export.heading_line if line is None else line
        self.problems.add(self._export.file, found, expected, group, row=row, column=field)


def _text(value: str | dt.date | None, start: dt.date | None, *, day: bool) -> str:
    """Return the text for a table: days for dates, and what stands for the unknown where a date has no day."""
    if value is None or (day and value and start is None):
        return REPORTED
    if isinstance(value, dt.date):
        return str((value - start).days) if start is not None else REPORTED
    return value
