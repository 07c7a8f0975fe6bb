"""Data dictionaries of hostile authors: read as text or refused with the file, and never searched for long."""

from __future__ import annotations

import csv
import io
from itertools import cycle
from pathlib import Path

import pytest
from hostile_strings import FAMILIES, SECRET, all_strings, planted
from redcap_exports import SmallExport

from itpbook.intake.redcap.export import Export
from itpbook.intake.redcap.redcap_dictionary import HEADINGS, Described, dictionary_csv, read_dictionary
from itpbook.records.problems import Problem
from itpbook.records.report import InvalidRecords

LABEL, CHOICES, NOTE = "Field Label", "Choices, Calculations, OR Slider Labels", "Field Note"
LONG = 131_000
"""Characters of nearly the longest cell."""


def dictionary(column: str, *words: str) -> str:
    """Return the template's dictionary with words in every cell of a column, these in turn."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADINGS)
    writer.writeheader()
    for number, (row, said) in enumerate(zip(csv.DictReader(io.StringIO(dictionary_csv())), cycle(words))):
        # Each field stands once.
        writer.writerow({**row, column: f"{said}{number}" if column == HEADINGS[0] else said})
    return text.getvalue()


def read(path: Path, content: str) -> tuple[dict[str, Described], list[Problem]]:
    path.write_text(content, encoding="utf-8", newline="")
    fields, problems = read_dictionary(path)
    assert {problem.file for problem in problems} <= {"dictionary.csv"}
    assert SECRET not in repr((fields, problems))
    return fields, problems


def test_every_string_is_read_in_just_its_characters(canary: Path, tmp_path: Path) -> None:
    path = tmp_path / "dictionary.csv"
    for _, string in all_strings(canary):
        fields, problems = read(path, dictionary(LABEL, string))
        assert problems or all(field.words.startswith(string.strip()) for field in fields.values())
        fields, problems = read(path, dictionary(HEADINGS[0], string))
        assert problems or all(name.startswith(string.strip()[:1]) for name in fields)


@pytest.mark.parametrize("column", HEADINGS)
def test_strings_of_any_column_are_read_or_refused_with_the_file(column: str, canary: Path, tmp_path: Path) -> None:
    strings, rows = [string for _, string in all_strings(canary)], dictionary_csv().count("\n") - 1
    for start in range(0, len(strings), rows):
        read(tmp_path / "dictionary.csv", dictionary(column, *strings[start : start + rows]))


@pytest.mark.parametrize("column", [HEADINGS[0], LABEL, CHOICES, NOTE])
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_an_import_with_it_leaves_no_string_in_the_records(
    column: str, family: str, canary: Path, tmp_path: Path
) -> None:
    words = planted(FAMILIES[family][0], canary)
    refusal = None
    written = list[str]()
    try:
        imported = SmallExport(tmp_path).imported(dictionary=dictionary(column, words))
        written = [table.to_csv() for table in imported.cohort.tables.values()]
    except InvalidRecords as error:
        refusal = error
    assert (refusal is None) == (column == LABEL)
    assert {problem.file for problem in (refusal.problems if refusal else ())} <= {"export.csv", "dictionary.csv"}
    assert SECRET not in str(refusal)
    assert not any(words in table for table in written)


@pytest.mark.parametrize("words", ["10" + " " * LONG, "per " * (LONG // 4), "/ " * (LONG // 2), "10 " * (LONG // 3)])
def test_a_label_of_any_length_is_searched_for_its_unit_at_once(words: str) -> None:
    assert Described("plt", "platelets", "text", words=words).units == ()


def test_a_heading_of_underscores_is_read_at_once() -> None:
    headings = ("_" * LONG + "-", "a___1", "a___", "___", "b____2")
    assert Export("export.csv", headings, ()).boxes == {"a": {"1": "a___1"}, "b": {"_2": "b____2"}}
