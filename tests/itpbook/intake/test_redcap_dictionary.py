"""Guards the data dictionary that a centre uploads: REDCap's eighteen columns, and nothing that it would refuse."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from itpbook.intake.redcap.fields import project_fields
from itpbook.intake.redcap.redcap_dictionary import HEADINGS, dictionary_csv, project_dictionary, read_dictionary
from itpbook.records.problems import Problem
from itpbook.records.schema import DRUG_CLASSES, TABLES, columns_of


def rows() -> dict[str, dict[str, str]]:
    return {row[HEADINGS[0]]: row for row in csv.DictReader(io.StringIO(dictionary_csv()))}


def test_the_eighteen_columns_are_redcaps() -> None:
    assert next(csv.reader(io.StringIO(dictionary_csv()))) == [
        "Variable / Field Name",
        "Form Name",
        "Section Header",
        "Field Type",
        "Field Label",
        "Choices, Calculations, OR Slider Labels",
        "Field Note",
        "Text Validation Type OR Show Slider Number",
        "Text Validation Min",
        "Text Validation Max",
        "Identifier?",
        "Branching Logic (Show field only if...)",
        "Required Field?",
        "Custom Alignment",
        "Question Number (surveys only)",
        "Matrix Group Name",
        "Matrix Ranking?",
        "Field Annotation",
    ]


def test_names_are_such_as_redcap_takes() -> None:
    names = [field.name for field in project_fields()]
    assert names[0] == "record_id"
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]{0,25}", name) or "__" in name] == []


def test_forms_follow_each_other_and_are_the_tables() -> None:
    forms = [row["Form Name"] for row in rows().values()]
    assert list(dict.fromkeys(forms)) == list(TABLES)
    assert forms == sorted(forms, key=list(TABLES).index)


def test_every_column_that_a_centre_knows_is_asked_for() -> None:
    asked = {field.target for field in project_fields()}
    every = {(table, column) for table in TABLES for column in columns_of(table) if column != "patient_id"}
    assert every - asked == {("treatments", "drug_class"), ("patients", "corticosteroid_free_inferred")}


def test_choices_have_whole_numbers_as_codes_and_labels_that_name_the_values() -> None:
    for field in project_fields():
        row = rows()[field.name]
        listed = row["Choices, Calculations, OR Slider Labels"]
        if row["Field Type"] in ("radio", "dropdown"):
            written = [choice.split(", ") for choice in listed.split(" | ")]
            assert [code for code, _ in written] == [str(number) for number in range(1, len(written) + 1)]
            assert [label.replace(" ", "_") for _, label in written] == list(field.codes.values())
        else:
            assert listed == ""


def test_the_agents_are_the_schemas() -> None:
    (agent,) = [field for field in project_fields() if field.name == "trt_agent"]
    assert tuple(agent.codes.values()) == tuple(DRUG_CLASSES) == columns_of("treatments")["agent"].choices


@pytest.mark.parametrize(
    ("name", "heading", "said"),
    [
        ("record_id", "Required Field?", ""),
        ("sex", "Field Type", "radio"),
        ("itp_type", "Field Type", "dropdown"),
        ("mgus", "Field Type", "yesno"),
        ("age_years", "Text Validation Type OR Show Slider Number", "integer"),
        ("age_years", "Text Validation Min", "18"),
        ("combination_start_date", "Text Validation Type OR Show Slider Number", "date_dmy"),
        ("diagnosis_date", "Text Validation Min", ""),
        ("splenectomy_reason", "Branching Logic (Show field only if...)", "[splenectomy] = '2' or [splenectomy] = '3'"),
        ("death_cause", "Branching Logic (Show field only if...)", "[died] = '1'"),
        ("trt_regimen", "Branching Logic (Show field only if...)", "[trt_agent] <> '1' or [trt_role] <> '3'"),
        ("trt_steroid_regimen", "Branching Logic (Show field only if...)", "[trt_agent] = '1' and [trt_role] = '3'"),
        ("trt_maximal_dose", "Branching Logic (Show field only if...)", "[trt_agent] = '6' or [trt_agent] = '7'"),
        ("trt_response", "Branching Logic (Show field only if...)", "[trt_role] = '1'"),
        ("trt_end_date", "Required Field?", ""),
        ("plt_count", "Text Validation Type OR Show Slider Number", "number"),
        ("plt_bleeding", "Required Field?", ""),
        ("ae_date", "Field Note", "Date on which the event began. The importer turns it into a day from day 0."),
    ],
)
def test_what_is_said_of_a_field(name: str, heading: str, said: str) -> None:
    assert rows()[name][heading] == said


def test_branching_logic_speaks_of_fields_and_codes_that_exist() -> None:
    codes = {field.name: field.codes for field in project_fields()}
    for row in rows().values():
        for name, code in re.findall(r"\[(\w+)\] (?:=|<>) '(\d+)'", row["Branching Logic (Show field only if...)"]):
            assert code in codes[name]


def test_it_reads_back_with_dates_units_and_labels(tmp_path: Path) -> None:
    (tmp_path / "dictionary.csv").write_text("\ufeff" + dictionary_csv(), encoding="utf-8")
    found, problems = read_dictionary(tmp_path / "dictionary.csv")
    assert problems == []
    assert found == project_dictionary()
    assert found["diagnosis_date"].date_order == "day_first"
    assert found["plt_count"].units == ("10^9/L",)
    assert found["plt_count"].decimal == "point"
    assert found["sex"].labels == {"1": "female", "2": "male"}
    assert found["mgus"].labels == {"1": "true", "0": "false"}


def test_units_are_read_from_label_and_note() -> None:
    told = {
        "Platelets per microlitre": ("per_microlitre",),
        "Plt (/µL)": ("per_microlitre",),
        "count/mm3": ("per_microlitre",),
        "Platelets, G/L": ("10^9/L",),
        "x10^9/L": ("10^9/L",),
        "Platelets": (),
        "/uL (not 10^9/L)": ("10^9/L", "per_microlitre"),
    }
    described = project_dictionary()["plt_count"]
    for words, units in told.items():
        assert type(described)(described.name, described.form, described.type, words=words).units == units


def test_a_file_that_is_no_dictionary_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("field_name,form_name\nsex,patients\n", encoding="utf-8")
    found, problems = read_dictionary(tmp_path / "d.csv")
    assert found == {}
    (only,) = problems
    assert (only.file, only.row, only.expected) == ("d.csv", 1, "the 18 columns of a REDCap data dictionary")
    assert only.found.startswith('no column "Variable / Field Name", "Form Name"')


def test_a_field_that_stands_twice_is_refused(tmp_path: Path) -> None:
    text = dictionary_csv()
    (tmp_path / "d.csv").write_text(text + text.splitlines()[2] + "\n", encoding="utf-8")
    _, problems = read_dictionary(tmp_path / "d.csv")
    assert [str(problem) for problem in problems] == [
        f'd.csv, Variable / Field Name: line {len(text.splitlines()) + 1}: found "centre", expected each field once'
    ]
    assert isinstance(problems[0], Problem)
