"""Records of hostile authors: refused with file and place, or printed and drawn as nothing but text."""

from __future__ import annotations

import copy
import io
import json
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
import yaml
from bs4 import BeautifulSoup
from hostile import COLUMNS, hostile_tables
from hostile_strings import FAMILIES, FORMULAS, HIDDEN, MATHTEXT, SECRET, all_strings, one_line, planted
from matplotlib.text import Text
from records import Tables, small_cohort_files, small_cohort_tables, write_files
from redcap_exports import IDS, SmallExport
from small_ledger import NINE, nine_patients
from typer.testing import CliRunner

from implied.files.characters import visible
from implied.ledger import LedgerError
from itpbook.commands.command_line import app
from itpbook.definitions import SOURCE
from itpbook.intake.redcap.identifying import identifying
from itpbook.intake.redcap.mapping import read_mapping
from itpbook.parameters import ParameterError, check, read_parameters
from itpbook.presentation import figures
from itpbook.presentation.figures.style import DrawnFigure, in_house_style, new_figure, to_svg
from itpbook.presentation.tables.markup import publication_table
from itpbook.records.cohort import InvalidRecords, load_cohort
from itpbook.records.problems import count_of
from itpbook.study.outcomes import derive

Writer = Callable[[Tables, Path], Path]


def strings_of(canary: Path) -> list[str]:
    """Return what can be typed into a cell: every string on one line, and none that is refused as hidden or missing."""
    lines = [one_line(string) for family, string in all_strings(canary) if family != "hidden"]
    return [line for line in dict.fromkeys(lines) if not line.startswith("=")]


def csv_files(tables: Tables, folder: Path) -> Path:
    return write_files(tables, folder)


def parquet_files(tables: Tables, folder: Path) -> Path:
    folder.mkdir()
    for name, table in tables.items():
        hostile = {"pandas": '{"index_columns": ["!!python/object/apply:os.system"], "columns": []}', "x": "<script>"}
        pq.write_table(pa.Table.from_pandas(table).replace_schema_metadata(hostile), folder / f"{name}.parquet")
    return folder


def workbook(tables: Tables, folder: Path) -> Path:
    folder.mkdir()
    path = folder / "records.xlsx"
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": "<script>", "comments": "{{7*195}}", "author": "=1365"})
        for name, table in tables.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate([list(table.columns), *table.to_numpy().tolist()]):
                for place, words in enumerate(row):
                    if words:
                        sheet.write_string(number, place, words)
    return path


@pytest.mark.parametrize("write", [csv_files, parquet_files, workbook])
def test_every_typed_text_is_read_in_just_its_characters(write: Writer, canary: Path, tmp_path: Path):
    strings = strings_of(canary)
    tables = hostile_tables(strings)
    cohort = load_cohort(write(tables, tmp_path / "records"))
    for table, column in COLUMNS:
        assert set(cohort.tables[table][column].dropna()) == set(strings), (table, column)
    assert SECRET not in repr(cohort.tables)


@pytest.mark.parametrize("write", [csv_files, parquet_files, workbook])
@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_hidden_characters_are_refused_with_file_row_and_column(table: str, column: str, write: Writer, tmp_path: Path):
    tables = small_cohort_tables()
    tables[table].loc[0, column] = "left\u202eright"
    with pytest.raises(InvalidRecords) as refusal:
        load_cohort(write(tables, tmp_path / "records"))
    (problem, *_) = (each for each in refusal.value.problems if each.column == column and "U+202E" in each.expected)
    assert table in problem.file
    assert problem.row == 2


@pytest.mark.parametrize("string", HIDDEN)
def test_every_hidden_character_is_refused_in_records(string: str, tmp_path: Path):
    tables = small_cohort_tables()
    tables["adverse_events"].loc[0, "term"] = string
    try:
        folder = write_files(tables, tmp_path / "records")
    except UnicodeEncodeError:
        pytest.fail("the string cannot be planted")
    with pytest.raises(InvalidRecords) as refusal:
        load_cohort(folder)
    assert any("adverse_events.csv" in str(problem) for problem in refusal.value.problems)


@pytest.fixture(scope="module")
def table_page(canary: Path) -> tuple[list[str], BeautifulSoup, str]:
    """Return the strings, and a table in which they stand everywhere."""
    strings = list(dict.fromkeys([*strings_of(canary), *FORMULAS]))
    frame = pd.DataFrame({"Group": strings, **dict.fromkeys(("First", *strings[:8]), strings)})
    table = publication_table(
        frame,
        id="table-hostile",
        caption=" ".join(strings),
        groups="Group",
        footnotes=strings,
        row_attributes=[{"id": string} for string in strings],
    )
    return strings, BeautifulSoup(table.html, "html.parser"), table.csv


def test_tables_show_hostile_strings_as_text(table_page: tuple[list[str], BeautifulSoup, str]):
    strings, page, csv = table_page
    headings = [" ".join(cell.get_text().split()) for cell in page.select("thead th")]
    assert headings[1:] == [" ".join(string.split()) for string in strings[:8]]
    assert page.select_one("caption").get_text() == " ".join(strings)
    assert page.select_one("[role=region]")["aria-label"] == " ".join(strings)
    for place in ("tbody th", "tbody td", ".group-heading th", "tfoot td"):
        shown = {" ".join(cell.get_text().split()) for cell in page.select(place)}
        assert {" ".join(string.split()) for string in strings} <= shown, place
    allowed = {"div", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "span"}
    assert {tag.name for tag in page.find_all(True)} <= allowed
    names = {name for tag in page.find_all(True) for name in tag.attrs}
    assert not {name for name in names if name.startswith("on") or name in ("src", "href", "style")}
    rows = pd.read_csv(io.StringIO(csv), dtype=str, keep_default_na=False)
    assert len(rows) == len(strings)


def test_figures_draw_hostile_strings_as_text(tmp_path: Path):
    strings = [*MATHTEXT, "<script>alert(1365)</script>", "]]><svg onload=x>", "--><b>"]
    cohort = load_cohort(write_files(hostile_tables(strings), tmp_path / "records"))
    patients = derive(cohort, SOURCE)
    events, treatments = cohort.tables["adverse_events"], cohort.tables["treatments"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = [
            figures.swimmer(patients, treatments, events),
            figures.adverse_events(events, patients),
        ]
        texts = [to_svg(figure.finish(synthetic=False)) for figure in drawn]
    for svg in texts:
        elements = list(ElementTree.fromstring(svg).iter())
        names = {element.tag.rpartition("}")[2] for element in elements}
        assert not names & {"script", "b", "foreignObject", "a", "text"}
        assert not [name for element in elements for name in element.attrib if name.startswith("on")]


def test_no_text_of_a_figure_is_a_formula():
    @in_house_style
    def drawn() -> DrawnFigure:
        figure = new_figure(2)
        figure.subplots().text(0.1, 0.5, "$\\undefined{1365}$")
        return figure

    figure = drawn()
    (text,) = (text for text in figure.findobj(Text) if "1365" in text.get_text())
    assert not text.get_parse_math()
    assert "<path" in to_svg(figure)


def test_an_external_entity_of_a_workbook_is_not_read(canary: Path, tmp_path: Path):
    path = workbook(small_cohort_tables(), tmp_path / "records")
    altered = tmp_path / "altered.xlsx"
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(altered, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "xl/sharedStrings.xml":
                head, _, rest = content.partition(b"?>")
                entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{canary.as_uri()}">]>'.encode()
                content = head + b"?>" + entity + rest.replace(b"Bordeaux", b"&e;")
            after.writestr(name, content)
        after.writestr("../../outside.txt", "outside")
        after.writestr("/tmp/absolute.txt", "outside")
    before_reading = set(tmp_path.rglob("*"))
    with pytest.raises(InvalidRecords) as refusal:
        load_cohort(altered)
    assert SECRET not in str(refusal.value)
    assert "altered.xlsx" in str(refusal.value.problems[0])
    assert set(tmp_path.rglob("*")) == before_reading
    assert not (tmp_path.parent / "outside.txt").exists()


def test_names_of_members_lead_nowhere_outside(tmp_path: Path):
    for number, name in enumerate(("../../outside.txt", "/outside.txt", "..\\outside.txt", "xl/../../outside.txt")):
        path = workbook(small_cohort_tables(), tmp_path / f"records-{number}")
        with zipfile.ZipFile(path, "a") as book:
            book.writestr(name, "outside")
        with pytest.raises(InvalidRecords) as refusal:
            load_cohort(path)
        assert refusal.value.problems[0].found == f"a part named {name!r}"
    assert not list(tmp_path.parent.rglob("outside.txt"))


@pytest.mark.parametrize("family", sorted(FAMILIES.keys() - {"hidden"}))
def test_an_export_of_redcap_gives_text_or_a_refusal_that_names_the_file(family: str, canary: Path, tmp_path: Path):
    words = one_line(planted(FAMILIES[family][0], canary))
    export = SmallExport(tmp_path)
    for row in export.rows:
        for field in ("centre", "death_cause", "ae_term"):
            if row.get(field):
                row[field] = words
    confirmed = {column: [words] for column in ("patients.centre", "patients.death_cause", "adverse_events.term")}
    export.confirmed = yaml.safe_dump({"confirmed_texts": confirmed})
    match = identifying(words)
    if match is not None and match.certain:
        # An address does not leave, whoever confirms it.
        with pytest.raises(InvalidRecords, match=r"export\.csv, centre: expected text without"):
            export.imported(IDS)
        return
    cohort = export.imported(IDS).cohort
    assert set(cohort.tables["patients"]["centre"]) == {words}
    assert set(cohort.tables["adverse_events"]["term"]) == {words}


MAPPING = (
    "record",
    "day_zero",
    "patient_ids",
    "dates",
    "decimal",
    "missing_codes",
    "fields",
    "codes",
    "units",
    "constants",
    "confirmed_texts",
)


@pytest.mark.parametrize("key", MAPPING)
def test_a_mapping_is_read_as_text_or_refused_with_file_and_key(key: str, canary: Path, tmp_path: Path):
    strings = [string for _, string in all_strings(canary)]
    path = tmp_path / "mapping.yaml"
    for value in (" ".join(strings), strings, dict.fromkeys(strings, strings[0]), {"patients.centre": strings}):
        path.write_text(yaml.safe_dump({key: value, **dict.fromkeys(strings, 1)}), encoding="utf-8")
        mapping, problems = read_mapping(path)
        assert count_of(problems) >= len(strings)
        assert {problem.file for problem in problems} == {"mapping.yaml"}
        assert SECRET not in repr((mapping, problems))


def test_a_ledger_is_read_as_text_or_refused_with_the_field(canary: Path, tmp_path: Path):
    strings = [string for _, string in all_strings(canary)]
    content = yaml.safe_load(NINE)
    duration = content["entries"].pop(5)
    for number, string in enumerate(strings):
        words = dict.fromkeys(("label", "section", "among", "remark"), string)
        content["entries"].append({**copy.deepcopy(duration), **words, "id": f"cough.duration{number}"})
    content["source"] = strings[0]
    ledger = nine_patients(tmp_path, yaml.safe_dump(content, sort_keys=False))
    assert [entry.label for entry in ledger][-len(strings) :] == strings
    assert SECRET not in repr(ledger)
    *others, last = content["entries"]
    for field in ("id", "unit", "layout", "quantity"):
        content["entries"] = [*others[: 1 - len(strings)], {**last, field: strings[0]}]
        with pytest.raises(LedgerError, match=f"{field}|attribute"):
            nine_patients(tmp_path, yaml.safe_dump(content, sort_keys=False))


def test_parameters_are_refused_by_name_and_value(canary: Path, tmp_path: Path):
    strings = [string for _, string in all_strings(canary)]
    path = tmp_path / "parameters.yaml"
    path.write_text(yaml.safe_dump(dict.fromkeys(strings, 1)), encoding="utf-8")
    with pytest.raises(ParameterError) as refusal:
        check("efficacy", read_parameters(path))
    assert len(refusal.value.problems) == len(set(strings))
    for string in strings:
        for name in ("definitions", "cr_threshold", "confirmation_days", "suppress_below"):
            with pytest.raises(ParameterError, match=name):
                check("efficacy", {name: string})


@pytest.mark.parametrize("string", HIDDEN)
def test_nothing_in_a_file_steers_the_terminal(string: str, tmp_path: Path):
    folder = small_cohort_files(tmp_path / "records")
    path = folder / "patients.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("stroke", string), encoding="utf-8")
    edition = tmp_path / "edition.yaml"
    edition.write_text(json.dumps({"title": string, "unknown " + string: 1}), encoding="utf-8")
    for command in (
        ["validate", str(folder)],
        ["build", "--data", str(folder), "--edition", str(edition), "--out", str(tmp_path / "book")],
        ["build", "-p", f"{string}=1"],
    ):
        run = CliRunner().invoke(app, command)
        assert run.exit_code != 0
        for line in (run.stdout + run.stderr).split("\n"):
            assert visible(line) == line, (command[0], line)
    assert not (tmp_path / "book").exists()
