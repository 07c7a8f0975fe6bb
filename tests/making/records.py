"""Small sound records to alter: three patients with everything that the schema knows, as text and as files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from itpbook.records.cohort import InvalidRecords, cohort_of
from itpbook.records.problems import Problem

Tables = dict[str, pd.DataFrame]

_PATIENTS = """
patient_id,centre,sex,age_years,diagnosis_day,itp_type,mgus,ana_positive,bleeding_at_baseline,\
corticosteroid_refractory,splenectomy,splenectomy_reason,last_followup_day,died,death_cause
P1,"Lyon, Sud",female,57,-1735,primary,false,true,true,true,performed,,600,false,
P2,Bordeaux,male,64,-200,evans,true,false,false,false,contraindicated,age_comorbidity,365,true,stroke
P3,Bordeaux,female,23,-4000,primary,false,false,true,false,refused,refusal,90,false,
"""
_TREATMENTS = """
patient_id,agent,drug_class,role,start_day,end_day,regimen,at_maximal_dose,response
P1,corticosteroids,corticosteroid,prior,-1735,-1700,1 mg/kg,,none
P1,splenectomy,surgery,prior,-1200,-1200,,,lost
P1,romiplostim,tpo_ra,prior,-700,-600,,true,none
P1,eltrombopag,tpo_ra,combination,-30,,75 mg a day,true,
P1,mycophenolate,immunosuppressant,combination,0,400,,,
P1,corticosteroids,corticosteroid,concomitant,0,14,short_high_dose,,
P2,rituximab,anti_cd20,prior,-90,-69,,,R
P2,romiplostim,tpo_ra,combination,0,300,,,
P2,azathioprine,immunosuppressant,combination,0,,,,
P2,ivig,immunoglobulin,rescue,20,21,,,
P3,eltrombopag,tpo_ra,prior,-300,-200,,false,lost
P3,eltrombopag,tpo_ra,combination,0,,,false,
P3,ciclosporin,immunosuppressant,combination,-10,,,,
P3,hydroxychloroquine,antimalarial,concomitant,5,,,,
"""
_PLATELETS = """
patient_id,day,count,bleeding
P1,-7,12,true
P1,0,9.5,true
P1,30,120,false
P1,600,85,false
P2,-3,20,false
P2,14,64,false
P2,365,31,true
P3,0,4,true
P3,90,7,true
"""
_ADVERSE_EVENTS = """
patient_id,day,term,category,severe,related
P1,40,herpes zoster,infection,true,true
P2,365,stroke,other,true,false
"""


class Told(NamedTuple):
    """What a problem says, without the group it belongs to."""

    file: str
    row: int | None
    column: str | None
    found: str
    expected: str


def told(problems: Iterable[Problem]) -> list[Told]:
    """Return what problems say."""
    return [Told(each.file, each.row, each.column, each.found, each.expected) for each in problems]


def problems_of_tables(tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Return all problems of tables in memory, warnings among them, in order."""
    try:
        return list(cohort_of(tables).warnings)
    except InvalidRecords as refusal:
        return list(refusal.problems)


def small_cohort_tables() -> Tables:
    """Return the tables with every cell as text; row 0 is line 2 of the file."""
    texts = {
        "patients": _PATIENTS,
        "treatments": _TREATMENTS,
        "platelets": _PLATELETS,
        "adverse_events": _ADVERSE_EVENTS,
    }
    return {name: _cells(text) for name, text in texts.items()}


def altered(table: str, line: int, /, **cells: str) -> Tables:
    """Return the tables with the cells of one line replaced."""
    tables = small_cohort_tables()
    for column, text in cells.items():
        tables[table].loc[line - 2, column] = text
    return tables


def without(table: str, *lines: int) -> Tables:
    """Return the tables without these lines of one of them."""
    tables = small_cohort_tables()
    tables[table] = tables[table].drop(index=[line - 2 for line in lines]).reset_index(drop=True)
    return tables


def with_row(table: str, /, **cells: str) -> Tables:
    """Return the tables with a row added to the end of one of them; cells not named are empty."""
    tables = small_cohort_tables()
    row: dict[str, Any] = {**dict.fromkeys(tables[table].columns, ""), **cells}
    tables[table] = pd.concat([tables[table], pd.DataFrame([row])], ignore_index=True)
    return tables


def write_files(tables: Mapping[str, pd.DataFrame], folder: Path) -> Path:
    """Write the cells as they are into CSV files of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    return folder


def small_cohort_files(folder: Path) -> Path:
    """Write the small cohort into a folder."""
    return write_files(small_cohort_tables(), folder)


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that occurs in a file exactly once."""
    content = path.read_text(encoding="utf-8")
    assert content.count(old) == 1, f"{old!r} occurs {content.count(old)} times in {path.name}"
    path.write_text(content.replace(old, new), encoding="utf-8", newline="")


def _cells(text: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(text.lstrip("\n")), dtype=str, keep_default_na=False)
