"""Damage to what ships is named with its place; the comparing functions are given what computing again would give."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from implied.determine.stored_answers import Determined
from implied.ledger import Ledger
from implied.ledger.questions import Questions
from itpbook import project
from itpbook.book.recomputed import shipped_checks
from itpbook.book.recomputed.differences import differing_answers, differing_curves, differing_files, differing_outputs
from itpbook.book.recomputed.shipped_checks import (
    CHECKS,
    CONFIRMED,
    DIFFERS,
    NOT_CHECKED,
    SAMPLE,
    Check,
    _check_made,
    check_answers,
    check_chapters,
    check_questions,
    check_shipped,
    draws_to_compare,
)
from itpbook.study.envelope import DRAWS

Damage = Callable[[Any], None]


def notebook(name: str) -> dict[str, Any]:
    return json.loads((project.CHAPTERS / f"{name}.ipynb").read_text(encoding="utf-8"))


def outputs_of(stored: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    return (output for cell in stored["cells"] for output in cell.get("outputs", []) if kind in output.get("data", {}))


def replace_first(kind: str, pattern: str, replacement: str) -> Damage:
    """Change the first match of a pattern in the first output of a kind that holds one."""

    def damage(stored: dict[str, Any]) -> None:
        for output in outputs_of(stored, kind):
            text = json.dumps(output["data"][kind], ensure_ascii=False)
            changed = re.sub(pattern, replacement, text, count=1)
            if changed != text:
                output["data"][kind] = json.loads(changed)
                return
        pytest.fail(f"nothing to damage in {kind}")

    return damage


def change_alternative_text(stored: dict[str, Any]) -> None:
    output = next(outputs_of(stored, "image/svg+xml"))
    output["metadata"]["image/svg+xml"]["alt"] = output["metadata"]["image/svg+xml"]["alt"].replace("3", "4", 1)


def remove_alternative_text(stored: dict[str, Any]) -> None:
    next(outputs_of(stored, "image/svg+xml"))["metadata"] = {}


def type_alternative_text(stored: dict[str, Any]) -> None:
    cell = next(cell for cell in stored["cells"] if "mystnb" in cell["metadata"])
    cell["metadata"]["mystnb"]["image"] = {"alt": "All respond."}


def type_number_in_caption(stored: dict[str, Any]) -> None:
    cell = next(cell for cell in stored["cells"] if "mystnb" in cell["metadata"])
    cell["metadata"]["mystnb"]["figure"]["caption"] += " Of 12 patients."


def remove_output(stored: dict[str, Any]) -> None:
    del next(cell for cell in stored["cells"] if cell.get("outputs"))["outputs"][-1]


def add_stream(stored: dict[str, Any]) -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": ["31 of 31\n"]}
    next(cell for cell in stored["cells"] if cell.get("outputs"))["outputs"].append(stream)


def strip(stored: dict[str, Any]) -> None:
    for cell in stored["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)


@pytest.mark.parametrize(
    ("chapter", "damage", "named"),
    [
        ("safety", replace_first("text/html", r"13/31", "14/31"), r", text/html: stored .*14/31.*, now .*13/31"),
        ("refusals", replace_first("text/markdown", r"patients", "patents"), r", text/markdown: .*patents.*patients"),
        ("safety", replace_first("application/vnd.itpbook.result+json", "13/31", "14/31"), r"result\+json: "),
        (
            "verification",
            replace_first("application/vnd.itpbook.verdicts+json", '"n": 31', '"n": 30'),
            r"verdicts\+json",
        ),
        (
            "efficacy",
            replace_first("application/vnd.itpbook.run+json", '"patients": 31', '"patients": 32'),
            r"run\+json",
        ),
        ("efficacy", replace_first("application/vnd.itpbook.data.v1+json", r"SYN-03", "SYN-30"), r"data\.v1\+json"),
        ("safety", replace_first("image/svg+xml", r"fill: #", "fill: #f"), r", image/svg\+xml: "),
        ("safety", replace_first("text/plain", r"\d", "0"), r", text/plain: "),
        ("safety", change_alternative_text, r"\(figure-events\), output 1, alternative text: "),
        ("safety", remove_alternative_text, r"\(figure-events\), output 1, alternative text: not stored"),
        ("safety", type_alternative_text, r"\(figure-events\), metadata: holds typed words for a picture"),
        ("safety", type_number_in_caption, r"\(figure-events\), caption: holds a typed number: .*Of 12 patients\."),
        ("cohort", remove_output, r"output \d, kind: not stored"),
        ("cohort", add_stream, r"output 2, kind: stored, but the cell does not give it"),
        ("cohort", strip, r"execution count: stored …null…"),
        ("cohort", lambda stored: stored["cells"].pop(), r"chapters/cohort\.ipynb: \d+ cells are stored, \d+ were"),
    ],
)
def test_a_changed_output_is_named_with_chapter_and_cell(chapter: str, damage: Damage, named: str):
    stored, now = notebook(chapter), notebook(chapter)
    damage(stored)
    problems = list(differing_outputs(f"chapters/{chapter}.ipynb", stored, now))
    assert any(re.search(named, problem, re.DOTALL) for problem in problems), problems
    assert all(problem.startswith(f"chapters/{chapter}.ipynb") for problem in problems)


def test_how_a_notebook_is_written_makes_no_difference(tmp_path: Path):
    """An editor may join the lines of a text, indent otherwise and add metadata of its own."""
    for path in project.CHAPTERS.glob("*.ipynb"):
        saved = json.loads(path.read_text(encoding="utf-8"))
        saved["metadata"]["editor"] = "another"
        for output in outputs_of(saved, "text/plain"):
            output["data"]["text/plain"] = "".join(output["data"]["text/plain"])
        (tmp_path / path.name).write_text(json.dumps(saved), encoding="utf-8")
    check = check_chapters(project.CHAPTERS, tmp_path)
    assert check.result == CONFIRMED
    assert re.fullmatch(r"\d{3} stored outputs of 10 chapters against the chapters executed now", check.subject)


def test_a_chapter_that_nothing_executes_is_named(tmp_path: Path):
    shutil.copytree(project.CHAPTERS, tmp_path / "chapters")
    shutil.copyfile(project.CHAPTERS / "safety.ipynb", tmp_path / "chapters" / "other.ipynb")
    check = check_chapters(project.CHAPTERS, tmp_path / "chapters")
    assert check.problems == ("chapters/other.ipynb: not a chapter that is executed",)


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    return json.loads(project.DETERMINED.read_text(encoding="utf-8"))


def written(answers: Any, folder: Path) -> Path:
    path = folder / "determined.json"
    path.write_text(json.dumps(answers), encoding="utf-8")
    return path


def other_bound(stored: dict[str, Any]) -> None:
    stored["intervals"][3]["exact"][1] = "1"


def other_member(stored: dict[str, Any]) -> None:
    stored["conflicts"][0]["entries"][0] = "cohort.age"


def other_fact(stored: dict[str, Any]) -> None:
    stored["patients"][0]["facts"][0]["value"] = "none"


def other_reading(stored: dict[str, Any]) -> None:
    stored["readings"].popitem()


def other_rounding(stored: dict[str, Any]) -> None:
    stored["rounding"]["half even"] = []


def truth_as_number(stored: dict[str, Any]) -> None:
    stored["intervals"][0]["proven"] = 1


def one_less(stored: dict[str, Any]) -> None:
    stored["conflicts"].pop()


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (other_bound, r"intervals 4 \([\w.]+, \w+, \w+\), exact 2: stored \"1\", worked out \"\d+"),
        (other_member, r"conflicts 1 \(cohort\.n, .*\), entries 1: stored \"cohort\.age\", worked out \"cohort\.n\""),
        (other_fact, r"patients 1 \(.+\), facts 1 \(.+\), value: stored \"none\", worked out "),
        (other_reading, r"readings, [\w.]+: not stored"),
        (other_rounding, r"rounding, half even: stored \[\], worked out \["),
        (truth_as_number, r"intervals 1 \(.*\), proven: stored 1, worked out true"),
        (one_less, r"conflicts: stored \["),
    ],
)
def test_a_changed_answer_is_named(damage: Damage, named: str, answers: dict[str, Any], tmp_path: Path):
    stored = deepcopy(answers)
    damage(stored)
    (problem,) = differing_answers(written(stored, tmp_path), answers)
    assert re.search(rf"determined\.json, {named}", problem), problem


def test_answers_are_worked_out_and_compared(
    ledger: Ledger, questions: Questions, known: Determined, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("itpbook.book.recomputed.shipped_checks.determine_all", lambda *_, **__: known)
    assert check_answers(ledger, questions).result == CONFIRMED
    assert check_answers(ledger, questions, path=tmp_path / "determined.json").result == DIFFERS
    for text in ("{", "[]", "null"):
        (tmp_path / "determined.json").write_text(text, encoding="utf-8")
        assert check_answers(ledger, questions, path=tmp_path / "determined.json").result == DIFFERS


def test_the_shipped_records_lie_within_every_interval(ledger: Ledger, questions: Questions):
    assert check_questions(ledger, questions).problems == ()


def test_a_limit_that_the_shipped_records_pass_is_named(
    ledger: Ledger, questions: Questions, answers: dict[str, Any], tmp_path: Path
):
    stored = deepcopy(answers)
    bound = next(each for each in stored["intervals"] if each["id"] == "open.severe_patients")
    bound["exact"] = ["40", "41"]
    dropped = stored["intervals"].pop()
    check = check_questions(ledger, questions, path=written(stored, tmp_path))
    assert check.problems is not None
    assert any(
        re.search(r"open\.severe_patients \(literal reading, count\) is \d+ in", text) for text in check.problems
    )
    assert any(f"no answer for {dropped['id']} " in text for text in check.problems)
    assert check_questions(ledger, questions, path=tmp_path / "nowhere.json").result == DIFFERS


def test_the_first_changed_line_of_each_file_is_named(tmp_path: Path):
    shipped = tmp_path / "cohort"
    shutil.copytree(project.COHORT, shipped)
    assert list(differing_files(shipped, project.COHORT)) == []
    counts = (shipped / "platelets.csv").read_text(encoding="utf-8").split("\n")
    counts[6] += "9"
    (shipped / "platelets.csv").write_text("\n".join(counts), encoding="utf-8")
    (shipped / "adverse_events.csv").unlink()
    with (shipped / "patients.csv").open("rb+") as patients:
        patients.truncate((shipped / "patients.csv").stat().st_size - 1)
    (shipped / "notes.txt").write_text("31", encoding="utf-8")
    with (shipped / "README.md").open("a", encoding="utf-8") as card:
        card.write("Seen.\n")
    problems = [text.removeprefix(str(shipped)) for text in differing_files(shipped, project.COHORT)]
    card_line, lost, added, unended, changed = problems
    assert card_line.startswith("/README.md, line ")
    assert lost == "/adverse_events.csv: missing"
    assert added == "/notes.txt: not a file that is made"
    assert unended == "/patients.csv: 32 lines are stored, 33 were made"
    assert changed.startswith("/platelets.csv, line 7: stored …")


@pytest.mark.parametrize("damage", [lambda text: text.replace(b"\n", b"\r\n"), lambda text: b"\xff" + text])
def test_bytes_that_are_no_text_of_ours_are_named_too(damage: Callable[[bytes], bytes], tmp_path: Path):
    shipped = tmp_path / "cohort"
    shutil.copytree(project.COHORT, shipped)
    (shipped / "README.md").write_bytes(damage((shipped / "README.md").read_bytes()))
    (problem,) = differing_files(shipped, project.COHORT)
    assert "/README.md, line 1: stored …" in problem
    (tmp_path / "envelope.csv").write_bytes(damage(project.ENVELOPE.read_bytes()))
    assert "envelope.csv, line 1: stored …" in next(differing_curves(tmp_path / "envelope.csv", {0: row(0)}))


def row(number: int) -> dict[str, float]:
    """Return the curves of a draw as they ship."""
    table = pd.read_csv(project.ENVELOPE)
    return table.drop(columns="draw").iloc[number].to_dict()


def test_a_changed_curve_is_named_by_its_draw(tmp_path: Path):
    rows = {number: row(number) for number in (0, 7, DRAWS - 1)}
    assert list(differing_curves(project.ENVELOPE, rows)) == []
    lines = project.ENVELOPE.read_text(encoding="utf-8").split("\n")
    path = tmp_path / "envelope.csv"
    damaged = [*lines[:8], re.sub(r"0\.\d+", "0.9999", lines[8], count=1), *lines[9:]]
    path.write_text("\n".join(damaged), encoding="utf-8")
    (problem,) = differing_curves(path, rows)
    assert re.search(r"envelope\.csv, line 9 \(draw 7\): stored ….*0\.9999.*…, now …", problem)
    path.write_text("\n".join([lines[0].replace("@7,", "@8,", 1), *lines[1:]]), encoding="utf-8")
    assert "envelope.csv, line 1: " in next(differing_curves(path, rows))
    for wrong in (lines[:100], [*lines[:5], *lines[6:]], [*lines[:-1], "200,0", ""]):
        path.write_text("\n".join(wrong), encoding="utf-8")
        (problem,) = differing_curves(path, rows)
        assert problem.endswith(f"envelope.csv: the rows are not those of draws 0 to {DRAWS - 1}, in this order")


def test_some_draws_are_chosen_by_chance_and_the_shipped_one_always():
    chosen = draws_to_compare(full=False)
    assert chosen[0] == 0
    assert len(set(chosen)) == SAMPLE + 1
    assert chosen == sorted(chosen)
    assert draws_to_compare(full=True) == list(range(DRAWS))


def test_a_check_that_is_left_out_is_said_to_be_and_nothing_is_made(ledger: Ledger):
    checks = list(check_shipped(ledger, Check("chapters", "compared"), list(CHECKS), full=False))
    assert [(check.name, check.result) for check in checks] == [(name, NOT_CHECKED) for name in CHECKS]
    assert all(check.subject.endswith(f": left out by --skip {check.name}") for check in checks)


def test_where_all_draws_are_made_no_row_is_said_to_be_left(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    made = row(0)
    monkeypatch.setattr(shipped_checks, "DRAWS", 1)
    monkeypatch.setattr(shipped_checks, "RecordsOfSeries", lambda _: SimpleNamespace(write=lambda *_: None))
    monkeypatch.setattr(shipped_checks, "load_cohort", lambda _: None)
    monkeypatch.setattr(shipped_checks, "curves", lambda _: made)
    (check,) = _check_made(ledger, tmp_path, ["records", "example"], [0], 1)
    assert check == Check("envelope", "1 of 1 rows of data/envelope.csv against draws made now: all")


def test_what_was_not_checked_is_never_called_as_it_should_be():
    assert Check("envelope", "left out", None).result == NOT_CHECKED
    assert Check("envelope", "compared").result == CONFIRMED
    assert Check("envelope", "compared", ("one",)).result == DIFFERS
