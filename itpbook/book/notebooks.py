"""Executed notebooks as they are kept: nothing of the machine or the moment in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from itpbook.parameters import PLACES

_LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def scrubbed(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook without times, paths and versions, so that the same inputs give the same bytes."""
    cells, count = [], 0
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if "injected-parameters" in tags:
            kept = _without_places(cell)
            if kept is None:
                continue
            cell = kept
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
        for output in cell["outputs"]
    ]
    return {**cell, "execution_count": count, "outputs": outputs}


def _without_places(cell: dict[str, Any]) -> dict[str, Any] | None:
    """Keep of the injected parameters what changes the analysis, folded away; nothing when nothing does."""
    lines = "".join(cell["source"]).splitlines()
    kept = [line for line in lines if not line.startswith(tuple(f"{name} =" for name in PLACES))]
    if len(kept) <= 1:
        return None
    source = [f"{line}\n" for line in kept[:-1]] + kept[-1:]
    return {
        **cell,
        "id": "injected-parameters",
        "source": source,
        "metadata": {"tags": ["injected-parameters", "hide-input"]},
    }


def notebook_text(notebook: Mapping[str, Any]) -> str:
    """Write a notebook the one way: indented by one, keys in order, a line feed at the end."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
