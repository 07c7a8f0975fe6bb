"""Data dictionaries of hostile authors: read as text or refused with the file, and never searched for long."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hostile_strings import FAMILIES, SECRET, all_strings, planted
from redcap_exports import SmallExport

from itpbook.intake.redcap.export import Export
from itpbook.intake.redcap.redcap_dictionary import HEADINGS, Described, dictionary_csv, read_dictionary
from itpbook.records.report import InvalidRecords

LABEL, CHOICES, NOTE = "Field Label", "Choices, Calculations, OR Slider Labels", "Field Note"
LONG = 131_000
"""Characters of nearly the longest cell."""


def dictionary(column: str, words: str) -> str:
    """Return the template's dictionary with words in every cell of a column."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADINGS)
    writer.writeheader()
    for number, row in enumerate(csv.DictReader(io.StringIO(dictionary_csv()))):
        # Each field stands once.
        writer.writerow({**row, column: f"{words}{number}" if column == HEADINGS[0] else words})
    return text.getvalue()


@pytest.mark.parametrize("column", HEADINGS)
def test_every_string_in_every_column_is_read_in_just_its_characters(column: str, canary: Path, tmp_path: Path) -> None:
    path = tmp_path / "dictionary.csv"
    for _, string in all_strings(canary):
        path.write_text(dictionary(column, string), encoding="utf-8", newline="")
        fields, problems = read_dictionary(path)
        assert {problem.file for problem in problems} <= {"dictionary.csv"}
        assert SECRET not in repr((fields, problems))
        if column == LABEL and not problems:
            assert all(field.words.startswith(string.strip()) for field in fields.values())
        if column == HEADINGS[0] and not problems:
            assert all(name.startswith(string.strip()[:1]) for name in fields)


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
