"""How long a text of an edition may be and how much markup it may hold: more would take its parser minutes."""

from __future__ import annotations

import re
from dataclasses import dataclass

CHARACTERS = 20_000
"""Characters of a text."""
MARKUP = 4_000
"""Signs in a text that can be markup; parsing takes time with the square of those in a paragraph."""
MARKUP_OF_PARAGRAPH = 1_000
CELLS = 5_000
"""Cells of the tables in a text; the parser fills up every row to the width of the first."""
DEFINITIONS = 100
"""Addresses of links and notes that a text defines, as in ``[name]: address`` and ``[^1]: words``."""
_SIGNS = re.compile(r"[\[\]*_`{}<>#|!~^$&\\]")

Position = tuple[int, int]
"""A line of a text and a column of it, both counted from zero."""


@dataclass(frozen=True, order=True)
class TextProblem:
    """What is refused: on which line and in which column of the text, counted from zero; what may stand there."""

    where: Position
    content: str
    expected: str


def beyond_limits(text: str) -> TextProblem | None:
    """Return what would take the parser minutes, before it begins."""
    parts = text.split("\n\n")
    rows = [re.split(r"[\r\n]", part) for part in parts]
    for number, most, unit in (
        (len(text), CHARACTERS, "characters"),
        (len(_SIGNS.findall(text)), MARKUP, "signs of markup"),
        (text.count("]:"), DEFINITIONS, "definitions of links and notes"),
        (sum(len(lines) * max(line.count("|") for line in lines) for lines in rows), CELLS, "cells of tables"),
    ):
        if number > most:
            return TextProblem((0, 0), f"{number:,} {unit}", f"a text has up to {most:,}")
    for part in parts:
        signs = len(_SIGNS.findall(part))
        if signs > MARKUP_OF_PARAGRAPH:
            line = text.count("\n", 0, text.index(part))
            expected = f"a paragraph has up to {MARKUP_OF_PARAGRAPH:,}"
            return TextProblem((line, 0), f"{signs:,} signs of markup", expected)
    return None
