"""Guards the export of the made-up centre: what is awkward in it, and that it ships as it is made.

That it leads to a book, `tests/book/test_own_book.py` shows.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from itpbook import project
from itpbook.intake.example import CARD, EXPORT, LINK, MAPPING, made_up_cohort, write_example
from itpbook.intake.redcap.importer import Imported, import_export
from itpbook.records.cohort import Cohort, InvalidRecords, load_cohort


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return made_up_cohort()


@pytest.fixture(scope="module")
def imported() -> Imported:
    return import_export(project.EXAMPLE / EXPORT, project.EXAMPLE / MAPPING, link=project.EXAMPLE / LINK)


def test_it_ships_as_it_is_made(cohort: Cohort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itpbook.intake.example.made_up_cohort", lambda: cohort)
    write_example(tmp_path)
    assert sorted(path.name for path in project.EXAMPLE.iterdir()) == sorted([EXPORT, MAPPING, LINK, CARD])
    for name in (EXPORT, MAPPING, LINK, CARD):
        assert (project.EXAMPLE / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_it_is_as_awkward_as_exports_are() -> None:
    text = (project.EXAMPLE / EXPORT).read_text(encoding="utf-8")
    assert text.startswith("\ufeffrecord_id;redcap_event_name;redcap_repeat_instrument;redcap_repeat_instance;")
    rows = pd.read_csv(project.EXAMPLE / EXPORT, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert set(rows["redcap_repeat_instrument"]) == {"", "treatments", "platelets", "adverse_events"}
    assert rows["plt_date"].str.fullmatch(r"(\d\d\.\d\d\.\d{4})?").all()
    assert rows["plt_count"].str.fullmatch(r"(\d+,\d|NI)?").all()
    assert (rows["plt_count"] == "NI").any()
    assert (rows["trt_regimen"] == "UNK").any()
    assert {"findings___1", "findings___2", "patients_complete", "patients_timestamp"} <= set(rows.columns)
    assert rows["record_id"].str.startswith("MADE-UP-").all()


def test_every_value_comes_out_of_the_import(imported: Imported, cohort: Cohort) -> None:
    for name, table in cohort.tables.items():
        found = imported.cohort.tables[name]
        pd.testing.assert_frame_equal(by_content(found), by_content(table))


def by_content(table: pd.DataFrame) -> pd.DataFrame:
    return table.loc[table.astype(str).sort_values(list(table.columns)).index].reset_index(drop=True)


def test_an_import_tells_nothing_of_the_order_of_the_export(imported: Imported, cohort: Cohort) -> None:
    names = imported.cohort.patients["patient_id"].tolist()
    assert names == sorted(names) != cohort.patients["patient_id"].tolist()
    for table in imported.cohort.tables.values():
        day = next(column for column in table if str(column) in ("diagnosis_day", "start_day", "day"))
        pd.testing.assert_frame_equal(table, table.sort_values(["patient_id", day], kind="stable"))


def test_what_the_import_says(imported: Imported, cohort: Cohort) -> None:
    *rows, left_out, unread = imported.lines()
    assert rows == [f"{name}: {len(table)} rows" for name, table in cohort.tables.items()]
    assert left_out == "platelets: 2 left out, their count being a missing-data code"
    assert unread == "not read: sample_tube"


def test_its_patients_are_called_synthetic_and_are_not_those_that_ship(imported: Imported) -> None:
    assert imported.cohort.synthetic
    assert set(imported.cohort.patients["centre"]) == {"Example"}
    assert len(imported.cohort) != len(load_cohort(project.COHORT))
    card = (project.EXAMPLE / CARD).read_text(encoding="utf-8")
    assert f"**None of the {len(imported.cohort)} patients of `{EXPORT}` exists.**" in card


def test_without_its_mapping_the_export_is_refused() -> None:
    with pytest.raises(InvalidRecords) as refusal:
        import_export(project.EXAMPLE / EXPORT)
    fields = {problem.column for problem in refusal.value.problems}
    assert {"sex", "mgus", "centre", "combination_start_date", "plt_count"} <= fields
