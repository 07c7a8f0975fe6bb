"""Files that other programs write: what is wrong with them is said of the place where it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from records import Told, problems_of_tables, small_cohort_files, small_cohort_tables, told, write_files

from itpbook.records.cohort import InvalidRecords, load_cohort


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_cohort_files(tmp_path)


def problems_of(folder: Path) -> list[Told]:
    with pytest.raises(InvalidRecords) as error:
        load_cohort(folder)
    return told(error.value.problems)


@pytest.mark.parametrize(("separator", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")])
def test_quoted_headings_between_other_separators(folder: Path, separator: str, word: str):
    """As R's write.csv2 has them."""
    file = folder / "platelets.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    quoted = [separator.join(f'"{cell}"' for cell in line.split(",")) for line in lines]
    file.write_text("\n".join(quoted) + "\n", encoding="utf-8")
    found = f"headings separated by {word}"
    assert problems_of(folder) == [Told("platelets.csv", 1, None, found, "headings separated by commas")]


def test_headings_below_blank_lines_are_named_by_their_own_line(folder: Path):
    file = folder / "platelets.csv"
    file.write_text("\n\n" + file.read_text(encoding="utf-8").replace("count", "counts"), encoding="utf-8")
    (problem, *_) = problems_of(folder)
    assert (problem.file, problem.row, problem.found) == ("platelets.csv", 3, '"counts"')


def test_rows_below_blank_lines_keep_their_line(folder: Path):
    file = folder / "platelets.csv"
    file.write_text("\n" + file.read_text(encoding="utf-8").replace("P1,30,120", "P1,30,many"), encoding="utf-8")
    text = file.read_text(encoding="utf-8").splitlines()
    line = next(place for place, row in enumerate(text, 1) if row.startswith("P1,30,many"))
    assert [problem.row for problem in problems_of(folder)] == [line]


def test_true_among_numbers_in_memory_is_not_one():
    tables = small_cohort_tables()
    counts = tables["platelets"]["count"].astype(object)
    counts.iloc[0], counts.iloc[1] = 1, True
    tables["platelets"] = tables["platelets"].assign(count=counts)
    wrong = [problem for problem in problems_of_tables(tables) if problem.column == "count"]
    assert [problem.row for problem in wrong] == [3]


def test_a_course_that_ends_after_the_last_follow_up_is_refused():
    tables = small_cohort_tables()
    treatments = tables["treatments"].copy()
    ended = treatments["end_day"].replace("", None).notna()
    place = treatments.index[ended][-1]
    treatments.loc[place, "end_day"] = "9999" if isinstance(treatments.loc[place, "end_day"], str) else 9999
    tables["treatments"] = treatments
    wrong = [problem for problem in problems_of_tables(tables) if problem.column == "end_day"]
    assert [problem.expected for problem in wrong] == ["a day by the last follow-up"]


def test_a_nul_is_no_empty_cell_and_spoils_no_other(tmp_path: Path) -> None:
    tables = small_cohort_tables()
    tables["patients"]["death_cause"] = tables["patients"]["death_cause"].fillna("")
    alive = tables["patients"].index[tables["patients"]["death_cause"].eq("")]
    assert len(alive) > 1
    tables["patients"].loc[alive[-1], "death_cause"] = "\0"
    in_memory = [problem for problem in problems_of_tables(tables) if problem.found == '"\\u0000"']
    assert {problem.row for problem in in_memory} == {int(alive[-1]) + 2}
    found = problems_of(write_files(tables, tmp_path / "written"))
    assert found == told(problems_of_tables(tables))
