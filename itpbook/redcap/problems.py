"""Problems of an import, by what has to be done about them."""

from __future__ import annotations

from typing import Literal

from itpbook.records.problems import Group, Problem

Todo = Literal["FILES", "COLUMNS", "VALUES", "MISSING", "CONTRADICTIONS"]


def problem(todo: Todo, file: str, row: int | None, column: str | None, found: str, expected: str) -> Problem:
    """Return a problem with a file of the import; ``todo`` names the group of what has to be done about it."""
    return Problem(file=file, row=row, column=column, found=found, expected=expected, group=Group[todo])
