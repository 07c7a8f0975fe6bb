"""What chapters say in a book of other records: other words, the same cells of code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from itpbook import project
from itpbook.book.notebooks import code_of, read_notebook
from itpbook.book.page_sources import _change_cells, lay_out
from itpbook.intake.own_edition import Edition
from itpbook.parameters import CHAPTERS

CELLS = [
    {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Title"},
    {"cell_type": "code", "id": "sum", "metadata": {}, "source": "1 + 1", "outputs": []},
    {"cell_type": "markdown", "id": "series", "metadata": {}, "source": "Of the series."},
    {"cell_type": "markdown", "id": "both", "metadata": {}, "source": "Of both."},
]


def changed(folder: Path, page: str) -> list[tuple[str, str]]:
    chapter = folder / "chapter.ipynb"
    chapter.write_text(json.dumps({"cells": CELLS}), encoding="utf-8")
    (folder / "chapter.md").write_text(page, encoding="utf-8")
    _change_cells(chapter, folder / "chapter.md")
    return [(cell["id"], cell["source"]) for cell in read_notebook(chapter)["cells"]]


def test_words_stand_instead_of_a_cell_or_after_it_or_a_cell_is_left_out(tmp_path: Path):
    page = "+++ after title\n\nOurs.\n\n+++ without both\n\n+++ instead of series\n\nOf ours.\n"
    assert changed(tmp_path, page) == [
        ("title", "# Title"),
        ("own-title", "Ours."),
        ("sum", "1 + 1"),
        ("own-series", "Of ours."),
    ]


@pytest.mark.parametrize("words", ["without nothing", "without sum", "insted of both"])
def test_a_verb_or_a_cell_that_is_not_there_and_a_cell_of_code_are_refused(words: str, tmp_path: Path):
    with pytest.raises(ValueError, match=re.escape(f"chapter.md: +++ {words}: expected instead of, after, without")):
        changed(tmp_path, f"+++ {words}\n")


def test_every_chapter_of_an_own_book_computes_what_the_project_s_does(tmp_path: Path):
    (tmp_path / "chapters").mkdir()
    for name in CHAPTERS:
        (tmp_path / "chapters" / f"{name}.ipynb").write_bytes((project.CHAPTERS / f"{name}.ipynb").read_bytes())
    lay_out(tmp_path, Edition())
    pages = {page.stem for page in (project.ROOT / "pages" / "own" / "chapters").glob("*.md")}
    assert pages == {"methods", "cohort", "efficacy", "safety", "remarks", "determined"}
    for name in pages:
        before, after = (
            read_notebook(folder / f"{name}.ipynb") for folder in (project.CHAPTERS, tmp_path / "chapters")
        )
        assert code_of(before) == code_of(after)
        assert [cell["source"] for cell in before["cells"]] != [cell["source"] for cell in after["cells"]]
