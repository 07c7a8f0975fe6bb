"""An invented centre: the export of its REDCap project, what it says of it, and a card that says what it is.

Its patients are some of those that :mod:`implied.reconstruct` makes with another seed than the shipped ones, written
out as a project of today would export them, with all that makes such files hard to read.
``python -m itpbook.intake.example`` writes them anew.
"""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from pathlib import Path

from implied.determine.readings import read_as_possible
from itpbook import project
from itpbook.intake.redcap.export import EVENT, INSTANCE, INSTRUMENT
from itpbook.intake.redcap.export_writer import Cells, export_rows, export_text
from itpbook.intake.redcap.fields import RECORD
from itpbook.intake.redcap.pseudonyms import LinkFile, draw_identifiers
from itpbook.records.cohort import Cohort, cohort_of, load_cohort
from itpbook.shipped import shipped_ledger
from itpbook.study.reconstructions import RecordsOfSeries

EXPORT, MAPPING, LINK, CARD = "redcap_export.csv", "mapping.yaml", "link.csv", "README.md"
SEED = 14
PATIENTS = 14
_FIRST, _APART = dt.date(2013, 3, 4), 173
"""Day 0 of the first patient, and the days from one patient's to the next one's."""

_MAPPING = """\
# What the made-up centre says of its export.
record: record_id
day_zero: combination_start_date
# Its patients do not exist, and their identifiers say so.
patient_ids: {prefix: SYN-, digits: 2}
dates: day_first
decimal: comma
missing_codes: [NI, UNK]
fields:
  patients.sex: gender
  patients.mgus: findings___1
  patients.ana_positive: findings___2
codes:
  gender: {F: female, M: male}
units:
  plt_count: per_microlitre
constants:
  patients.centre: Example
"""

_CARD = """\
# The export of a made-up centre

**None of the {patients} patients of `redcap_export.csv` exists.** A program made them (`python -m
itpbook.intake.example`), by drawing records like those of `data/cohort` from a ledger of published figures with
another seed. The dates are as invented as the patients. Nothing about ITP can be concluded from them.

The export is such as a REDCap project made from the template's dictionary writes, and a spreadsheet saves again: raw
codes, events and repeating instruments, semicolons, a byte-order mark, dates with the day first, counts per microlitre
with a decimal comma, missing-data codes, a checkbox field, REDCap's own columns, and a column that nobody needs.
`mapping.yaml` tells what the template does not. `link.csv` says which record every identifier stands for: a hospital
passes such a file on to nobody; this one ships because its patients are invented, so that every import of the example
gives the same tables.

```
itpbook import-redcap data/example/redcap_export.csv --mapping data/example/mapping.yaml --link data/example/link.csv \\
    --out mine
itpbook validate mine
itpbook build --data mine --out my-book
```
"""


def write_example(folder: Path) -> None:
    """Write the export, its mapping and the card into a folder, always the same."""
    cohort = made_up_cohort()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / EXPORT).write_text(_export(cohort), encoding="utf-8", newline="")
    (folder / LINK).write_bytes(LinkFile(None, RECORD, _identifiers()).content())
    (folder / MAPPING).write_text(_MAPPING, encoding="utf-8", newline="\n")
    (folder / CARD).write_text(_CARD.format(patients=len(cohort)), encoding="utf-8", newline="\n")


def made_up_cohort() -> Cohort:
    """Return the first patients of a reconstruction with a seed of its own, with the identifiers of the link file."""
    ledger = shipped_ledger()
    with tempfile.TemporaryDirectory() as temporary:
        RecordsOfSeries(read_as_possible(ledger)).write(SEED, Path(temporary))
        every = load_cohort(Path(temporary))
    chosen = every.patients["patient_id"].head(PATIENTS)
    tables = {
        name: table[table["patient_id"].isin(chosen)].reset_index(drop=True) for name, table in every.tables.items()
    }
    tables["patients"] = tables["patients"].assign(centre="Example").drop(columns="corticosteroid_free_inferred")
    own = dict(zip(chosen, _identifiers().values(), strict=True))
    return cohort_of({name: table.assign(patient_id=table["patient_id"].map(own)) for name, table in tables.items()})


def _identifiers() -> dict[str, str]:
    """Return the identifier of every record: always the same ones, since nobody has to be protected."""
    records = [_record(number) for number in range(1, PATIENTS + 1)]
    return draw_identifiers(records, {}, "SYN-", 2, random.Random(SEED))


def _record(number: int) -> str:
    return f"MADE-UP-{number:02d}"


def _export(cohort: Cohort) -> str:
    names = cohort.patients["patient_id"]
    starts = {name: _FIRST + dt.timedelta(days=_APART * number) for number, name in enumerate(names)}
    headings, rows = export_rows(cohort, starts)
    headings = _with_own_fields(headings)
    return export_text(headings, [_as_this_centre(row) for row in _with_gaps(rows)], delimiter=";", mark=True)


def _with_own_fields(headings: list[str]) -> list[str]:
    """Put the centre's own fields in the place of the template's, and REDCap's columns where it writes them."""
    own = {"sex": "gender", "mgus": "findings___1", "ana_positive": "findings___2"}
    renamed = [own.get(name, name) for name in headings if name != "centre"]
    first, last = renamed.index(INSTRUMENT), renamed.index(INSTANCE) + 1
    own_columns = ["redcap_survey_identifier", "patients_timestamp"]
    return [*renamed[:first], EVENT, *renamed[first:last], *own_columns, *renamed[last:], "sample_tube"]


def _with_gaps(rows: list[Cells]) -> list[Cells]:
    """Enter what was not known or not done: a regimen, and the count of a visit without a blood sample."""
    entered: list[Cells] = []
    for number, row in enumerate(rows):
        if row.get("trt_regimen") == "" and row["trt_role"] == "1" and number % 5 == 0:
            row = {**row, "trt_regimen": "UNK"}
        entered.append(row)
        ends = number + 1 == len(rows) or rows[number + 1].get(INSTRUMENT) != "platelets"
        if row.get(INSTRUMENT) == "platelets" and ends and int(row[INSTANCE]) % 3 == 0:
            instance = str(int(row[INSTANCE]) + 1)
            entered.append({**row, INSTANCE: instance, "plt_count": "NI"})
    return entered


def _as_this_centre(row: Cells) -> Cells:
    """Write a row of the template's project as this centre's file has it."""
    written = {name: _day_first(cell) if name.endswith("_date") else cell for name, cell in row.items()}
    written[RECORD] = _record(int(row[RECORD]))
    written[EVENT] = "follow_up_arm_1" if row.get(INSTRUMENT) else "inclusion_arm_1"
    written |= {"findings___1": written.pop("mgus", "0"), "findings___2": written.pop("ana_positive", "0")}
    if "sex" in row:
        written["gender"] = {"1": "F", "2": "M"}[written.pop("sex")]
        written["patients_timestamp"] = "[not completed]"
        del written["centre"]
    if row.get("plt_count", "").replace(".", "").isdigit():
        written["plt_count"] = f"{float(row['plt_count']) * 1000:.1f}".replace(".", ",")
        written["sample_tube"] = "EDTA"
    return written


def _day_first(text: str) -> str:
    return dt.date.fromisoformat(text).strftime("%d.%m.%Y") if text else text


if __name__ == "__main__":
    write_example(project.EXAMPLE)
