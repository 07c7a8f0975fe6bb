"""Guards the way from a REDCap export to the four tables: what it reads, and what each refusal says."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records import small_cohort_tables
from redcap_exports import CONFIRMED, IDS, SmallExport
from typer.testing import CliRunner, Result

from itpbook import project
from itpbook.commands.command_line import app
from itpbook.intake.redcap.dates import read_date
from itpbook.intake.redcap.export_writer import export_rows, export_text
from itpbook.intake.redcap.fields import UnreadableCell
from itpbook.intake.redcap.identifying import identifying
from itpbook.intake.redcap.importer import import_export, write_import
from itpbook.intake.redcap.pseudonyms import LinkFile
from itpbook.intake.redcap.redcap_dictionary import dictionary_csv
from itpbook.records.cohort import Cohort, InvalidRecords, cohort_of, load_cohort
from itpbook.records.schema import HIGHEST_COUNT, TABLES, UNUSUAL_COUNT


@pytest.fixture
def export(tmp_path: Path) -> SmallExport:
    return SmallExport(tmp_path)


def small() -> Cohort:
    return cohort_of(small_cohort_tables())


def same(found: Cohort, expected: Cohort) -> None:
    for name, table in expected.tables.items():
        wanted = table.drop(columns="corticosteroid_free_inferred", errors="ignore")
        # The order of rows is the importer's own.
        pd.testing.assert_frame_equal(by_content(found.tables[name]), by_content(wanted))


def by_content(table: pd.DataFrame) -> pd.DataFrame:
    order = table.astype(str).sort_values(list(table.columns)).index
    return table.loc[order].reset_index(drop=True)


def test_an_export_of_the_small_records_gives_them_back(export: SmallExport) -> None:
    found = export.linked()
    same(found.cohort, small())
    assert list(found.lines()) == [
        "patients: 3 rows",
        "treatments: 14 rows",
        "platelets: 9 rows",
        "adverse_events: 2 rows",
    ]


@settings(max_examples=6)
@given(shift=st.integers(min_value=-3000, max_value=3000), delimiter=st.sampled_from(",;\t"), mark=st.booleans())
def test_the_shipped_records_come_back_whatever_the_dates_of_day_0(
    shift: int, delimiter: str, mark: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shipped = load_cohort(project.COHORT)
    names = shipped.patients["patient_id"]
    starts = {name: dt.date(2010, 1, 1) + dt.timedelta(days=shift + 41 * place) for place, name in enumerate(names)}
    folder = tmp_path_factory.mktemp("shipped")
    text = export_text(*export_rows(shipped, starts), delimiter=delimiter, mark=mark)
    (folder / "export.csv").write_bytes(text.encode())
    (folder / "mapping.yaml").write_text("patient_ids: {prefix: SYN-, digits: 2}\n", encoding="utf-8")
    link = LinkFile(folder / "link.csv", "record_id", {str(record): name for record, name in enumerate(names, start=1)})
    link.write()
    same(import_export(folder / "export.csv", folder / "mapping.yaml", link=link.path).cohort, shipped)


def test_no_date_and_no_record_leaves_the_importer(export: SmallExport) -> None:
    for row in export.rows:
        row["record_id"] = f"4711-{row['record_id']}"
    found = export.imported()
    assert found.cohort.patients["patient_id"].str.fullmatch(r"P-\d{3}").all()
    for table in found.cohort.tables.values():
        for cell in table.to_numpy().ravel():
            match = identifying(cell) if isinstance(cell, str) else None
            assert match is None or not match.certain
            assert "4711" not in str(cell)


def test_identifiers_can_be_those_of_the_records(export: SmallExport) -> None:
    export.link = None
    found = export.imported("patient_ids: {prefix: LYON-, keep: true}")
    assert found.cohort.patients["patient_id"].tolist() == ["LYON-1", "LYON-2", "LYON-3"]
    write_import(found, export.folder / "mine")
    assert sorted(path.stem for path in (export.folder / "mine").iterdir()) == sorted(TABLES)


def test_repeating_events_bring_a_row_for_each_table_that_they_fill(export: SmallExport) -> None:
    export.headings.insert(1, "redcap_event_name")
    for row in export.rows:
        if row.get("redcap_repeat_instrument") == "platelets":
            row |= {"redcap_event_name": "visit_arm_1", "redcap_repeat_instrument": ""}
            # A visit's first form was never opened, but REDCap writes its state.
            row["adverse_events_complete"] = "0"
        else:
            row["redcap_event_name"] = "start_arm_1"
    event = export.row("1", "adverse_events", 1)
    visit = next(row for row in export.rows if row["redcap_event_name"] == "visit_arm_1")
    visit |= {name: cell for name, cell in event.items() if name.startswith("ae_")}
    export.rows.remove(event)
    same(export.linked().cohort, small())


def test_what_is_known_once_of_a_patient_may_stand_in_any_event(export: SmallExport) -> None:
    export.headings.insert(1, "redcap_event_name")
    for row in list(export.rows):
        row["redcap_event_name"] = "start_arm_1"
        if not row.get("redcap_repeat_instrument"):
            end = {name: row.pop(name) for name in ("last_followup_date", "died", "death_cause")}
            export.rows.append({"record_id": row["record_id"], "redcap_event_name": "end_arm_1", **end})
    same(export.linked().cohort, small())


def test_two_events_that_contradict_each_other_are_refused(export: SmallExport) -> None:
    export.headings.insert(1, "redcap_event_name")
    export.rows.append({"record_id": "2", "redcap_event_name": "end_arm_1", "sex": "1"})
    line = len(export.rows) + 1
    assert export.refused() == [
        f'export.csv, sex: line {line}: found "1" of record "2", but "2" in line {export.line("2")}, '
        "expected one value for each column of a row"
    ]


def test_a_date_of_a_visit_alone_makes_no_row(export: SmallExport) -> None:
    export.rename("plt_date", "visit_date")
    for row in export.rows:
        if row.get("redcap_repeat_instrument") == "adverse_events":
            row["visit_date"] = row.pop("ae_date")
    export.headings.remove("ae_date")
    export.rows.append({"record_id": "3", "redcap_repeat_instance": "9", "visit_date": "2016-03-05"})
    found = export.linked("fields: {platelets.day: visit_date, adverse_events.day: visit_date}")
    same(found.cohort, small())


def test_checkboxes_fill_truth_values_and_choices(export: SmallExport) -> None:
    for name in ("mgus", "sex"):
        export.headings.remove(name)
    export.add("disorders___1", "disorders___2", "who___1", "who____9")
    for row in export.rows:
        mgus, sex = row.pop("mgus", None), row.pop("sex", None)
        # REDCap writes 0 even where the form was never opened.
        row |= {"disorders___1": "0", "disorders___2": "0", "who___1": "0", "who____9": "0"}
        if mgus == "1":
            row["disorders___1"] = "1"
        if sex:
            row["who___1" if sex == "1" else "who____9"] = "1"
    mapping = "fields: {patients.mgus: disorders___1, patients.sex: who}\ncodes: {who: {1: female, -9: male}}"
    found = export.linked(mapping)
    same(found.cohort, small())
    assert found.unread == ()
    export.row("2")["who___1"] = "1"
    assert export.refused(mapping) == [
        f'export.csv, who: line {export.line("2")}: found "1, _9" of record "2", '
        "expected one box ticked, and not several"
    ]


def test_a_missing_data_code_of_a_checkbox_is_missing(export: SmallExport) -> None:
    export.headings.remove("mgus")
    export.add("disorders___1", "disorders___ni")
    for row in export.rows:
        row["disorders___1"] = row.pop("mgus", "0")
        row["disorders___ni"] = "0"
    export.row("2")["disorders___ni"] = "1"
    assert export.refused("missing_codes: [NI]\nfields: {patients.mgus: disorders___1}") == [
        f'export.csv, disorders___1: line {export.line("2")}: found the missing-data code "NI", in record "2", '
        "expected true or false"
    ]


def test_missing_data_codes_are_missing_where_that_is_allowed(export: SmallExport) -> None:
    export.row("1", "treatments", 5)["trt_end_date"] = "-99"
    export.row("1", "treatments", 1)["trt_regimen"] = "UNK"
    found = export.linked('missing_codes: [NI, UNK, "-99"]')
    assert found.cohort.treatments["end_day"].isna().sum() == small().treatments["end_day"].isna().sum() + 1
    assert "1 mg/kg" not in set(found.cohort.treatments["regimen"])


def test_a_missing_data_code_where_a_value_must_be_is_told(export: SmallExport) -> None:
    export.row("1")["age_years"] = "NI"
    assert export.refused("missing_codes: [NI]") == [
        f'export.csv, age_years: line {export.line("1")}: found the missing-data code "NI", in record "1", '
        "expected a whole number from 18 to 110"
    ]


def test_counts_that_were_not_done_are_left_out_and_counted(export: SmallExport) -> None:
    export.row("1", "platelets", 3)["plt_count"] = "UNK"
    found = export.linked("missing_codes: [UNK]")
    assert len(found.cohort.platelets) == 8
    assert "platelets: 1 left out, their count being a missing-data code" in list(found.lines())


def test_an_undeclared_missing_data_code_is_told(export: SmallExport) -> None:
    export.row("1", "platelets", 3)["plt_count"] = "UNK"
    assert export.refused() == [
        f'export.csv, plt_count: line {export.line("1", "platelets", 3)}: found "UNK" of record "1", '
        "expected a number with a decimal point"
    ]


def test_instances_without_an_entry_are_counted(export: SmallExport) -> None:
    export.rows.append(
        {
            "record_id": "3",
            "redcap_repeat_instrument": "platelets",
            "redcap_repeat_instance": "3",
            "platelets_complete": "0",
        }
    )
    assert list(export.linked().lines())[-1] == "left out: 1 repeating instances without an entry"


def test_columns_of_redcap_are_passed_over_and_others_named(export: SmallExport) -> None:
    export.add("redcap_data_access_group", "redcap_survey_identifier", "patients_timestamp", "shoe_size", "eye___1")
    export.row("1")["shoe_size"] = "41"
    found = export.linked()
    assert found.unread == ("shoe_size", "eye___1")
    assert list(found.lines())[-1] == "not read: shoe_size, eye___1"


def test_the_data_access_group_can_be_the_centre(export: SmallExport) -> None:
    export.headings[export.headings.index("centre")] = "redcap_data_access_group"
    for row in export.rows:
        row["redcap_data_access_group"] = {"1": "lyon", "2": "bordeaux", "3": "bordeaux"}[row["record_id"]]
        row.pop("centre", None)
    mapping = (
        "fields: {patients.centre: redcap_data_access_group}\n"
        "codes: {redcap_data_access_group: {lyon: Lyon, bordeaux: Bordeaux}}"
    )
    assert export.linked(mapping).cohort.patients["centre"].tolist() == ["Lyon", "Bordeaux", "Bordeaux"]


@pytest.mark.parametrize(("delimiter", "mark"), [(",", True), (";", False), (";", True), ("\t", False)])
def test_delimiters_and_byte_order_marks(export: SmallExport, delimiter: str, mark: bool) -> None:
    same(export.linked("", delimiter=delimiter, mark=mark).cohort, small())


def test_line_ends_of_any_system_and_cells_of_several_lines(export: SmallExport) -> None:
    for row in export.rows:
        row["notes"] = "two\nlines"
    export.add("notes")
    export.row("1", "adverse_events", 1)["ae_severe"] = "7"
    path = export.write()
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    mapping = export.folder / "mapping.yaml"
    mapping.write_text(CONFIRMED, encoding="utf-8")
    with pytest.raises(InvalidRecords) as refusal:
        import_export(path, mapping)
    (problem,) = refusal.value.problems
    # Every row takes two lines.
    assert problem.row == 2 * export.line("1", "adverse_events", 1) - 2


def test_decimal_commas_need_a_word(export: SmallExport) -> None:
    export.row("1", "platelets", 2)["plt_count"] = "9,5"
    line = export.line("1", "platelets", 2)
    assert export.refused() == [
        f'export.csv, plt_count: line {line}: found "9,5" of record "1", '
        "expected a number with a decimal point; or decimal: comma in the mapping"
    ]
    same(export.linked("decimal: comma").cohort, small())
    comma = dictionary_csv().replace(",number,0,", ",number_1dp_comma_decimal,0,")
    same(export.linked("", comma).cohort, small())
    export.row("1", "platelets", 3)["plt_count"] = "1.200"
    assert export.refused("decimal: comma") == [
        f'export.csv, plt_count: line {line + 1}: found "1.200" of record "1", '
        "expected a number with a decimal comma; or decimal: point in the mapping"
    ]


def per_microlitre(export: SmallExport) -> None:
    for row in export.rows:
        if row.get("plt_count"):
            row["plt_count"] = f"{float(row['plt_count']) * 1000:.0f}"


def test_counts_per_microlitre_where_mapping_or_dictionary_says_so(export: SmallExport) -> None:
    per_microlitre(export)
    same(export.linked("units: {plt_count: per_microlitre}").cohort, small())
    same(export.linked("", dictionary_csv().replace("Unit: 10^9/L.", "Unit: /µL.")).cohort, small())


def test_counts_per_microlitre_of_which_nothing_tells_are_refused(export: SmallExport) -> None:
    per_microlitre(export)
    problems = export.refused()
    assert problems[0] == (
        f'export.csv, plt_count: line {export.line("1", "platelets", 1)}: found "12000", in record "1", '
        f"expected a number from 0 to {HIGHEST_COUNT}"
    )
    export.rename("plt_count", "plt")
    assert export.refused("fields: {platelets.count: plt}") == [
        "export.csv, plt: line 1: found no unit in the dictionary, "
        "expected 10^9/L or per_microlitre, as units: plt in the mapping"
    ]


def day_first(export: SmallExport, pattern: str = "%d/%m/%Y") -> None:
    for row in export.rows:
        for name, cell in row.items():
            if name.endswith("_date") and cell:
                row[name] = dt.date.fromisoformat(cell).strftime(pattern)


def test_dates_with_the_day_first_need_a_word(export: SmallExport) -> None:
    day_first(export, "%d.%m.%Y")
    same(export.linked("dates: day_first").cohort, small())
    same(export.linked("", dictionary_csv()).cohort, small())
    problems = export.refused()
    assert problems[0] == (
        'export.csv, combination_start_date: line 2: found "15.02.2019" of record "1", '
        "expected a date that begins with the year, or dates: day_first or month_first in the mapping"
    )
    assert len(problems) == sum(
        bool(cell) for row in export.rows for name, cell in row.items() if name.endswith("_date")
    )


def test_dates_with_the_month_first_and_times(export: SmallExport) -> None:
    day_first(export, "%m/%d/%Y 08:30")
    same(export.linked("dates: month_first").cohort, small())


def test_a_day_that_the_calendar_lacks(export: SmallExport) -> None:
    export.row("1", "platelets", 1)["plt_date"] = "2019-02-30"
    assert export.refused() == [
        f'export.csv, plt_date: line {export.line("1", "platelets", 1)}: found "2019-02-30" of record "1", '
        "expected a day of the calendar (year, month, day)"
    ]


@pytest.mark.parametrize(
    ("text", "order", "read"),
    [
        ("2020-01-31", None, dt.date(2020, 1, 31)),
        ("2020-1-3", "day_first", dt.date(2020, 1, 3)),
        ("2020-01-31 07:05:00", None, dt.date(2020, 1, 31)),
        ("03/04/2020", "day_first", dt.date(2020, 4, 3)),
        ("03/04/2020", "month_first", dt.date(2020, 3, 4)),
        ("3.4.2020", "day_first", dt.date(2020, 4, 3)),
    ],
)
def test_dates_are_read_as_declared(text: str, order: str | None, read: dt.date) -> None:
    assert read_date(text, order) == read


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("31/12/2019", None, "a date that begins with the year, or dates: day_first or month_first in the mapping"),
        (
            "31/12/2019",
            "year_first",
            "a date that begins with the year, or dates: day_first or month_first in the mapping",
        ),
        ("31/12/2019", "month_first", "a day of the calendar (month, day, year)"),
        ("31/12/19", "day_first", "a date (day, month, year)"),
        ("43830", None, "a date (year, month, day)"),
        ("spring 2019", "month_first", "a date (month, day, year)"),
    ],
)
def test_other_texts_are_no_dates(text: str, order: str | None, expected: str) -> None:
    with pytest.raises(UnreadableCell, match=f"^{re.escape(expected)}$"):
        read_date(text, order)


def test_a_record_without_day_0_is_told_once(export: SmallExport) -> None:
    export.row("2")["combination_start_date"] = ""
    assert export.refused() == [
        f'export.csv, combination_start_date: line {export.line("2")}: found nothing of record "2", '
        "expected the date of day 0"
    ]


def test_text_with_a_date_is_refused(export: SmallExport) -> None:
    export.row("1", "adverse_events", 1)["ae_term"] = "zoster since 12.03.2019"
    assert export.refused() == [
        f'export.csv, ae_term: line {export.line("1", "adverse_events", 1)}: found "zoster since 12.03.2019" '
        'of record "1", expected text without day, month and year in figures, such as "12.03.2019", '
        "which may not leave the export even if confirmed"
    ]


def test_fields_marked_as_identifiers_are_refused_by_name(export: SmallExport) -> None:
    export.add("surname", "birth_date", "redcap_survey_identifier")
    export.row("1")["redcap_survey_identifier"] = "someone@example.org"
    rows = dictionary_csv() + "".join(
        f"{name},patients,,text,{name},,,,,,y,,,,,,,\n" for name in ("surname", "birth_date", "maiden_name")
    )
    refusal = (
        "line 1: found a field that identifies patients, expected an export without identifiers: on REDCap's export "
        "page, remove all tagged identifier fields (de-identification options)"
    )
    assert export.refused(None, rows) == [
        f"export.csv, {name}: {refusal}" for name in ("surname", "birth_date", "redcap_survey_identifier")
    ]


def test_a_record_marked_as_an_identifier_is_refused_only_where_it_would_be_carried(export: SmallExport) -> None:
    marked = dictionary_csv().replace("not the hospital's.\",,,,,", "not the hospital's.\",,,,y,")
    assert "y" in marked.splitlines()[1].split(",")
    same(export.linked("", marked).cohort, small())
    export.link = None
    (problem,) = export.refused("patient_ids: {keep: true}", marked)
    assert problem.startswith("export.csv, record_id: line 1: found a field that identifies patients")


def test_own_names_and_codes(export: SmallExport) -> None:
    export.rename("sex", "gender")
    export.rename("died", "vital")
    for row in export.rows:
        if row.get("gender"):
            row |= {"gender": {"1": "F", "2": "M"}[row["gender"]], "vital": {"0": "alive", "1": "dead"}[row["vital"]]}
    mapping = (
        "fields: {patients.sex: gender, patients.died: vital}\n"
        "codes:\n  gender: {F: female, M: male}\n  vital: {alive: false, dead: true}\n"
    )
    same(export.linked(mapping).cohort, small())
    export.row("1")["gender"] = "X"
    assert export.refused(mapping) == [
        'export.csv, gender: line 2: found "X" of record "1", expected one of F, M, the codes of gender'
    ]
    wrong = mapping.replace("M: male", "M: masculine")
    assert export.refused(wrong)[-1] == (
        f'export.csv, gender: line {export.line("2")}: found "M" of record "2", expected one of female, male, '
        'as codes: gender in the mapping, where it stands for "masculine"'
    )


def test_codes_of_the_projects_own_dictionary(export: SmallExport) -> None:
    other = dictionary_csv().replace('"1, female | 2, male"', '"1, Male | 2, Female"')
    for row in export.rows:
        if row.get("sex"):
            row["sex"] = "3"[:0] + str(3 - int(row["sex"]))
    same(export.linked("", other).cohort, small())
    french = dictionary_csv().replace('"1, female | 2, male"', '"1, masculin | 2, féminin"')
    assert export.refused(None, french)[0] == (
        'export.csv, sex: line 2: found "2" of record "1", expected one of female, male; "féminin", its label, '
        "is none: codes: sex in the mapping can tell"
    )


def test_a_code_that_the_dictionary_lacks(export: SmallExport) -> None:
    export.row("1")["sex"] = "7"
    assert export.refused() == [
        'export.csv, sex: line 2: found "7" of record "1", expected a code of the dictionary: 1, 2'
    ]


def test_fields_that_the_export_lacks(export: SmallExport) -> None:
    for name in ("itp_type", "trt_response", "plt_bleeding"):
        export.headings.remove(name)
        for row in export.rows:
            row.pop(name, None)
    assert export.refused() == [
        f"export.csv, {name}: line 1: found no such field, expected a field for {target}, "
        f"or fields: or constants: {target} in the mapping"
        for name, target in (("itp_type", "patients.itp_type"), ("trt_response", "treatments.response"))
    ]


def test_constants_stand_in_for_fields(export: SmallExport) -> None:
    export.headings.remove("centre")
    for row in export.rows:
        row.pop("centre", None)
    found = export.imported("constants: {patients.centre: Our hospital}")
    assert set(found.cohort.patients["centre"]) == {"Our hospital"}


def test_an_export_without_the_record_or_day_0(export: SmallExport) -> None:
    export.rename("combination_start_date", "start")
    assert export.refused() == [
        "export.csv, combination_start_date: line 1: found no such field, "
        "expected the date of day 0, or day_zero: in the mapping"
    ]
    same(export.linked("day_zero: start").cohort, small())
    export.rename("record_id", "study_id")
    assert export.refused() == [
        "export.csv: line 1: found headings without record_id: study_id, redcap_repeat_instrument, "
        "redcap_repeat_instance, centre, sex, age_years, …, expected the field record_id, or record: in the mapping "
        "with the name of the field that identifies a record"
    ]
    same(export.linked("day_zero: start\nrecord: study_id").cohort, small())


def test_a_row_without_a_record_and_one_that_stands_twice(export: SmallExport) -> None:
    export.rows += [{"sex": "1"}, dict(export.row("1", "platelets", 2))]
    last = len(export.rows) + 1
    assert export.refused()[:2] == [
        f"export.csv, record_id: line {last - 1}: found nothing, expected the record that the row is of",
        f'export.csv: line {last}: found record "1", platelets, 2 again, '
        f"as in line {export.line('1', 'platelets', 2)}, expected each record, event and instance once",
    ]


def test_rules_of_the_schema_are_told_of_the_export(export: SmallExport) -> None:
    export.row("2")["last_followup_date"] = "2020-12-01"
    export.row("3", "platelets", 2)["plt_date"] = "2016-02-29"
    export.row("1", "treatments", 5)["trt_agent"] = "17"
    export.write_link()
    problems = export.refused(IDS)
    assert (
        f'export.csv, last_followup_date: line {export.line("2")}: found "2020-12-01" (day -30), in record "2", '
        "expected a whole number of days from 0 to 40177"
    ) in problems
    assert (
        f'export.csv, plt_date: line {export.line("3", "platelets", 2)}: found "2016-02-29" (day 0) for "P3", '
        f'as in line {export.line("3", "platelets", 1)}, in record "3", expected one count a day of a patient'
    ) in problems
    assert (
        f'export.csv, record_id: line {export.line("1")}: found no immunosuppressant as combination for "P1", '
        'in record "1", expected one immunosuppressant in the table treatments'
    ) in problems


def test_what_is_unlikely_is_told_of_the_export_and_imported(export: SmallExport) -> None:
    export.row("1", "platelets", 3)["plt_count"] = str(UNUSUAL_COUNT)
    found = export.linked()
    (warning,) = found.warnings
    assert (warning.row, warning.column) == (export.line("1", "platelets", 3), "plt_count")
    assert warning.found == f'"{UNUSUAL_COUNT}", in record "1"'
    assert list(found.lines())[-1] == f"look again: {warning}"
    assert found.cohort.platelets["count"].max() == UNUSUAL_COUNT


def test_a_table_without_rows_is_told(export: SmallExport) -> None:
    export.rows = [row for row in export.rows if row.get("redcap_repeat_instrument") != "platelets"]
    assert export.refused() == [
        "export.csv: found a heading without rows in the table platelets, expected at least one row"
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "export.csv: found an empty file, expected a heading and rows"),
        (b"record_id\n1\n", 'export.csv: line 1: found a single heading "record_id", '
            "expected headings separated by commas, semicolons or tabs"),
        (b"record_id;sex,centre\n", "export.csv: line 1: found headings separated by commas and semicolons, "
            "expected headings separated by commas, semicolons or tabs"),
        ("record_id,sex\n1,é\n".encode("latin-1"),
            "export.csv: line 2: found the byte 0xe9, expected text encoded as UTF-8"),
        (b"record_id,sex\n", "export.csv: found a heading without rows, expected at least one row"),
        (b"record_id,sex\n1\n", "export.csv: line 2: found 1 cell, expected 2 cells, as many as headings"),
        (b"record_id,sex,sex\n1,1,1\n", 'export.csv, sex: line 1: found 2 columns "sex", expected one column'),
        (b'record_id,sex\n1,"1"x\n', "export.csv: line 2: found a row that cannot be read (',' expected after '\"'); "
            "those after it were not checked, expected quotation marks around the whole cell, and doubled within it"),
    ],
)  # fmt: skip
def test_files_that_are_no_export(content: bytes, said: str, export: SmallExport) -> None:
    path = export.write()
    path.write_bytes(content)
    with pytest.raises(InvalidRecords) as refusal:
        import_export(path)
    assert said in [str(problem) for problem in refusal.value.problems]


def test_an_export_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidRecords) as refusal:
        import_export(tmp_path / "none.csv")
    assert [str(each) for each in refusal.value.problems] == ["none.csv: found no such file, expected a file of text"]


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("sex: gender", 'mapping.yaml: found the key "sex", expected no keys but record, day_zero, patient_ids, dates, '
            "decimal, missing_codes, fields, codes, units, constants, confirmed_texts"),
        ("dates: european", 'mapping.yaml, dates: found "european", '
            'expected one of day_first, month_first, year_first'),
        ("record: 5", 'mapping.yaml, record: found "5", expected the name of a field'),
        ("missing_codes: NI", 'mapping.yaml, missing_codes: found "NI", expected a list of codes'),
        ("patient_ids: {digits: 0}", 'mapping.yaml, patient_ids: digits: found "0", '
            'expected a whole number from 1 to 9'),
        ("patient_ids: {suffix: a}", 'mapping.yaml, patient_ids: suffix: found "a", '
            'expected no keys but prefix, digits, keep'),
        ("fields: {patients.gender: sex}", 'mapping.yaml, fields: patients.gender: found "patients.gender", '
            "expected a table and one of its columns, such as patients.sex"),
        ("fields: {patients.patient_id: id}", 'mapping.yaml, fields: patients.patient_id: found "patients.patient_id", '
            "expected patient_ids, which says how identifiers are made"),
        ("fields: {treatments.drug_class: c}", 'mapping.yaml, fields: treatments.drug_class: found '
            '"treatments.drug_class", expected nothing, since it follows from treatments.agent'),
        ("fields: {patients.sex: 5}", 'mapping.yaml, fields: patients.sex: found "5", '
            "expected the name of a field, or a list of names"),
        ("codes: {sex: [1, 2]}", 'mapping.yaml, codes: sex: found "[1, 2]", expected lines of the form name: value'),
        ("codes: {sex: {1: [female]}}", "mapping.yaml, codes: sex: found \"['female']\", "
            "expected the value that code 1 stands for"),
        ("units: {plt_count: G/L}", 'mapping.yaml, units: plt_count: found "G/L", '
            'expected one of 10^9/L, per_microlitre'),
        ("constants: {patients.centre: [a]}", "mapping.yaml, constants: patients.centre: found \"['a']\", "
            "expected one value, the same for every row"),
        ("- a", "mapping.yaml: found \"['a']\" and no keys, expected keys such as record, day_zero, patient_ids, "
            "dates, decimal, missing_codes, fields, codes, units, constants, confirmed_texts"),
    ],
)  # fmt: skip
def test_a_wrong_mapping_is_refused(mapping: str, said: str, export: SmallExport) -> None:
    export.confirmed = ""
    assert export.refused(mapping) == [said]


def test_all_that_is_wrong_with_a_mapping_is_told_at_once(export: SmallExport) -> None:
    assert len(export.refused("dates: no\ndecimal: no\nunits: {a: b, c: d}\nother: 1")) == 5


def test_a_key_that_stands_twice_is_refused(export: SmallExport) -> None:
    (problem,) = export.refused("dates: day_first\ndates: month_first")
    assert "the key 'dates' stands twice" in problem


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_the_command_writes_tables_that_validate(export: SmallExport) -> None:
    out = export.folder / "mine"
    mapping = export.folder / "mapping.yaml"
    mapping.write_text(CONFIRMED, encoding="utf-8")
    done = run("import-redcap", export.write(), "--out", out, "--mapping", mapping)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == f"{out}: 3 patients, no problem found"
    assert sorted(path.name for path in out.iterdir()) == [
        "adverse_events.csv", "patients.csv", "platelets.csv", "treatments.csv",
    ]  # fmt: skip
    assert run("validate", out).exit_code == 0


def test_nothing_is_written_where_there_is_a_problem(export: SmallExport) -> None:
    export.row("1")["sex"] = "7"
    done = run("import-redcap", export.write(), "--out", export.folder / "mine")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert 'line 2: found "7" of record "1"' in done.stderr
    assert [path.name for path in export.folder.iterdir()] == ["export.csv"]


def test_a_folder_that_holds_something_is_refused(export: SmallExport) -> None:
    out = export.folder / "mine"
    out.mkdir()
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    done = run("import-redcap", export.write(), "--out", out)
    assert (done.exit_code, done.stderr) == (1, f"{out} is there already and not empty: choose a new folder\n")
    assert [path.name for path in out.iterdir()] == ["notes.txt"]
