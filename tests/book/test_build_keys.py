"""Keys of chapters and book, and notebooks that take over outputs: what changes them, and what does not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from itpbook import project
from itpbook.book import keys
from itpbook.book.execute import chosen_parameters
from itpbook.book.keys import book_key, chapter_keys, key_after
from itpbook.book.notebooks import notebook_text, read_notebook, unexecuted, with_outputs
from itpbook.parameters import CHAPTERS


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return Path(shutil.copytree(project.CHAPTERS, tmp_path / "chapters"))


def changed(source: Path, **values: object) -> set[str]:
    """Return the chapters that have another key than the stored ones without parameters."""
    before = chapter_keys(chosen_parameters({}), project.CHAPTERS)
    after = chapter_keys(chosen_parameters(values), source)
    return {name for name in before if before[name] != after[name]}


def knowing(parameter: str) -> set[str]:
    """Return the chapters that know a parameter."""
    return {name for name, known in CHAPTERS.items() if parameter in {each.name for each in known}}


def edit(source: Path, chapter: str, kind: str) -> None:
    """Add a line to the last cell of a kind, and take all outputs away."""
    notebook = read_notebook(source / f"{chapter}.ipynb")
    cell = [cell for cell in notebook["cells"] if cell["cell_type"] == kind][-1]
    cell["source"] = [*cell["source"], "\n# one more line"]
    for each in notebook["cells"]:
        if each["cell_type"] == "code":
            each["outputs"], each["execution_count"] = [], None
    (source / f"{chapter}.ipynb").write_text(notebook_text(notebook), encoding="utf-8")


def test_words_and_outputs_change_the_book_but_no_chapter(source: Path):
    stored = chapter_keys(chosen_parameters({}), project.CHAPTERS)
    edit(source, "safety", "markdown")
    assert changed(source) == set()
    assert book_key(stored, source) != book_key(stored, project.CHAPTERS)


def test_code_changes_its_chapter(source: Path):
    edit(source, "safety", "code")
    assert changed(source) == {"safety"}


def test_parameters_and_records_change_the_chapters_that_know_them(source: Path, tmp_path: Path):
    assert changed(source, cr_threshold=120) == knowing("cr_threshold")
    own = Path(shutil.copytree(project.COHORT, tmp_path / "cohort"))
    assert changed(source, data_dir=str(own)) == set()
    with (own / "platelets.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert changed(source, data_dir=str(own)) == knowing("data_dir")


def test_another_package_or_lock_changes_everything(source: Path, monkeypatch: pytest.MonkeyPatch):
    everything = set(chosen_parameters({}))
    found = keys.machinery()
    monkeypatch.setattr(keys, "machinery", lambda: {**found, "lock": "another"})
    before = chapter_keys(chosen_parameters({}), source)
    monkeypatch.setattr(keys, "machinery", lambda: found)
    assert {name for name, key in chapter_keys(chosen_parameters({}), source).items() if key != before[name]} == (
        everything
    )
    package = Path(shutil.copytree(project.ROOT / "itpbook", source.parent / "itpbook"))
    with (package / "units.py").open("a", encoding="utf-8") as file:
        file.write("\n")
    before = chapter_keys(chosen_parameters({}), source)
    monkeypatch.setattr(keys, "_PACKAGE", package)
    assert {name for name, key in chapter_keys(chosen_parameters({}), source).items() if key != before[name]} == (
        everything
    )


def test_a_reader_is_executed_again_when_a_figure_changes_but_not_for_words(source: Path):
    others = ["cohort", "safety"]
    before = key_after("key", source, others)
    notebook = read_notebook(source / "safety.ipynb")
    notebook["cells"][0]["source"] = ["# Other words"]
    (source / "safety.ipynb").write_text(notebook_text(notebook), encoding="utf-8")
    assert key_after("key", source, others) == before
    text = json.dumps(notebook).replace('"n": 1', '"n": 7', 1)
    assert json.loads(text) != notebook
    (source / "safety.ipynb").write_text(text, encoding="utf-8")
    assert key_after("key", source, others) != before


@pytest.mark.parametrize("path", sorted(project.CHAPTERS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_outputs_taken_over_give_the_bytes_of_the_executed_chapter(path: Path):
    executed = read_notebook(path)
    assert notebook_text(with_outputs(unexecuted(executed), executed)) == path.read_text(encoding="utf-8")


def test_injected_parameters_stay_behind_their_cell_whatever_comes_between(source: Path):
    executed = read_notebook(source / "safety.ipynb")
    position = next(
        place for place, cell in enumerate(executed["cells"]) if "parameters" in cell["metadata"].get("tags", [])
    )
    injected = {**executed["cells"][position], "id": "injected-parameters", "outputs": []}
    injected["metadata"] = {"tags": ["injected-parameters", "hide-input"]}
    injected["source"] = ["# Parameters\n", "cr_threshold = 120"]
    executed["cells"].insert(position + 1, injected)
    now = unexecuted(read_notebook(source / "safety.ipynb"))
    now["cells"].insert(position + 1, {"cell_type": "markdown", "id": "words", "metadata": {}, "source": "Words\nmore"})
    found = with_outputs(now, executed)["cells"]
    assert [cell["id"] for cell in found[position : position + 3]][1:] == ["injected-parameters", "words"]
    assert found[position + 2]["source"] == ["Words\n", "more"]
    assert found[position + 2]["metadata"] == {"tags": []}
