"""Keys of chapters and book, and notebooks that take over outputs: what changes them, and what does not."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from itpbook import project
from itpbook.book.execution.execute import chosen_parameters
from itpbook.book.notebooks import code_of, notebook_text, read_notebook, unexecuted, with_outputs
from itpbook.book.page_sources import PAGES
from itpbook.book.reuse import build_keys, observed_inputs
from itpbook.book.reuse.build_keys import book_key, chapter_keys, digest, key_after
from itpbook.book.reuse.build_store import BuildStore
from itpbook.book.reuse.import_graph import ImportGraph
from itpbook.book.reuse.observed_inputs import as_now, roots_of
from itpbook.parameters import CHAPTERS


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return Path(shutil.copytree(project.CHAPTERS, tmp_path / "chapters"))


@pytest.fixture(autouse=True, scope="module")
def parsed_once() -> Iterator[None]:
    """Let all keys be made of modules that are parsed once."""
    graph = ImportGraph(*project.PACKAGES)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(build_keys, "ImportGraph", lambda *_packages: graph)
        yield


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


def test_a_source_that_cannot_be_parsed_may_import_everything_and_a_module_nothing(tmp_path: Path):
    package = tmp_path / "package"
    package.mkdir()
    for name, source in {"__init__": "", "broken": "import package.sound\nif", "sound": ""}.items():
        (package / f"{name}.py").write_text(source, encoding="utf-8")
    assert set(ImportGraph(package).reached(["import package.broken"])) == {"package", "package.broken"}
    assert set(ImportGraph(package).reached(["if"])) == {"package", "package.broken", "package.sound"}


def shown(path: Path) -> str:
    """Stand in for the digest of a file, so that a key that is not digested, either, shows the files that it is of."""
    return f"<the digest of {path}>"


def files_in(content: object) -> set[Path]:
    """Return the files whose digests stand in what a key is made of."""
    return {Path(path) for path in re.findall("<the digest of (.*?)>", json.dumps(content, ensure_ascii=False))}


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


def test_each_file_is_in_the_keys_of_those_that_use_it_and_of_no_other(
    built_book: Path, monkeypatch: pytest.MonkeyPatch
):
    """A chapter uses the modules that it can reach, and the files that it was seen to read in a real build."""
    chosen, roots = chosen_parameters({}), roots_of(None)
    kept = {name: BuildStore(built_book.parent, roots)._read(name)["inputs"] for name in chosen}
    graph = ImportGraph(*project.PACKAGES)
    uses: dict[str, set[Path]] = {}
    for name in chosen:
        cells = [cell for cell, _ in code_of(read_notebook(project.CHAPTERS / f"{name}.ipynb"))]
        read = {project.ROOT / path.removeprefix("project:") for path in kept[name]}
        uses[name] = {*graph.reached(cells, build_keys._EXECUTING).values(), *read, project.LOCK}
    others = ("implied", "itpbook", "data", "CITATION.cff", "requirements.txt", "requirements-book.txt")
    pages = {project.ROOT / name for name in (*PAGES, *others)}

    for module in (build_keys, observed_inputs):
        monkeypatch.setattr(module, "digest_of_file", shown)
    monkeypatch.setattr(build_keys, "digest", lambda *parts: json.dumps(parts, ensure_ascii=False))
    chapters = chapter_keys(chosen, project.CHAPTERS)
    of_chapter = {name: files_in([chapters[name], as_now(kept[name], roots)]) for name in chosen}
    of_book = files_in(book_key(chosen, project.CHAPTERS))
    for path in files_of_the_project():
        if path.suffix == ".ipynb":
            continue  # of these the code counts and not the file: see the tests of chapters
        using = {name for name in chosen if path in of_chapter[name]}
        assert using == {name for name in chosen if path in uses[name]}, path
        assert (path in of_book) == any(path.is_relative_to(page) for page in pages), path
        assert not using or path in of_book, path


@pytest.mark.parametrize("parts", [(), ("a", "b"), ("b", {"c": ["d"]}), ("b", {"c": [None]}), ({"c": ["d"]}, "b")])
def test_digests_are_those_of_all_parts_in_their_order(parts: tuple[object, ...]):
    others = [(*parts, None), ("b", {"c": ["é"]}), ("b", {"é": ["d"]})]
    assert digest(*parts) not in {digest(*other) for other in others}
    assert digest("a", {"c": 1, "b": 2}) == digest("a", {"b": 2, "c": 1})


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
    executed["cells"][position + 1]["source"] = ["# Parameters\n", 'data_dir = "records"']
    found = with_outputs(now, executed)["cells"]
    assert [cell["id"] for cell in found] == [cell["id"] for cell in now["cells"]]
