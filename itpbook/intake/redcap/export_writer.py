"""A cohort written as the export of a REDCap project: for the example that ships, and to test the way back."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

import pandas as pd

from itpbook.intake.redcap.export import INSTANCE, INSTRUMENT
from itpbook.intake.redcap.fields import DAY_ZERO, RECORD, REPEATING, Field, project_fields
from itpbook.records.canonical import text_table
from itpbook.records.cohort import Cohort
from itpbook.records.schema import CORTICOSTEROID_REGIMENS, TABLES

Cells = dict[str, str]


def export_rows(cohort: Cohort, starts: Mapping[str, dt.date]) -> tuple[list[str], list[Cells]]:
    """Return headings and rows of an export with raw codes, as REDCap would write it of these records.

    Parameters
    ----------
    cohort
        Records; the patients become the records 1, 2, … in their order.
    starts
        For each patient the date of day 0.
    """
    fields = project_fields()
    forms = {name: [field for field in fields if field.form == name and field.name != RECORD] for name in TABLES}
    headings = [RECORD, INSTRUMENT, INSTANCE]
    for name, asked in forms.items():
        headings += [*(field.name for field in asked), f"{name}_complete"]
    rows: list[Cells] = []
    tables = {name: _texts(table) for name, table in cohort.tables.items()}
    for number, patient in enumerate(tables["patients"], start=1):
        name, record = patient["patient_id"], str(number)
        start = starts[name]
        rows.append({RECORD: record, **_entries(forms["patients"], patient, start), "patients_complete": "2"})
        for table in REPEATING:
            own = [row for row in tables[table] if row["patient_id"] == name]
            for instance, row in enumerate(own, start=1):
                entries = _entries(forms[table], row, start)
                place = {RECORD: record, INSTRUMENT: table, INSTANCE: str(instance)}
                rows.append({**place, **entries, f"{table}_complete": "2"})
    return headings, rows


def export_text(headings: list[str], rows: list[Cells], *, delimiter: str = ",", mark: bool = False) -> str:
    """Write rows as a file of text; ``mark`` puts a byte-order mark before it, as spreadsheets do."""
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, restval="", delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return ("\ufeff" if mark else "") + text.getvalue()


def _texts(table: pd.DataFrame) -> list[Cells]:
    written = text_table(table)
    columns = [column.texts[column.codes].tolist() for column in written.columns]
    return [dict(zip(written.headings, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _entries(asked: list[Field], row: Mapping[str, Any], start: dt.date) -> Cells:
    return {field.name: _entry(field, row, start) for field in asked}


def _entry(field: Field, row: Mapping[str, Any], start: dt.date) -> str:
    if field.name == DAY_ZERO:
        return start.isoformat()
    assert field.target is not None
    column = field.target[1]
    text = str(row.get(column, ""))
    if column == "regimen" and text:
        listed = row["agent"] == "corticosteroids" and row["role"] == "concomitant" and text in CORTICOSTEROID_REGIMENS
        text = text if listed == bool(field.codes) else ""
    if text and field.shape == "date":
        return (start + dt.timedelta(days=int(text))).isoformat()
    if text and field.codes:
        return next(code for code, value in field.codes.items() if value == text)
    return text
