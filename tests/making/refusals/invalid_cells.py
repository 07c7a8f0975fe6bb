"""Records with invalid headings, invalid cells or missing values."""

from __future__ import annotations

import datetime

import pandas as pd

from .record_cases import (
    Case,
    Tables,
    make_changes,
    records_with,
    rename_columns,
    replace_cells,
    write_parquet,
    write_workbook,
)

_HEADINGS, _VALUES, _MISSING = "Headings", "Values", "What is missing"


def _height(tables: Tables) -> None:
    tables["patients"]["height"] = "170"


def _without_column(tables: Tables) -> None:
    del tables["patients"]["sex"]


def _twice(tables: Tables) -> None:
    tables["platelets"] = tables["platelets"].iloc[:, [0, 1, 2, 2]]


def _commas(tables: Tables) -> None:
    counts = tables["platelets"]["count"]
    tables["platelets"]["count"] = counts.where(counts.index > 2, counts + ",5")


def _per_microlitre(tables: Tables) -> None:
    tables["platelets"]["count"] += "000"


def _ten_thousand(tables: Tables) -> None:
    counts = [f"{count},5" for count in range(10_000)]
    tables["platelets"] = pd.DataFrame({"patient_id": "SYN-01", "day": range(-9_999, 1), "count": counts})


def _every_cell_empty(tables: Tables) -> None:
    tables["patients"].iloc[1] = tables["patients"].iloc[1].where(tables["patients"].columns == "patient_id", "")


def _no_agonist(tables: Tables) -> None:
    table = tables["treatments"]
    gone = (table["patient_id"] == "SYN-01") & (table["role"] == "combination") & (table["drug_class"] == "tpo_ra")
    tables["treatments"] = table[~gone]


def _all_dates(tables: Tables) -> None:
    tables["platelets"]["day"] = datetime.date(2019, 3, 4)


CASES = (
    Case("column missing", _HEADINGS, "The column of the sex was left out.", records_with(_without_column)),
    Case("further column", _HEADINGS, "A column that no table has was added: the height.", records_with(_height)),
    Case(
        "capitals in headings",
        _HEADINGS,
        "Headings are written in capitals, and without underscores.",
        records_with(rename_columns("patients", sex="SEX", age_years="Age years")),
    ),
    Case(
        "German headings",
        _HEADINGS,
        "The headings are German.",
        records_with(
            make_changes(
                rename_columns("patients", sex="Geschlecht", age_years="Alter"),
                rename_columns("platelets", day="Tag", count="Thrombozyten"),
            )
        ),
    ),
    Case(
        "French headings",
        _HEADINGS,
        "The headings are French.",
        records_with(
            make_changes(
                rename_columns("patients", sex="Sexe", died="Décès", splenectomy="Splénectomie"),
                rename_columns("platelets", day="Jour", count="Plaquettes"),
            )
        ),
    ),
    Case("column twice", _HEADINGS, "The counts stand in two columns of the same heading.", records_with(_twice)),
    Case(
        "text for a number",
        _VALUES,
        "An age and two counts are words, or have a sign before the digits.",
        records_with(
            make_changes(
                replace_cells("patients", 0, age_years="sixty-eight"),
                replace_cells("platelets", 0, count="<5"),
                replace_cells("platelets", 1, count="clumped"),
            )
        ),
    ),
    Case("decimal commas", _VALUES, "Some counts are written with a comma.", records_with(_commas)),
    Case(
        "dates for days",
        _VALUES,
        "Instead of days from the start of the combination, dates were entered.",
        records_with(
            make_changes(
                replace_cells("platelets", 0, day="2019-03-04"),
                replace_cells("patients", 1, last_followup_day="31.12.2019"),
            )
        ),
    ),
    Case(
        "date cells",
        _VALUES,
        "A workbook holds a date for a day, and made a date of a dose that was typed as a fraction.",
        records_with(
            make_changes(
                replace_cells("platelets", 0, day=datetime.date(2019, 3, 4)),
                replace_cells("treatments", 0, regimen=datetime.date(2026, 2, 1)),
            ),
            write_workbook,
        ),
    ),
    Case(
        "dates in Parquet",
        _VALUES,
        "A Parquet file holds dates for days.",
        records_with(
            _all_dates,
            write_parquet,
        ),
    ),
    Case("negative count", _VALUES, "A count is below zero.", records_with(replace_cells("platelets", 3, count="-12"))),
    Case("counts per microlitre", _VALUES, "All counts are per microlitre.", records_with(_per_microlitre)),
    Case(
        "yes and no",
        _VALUES,
        "Truth values and the sex are written as the centre is used to.",
        records_with(
            make_changes(replace_cells("patients", 0, mgus="yes", sex="F"), replace_cells("patients", 1, died="0"))
        ),
    ),
    Case(
        "failed formula",
        _VALUES,
        "In a workbook, the formula of a count failed.",
        records_with(replace_cells("platelets", 4, count="#N/A"), write_workbook),
    ),
    Case(
        "formula without its result",
        _VALUES,
        "A workbook that a program made, and no spreadsheet has opened, holds a formula.",
        records_with(replace_cells("platelets", 4, count="=2+3"), write_workbook),
    ),
    Case("ten thousand errors", _VALUES, "Ten thousand counts have a decimal comma.", records_with(_ten_thousand)),
    Case(
        "empty cells",
        _MISSING,
        "Of one patient, nothing is entered but the identifier.",
        records_with(_every_cell_empty),
    ),
    Case(
        "words for missing",
        _MISSING,
        "What is not known is marked, where a value is needed and where a cell may be empty.",
        records_with(
            make_changes(
                replace_cells("patients", 0, centre="missing", age_years="NA"),
                replace_cells("treatments", 0, regimen="n/a"),
            )
        ),
    ),
    Case(
        "combination incomplete",
        _MISSING,
        "Of one patient, the TPO receptor agonist of the combination is not entered.",
        records_with(_no_agonist),
    ),
)
