"""Records whose files are missing, damaged or there twice."""

from __future__ import annotations

import shutil
from pathlib import Path

from .record_cases import (
    Case,
    Tables,
    Writer,
    folder_with,
    records_with,
    valid_tables,
    write_csv,
    write_parquet,
    write_workbook,
)

_TOPIC = "Files"
_PROTECTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def _nothing(folder: Path) -> None:
    """Write nothing at all."""


def _beside_a_workbook(folder: Path) -> None:
    write_workbook(valid_tables(), folder)


def _renamed(folder: Path) -> None:
    (folder / "patients.csv").rename(folder / "Patients.csv")


def _emptied(folder: Path) -> None:
    (folder / "platelets.csv").write_bytes(b"")


def _semicolons(folder: Path) -> None:
    file = folder / "platelets.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")


def _with_accents(tables: Tables) -> None:
    tables["patients"].loc[[0, 3], "centre"] = "Besançon"


def _encoded(encoding: str) -> Writer:
    def write(tables: Tables, folder: Path) -> None:
        write_csv(tables, folder)
        file = folder / "patients.csv"
        file.write_bytes(file.read_text(encoding="utf-8").encode(encoding))

    return write


def _short_rows(folder: Path) -> None:
    file = folder / "platelets.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[4], lines[9] = lines[4].rpartition(",")[0], f"{lines[9]},"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _open_quotation(folder: Path) -> None:
    file = folder / "adverse_events.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("diarrhoea", '"diarrhoea'), encoding="utf-8")


def _without_rows(tables: Tables) -> None:
    tables["platelets"] = tables["platelets"].head(0)


def _without_sheet(tables: Tables) -> None:
    tables["Platelets"] = tables.pop("platelets")
    del tables["adverse_events"]


def _no_workbook(folder: Path) -> None:
    folder.mkdir()
    (folder / "records.xlsx").write_text("patient_id,day,count\n", encoding="utf-8")


def _protected(folder: Path) -> None:
    folder.mkdir()
    (folder / "records.xlsx").write_bytes(_PROTECTED)


def _two_workbooks(folder: Path) -> None:
    shutil.copy(folder / "records.xlsx", folder / "records (copy).xlsx")


def _further_file(folder: Path) -> None:
    shutil.copy(folder / "platelets.csv", folder / "platelets-before-2020.csv")


CASES = (
    Case("no folder", _TOPIC, "The name of the folder is mistyped, and there is none of this name.", _nothing),
    Case(
        "table missing",
        _TOPIC,
        "There is no file of treatments.",
        folder_with(lambda folder: (folder / "treatments.csv").unlink()),
    ),
    Case("file in capitals", _TOPIC, "The file of patients begins with a capital letter.", folder_with(_renamed)),
    Case(
        "empty file",
        _TOPIC,
        "The file of platelet counts is there, but holds nothing.",
        folder_with(_emptied),
    ),
    Case("empty table", _TOPIC, "The table of platelet counts has headings and no row.", records_with(_without_rows)),
    Case(
        "semicolons",
        _TOPIC,
        "A spreadsheet saved the counts with semicolons between the cells.",
        folder_with(_semicolons),
    ),
    Case(
        "Latin-1",
        _TOPIC,
        "The file of patients was saved in the encoding Latin-1; the name of a centre has a cedilla.",
        records_with(_with_accents, _encoded("latin-1")),
    ),
    Case(
        "UTF-16",
        _TOPIC,
        "The file of patients was saved as what some programs call Unicode text.",
        records_with(_with_accents, _encoded("utf-16")),
    ),
    Case(
        "ragged rows",
        _TOPIC,
        "One row of counts lacks its last cell, another has one too many.",
        folder_with(_short_rows),
    ),
    Case("open quotation", _TOPIC, "A quotation mark is opened and never closed.", folder_with(_open_quotation)),
    Case(
        "two formats",
        _TOPIC,
        "A workbook of the records lies beside the CSV files.",
        folder_with(_beside_a_workbook),
    ),
    Case(
        "CSV beside Parquet",
        _TOPIC,
        "Every table is there as CSV and as Parquet.",
        folder_with(lambda folder: write_parquet(valid_tables(), folder)),
    ),
    Case(
        "two workbooks",
        _TOPIC,
        "The folder holds a workbook and its copy.",
        folder_with(_two_workbooks, write_workbook),
    ),
    Case(
        "sheet missing",
        _TOPIC,
        "In the workbook the sheet of counts begins with a capital, and there is none of adverse events.",
        records_with(_without_sheet, write_workbook),
    ),
    Case("no workbook", _TOPIC, "A text file was given the name of a workbook.", _no_workbook),
    Case("password", _TOPIC, "The workbook is protected by a password.", _protected),
    Case(
        "further file",
        _TOPIC,
        "Older counts lie in a file of their own, beside the file of counts.",
        folder_with(_further_file),
    ),
)
