"""Headings and cells that are not what they should be."""

from __future__ import annotations

import datetime

import pandas as pd

from itpbook.intake.refusals.case import (
    Case,
    Tables,
    all_of,
    changed,
    renamed,
    with_cells,
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
    Case("column missing", _HEADINGS, "The column of the sex was left out.", changed(_without_column)),
    Case("further column", _HEADINGS, "A column that no table has was added: the height.", changed(_height)),
    Case(
        "capitals in headings",
        _HEADINGS,
        "Headings are written in capitals, and without underscores.",
        changed(renamed("patients", sex="SEX", age_years="Age years")),
    ),
    Case(
        "German headings",
        _HEADINGS,
        "The headings are German.",
        changed(
            all_of(
                renamed("patients", sex="Geschlecht", age_years="Alter"),
                renamed("platelets", day="Tag", count="Thrombozyten"),
            )
        ),
    ),
    Case(
        "French headings",
        _HEADINGS,
        "The headings are French.",
        changed(
            all_of(
                renamed("patients", sex="Sexe", died="Décès", splenectomy="Splénectomie"),
                renamed("platelets", day="Jour", count="Plaquettes"),
            )
        ),
    ),
    Case("column twice", _HEADINGS, "The counts stand in two columns of the same heading.", changed(_twice)),
    Case(
        "text for a number",
        _VALUES,
        "An age and two counts are words, or have a sign before the digits.",
        changed(
            all_of(
                with_cells("patients", 0, age_years="sixty-eight"),
                with_cells("platelets", 0, count="<5"),
                with_cells("platelets", 1, count="clumped"),
            )
        ),
    ),
    Case("decimal commas", _VALUES, "Some counts are written with a comma.", changed(_commas)),
    Case(
        "dates for days",
        _VALUES,
        "Instead of days from the start of the combination, dates were entered.",
        changed(
            all_of(
                with_cells("platelets", 0, day="2019-03-04"), with_cells("patients", 1, last_followup_day="31.12.2019")
            )
        ),
    ),
    Case(
        "date cells",
        _VALUES,
        "A workbook holds a date for a day, and made a date of a dose that was typed as a fraction.",
        changed(
            all_of(
                with_cells("platelets", 0, day=datetime.date(2019, 3, 4)),
                with_cells("treatments", 0, regimen=datetime.date(2026, 2, 1)),
            ),
            write_workbook,
        ),
    ),
    Case(
        "dates in Parquet",
        _VALUES,
        "A Parquet file holds dates for days.",
        changed(
            _all_dates,
            write_parquet,
        ),
    ),
    Case("negative count", _VALUES, "A count is below zero.", changed(with_cells("platelets", 3, count="-12"))),
    Case("counts per microlitre", _VALUES, "All counts are per microlitre.", changed(_per_microlitre)),
    Case(
        "yes and no",
        _VALUES,
        "Truth values and the sex are written as the centre is used to.",
        changed(all_of(with_cells("patients", 0, mgus="yes", sex="F"), with_cells("patients", 1, died="0"))),
    ),
    Case(
        "failed formula",
        _VALUES,
        "In a workbook, the formula of a count failed.",
        changed(with_cells("platelets", 4, count="#N/A"), write_workbook),
    ),
    Case(
        "formula without its result",
        _VALUES,
        "A workbook that a program made, and no spreadsheet has opened, holds a formula.",
        changed(with_cells("platelets", 4, count="=2+3"), write_workbook),
    ),
    Case("ten thousand errors", _VALUES, "Ten thousand counts have a decimal comma.", changed(_ten_thousand)),
    Case(
        "empty cells",
        _MISSING,
        "Of one patient, nothing is entered but the identifier.",
        changed(_every_cell_empty),
    ),
    Case(
        "words for missing",
        _MISSING,
        "What is not known is marked, where a value is needed and where a cell may be empty.",
        changed(
            all_of(
                with_cells("patients", 0, centre="missing", age_years="NA"), with_cells("treatments", 0, regimen="n/a")
            )
        ),
    ),
    Case(
        "combination incomplete",
        _MISSING,
        "Of one patient, the TPO receptor agonist of the combination is not entered.",
        changed(_no_agonist),
    ),
)
