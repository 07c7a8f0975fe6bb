"""Guards the message for every expected case of records: exact words as stored, exit code, nothing written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from refusals import CASES, Case, message_of, outcome_of, refusals_text, write_refusals
from typer.testing import CliRunner, Result

from implied.files.spreadsheets import unshielded
from itpbook import project
from itpbook.commands.command_line import app
from itpbook.intake.refusals_page import show_refusals, show_verdict
from itpbook.records.cohort import load_cohort
from itpbook.records.problems import LISTED, Remedy, count_of, errors_of
from itpbook.records.report import number, told

STORED = json.loads(project.REFUSALS.read_text(encoding="utf-8"))
MESSAGES: dict[str, list[str]] = {case["name"]: case["message"] for case in STORED}
BY_NAME = {case.name: case for case in CASES}
REFUSED = [name for name, lines in MESSAGES.items() if "error" in lines[0].partition(":")[0]]


def itpbook(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_every_case_has_a_message_and_its_own_name() -> None:
    assert [case.name for case in CASES] == list(MESSAGES)
    assert len(BY_NAME) == len(CASES) >= 20
    assert all(case.change.endswith(".") for case in CASES)


@pytest.mark.parametrize("name", BY_NAME)
def test_message(name: str) -> None:
    assert message_of(BY_NAME[name]).splitlines() == MESSAGES[name]


def test_stored_file_has_these_bytes(tmp_path: Path) -> None:
    """The page is made from this file: ``python -m tests.making.refusals`` writes it."""
    write_refusals(tmp_path / "refusals.json")
    assert (tmp_path / "refusals.json").read_bytes() == project.REFUSALS.read_bytes() == refusals_text().encode()


def test_the_chapter_shows_every_topic_in_order_and_nothing_else() -> None:
    shown = re.findall(
        r'show_refusals\(\\"(.*)\\"\)', (project.CHAPTERS / "refusals.ipynb").read_text(encoding="utf-8")
    )
    assert shown == list(dict.fromkeys(case.topic for case in CASES))
    parts = [part for topic in shown for part in show_refusals(topic).parts]
    assert [lines for _, lines in parts] == [message_of(case) for case in CASES]
    assert all(sentence.endswith(f".** {case.change}") for (sentence, _), case in zip(parts, CASES, strict=True))
    with pytest.raises(
        ValueError, match=r"no topic 'Folders' in .*refusals\.json; there are Files, Headings, Values, "
    ):
        show_refusals("Folders")


def test_warnings_are_not_counted_where_small_numbers_are_withheld(tmp_path: Path) -> None:
    cohort = load_cohort(BY_NAME["very high count"].write(tmp_path))
    assert repr(show_verdict(cohort)) == "the records of this book: 31 patients, no error, 1 warning"
    assert repr(show_verdict(cohort, 5)) == "the records of this book: 31 patients, no error; warnings are not printed"


@pytest.mark.parametrize("name", BY_NAME)
def test_validate_tells_all_and_writes_only_what_it_is_asked_for_and_no_book_is_begun_on_errors(
    name: str, tmp_path: Path
) -> None:
    path = BY_NAME[name].write(tmp_path)
    before = everything_in(tmp_path)
    found, table = tmp_path / "found.json", tmp_path / "found.csv"
    run = itpbook("validate", path, "--json", found, "--csv", table)
    _, patients, problems = outcome_of(BY_NAME[name])
    errors = errors_of(problems)
    assert run.exit_code == (1 if errors else 0)
    assert (patients is None) == bool(errors)
    (last,) = [line for line in (run.stderr if errors else run.stdout).splitlines() if line.startswith(f"{path}: ")]
    counted = f"{number(count_of(errors), 'error')}, {number(count_of(problems) - count_of(errors), 'warning')}"
    assert last == f"{path}: {counted}" if errors else last.replace(str(path), path.name) == MESSAGES[name][-1]
    if not errors:
        assert run.stderr == ""
    written = json.loads(found.read_text(encoding="utf-8"))
    assert written["errors"] == count_of(errors)
    assert written["warnings"] == count_of(problems) - count_of(errors)
    assert sum(kind["number"] for kind in written["problems"]) == count_of(problems)
    assert sorted((kind["group"], each["found"]) for kind in written["problems"] for each in kind["places"]) == sorted(
        (each.group, each.found) for each in problems
    )
    listed = pd.read_csv(table, dtype=str, keep_default_na=False)
    assert listed["found"].map(unshielded).tolist() == [each.found for each in problems]
    assert everything_in(tmp_path).keys() - before.keys() == {str(found), str(table)}
    found.unlink()
    table.unlink()
    assert everything_in(tmp_path) == before
    assert (name in REFUSED) == bool(errors)
    if errors:
        run = itpbook("build", "--data", path, "--out", tmp_path / "book")
        assert run.exit_code == 1
        assert run.stderr.replace(str(path), path.name).splitlines() == MESSAGES[name]
        assert everything_in(tmp_path) == before
        assert not (tmp_path / "book").exists()


def test_records_are_the_same_from_a_workbook_its_folder_and_parquet(tmp_path: Path) -> None:
    sound = load_cohort(BY_NAME["no responder"].write(tmp_path / "other")).digests
    digests = [load_cohort(BY_NAME[name].write(tmp_path / name)).digests for name in ("workbook", "Parquet")]
    assert load_cohort(tmp_path / "workbook" / "records").digests == digests[0] == digests[1] != sound
    assert load_cohort(project.COHORT).digests == digests[0]


def test_the_cohort_keeps_what_is_unlikely(tmp_path: Path) -> None:
    cohort = load_cohort(BY_NAME["very high count"].write(tmp_path))
    assert [warning.group for warning in cohort.warnings] == [Remedy.UNLIKELY]
    assert told(cohort.warnings).splitlines() == MESSAGES["very high count"][:-1]


def test_ten_thousand_errors_of_a_kind_are_one_with_its_number_and_first_places(tmp_path: Path) -> None:
    case: Case = BY_NAME["ten thousand errors"]
    run = itpbook("validate", case.write(tmp_path), "--csv", tmp_path / "found.csv", "--json", tmp_path / "found.json")
    assert len(run.stderr.splitlines()) < 15
    assert "and 9,995 more of this kind" in run.stderr
    listed = pd.read_csv(tmp_path / "found.csv")
    assert (len(listed), set(listed["of_this_kind"])) == (LISTED, {10_000})
    written = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    (kind,) = written["problems"]
    assert (written["errors"], kind["number"], len(kind["places"])) == (10_000, 10_000, LISTED)
    assert kind["places"][0] == {"row": 2, "found": '"0,5"'}


def test_errors_and_warnings_stand_apart(tmp_path: Path) -> None:
    run = itpbook("validate", BY_NAME["counts per microlitre"].write(tmp_path))
    assert str(Remedy.UNLIKELY) in run.stdout
    assert str(Remedy.UNLIKELY) not in run.stderr
    assert f"{Remedy.VALUES} (893 errors)" in run.stderr


def test_both_ways_out_of_a_group_are_told() -> None:
    assert {group.severity for group in Remedy} == {"error", "warning"}
    assert [group for group in Remedy if group.severity == "warning"] == [Remedy.UNLIKELY]
