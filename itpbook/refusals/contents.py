"""Headings and cells that are not what they should be, and records that contradict themselves or are unlikely."""

from __future__ import annotations

import datetime

import pandas as pd

from itpbook.refusals.case import Case, Change, Tables, changed, write_parquet, write_workbook

_HEADINGS, _VALUES, _MISSING = "Headings", "Values", "What is missing"
_CONTRADICTIONS, _UNLIKELY = "Contradictions", "Unlikely, but possible"


def _renamed(table: str, **names: str) -> Change:
    def change(tables: Tables) -> None:
        tables[table] = tables[table].rename(columns=names)

    return change


def _set(table: str, row: int, /, **cells: str | datetime.date) -> Change:
    """Return what replaces the cells of a row (0 is the first record); cells may be other than text."""

    def change(tables: Tables) -> None:
        for column, value in cells.items():
            tables[table] = tables[table].astype({column: object})
            tables[table].loc[row, column] = value

    return change


def _all(*changes: Change) -> Change:
    def change(tables: Tables) -> None:
        for each in changes:
            each(tables)

    return change


def _added(table: str, **cells: str) -> Change:
    def change(tables: Tables) -> None:
        row = {**dict.fromkeys(tables[table].columns, ""), **cells}
        tables[table] = pd.concat([tables[table], pd.DataFrame([row])], ignore_index=True)

    return change


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


def _patient_again(tables: Tables) -> None:
    tables["patients"] = tables["patients"].iloc[[*range(len(tables["patients"])), 1]]


def _every_cell_empty(tables: Tables) -> None:
    tables["patients"].iloc[1] = tables["patients"].iloc[1].where(tables["patients"].columns == "patient_id", "")


def _no_agonist(tables: Tables) -> None:
    table = tables["treatments"]
    gone = (table["patient_id"] == "SYN-01") & (table["role"] == "combination") & (table["drug_class"] == "tpo_ra")
    tables["treatments"] = table[~gone]


def _no_baseline(tables: Tables) -> None:
    table = tables["platelets"]
    gone = (table["patient_id"] == "SYN-01") & (table["day"].astype(int) <= 0)
    tables["platelets"] = table[~gone]


def _same_day(tables: Tables) -> None:
    days = tables["platelets"]["day"].tolist()
    tables["platelets"]["day"] = [days[0], days[0], *days[2:]]


def _all_dates(tables: Tables) -> None:
    tables["platelets"]["day"] = datetime.date(2019, 3, 4)


CASES = (
    Case("column missing", _HEADINGS, "The column of the sex was left out.", changed(_without_column)),
    Case("further column", _HEADINGS, "A column that no table has was added: the height.", changed(_height)),
    Case(
        "capitals in headings",
        _HEADINGS,
        "Headings are written in capitals, and without underscores.",
        changed(_renamed("patients", sex="SEX", age_years="Age years")),
    ),
    Case(
        "German headings",
        _HEADINGS,
        "The headings are German.",
        changed(
            _all(
                _renamed("patients", sex="Geschlecht", age_years="Alter"),
                _renamed("platelets", day="Tag", count="Thrombozyten"),
            )
        ),
    ),
    Case(
        "French headings",
        _HEADINGS,
        "The headings are French.",
        changed(
            _all(
                _renamed("patients", sex="Sexe", died="Décès", splenectomy="Splénectomie"),
                _renamed("platelets", day="Jour", count="Plaquettes"),
            )
        ),
    ),
    Case("column twice", _HEADINGS, "The counts stand in two columns of the same heading.", changed(_twice)),
    Case(
        "text for a number",
        _VALUES,
        "An age and two counts are words, or have a sign before the digits.",
        changed(
            _all(
                _set("patients", 0, age_years="sixty-eight"),
                _set("platelets", 0, count="<5"),
                _set("platelets", 1, count="clumped"),
            )
        ),
    ),
    Case("decimal commas", _VALUES, "Some counts are written with a comma.", changed(_commas)),
    Case(
        "dates for days",
        _VALUES,
        "Instead of days from the start of the combination, dates were entered.",
        changed(_all(_set("platelets", 0, day="2019-03-04"), _set("patients", 1, last_followup_day="31.12.2019"))),
    ),
    Case(
        "date cells",
        _VALUES,
        "A workbook holds a date for a day, and made a date of a dose that was typed as a fraction.",
        changed(
            _all(
                _set("platelets", 0, day=datetime.date(2019, 3, 4)),
                _set("treatments", 0, regimen=datetime.date(2026, 2, 1)),
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
    Case("negative count", _VALUES, "A count is below zero.", changed(_set("platelets", 3, count="-12"))),
    Case("counts per microlitre", _VALUES, "All counts are per microlitre.", changed(_per_microlitre)),
    Case(
        "yes and no",
        _VALUES,
        "Truth values and the sex are written as the centre is used to.",
        changed(_all(_set("patients", 0, mgus="yes", sex="F"), _set("patients", 1, died="0"))),
    ),
    Case(
        "failed formula",
        _VALUES,
        "In a workbook, the formula of a count failed.",
        changed(_set("platelets", 4, count="#N/A"), write_workbook),
    ),
    Case(
        "formula without its result",
        _VALUES,
        "A workbook that a program made, and no spreadsheet has opened, holds a formula.",
        changed(_set("platelets", 4, count="=2+3"), write_workbook),
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
        changed(_all(_set("patients", 0, centre="missing", age_years="NA"), _set("treatments", 0, regimen="n/a"))),
    ),
    Case(
        "combination incomplete",
        _MISSING,
        "Of one patient, the TPO receptor agonist of the combination is not entered.",
        changed(_no_agonist),
    ),
    Case("patient twice", _CONTRADICTIONS, "A patient is entered a second time.", changed(_patient_again)),
    Case(
        "unknown patient",
        _CONTRADICTIONS,
        "A count belongs to a patient who is not in the table of patients.",
        changed(_set("platelets", 0, patient_id="SYN-99")),
    ),
    Case(
        "two counts a day",
        _CONTRADICTIONS,
        "A count of the day before was entered for the same day.",
        changed(_same_day),
    ),
    Case(
        "after the follow-up",
        _CONTRADICTIONS,
        "The last follow-up lies before counts and before the end of a course.",
        changed(_set("patients", 1, last_followup_day="0")),
    ),
    Case(
        "end before the start",
        _CONTRADICTIONS,
        "A course ends before it starts.",
        changed(_set("treatments", 0, end_day="-2730")),
    ),
    Case(
        "two agonists at once",
        _CONTRADICTIONS,
        "A patient has a second TPO receptor agonist in the combination from the same day on.",
        changed(
            _added(
                "treatments",
                patient_id="SYN-01",
                agent="romiplostim",
                drug_class="tpo_ra",
                role="combination",
                start_day="0",
            )
        ),
    ),
    Case(
        "very high count",
        _UNLIKELY,
        "A count is higher than nearly all that were ever measured.",
        changed(_set("platelets", 8, count="2000")),
    ),
    Case(
        "forty years of treatment",
        _UNLIKELY,
        "A course of an earlier line lasted forty years.",
        changed(
            _all(
                _set("patients", 0, diagnosis_day="-14800"),
                _set("treatments", 0, start_day="-14700", end_day="-90"),
            )
        ),
    ),
    Case(
        "very old and long followed",
        _UNLIKELY,
        "A patient is older than nearly anybody, another was followed for forty-one years.",
        changed(_all(_set("patients", 0, age_years="104"), _set("patients", 1, last_followup_day="15000"))),
    ),
    Case(
        "steep rise",
        _UNLIKELY,
        "A count rose overnight as no count does.",
        changed(_set("platelets", 1, day="-28", count="1250")),
    ),
    Case(
        "no count before",
        _UNLIKELY,
        "A patient has no count from before the combination.",
        changed(_no_baseline),
    ),
)
