"""The empty tables as one Excel workbook that checks what is typed: all of it generated from the schema."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandera.pandas as pa
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from itpbook.intake.template.template_fields import asked_columns
from itpbook.records.data_dictionary import COLUMNS, dictionary_table, table_meaning
from itpbook.records.raw_cells import expectation
from itpbook.records.schema import TABLES, choices, kind, limits

GUIDE = "guide"
_LAST_ROW = 1_048_575
"""The last row of a sheet, counted from 0."""
_LISTED = 255
"""Characters that Excel takes as a list of choices, and as a message beside a cell."""
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
        for place, (column, rules) in enumerate(asked_columns(table).items()):
            # Excel turns true, 1-2 and 007 into something else unless the cells are text.
            written = text if kind(rules) in ("text", "true or false") else None
            sheet.set_column(place, place, _width(column, rules), written)
            sheet.write_string(0, place, column, heading if rules.required else optional)
            sheet.write_comment(0, place, _note(column, rules), {"x_scale": 2, "y_scale": 1.5})
            _restrict(sheet, table, place, column, rules)
    _write_guide(workbook.add_worksheet(GUIDE), heading, wrapped)
    workbook.close()


def _width(column: str, rules: pa.Column) -> int:
    return max(10, 2 + len(column), *(2 + len(choice) for choice in choices(rules)))


def _note(column: str, rules: pa.Column) -> str:
    left_out = "" if rules.required else " The column may be left out."
    unit = (rules.metadata or {}).get("unit")
    told = f" Unit: {unit}." if unit else ""
    return f"{rules.title} ({column}). {rules.description}{told}\nExpected: {expectation(rules)}.{left_out}"


def _restrict(sheet: Worksheet, table: str, place: int, column: str, rules: pa.Column) -> None:
    """Let a column take only what the schema allows; what depends on other cells is left to ``itpbook validate``."""
    rule = _validation(table, column, rules)
    if rule is None:
        return
    expected = expectation(rules)
    sheet.data_validation(
        1,
        place,
        _LAST_ROW,
        place,
        {
            **rule,
            "input_title": str(rules.title)[:_TITLE],
            "input_message": _short(f"Expected: {expected}"),
            "error_title": str(rules.title)[:_TITLE],
            "error_message": _short(f"Expected: {expected}"),
        },
    )


def _validation(table: str, column: str, rules: pa.Column) -> dict[str, object] | None:
    if column == "patient_id" and table != "patients":
        # Blank cells in the list would let everything pass if blanks were ignored.
        return {"validate": "list", "source": f"=patients!$A$2:$A${_LAST_ROW + 1}", "ignore_blank": False}
    if rules.unique:
        return {"validate": "custom", "value": "=COUNTIF($A:$A,$A2)=1"}
    listed = ["true", "false"] if kind(rules) == "true or false" else list(choices(rules))
    if listed:
        assert len(",".join(listed)) <= _LISTED, f"too many choices for a cell of {column}"
        return {"validate": "list", "source": listed}
    if bounds := limits(rules):
        whole = "integer" if kind(rules) == "whole number" else "decimal"
        return {"validate": whole, "criteria": "between", "minimum": bounds[0], "maximum": bounds[1]}
    return None


def _short(words: str) -> str:
    """Shorten words to what Excel shows, at the end of a word."""
    if len(words) <= _LISTED:
        return words
    return words[: _LISTED - 1].rsplit(" ", 1)[0].rstrip(",") + "…"


def _write_guide(sheet: Worksheet, heading: Format, wrapped: Format) -> None:
    """Write the data dictionary on a sheet of its own."""
    headings = ("table", *COLUMNS)
    for place, (name, width) in enumerate(zip(headings, (18, 26, 14, 10, 40, 16, 70), strict=True)):
        sheet.set_column(place, place, width, wrapped)
        sheet.write_string(0, place, name, heading)
    sheet.freeze_panes(1, 0)
    row = 1
    for table in TABLES:
        sheet.write_string(row, 0, table)
        sheet.write_string(row, len(headings) - 1, table_meaning(table))
        row += 1
        for cells in dictionary_table(table).to_numpy().tolist():
            for place, cell in enumerate((table, *cells)):
                sheet.write_string(row, place, cell)
            row += 1
