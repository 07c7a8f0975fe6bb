"""The release pack: every number of a book, true and as printed, why it is withheld, and what can be inferred."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from other_cohorts import COHORTS
from small_series import twenty_one

from implied.files.characters import visible
from implied.files.input_files import digest_of_folder
from implied.ledger import Ledger
from implied.ledger.conditions import holds
from itpbook import project
from itpbook.book.release import pack
from itpbook.book.release.pack import _table, _withheld, numbers_csv
from itpbook.book.release.rows import HIDDEN, PRINTED, ReleaseRow, release_rows
from itpbook.disclosure.counted import EVENTS, SUBGROUPS, beyond_ledger
from itpbook.disclosure.small_numbers import WITHHELD, SmallNumbers
from itpbook.disclosure.suppression_plan import ledger_counts, planned
from itpbook.records.cohort import Cohort, cohort_of, load_cohort
from itpbook.results import NO_FIGURE, Recorder, read_results
from itpbook.results import recorder as recorder_module
from itpbook.results.withheld import without_numbers
from itpbook.study.outcomes import derive
from itpbook.study.statistics import proportion
from itpbook.study.subgroups import count_responses, usual_subgroups

BELOW = 5


def judged(cohort: Cohort, ledger: Ledger) -> tuple[pd.DataFrame, SmallNumbers]:
    patients = derive(cohort)
    return patients, planned(BELOW, patients, ledger, [item.count for item in beyond_ledger(cohort, patients)])


@pytest.fixture(scope="module")
def rows_of(ledger: Ledger) -> Iterator[Callable[[str], list[ReleaseRow]]]:
    """Return what records the figures of the ledger of a series as the chapters do, and gives the rows of the pack."""
    shipped = dict(load_cohort(project.COHORT).tables)

    @cache
    def rows(name: str) -> list[ReleaseRow]:
        return recorded_rows(cohort_of(COHORTS[name](shipped) if name in COHORTS else twenty_one()), ledger)

    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(recorder_module, "_display", lambda _: None)
        yield rows


def recorded_rows(cohort: Cohort, ledger: Ledger) -> list[ReleaseRow]:
    patients, small = judged(cohort, ledger)
    record = Recorder("all", ledger, small=small)
    for entry, reading, _ in ledger_counts(ledger, patients):
        assert entry.condition is not None
        among = holds(reading.population, patients)
        record.patients(entry.id, holds(entry.condition, patients), among=among, reading=reading.name)
    for entry in ledger:
        if entry.quantity is not None:
            record.summary(entry.id, patients[entry.quantity], among=holds(entry.readings[0].population, patients))
        elif entry.sum:
            record.events(entry.id, patients[list(entry.sum)].sum(axis="columns"))
    record.patients("methods.eligible", patients["eligible"], label="Eligible")
    record.value("new.ratio", 1.5, "1.5", label="Some ratio")
    record.value("new.nothing", None, NO_FIGURE, label="A ratio that nobody has")
    return release_rows(patients, ledger, record.results.values(), beyond_ledger(cohort, patients), small)


@pytest.mark.parametrize("name", ["fourteen", "no event", "as little as allowed"])
def test_every_number_has_its_reason_and_its_limits(name: str, rows_of: Callable[[str], list[ReleaseRow]]):
    rows = rows_of(name)
    counts = [row for row in rows if row.statistic == "patients"]
    assert {row.place for row in counts} >= {"cohort.female", "methods.eligible", SUBGROUPS}
    hidden = [row for row in counts if row.decision == HIDDEN]
    assert len(hidden) > 10
    for row in counts:
        size = int(row.true.partition("/")[0])
        assert int(row.low) <= size <= int(row.high), row
        assert (row.decision == HIDDEN) == bool(row.why) == (row.printed in (WITHHELD, f"<{BELOW}")), row
        assert not 0 < size < BELOW or (row.decision == HIDDEN and row.low != row.high), row
    for row in hidden:
        assert (row.printed == f"<{BELOW}") <= row.why.startswith("the number is small itself"), row


def test_the_reasons_are_told_apart(rows_of: Callable[[str], list[ReleaseRow]], ledger: Ledger):
    rows = rows_of("as little as allowed")
    reasons = {row.place: row.why for row in rows if row.place in ledger and row.statistic in ("patients", "events")}
    assert reasons["cohort.mgus"] == "the number is small itself (4)"
    assert reasons["cohort.prior.ivig"].startswith("all others of the group are a small number")
    beginnings = {why.partition(" (")[0].partition(":")[0] for why in reasons.values()}
    assert len(beginnings) >= 4, beginnings


def test_summaries_say_which_values_were_averaged(rows_of: Callable[[str], list[ReleaseRow]]):
    rows = rows_of("twenty-one")
    followed = {row.statistic: row for row in rows if row.place == "safety.followup"}
    assert (followed["median"].true, followed["median"].printed) == ("26.5133470226", "27")
    assert followed["median"].why == "mean of 5 ordered values, ranks 9 to 13 of 21"
    assert followed["q1"].why == "mean of 5 ordered values, ranks 4 to 8 of 21"
    assert (followed["minimum"].decision, followed["minimum"].why) == (HIDDEN, "the value of a single patient")
    ratio, nothing = (row for row in rows if row.place.startswith("new."))
    assert (ratio.true, ratio.decision) == ("", HIDDEN)
    assert (nothing.printed, nothing.decision) == (NO_FIGURE, PRINTED)


def test_of_numbers_that_are_not_small_it_is_said_what_they_would_reveal(ledger: Ledger):
    stored = [result for result in read_results(project.CHAPTERS) if result.id in ("safety.followup", "safety.severe")]
    withheld = [without_numbers(result, WITHHELD) for result in stored]
    patients, small = judged(load_cohort(project.COHORT), ledger)
    rows = release_rows(patients, ledger, withheld, [], small)
    (events,) = (row for row in rows if row.place == "safety.severe")
    (median,) = (row for row in rows if row.statistic == "median")
    assert int(events.true) >= BELOW
    assert (events.decision, events.low, events.high) == (HIDDEN, "0", "")
    assert "what other printed numbers of events leave, are a small number" in events.why
    assert median.decision == HIDDEN
    assert median.why == "the patients overlap with those of another summary of the same measurement"


def test_a_pack_of_a_book_that_withholds_nothing_says_so():
    row = ReleaseRow("cohort.n", "Patients", "all", "patients", "31/31", "31", PRINTED)
    assert _withheld([row]) == "Nothing."


def test_what_a_table_withholds_by_heading_is_told_so(rows_of: Callable[[str], list[ReleaseRow]], ledger: Ledger):
    rows = rows_of("fourteen")
    by_heading: dict[str, set[str]] = {}
    for row in rows:
        if row.place == SUBGROUPS:
            by_heading.setdefault(row.label.partition(":")[0], set()).add(row.decision)
    assert all(len(decisions) == 1 for heading, decisions in by_heading.items() if "All patients" not in heading)
    assert {HIDDEN} in by_heading.values()
    assert any(row.place == EVENTS for row in rows)


def test_the_true_numbers_of_subgroups_are_those_that_the_table_counts(rows_of: Callable[[str], list[ReleaseRow]]):
    patients = derive(cohort_of(COHORTS["fourteen"](dict(load_cohort(project.COHORT).tables))))
    counted = [
        (f"{share.n}/{share.N}", f"{group.heading}: {group.label}".removeprefix(": ") + words)
        for group in count_responses(patients, usual_subgroups(patients))
        for share, words in (
            (proportion(group.response.N, len(patients)), ""),
            (group.response, ", response or complete response"),
            (group.complete, ", complete response"),
        )
    ]
    assert [(row.true, row.label) for row in rows_of("fourteen") if row.place == SUBGROUPS] == counted


def test_the_rows_are_a_table_for_any_program(rows_of: Callable[[str], list[ReleaseRow]]):
    rows = rows_of("twenty-one")
    read = list(csv.DictReader(io.StringIO(numbers_csv(rows))))
    assert len(read) == len(rows)
    assert {row["decision"] for row in read} == {PRINTED, HIDDEN}


def test_the_command_of_the_pack_computes_the_digest_of_the_book(tmp_path: Path):
    for name in ("index.html", "chapters/a b.html", "chapters-2.html", "Über.html", "chapters/z/ü.css"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    command = re.search(r"`(find [^`]+)`", pack.INTRODUCTION.read_text(encoding="utf-8"))
    assert command is not None
    printed = subprocess.run(command[1], shell=True, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert printed.split()[0] == digest_of_folder(tmp_path)


def test_the_pack_explains_each_column_of_its_numbers():
    headings = next(csv.reader(io.StringIO(numbers_csv([]))))
    explained = [
        name
        for line in re.findall(r"^\| ([a-z, ]+) \| ", pack.INTRODUCTION.read_text(encoding="utf-8"), re.M)
        for name in line.split(", ")
    ]
    assert explained == ["column", *headings]


@pytest.mark.parametrize(
    "words",
    [
        "<img src=//evil.example/x.png>",
        "![x](https://evil.example/x.png)",
        "[words](javascript:alert(1365))",
        "https://evil.example/",
        "www.evil.example",
        "a | <script>",
        "&lt;b&gt;",
        "two\nlines\x1b[31m",
    ],
)
def test_words_of_a_file_are_no_markup_in_the_pack(words: str):
    _, _, row = _table(("place",), [(words,)]).split("\n")
    page = BeautifulSoup(MarkdownIt("gfm-like", {"linkify": False}).render(f"| a |\n|---|\n{row}"), "html.parser")
    (cell,) = page.select("tbody td")
    assert page.find_all(["a", "img", "script", "b"]) == []
    assert cell.get_text() == visible(words).replace("\n", " ")


def test_small_numbers_stay_readable_in_the_pack():
    assert _table(("printed",), [("<5",)]).endswith("| <5 |")
