"""Chapters that execute only what depends on the records; every other cell shows what is stored of it.

Half of an execution goes into cells that show the same whatever the records: the worked example, what the ledger
implies. Executed once, they are compared with what is stored; on other records that is shown.
"""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path
from typing import Any

from itpbook import project
from itpbook.book.notebooks import notebook_text, read_notebook

EXECUTED = {
    "determined": ("parameters", "setup", "record-draws", "figure-envelope"),
    "example": ("parameters", "setup"),
}
"""Cells that are executed of the chapters that are mostly about the publication or the project; of others all are."""

OF_RECORDS = {"patients", "cohort", "small", "withheld", "synthetic"}
"""Names by which a cell gets at the records."""

_SHOW = """\
import json
from IPython.display import display

with open("{chapter}.outputs") as file:
    for data, metadata in json.load(file)["{cell}"]:
        display(data, metadata=metadata, raw=True)"""


def light_chapters(folder: Path) -> Path:
    """Write the chapters into a folder, with the outputs that they show."""
    shutil.copytree(project.CHAPTERS, folder, dirs_exist_ok=True)
    for chapter, executed in EXECUTED.items():
        notebook, shown = read_notebook(folder / f"{chapter}.ipynb"), dict[str, list[Any]]()
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code" and cell["id"] not in executed:
                assert not _names("".join(cell["source"])) & OF_RECORDS, (chapter, cell["id"])
                shown[cell["id"]] = [(_joined(output["data"]), output["metadata"]) for output in cell["outputs"]]
                cell["source"] = _SHOW.format(chapter=chapter, cell=cell["id"])
        (folder / f"{chapter}.ipynb").write_text(notebook_text(notebook), encoding="utf-8")
        (folder / f"{chapter}.outputs").write_text(json.dumps(shown), encoding="utf-8")
    return folder


def _names(source: str) -> set[str]:
    """Return the names in a cell, and those of what it takes from the run."""
    nodes = list(ast.walk(ast.parse(source)))
    of_run = {node.attr for node in nodes if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "run"}
    return of_run | {node.id for node in nodes if isinstance(node, ast.Name)}


def _joined(data: dict[str, Any]) -> dict[str, Any]:
    """Return an output with each text in one piece."""
    return {
        kind: "".join(value) if isinstance(value, list) and not kind.endswith("json") else value
        for kind, value in data.items()
    }
