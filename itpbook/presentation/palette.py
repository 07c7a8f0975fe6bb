"""Every colour that a figure may use, and what becomes of it on a dark page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

WHITE = "#ffffff"
INK = "#222222"
MUTED = "#5f5f5f"
FAINT = "#d9d9d9"
BAND = "#eeeeee"

BLUE = "#0072b2"
ORANGE = "#b85000"
GREY = "#595959"
AMBER = "#b97e00"
SILVER = "#949494"
WINE = "#882255"
ROSE = "#c274a0"
"""Colours of data after Okabe and Ito's and Tol's palettes for the colour-blind, darkened where they were too pale.

All have 3:1 on white at least; blue, orange, grey and wine, in which words may stand, 4.5:1.
"""

DARK: Mapping[str, str] = MappingProxyType(
    {
        WHITE: "#121212",
        INK: "#e8e8e8",
        MUTED: "#a9a9a9",
        FAINT: "#4a4a4a",
        BAND: "#2a2a2a",
        BLUE: "#4aa8e8",
        ORANGE: "#f08a4b",
        GREY: "#b8b8b8",
        AMBER: "#d9a520",
        SILVER: "#707070",
        WINE: "#f0a3c8",
        ROSE: "#9c5f7e",
    }
)
"""What stands for each colour on a dark page, of which the first is the ground; what was deep is bright there."""

_COLOUR = re.compile(r"(?<=fill: )#[0-9a-f]{6}\b|(?<=stroke: )#[0-9a-f]{6}\b")


class UnknownColour(ValueError):
    """A figure has a colour that is not of the palette, so that nothing stands for it on a dark page."""


def colours(svg: str) -> set[str]:
    """Return the colours in which an SVG of matplotlib fills and strokes."""
    return set(_COLOUR.findall(svg))


def darkened(svg: str) -> str:
    """Return the SVG of a figure for a dark page: each colour replaced by its counterpart in :data:`DARK`.

    Raises
    ------
    UnknownColour
        When a colour has no counterpart.
    """
    if unknown := sorted(colours(svg) - set(DARK)):
        msg = f"no dark counterpart of {', '.join(unknown)}"
        raise UnknownColour(msg)
    return _COLOUR.sub(lambda colour: DARK[colour.group()], svg)
