"""The chapters as they are stored: their cells, and those that draw a figure."""

from __future__ import annotations

import json
from typing import Any

from itpbook import project

FIGURES = {
    "methods": [],
    "cohort": ["figure-flow", "figure-baseline", "figure-prior", "figure-combinations"],
    "efficacy": [
        "figure-waterfall",
        "figure-best",
        "figure-time",
        "figure-duration",
        "figure-counts",
        "figure-swimmer",
        "figure-subgroups",
        "figure-sensitivity",
    ],
    "safety": ["figure-events"],
    "verification": [],
    "remarks": [],
    "comparison": [],
    "refusals": [],
    "example": [],
    "determined": ["figure-conflicts", "figure-printed", "figure-possible", "figure-envelope"],
}
"""The cells of each chapter that draw a figure."""


def notebook(name: str) -> dict[str, Any]:
    """Return a chapter."""
    stored: dict[str, Any] = json.loads((project.CHAPTERS / f"{name}.ipynb").read_text(encoding="utf-8"))
    return stored


def code_cells(name: str) -> list[dict[str, Any]]:
    """Return the cells of a chapter that hold code."""
    return [cell for cell in notebook(name)["cells"] if cell["cell_type"] == "code"]


def assert_ran_in_order(name: str) -> None:
    """Check that every cell of a chapter ran, one after the other."""
    assert [cell["execution_count"] for cell in code_cells(name)] == list(range(1, len(code_cells(name)) + 1))
