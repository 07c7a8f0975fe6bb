"""What the prose quotes exists: a broken figure or reference is seen without compiling the book."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from itpbook import project
from itpbook.book.notebooks import read_notebook
from itpbook.intake.edition_texts import reference_keys
from itpbook.results import read_results
from itpbook.shipped import shipped_ledger

PAGES = [project.ROOT / "index.md", *(project.ROOT / "pages").rglob("*.md"), *project.CHAPTERS.glob("*.ipynb")]


def prose(path: Path) -> str:
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = read_notebook(path)["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


@pytest.fixture(scope="module")
def figures() -> set[str]:
    return {entry.id for entry in shipped_ledger()} | {result.id for result in read_results(project.CHAPTERS)}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(project.ROOT).as_posix())
def test_every_figure_and_reference_that_is_quoted_exists(path: Path, figures: set[str]):
    text = prose(path)
    quoted = {re.split(r"[ /]", name)[0] for name in re.findall(r"(?<!`)\{claim\}`([^`]+)`", text)}
    assert quoted <= figures
    cited = {key.strip() for keys in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text) for key in keys.split(",")}
    assert cited <= set(reference_keys())
