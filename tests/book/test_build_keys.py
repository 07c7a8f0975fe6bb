"""Keys of chapters and book, and notebooks that take over outputs: what changes them, and what does not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from implied.files.input_files import digest_of_file
from itpbook import project
from itpbook.book.execution.execute import chosen_parameters
from itpbook.book.notebooks import code_of, notebook_text, read_notebook, unexecuted, with_outputs
from itpbook.book.page_sources import PAGES
from itpbook.book.reuse import build_keys, observed_inputs
from itpbook.book.reuse.build_keys import _files, book_key, chapter_keys, key_after
from itpbook.book.reuse.build_store import BuildStore
from itpbook.book.reuse.import_graph import ImportGraph
from itpbook.book.reuse.observed_inputs import as_now, roots_of
from itpbook.parameters import CHAPTERS


@pytest.fixture(autouse=True, scope="module")
def graph() -> Iterator[ImportGraph]:
    """Parse the modules once for all keys: no test here changes one."""
    parsed = ImportGraph(*project.PACKAGES)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(build_keys, "ImportGraph", lambda *_packages: parsed)
        yield parsed


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
    chosen = chosen_parameters({})
    edit(source, "safety", "markdown")
    assert changed(source) == set()
    assert book_key(chosen, source) != book_key(chosen, project.CHAPTERS)


def test_code_changes_its_chapter(source: Path):
    edit(source, "safety", "code")
    assert changed(source) == {"safety"}


def test_parameters_change_the_chapters_that_know_them_but_not_where_files_lie(source: Path, tmp_path: Path):
    assert changed(source, cr_threshold=120) == knowing("cr_threshold")
    assert changed(source, data_dir=str(tmp_path)) == set()


def test_another_python_package_or_lock_changes_every_chapter_and_the_book(monkeypatch: pytest.MonkeyPatch):
    chosen = chosen_parameters({})
    keys_now, book_now = chapter_keys(chosen, project.CHAPTERS), book_key(chosen, project.CHAPTERS)
    machinery_now = build_keys.machinery()
    assert all(machinery_now.values())
    assert set(machinery_now) == {"python", "lock", "installed"}
    for part in machinery_now:
        monkeypatch.setattr(build_keys, "machinery", lambda part=part: {**machinery_now, part: "another"})
        changed_keys = chapter_keys(chosen, project.CHAPTERS)
        assert [name for name in chosen if changed_keys[name] == keys_now[name]] == []
        assert book_key(chosen, project.CHAPTERS) != book_now


def test_packages_that_only_the_tests_need_are_no_part_of_what_runs_the_chapters():
    installed = " ".join(build_keys.machinery()["installed"])
    assert "papermill-" in installed
    assert "jupyter_book-" in installed
    for name in ("pytest-", "pandas_stubs-", "playwright-", "ruff-"):
        assert name not in installed


@pytest.fixture
def altered(graph: ImportGraph, monkeypatch: pytest.MonkeyPatch) -> set[Path]:
    """Files that have another digest while they are in this set; everything else is read once."""
    paths = set[Path]()
    digest = cache(digest_of_file)
    for module in (build_keys, observed_inputs):
        monkeypatch.setattr(module, "digest_of_file", lambda path: digest(path) if path not in paths else "altered")
    monkeypatch.setattr(observed_inputs, "digest_of_listing", cache(observed_inputs.digest_of_listing))
    reached = cache(graph.reached)
    monkeypatch.setattr(graph, "reached", lambda cells, start=(): reached(tuple(cells), start))
    notebooks = {path: read_notebook(path) for path in project.CHAPTERS.glob("*.ipynb")}
    codes = {id(notebook): code_of(notebook) for notebook in notebooks.values()}
    texts = {id(notebook): unexecuted(notebook) for notebook in notebooks.values()}
    monkeypatch.setattr(build_keys, "read_notebook", notebooks.get)
    monkeypatch.setattr(build_keys, "code_of", lambda notebook: codes[id(notebook)])
    monkeypatch.setattr(build_keys, "unexecuted", lambda notebook: texts[id(notebook)])
    monkeypatch.setattr(build_keys, "_files", cache(lambda folder: list(_files(folder))))
    machinery = build_keys.machinery()
    monkeypatch.setattr(build_keys, "machinery", lambda: {**machinery, "lock": build_keys.contents(project.LOCK)})
    return paths


def files_of_the_project() -> list[Path]:
    """Return what belongs to the repository, wherever it is unpacked."""
    generated = ("_build", ".venv", "__pycache__")
    paths = (path for path in project.ROOT.rglob("*") if path.is_file())
    return sorted(
        path
        for path in paths
        if not any(part in generated or part.endswith((".egg-info", "_cache")) for part in path.parts)
        and ".git" not in path.relative_to(project.ROOT).parts
    )


def test_each_file_changes_the_keys_of_those_that_use_it_and_of_no_other(
    altered: set[Path], graph: ImportGraph, built_book: Path
):
    """A chapter uses the modules that it can reach, and the files that it was seen to read in a real build."""
    chosen, roots = chosen_parameters({}), roots_of(None)
    kept = {name: BuildStore(built_book.parent, roots)._read(name) or {} for name in chosen}

    def state() -> dict[str, object]:
        chapters = chapter_keys(chosen, project.CHAPTERS)
        return {name: (chapters[name], as_now(kept[name]["inputs"], roots)) for name in chosen}

    uses: dict[str, set[Path]] = {}
    for name in chosen:
        cells = [cell for cell, _ in code_of(read_notebook(project.CHAPTERS / f"{name}.ipynb"))]
        read = {project.ROOT / path.removeprefix("project:") for path in kept[name]["inputs"]}
        uses[name] = {*graph.reached(cells, build_keys._EXECUTING).values(), *read, project.LOCK}
    others = ("implied", "itpbook", "data", "CITATION.cff", "requirements.txt", "requirements-book.txt")
    pages = {project.ROOT / name for name in (*PAGES, *others)}
    before, book_before = state(), book_key(chosen, project.CHAPTERS)
    # Of chapters the code counts and not the file: see the tests of chapters.
    paths = {path for path in files_of_the_project() if path.suffix != ".ipynb"}
    of_chapters = paths & set[Path]().union(*uses.values())
    of_pages = {path for path in paths if any(path.is_relative_to(page) for page in pages)}
    assert of_chapters <= of_pages
    # What must change nothing is altered all at once.
    altered.update(paths - of_chapters)
    assert state() == before
    altered.clear()
    altered.update(paths - of_pages)
    assert book_key(chosen, project.CHAPTERS) == book_before
    for path in sorted(of_pages):
        altered.clear()
        altered.add(path)
        assert book_key(chosen, project.CHAPTERS) != book_before, path
        if path in of_chapters:
            after = state()
            changed_chapters = {name for name in chosen if before[name] != after[name]}
            assert changed_chapters == {name for name in chosen if path in uses[name]}, path


def test_what_chapters_read_in_a_real_build_was_observed(built_book: Path):
    inputs = {name: set((BuildStore(built_book.parent, {})._read(name) or {})["inputs"]) for name in CHAPTERS}
    example = {
        "project:data/example/redcap_export.csv",
        "project:data/example/mapping.yaml",
        "project:itpbook/commands/command_line.py",
        "project:itpbook/commands/import_commands.py",
        "project:itpbook/commands/record_commands.py",
        "project:itpbook/intake/template/guide.py",
        "project:itpbook/intake/redcap/importer.py",
    }
    assert example <= inputs["example"]
    records = {f"data:{table}.csv" for table in ("patients", "treatments", "platelets", "adverse_events")}
    shipped = {name.replace("data:", "project:data/cohort/") for name in records}
    for name in knowing("data_dir"):
        assert {*records, *shipped, "data:./"} <= inputs[name], name
    assert "project:data/envelope.csv" in inputs["determined"]
    assert "project:data/refusals.json" in inputs["refusals"]
    for name in CHAPTERS:
        assert "project:data/published.yaml" in inputs[name], name
        assert not any(path.endswith(("README.md", "reporting.yaml")) for path in inputs[name]), name
        outside = {path for path in inputs[name] if path.startswith(":")}
        assert not any(path.startswith((":/tmp", f":{Path.home()}/.cache")) for path in outside), outside


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
