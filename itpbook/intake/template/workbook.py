"""The empty tables as one Excel workbook that checks what is typed: all of it generated from the schema."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from itpbook.records.data_dictionary import COLUMNS, dictionary_table, table_meaning
from itpbook.records.raw_cells import expectation
from itpbook.records.schema import TABLES, ColumnRules, asked_columns

GUIDE = "guide"
_LAST_ROW = 1_048_575
"""The last row of a sheet, counted from 0."""
_LISTED = 255
"""Characters that Excel takes as a list of choices."""
_TITLE = 32
_TURNED_INTO = ("strings_to_formulas", "strings_to_numbers", "strings_to_urls")
_MADE = dt.datetime(2020, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
"""A date for the file's properties, always the same: else no two workbooks were alike."""


def write_workbook(path: Path) -> None:
    """Write the workbook: a sheet for each table, then the guide; always the same bytes."""
    # Texts stay texts, whatever they begin with; nothing goes by way of the system's folder for temporary files.
    workbook = xlsxwriter.Workbook(path, {**dict.fromkeys(_TURNED_INTO, False), "in_memory": True})
    workbook.set_properties({"title": "Records for itpbook", "created": _MADE})
    heading = workbook.add_format({"bold": True, "bottom": 1, "num_format": "@"})
    optional = workbook.add_format({"italic": True, "bottom": 1, "num_format": "@"})
    text = workbook.add_format({"num_format": "@"})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    for table in TABLES:
        sheet = workbook.add_worksheet(table)
        sheet.freeze_panes(1, 1)
        for number, (column, rules) in enumerate(asked_columns(table).items()):
            # Excel turns true, 1-2 and 007 into something else unless the cells are text.
            typed = text if rules.kind in ("text", "true or false") else None
            width = max(10, 2 + len(column), *(2 + len(choice) for choice in rules.choices))
            sheet.set_column(number, number, width, typed)
            sheet.write_string(0, number, column, heading if rules.required else optional)
            sheet.write_comment(0, number, _note(column, rules), {"x_scale": 2, "y_scale": 1.5})
            if validation := _validation(table, column, rules):
                title, message = rules.title[:_TITLE], f"Expected: {expectation(rules)}"
                words = {"input_title": title, "input_message": message, "error_title": title, "error_message": message}
                sheet.data_validation(1, number, _LAST_ROW, number, {**validation, **words})
    _write_guide(workbook.add_worksheet(GUIDE), heading, wrapped)
    workbook.close()


def _note(column: str, rules: ColumnRules) -> str:
    left_out = "" if rules.required else " The column may be left out."
    unit = f" Unit: {rules.unit}." if rules.unit else ""
    return f"{rules.title} ({column}). {rules.description}{unit}\nExpected: {expectation(rules)}.{left_out}"


def _validation(table: str, column: str, rules: ColumnRules) -> dict[str, object] | None:
    """Say what Excel lets be typed into a column; what depends on other cells is left to ``itpbook validate``."""
    if column == "patient_id" and table != "patients":
        # Blank cells in the list would let everything pass if blanks were ignored.
        return {"validate": "list", "source": f"=patients!$A$2:$A${_LAST_ROW + 1}", "ignore_blank": False}
    if rules.unique:
        return {"validate": "custom", "value": "=COUNTIF($A:$A,$A2)=1"}
    if rules.listed:
        assert len(",".join(rules.listed)) <= _LISTED, f"too many choices for a cell of {column}"
        return {"validate": "list", "source": list(rules.listed)}
    if rules.limits:
        lowest, highest = rules.limits
        number = "integer" if rules.kind == "whole number" else "decimal"
        return {"validate": number, "criteria": "between", "minimum": lowest, "maximum": highest}
    return None


def _write_guide(sheet: Worksheet, heading: Format, wrapped: Format) -> None:
    """Write the data dictionary on a sheet of its own."""
    headings = ("table", *COLUMNS)
    for number, (name, width) in enumerate(zip(headings, (18, 26, 14, 10, 40, 16, 70), strict=True)):
        sheet.set_column(number, number, width, wrapped)
        sheet.write_string(0, number, name, heading)
    sheet.freeze_panes(1, 0)
    row = 1
    for table in TABLES:
        sheet.write_string(row, 0, table)
        sheet.write_string(row, len(headings) - 1, table_meaning(table))
        row += 1
        for cells in dictionary_table(table).to_numpy().tolist():
            for number, cell in enumerate((table, *cells)):
                sheet.write_string(row, number, cell)
            row += 1
