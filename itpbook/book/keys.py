"""From what a chapter and the book are made, as digests: equal keys, equal bytes.

A key is worked out before anything heavy is imported, so that a build which has nothing to do ends at once.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from itpbook import project
from itpbook.book.notebooks import code_of, read_notebook, unexecuted
from itpbook.book.sources import PAGES
from itpbook.parameters import PLACES

_PACKAGE = project.ROOT / "itpbook"
_NOT_FOR_CHAPTERS = ("sphinxext", "commands", "cli.py")
"""Parts of the package that no chapter can reach."""


def digest(*parts: Any) -> str:
    """Return the digest of values that JSON can hold."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def contents(*places: Path) -> dict[str, str]:
    """Return the digest of each file of some folders, or of single files, under its name within them.

    Raises
    ------
    OSError
        When one cannot be read.
    """
    found = {}
    for place in places:
        for path in [place] if place.is_file() else _files(place):
            name = f"{place.name}/{path.relative_to(place).as_posix()}"
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)


def machinery() -> dict[str, Any]:
    """Return what runs the chapters beside the package: Python, the lock, and the packages that are installed."""
    installed = importlib.util.find_spec("papermill")
    folder = Path(str(installed.origin)).parents[1] if installed else Path()
    return {
        "python": sys.version,
        "lock": contents(project.ROOT / "requirements.txt"),
        "installed": sorted(path.name for path in folder.glob("*.dist-info")),
    }


def chapter_keys(chosen: Mapping[str, Mapping[str, Any]], source: Path) -> dict[str, str]:
    """Return the key of each chapter, except for what those that read the others find in them.

    Parameters
    ----------
    chosen
        Parameters of each chapter, as :func:`itpbook.book.execute.chosen_parameters` gives them.
    source
        Folder of the chapters.
    """
    package = [path for path in sorted(_PACKAGE.iterdir()) if path.name not in (*_NOT_FOR_CHAPTERS, "__pycache__")]
    facts = [path for path in sorted(project.COHORT.parent.iterdir()) if path.is_file()]
    common = [machinery(), contents(*package), contents(*facts)]
    records = {folder: contents(Path(folder)) for folder in {_records(given) for given in chosen.values()}}
    keys = {}
    for name, given in chosen.items():
        values = {parameter: value for parameter, value in given.items() if parameter not in PLACES}
        notebook = read_notebook(source / f"{name}.ipynb")
        keys[name] = digest(common, values, records[_records(given)], code_of(notebook))
    return keys


def _records(given: Mapping[str, Any]) -> str:
    return str(given.get("data_dir") or project.COHORT)


def key_after(key: str, folder: Path, others: Iterable[str]) -> str:
    """Return the key of a chapter that reads the figures of others, executed into a folder."""
    read = [contents_of_outputs(folder / f"{name}.ipynb") for name in sorted(others)]
    return digest(key, read)


def contents_of_outputs(path: Path) -> list[Any]:
    """Return what a chapter recorded: the outputs of its cells that are meant for programs."""
    notebook = read_notebook(path)
    return [
        {kind: value for kind, value in output.get("data", {}).items() if kind.startswith("application/vnd.itpbook.")}
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
    ]


def book_key(keys: Mapping[str, str], source: Path, also: Mapping[str, Any] | None = None) -> str:
    """Return the key of the whole book.

    Parameters
    ----------
    keys
        Keys of the chapters, as :func:`chapter_keys` gives them.
    source
        Folder of the chapters: their text counts here, too.
    also
        Whatever else the pages depend on, as JSON can hold it.
    """
    texts = {name: unexecuted(read_notebook(source / f"{name}.ipynb")) for name in keys}
    pages = [project.ROOT / name for name in PAGES]
    read = contents(*pages, _PACKAGE, project.COHORT.parent, project.CITATION)
    return digest(dict(keys), texts, read, also)
