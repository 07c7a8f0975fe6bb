"""Rows of the tables gathered from the rows of an export, each cell with the place that it came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from itpbook.intake.redcap.export import Export, Row
from itpbook.intake.redcap.field_values import Cell, Fields, Reader, Undeclared
from itpbook.intake.redcap.fields import DERIVED, REPEATING, Target, is_day
from itpbook.intake.redcap.mapping import CentreMapping
from itpbook.records.cell_values import REPORTED
from itpbook.records.problems import Group, Problem, Problems, quoted
from itpbook.records.schema import DRUG_CLASSES, TABLES, choices, columns_of, kind


@dataclass(frozen=True)
class Place:
    """Where a row of a table came from: a record and a line, and for each column its cell and that cell's line."""

    record: str
    line: int
    cells: Mapping[str, tuple[Cell, int]]


@dataclass
class Gathered:
    """The tables as text, the places of their rows, and what was noticed on the way.

    ``rows`` and ``places`` belong together, by table; ``left_out`` counts the rows of each repeating table whose
    value is missing by a code, ``empty`` the instances without any entry.
    """

    rows: dict[str, list[dict[str, str]]] = field(default_factory=lambda: {name: [] for name in TABLES})
    places: dict[str, list[Place]] = field(default_factory=lambda: {name: [] for name in TABLES})
    columns: dict[str, list[str]] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    left_out: dict[str, int] = field(default_factory=dict)
    empty: int = 0
    used: set[str] = field(default_factory=set)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables with all cells as text."""
        return {name: pd.DataFrame(self.rows[name], columns=self.columns[name], dtype=object) for name in TABLES}


class Gathering:
    """One pass over an export."""

    def __init__(
        self,
        export: Export,
        mapping: CentreMapping,
        fields: Fields,
        barred: set[str],
        identifiers: Mapping[str, str],
    ) -> None:
        self.export, self.mapping, self.fields, self.barred = export, mapping, fields, barred
        self.identifiers = identifiers
        self.found = Gathered(used={mapping.record, mapping.day_zero})
        self.readers: dict[Target, list[tuple[str, Reader | None]]] = {}
        self._plan()
        self.shared = self._shared()

    def gather(self) -> Gathered:
        """Go through the records; the rows come in an order that says nothing of that of the export."""
        records: dict[str, list[Row]] = {}
        for row in self.export.rows:
            if row.record:
                records.setdefault(row.record, []).append(row)
        for record, rows in records.items():
            name = self.identifiers[record]
            start = self._day_zero(record, rows)
            self._patient(record, name, rows, start)
            for row in rows:
                self._repeated(row, name, start)
        for table in TABLES:
            self._sort(table)
        return self.found

    def _sort(self, table: str) -> None:
        """Sort the rows of a table by patient and day; rows of one day by what stands in them."""
        days = [column for column in self.found.columns[table] if is_day(table, column)]
        rows, places = self.found.rows[table], self.found.places[table]

        def key(number: int) -> tuple[str, list[float], list[str]]:
            row = rows[number]
            return row["patient_id"], [_as_day(row[column]) for column in days], list(row.values())

        order = sorted(range(len(rows)), key=key)
        self.found.rows[table] = [rows[number] for number in order]
        self.found.places[table] = [places[number] for number in order]

    def _plan(self) -> None:
        """Settle once for each column which fields fill it; what is wrong with a whole column is said here."""
        if not self.export.has(self.mapping.day_zero):
            self._wrong(
                Group.COLUMNS,
                1,
                self.mapping.day_zero,
                "no such field",
                "the date of day 0, or day_zero: in the mapping",
            )
        for table in TABLES:
            self.found.columns[table] = ["patient_id"]
            for column, rules in columns_of(table).items():
                target = (table, column)
                names = self.mapping.fields.get(target, ())
                given = target in self.mapping.constants or target in DERIVED
                absent = [name for name in names if not self.export.has(name)]
                if column == "patient_id" or (not given and not rules.required and (absent or not names)):
                    continue
                self.found.columns[table].append(column)
                if given:
                    continue
                for name in absent:
                    expected = f"a field for {table}.{column}, or fields: or constants: {table}.{column} in the mapping"
                    self._wrong(Group.COLUMNS, 1, name, "no such field", expected)
                self.readers[target] = []
                for name in names:
                    self.found.used.update(self.export.columns_of(name))
                    self.readers[target].append((name, self._reader(target, name, absent)))

    def _reader(self, target: Target, name: str, absent: list[str]) -> Reader | None:
        if name in absent or name in self.barred:
            return None
        try:
            return self.fields.reader(target, name)
        except Undeclared as error:
            found, _, expected = str(error).partition("|")
            self._wrong(Group.COLUMNS, 1, name, found, expected)
            return None

    def _shared(self) -> set[str]:
        """Return fields that fill several tables, such as the date of a visit: alone they make no row."""
        of_tables: dict[str, set[str]] = {}
        for (table, _), readers in self.readers.items():
            for name, _ in readers:
                of_tables.setdefault(name, set()).add(table)
        return {name for name, tables in of_tables.items() if len(tables) > 1}

    def _cells(self, table: str, row: Row) -> dict[str, list[Cell]]:
        """Read all cells of a table in a row of the export."""
        found: dict[str, list[Cell]] = {}
        for (of_table, column), readers in self.readers.items():
            if of_table == table:
                allowed = choices(columns_of(table)[column])
                if kind(columns_of(table)[column]) == "true or false":
                    allowed = ("true", "false")
                found[column] = [
                    Cell(None, name, "") if read is None else self.fields.cell(name, row, read, allowed)
                    for name, read in readers
                ]
        return found

    def _day_zero(self, record: str, rows: list[Row]) -> dt.date | None:
        name = self.mapping.day_zero
        if not self.export.has(name) or name in self.barred:
            return None
        read = self.fields.date_reader(name)
        cells = [([self.fields.cell(name, row, read, ())], row.line) for row in rows]
        cell, line = self._settled(record, cells)
        if cell.value is None:
            return None
        if isinstance(cell.value, dt.date):
            return cell.value
        self._wrong(Group.MISSING, line, name, f"{_nothing(cell)} of record {quoted(record)}", "the date of day 0")
        return None

    def _patient(self, record: str, name: str, rows: list[Row], start: dt.date | None) -> None:
        by_row = [(self._cells("patients", row), row.line) for row in rows]
        settled = {
            column: self._settled(record, [(cells[column], line) for cells, line in by_row])
            for (table, column) in self.readers
            if table == "patients"
        }
        self._add("patients", Place(record, rows[0].line, settled), name, start)

    def _repeated(self, row: Row, name: str, start: dt.date | None) -> None:
        entered = any(_entered(cells) for cells in self._cells("patients", row).values())
        for table in REPEATING:
            cells = self._cells(table, row)
            own = [cell for column in cells.values() for cell in column if cell.field not in self.shared]
            if not any(cell.filled for cell in own):
                continue
            entered = True
            if table == "platelets" and cells.get("count") and all(cell.missing for cell in cells["count"]):
                self.found.left_out[table] = self.found.left_out.get(table, 0) + 1
                continue
            settled = {column: self._settled(row.record, [(found, row.line)]) for column, found in cells.items()}
            self._add(table, Place(row.record, row.line, settled), name, start)
        if not entered and row.instance:
            self.found.empty += 1

    def _settled(self, record: str, cells: list[tuple[list[Cell], int]]) -> tuple[Cell, int]:
        """Return the one entry of a record in a column, or the first empty cell; two that differ are reported."""
        every = [(cell, line) for of_row, line in cells for cell in of_row]
        # What stands in a cell counts before an unticked box, and that before an empty cell.
        entries = [each for each in every if each[0].filled or each[0].expected]
        entries = entries or [each for each in every if each[0].unticked and each[0].raw]
        if not entries:
            return next((each for each in every if each[0].value is None), every[0])
        chosen, line = entries[0]
        for cell, other in entries:
            if cell.expected:
                self._wrong(
                    Group.VALUES, other, cell.field, f"{quoted(cell.raw)} of record {quoted(record)}", cell.expected
                )
        for cell, other in entries[1:]:
            if cell.value is not None and chosen.value is not None and cell.value != chosen.value:
                where = f"line {line}" if other != line else chosen.field
                found = f"{quoted(cell.raw)} of record {quoted(record)}, but {quoted(chosen.raw)} in {where}"
                self._wrong(Group.CONTRADICTIONS, other, cell.field, found, "one value for each column of a row")
        return chosen, line

    def _add(self, table: str, place: Place, name: str, start: dt.date | None) -> None:
        texts = {"patient_id": name}
        for column in self.found.columns[table][1:]:
            target = (table, column)
            if target in self.mapping.constants:
                texts[column] = self.mapping.constants[target]
            elif target in self.readers:
                texts[column] = _text(place.cells[column][0].value, start, day=is_day(table, column))
        if ("treatments", "drug_class") in DERIVED and table == "treatments":
            texts["drug_class"] = DRUG_CLASSES.get(texts["agent"], REPORTED)
        self.found.rows[table].append(texts)
        self.found.places[table].append(place)

    def _wrong(self, group: Group, line: int, column: str, found: str, expected: str) -> None:
        self.found.problems.append(Problem(self.export.file, line, column, found, expected, group))


def _as_day(text: str) -> float:
    """Return the day of a cell; what has none comes last."""
    return float(text) if text.lstrip("-").isdigit() else float("inf")


def _entered(cells: list[Cell]) -> bool:
    return any(cell.filled for cell in cells)


def _nothing(cell: Cell) -> str:
    return f"the missing-data code {quoted(cell.raw)}" if cell.missing else "nothing"


def _text(value: str | dt.date | None, start: dt.date | None, *, day: bool) -> str:
    """Return the text for a table: days for dates, and what stands for the unknown where a date has no day."""
    if value is None or (day and value and start is None):
        return REPORTED
    if isinstance(value, dt.date):
        return str((value - start).days) if start is not None else REPORTED
    return value
