"""Executed notebooks as they are stored: nothing of the machine or the moment in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from itpbook.parameters import PLACES

_LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class NotebookError(ValueError):
    """A file that should be a notebook is none; the message names it."""


def read_notebook(path: Path) -> dict[str, Any]:
    """Read a notebook; raise :class:`NotebookError` when the file is none."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        if all(isinstance(cell["source"], str | list) and cell["cell_type"] for cell in notebook["cells"]):
            return dict(notebook)
    except (ValueError, KeyError, TypeError):
        pass
    msg = f"{path}: is no notebook"
    raise NotebookError(msg)


def scrubbed(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook without times, paths and versions, so that the same inputs give the same bytes."""
    cells, count = [], 0
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if "injected-parameters" in tags:
            shown = _without_places(cell)
            if shown is None:
                continue
            cell = shown
        metadata = {name: value for name, value in cell["metadata"].items() if name not in ("papermill", "execution")}
        cell = {**cell, "metadata": metadata}
        if cell["cell_type"] == "code" and cell["execution_count"] is not None:
            count += 1
            cell = _numbered(cell, count)
        cells.append(cell)
    return {
        "cells": cells,
        "metadata": {"kernelspec": _KERNEL, "language_info": _LANGUAGE},
        "nbformat": notebook["nbformat"],
        "nbformat_minor": notebook["nbformat_minor"],
    }


def _numbered(cell: dict[str, Any], count: int) -> dict[str, Any]:
    """Return an executed cell with another number: those of cells that are not kept would leave gaps."""
    outputs = [
        {**output, "execution_count": count} if output["output_type"] == "execute_result" else output
        for output in map(_with_whole_pictures, cell["outputs"])
    ]
    return {**cell, "execution_count": count, "outputs": outputs}


def _with_whole_pictures(output: dict[str, Any]) -> dict[str, Any]:
    """Return an output with its pictures in one piece: nobody reads their lines, and each would be indented."""
    data = output.get("data", {})
    pictures = {kind: "".join(text) for kind, text in data.items() if kind.startswith("image/")}
    return {**output, "data": {**data, **pictures}} if pictures else output


def _without_places(cell: dict[str, Any]) -> dict[str, Any] | None:
    """Keep of the injected parameters what changes the analysis, folded away; nothing when nothing does."""
    lines = "".join(cell["source"]).splitlines()
    of_analysis = [line for line in lines if not line.startswith(tuple(f"{name} =" for name in PLACES))]
    if len(of_analysis) <= 1:
        return None
    source = "\n".join(of_analysis).splitlines(keepends=True)
    return {
        **cell,
        "id": "injected-parameters",
        "source": source,
        "metadata": {"tags": ["injected-parameters", "hide-input"]},
    }


def notebook_text(notebook: Mapping[str, Any]) -> str:
    """Write a notebook the one way: indented by one, keys in order, a line feed at the end."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def code_of(notebook: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Return what of a notebook is executed: source and tags of its cells of code, in order."""
    return [(_source(cell), _tags(cell)) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def unexecuted(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cells of a notebook as storing them writes them, without what executing leaves in them."""
    return {"cells": [_as_stored(cell) for cell in notebook["cells"]]}


def _as_stored(cell: Mapping[str, Any]) -> dict[str, Any]:
    stored = {name: value for name, value in cell.items() if name not in ("outputs", "execution_count")}
    stored["metadata"] = {**cell["metadata"], "tags": _tags(cell)}
    return {**stored, "source": _source(cell).splitlines(keepends=True)}


def with_outputs(notebook: Mapping[str, Any], executed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what executing a chapter as it is now would give, to the byte, from one executed from the same code.

    ``executed`` is what :func:`scrubbed` returned; :func:`code_of` gives the same for both, whatever else has changed.
    """
    done = [cell for cell in executed["cells"] if cell["cell_type"] == "code"]
    cells = list(_injected(done))
    for cell in notebook["cells"]:
        cells.append(_as_stored(cell))
        if cell["cell_type"] == "code":
            before = done.pop(0)
            cells[-1] |= {name: before[name] for name in ("outputs", "execution_count")}
            cells += _injected(done)
    return scrubbed({**executed, "cells": cells})


def _injected(ahead: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Take the parameters that papermill injected, if they come next."""
    while ahead and "injected-parameters" in _tags(ahead[0]):
        yield ahead.pop(0)


def _source(cell: Mapping[str, Any]) -> str:
    return "".join(cell["source"])


def _tags(cell: Mapping[str, Any]) -> list[str]:
    return list(cell["metadata"].get("tags", []))
