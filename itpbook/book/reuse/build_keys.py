"""From what a chapter and the book are made, as digests: equal keys and equal inputs, equal bytes.

A key is worked out before anything heavy is imported, so that a build which has nothing to do ends at once.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from implied.files.input_files import digest_of_file
from itpbook import project
from itpbook.book.notebooks import code_of, read_notebook, unexecuted
from itpbook.book.page_sources import PAGES
from itpbook.book.reuse.import_graph import ImportGraph
from itpbook.parameters import PLACES

_EXECUTING = ("itpbook.book.execution.chapter_process",)
"""Modules that execute every chapter, whatever it imports."""

_LOCKED = re.compile(r"^([\w.-]+)==", re.MULTILINE)


def digest(*parts: Any) -> str:
    """Return the digest of values that JSON can hold."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def contents(*paths: Path) -> dict[str, str | None]:
    """Return the digest of each file of some folders, and of single files, by the name within them."""
    return {
        f"{top.name}/{path.relative_to(top).as_posix()}": digest_of_file(path)
        for top in paths
        for path in ([top] if top.is_file() else _files(top))
    }


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)


def machinery() -> dict[str, Any]:
    """Return what runs the chapters besides the package: Python, the lock, and the packages that are installed.

    Those that only the tests need are left out: to complete the environment changes no chapter.
    """
    papermill = importlib.util.find_spec("papermill")
    folder = Path(str(papermill.origin)).parents[1] if papermill else Path()
    for_tests = _locked(project.LOCK_OF_ALL) - _locked(project.LOCK)
    installed = {path.name: _normal(path.name.partition("-")[0]) for path in folder.glob("*.dist-info")}
    return {
        "python": sys.version,
        "lock": contents(project.LOCK),
        "installed": sorted(folder for folder, name in installed.items() if name not in for_tests),
    }


def _locked(path: Path) -> set[str]:
    """Return the names of the packages in a lock."""
    return {_normal(name) for name in _LOCKED.findall(path.read_text(encoding="utf-8"))}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def chapter_keys(chosen: Mapping[str, Mapping[str, Any]], source: Path) -> dict[str, str]:
    """Return the key of each chapter: of its code, its parameters, and the modules that these can reach.

    What a chapter reads is no part of its key: it is observed while the chapter runs
    (:mod:`itpbook.book.reuse.observed_inputs`). Nor is what those that read the others find in them
    (:func:`key_after`).

    ``chosen`` are the parameters of each chapter, ``source`` is the folder of the chapters.
    """
    common, graph = machinery(), ImportGraph(*project.PACKAGES)
    keys = {}
    for name, values in _analysed(chosen).items():
        code = code_of(read_notebook(source / f"{name}.ipynb"))
        modules = graph.reached([cell for cell, _ in code], _EXECUTING)
        digests = {module: digest_of_file(path) for module, path in modules.items()}
        keys[name] = digest(common, values, digests, code)
    return keys


def _analysed(chosen: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the parameters that change what is computed, not where files lie."""
    return {
        name: {parameter: value for parameter, value in values.items() if parameter not in PLACES}
        for name, values in chosen.items()
    }


def key_after(key: str, folder: Path, others: Iterable[str]) -> str:
    """Return the key of a chapter that reads the results of others, executed into a folder."""
    results = [contents_of_outputs(folder / f"{name}.ipynb") for name in sorted(others)]
    return digest(key, results)


def contents_of_outputs(path: Path) -> list[Any]:
    """Return what a chapter recorded: the outputs of its cells that are meant for programs."""
    notebook = read_notebook(path)
    return [
        {kind: value for kind, value in output.get("data", {}).items() if kind.startswith("application/vnd.itpbook.")}
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
    ]


def book_key(chosen: Mapping[str, Mapping[str, Any]], source: Path, also: Mapping[str, Any] | None = None) -> str:
    """Return the key of the whole book: of every file of the project that can reach a page.

    Parameters are those of :func:`chapter_keys`, and whatever else the pages depend on, as JSON can hold it.
    """
    texts = {name: unexecuted(read_notebook(source / f"{name}.ipynb")) for name in chosen}
    pages = [project.ROOT / name for name in PAGES]
    files = contents(*pages, *project.PACKAGES, project.COHORT.parent, project.CITATION, project.LOCK_OF_ALL)
    return digest(machinery(), _analysed(chosen), texts, files, also)
