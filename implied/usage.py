"""What a person did wrongly when calling a command."""

from __future__ import annotations

from collections.abc import Sequence


class WrongUsage(ValueError):
    """A command was called wrongly; each problem says what was found and what is allowed."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))
