"""A cohort written as the export of a REDCap project: for the example that ships, and to test the way back."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

from itpbook.intake.redcap.export import INSTANCE, INSTRUMENT
from itpbook.intake.redcap.fields import DAY_ZERO, RECORD, ProjectField, project_fields
from itpbook.records.cohort import Cohort
from itpbook.records.schema import CORTICOSTEROID_REGIMENS, TABLES
from itpbook.records.text_tables import text_table

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
    forms = {table: [field for field in project_fields() if field.form == table] for table in TABLES}
    forms["patients"] = [field for field in forms["patients"] if field.name != RECORD]
    headings = [RECORD, INSTRUMENT, INSTANCE]
    for table, fields in forms.items():
        headings += [*(field.name for field in fields), f"{table}_complete"]
    tables = {table: [row for _, row in text_table(rows).known_rows()] for table, rows in cohort.tables.items()}
    rows: list[Cells] = []
    for number, patient in enumerate(tables["patients"], start=1):
        name = patient["patient_id"]
        for table, fields in forms.items():
            own = [row for row in tables[table] if row["patient_id"] == name]
            for instance, row in enumerate(own, start=1):
                repeated = {} if table == "patients" else {INSTRUMENT: table, INSTANCE: str(instance)}
                entries = {field.name: _entry(field, row, starts[name]) for field in fields}
                rows.append({RECORD: str(number), **repeated, **entries, f"{table}_complete": "2"})
    return headings, rows


def export_text(headings: list[str], rows: list[Cells], *, delimiter: str = ",", mark: bool = False) -> str:
    """Write rows as a file of text; ``mark`` puts a byte-order mark before it, as spreadsheets do."""
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, restval="", delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return ("\ufeff" if mark else "") + text.getvalue()


def _entry(field: ProjectField, row: Mapping[str, Any], start: dt.date) -> str:
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
