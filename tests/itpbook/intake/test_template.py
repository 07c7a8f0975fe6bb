"""Guards what a centre begins with: tables, workbook, guide; all of it from the schema, always the same bytes."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from records import small_cohort_tables
from refusals import CASES, Case, problems_of
from typer.testing import CliRunner

from itpbook.commands.command_line import app
from itpbook.intake.own_edition import read_edition
from itpbook.intake.redcap.mapping import read_mapping
from itpbook.intake.redcap.redcap_dictionary import dictionary_csv
from itpbook.intake.template.rules import RULES
from itpbook.intake.template.template_files import write_template
from itpbook.records.cohort import cohort_of, load_cohort
from itpbook.records.data_dictionary import dictionary_markdown
from itpbook.records.problems import Problem, Remedy
from itpbook.records.schema import TABLES, columns_of

FILES = [
    "README.md",
    "records.xlsx",
    *(f"csv/{name}.csv" for name in TABLES),
    "redcap/redcap_data_dictionary.csv",
    "redcap/mapping.yaml",
    "edition.yaml",
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "mine"
    run = CliRunner().invoke(app, ["template", str(folder)])
    assert run.stdout.splitlines() == [str(folder / name) for name in FILES]
    return folder


@pytest.fixture(scope="module")
def workbook(made: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(made / "records.xlsx")


def test_no_other_file_is_written_and_every_one_again_with_the_same_bytes(made: Path, tmp_path: Path) -> None:
    assert sorted(str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()) == sorted(FILES)
    write_template(tmp_path / "again")
    for name in FILES:
        assert (made / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


@pytest.mark.parametrize("table", TABLES)
def test_tables_have_the_headings_of_the_schema_and_no_row(made: Path, table: str) -> None:
    with (made / "csv" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        (headings,) = list(csv.reader(file))
    assert headings == [name for name in columns_of(table) if name != "corticosteroid_free_inferred"]


def test_the_dictionary_is_redcaps_and_the_mapping_can_be_read(made: Path) -> None:
    assert (made / "redcap/redcap_data_dictionary.csv").read_text(encoding="utf-8") == dictionary_csv()
    mapping, problems = read_mapping(made / "redcap/mapping.yaml")
    assert problems == []
    assert mapping.fields["patients", "sex"] == ("gender",)
    assert mapping.codes == {"gender": {"1": "male", "2": "female"}}
    assert mapping.missing == ("NI", "UNK", "-99")


def test_the_edition_can_be_read(made: Path) -> None:
    assert read_edition(made / "edition.yaml").suppress_below == 0


def test_the_guide_holds_the_dictionary_and_how_to_go_on(made: Path) -> None:
    text = (made / "README.md").read_text(encoding="utf-8")
    assert dictionary_markdown() in text
    for command in ("itpbook validate csv", "itpbook validate records.xlsx", "itpbook build --data csv --out my-book"):
        assert command in text
    assert "tick `treatments`, `platelets` and `adverse_events`" in text


def test_the_workbook_has_a_sheet_for_each_table_and_a_guide(workbook: openpyxl.Workbook) -> None:
    assert workbook.sheetnames == [*TABLES, "guide"]
    for table in TABLES:
        sheet = workbook[table]
        assert [cell.value for cell in sheet[1]] == [
            name for name in columns_of(table) if name != "corticosteroid_free_inferred"
        ]
        assert sheet.max_row == 1
        assert sheet.freeze_panes == "B2"
    told = [(row[0], row[1]) for row in workbook["guide"].iter_rows(values_only=True)]
    assert [cells for cells in told if cells[1] and cells[0] != "table"] == [
        (table, name) for table in TABLES for name in columns_of(table)
    ]


def rule_of(workbook: openpyxl.Workbook, table: str, column: str) -> openpyxl.worksheet.datavalidation.DataValidation:
    sheet = workbook[table]
    (letter,) = [cell.column_letter for cell in sheet[1] if cell.value == column]
    (rule,) = [each for each in sheet.data_validations.dataValidation if f"{letter}2:" in str(each.sqref)]
    assert str(rule.sqref) == f"{letter}2:{letter}1048576"
    return rule


@pytest.mark.parametrize("table", TABLES)
def test_each_column_takes_what_the_schema_allows(workbook: openpyxl.Workbook, table: str) -> None:
    for column, rules in columns_of(table).items():
        if column == "corticosteroid_free_inferred" or column == "patient_id":
            continue
        listed = ["true", "false"] if rules.kind == "true or false" else list(rules.choices)
        if listed:
            rule = rule_of(workbook, table, column)
            assert (rule.type, rule.formula1) == ("list", f'"{",".join(listed)}"')
        elif bounds := rules.limits:
            rule = rule_of(workbook, table, column)
            assert rule.type == ("whole" if rules.kind == "whole number" else "decimal")
            assert (int(rule.formula1), int(rule.formula2)) == bounds
        (heading,) = [cell for cell in workbook[table][1] if cell.value == column]
        assert str(rules.description) in heading.comment.text


def test_patients_are_each_once_and_chosen_from_a_list_elsewhere(workbook: openpyxl.Workbook) -> None:
    rule = rule_of(workbook, "patients", "patient_id")
    assert (rule.type, rule.formula1) == ("custom", "COUNTIF($A:$A,$A2)=1")
    for table in ("treatments", "platelets", "adverse_events"):
        rule = rule_of(workbook, table, "patient_id")
        assert (rule.type, rule.formula1) == ("list", "patients!$A$2:$A$1048576")
        assert not rule.allowBlank


def test_identifiers_and_truth_values_are_cells_of_text(workbook: openpyxl.Workbook) -> None:
    sheet = workbook["patients"]
    # Neighbouring columns that are alike are kept as one.
    formats = {
        place: group.number_format
        for group in sheet.column_dimensions.values()
        for place in range(group.min, group.max + 1)
    }
    for cell in sheet[1]:
        text = columns_of("patients")[cell.value].kind in ("text", "true or false")
        assert formats[cell.column] == ("@" if text else "General"), cell.value


def test_a_filled_workbook_loads(made: Path, tmp_path: Path) -> None:
    filled = openpyxl.load_workbook(made / "records.xlsx")
    for name, table in cohort_of(small_cohort_tables()).tables.items():
        places = {cell.value: cell.column for cell in filled[name][1]}
        for row, values in enumerate(table.astype(object).to_dict("records"), start=2):
            for column, value in values.items():
                if not pd.isna(value):
                    text = str(value).lower() if isinstance(value, bool) else value
                    filled[name].cell(row, places[column], text)
    filled.save(tmp_path / "records.xlsx")
    assert load_cohort(tmp_path / "records.xlsx").digests == cohort_of(small_cohort_tables()).digests
    # A column that may be left out, and that nobody filled in.
    (bleeding,) = [cell.column for cell in filled["platelets"][1] if cell.value == "bleeding"]
    for row in range(2, filled["platelets"].max_row + 1):
        filled["platelets"].cell(row, bleeding).value = None
    filled.save(tmp_path / "records.xlsx")
    assert "bleeding" not in load_cohort(tmp_path / "records.xlsx").platelets


def test_nothing_is_replaced_and_all_that_is_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "csv").mkdir()
    for name in ("records.xlsx", "csv/platelets.csv"):
        (tmp_path / name).write_text("mine", encoding="utf-8")
    run = CliRunner().invoke(app, ["template", str(tmp_path)])
    assert run.exit_code == 1
    assert run.stderr == f"{tmp_path} already holds records.xlsx, csv/platelets.csv: nothing was written\n"
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == [
        "csv/platelets.csv",
        "records.xlsx",
    ]
    assert (tmp_path / "records.xlsx").read_text(encoding="utf-8") == "mine"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("", encoding="utf-8")
    with pytest.raises(FileExistsError, match="mine is a file, not a folder"):
        write_template(tmp_path / "mine")


def test_the_guide_tells_of_every_rule_that_records_can_break():
    told = {(table, column) for table, column, _ in RULES}
    broken = {
        (problem.file.partition(".")[0], str(problem.column))
        for case in CASES
        if case.topic not in ("Files", "Unusual, but sound")
        for problem in problems_of_case(case)
        if problem.group is Remedy.CONTRADICTIONS and problem.column
    }
    assert {("treatments", "role"), ("platelets", "day")} <= broken
    untold = {(table, column) for table, column in broken if not {(table, column), ("all others", column)} & told}
    assert untold == set()


def problems_of_case(case: Case) -> tuple[Problem, ...]:
    with tempfile.TemporaryDirectory() as folder:
        return problems_of(case.write(Path(folder)))[1]
