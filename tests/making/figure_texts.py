"""The texts of a figure: which it shows, where they stand, and whether they can be read."""

from __future__ import annotations

import re
from itertools import combinations

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox


def words(figure: Figure) -> list[str]:
    """All texts that a figure shows."""
    shown = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_visible()]
    return [text.get_text() for text in shown if text.get_text()]


def assert_reads_well(alternative: str) -> None:
    """Require of an alternative text that it is sentences without gaps, and not longer than one listens to."""
    assert 20 < len(alternative) < 700
    assert re.fullmatch(r"[A-Z].*\.", alternative)
    assert not re.search(r"nan|None|<NA>|\s\s|\b1 (patients|events|responders|sets|lines)\b", alternative)


def boxes(figure: Figure) -> dict[str, Bbox]:
    """The place of every text that is drawn, in points of the page; ticks beyond an axis are not drawn."""
    # A figure saved before has the places of that size.
    figure.draw_without_rendering()
    texts = [*figure.texts, *(text for legend in figure.legends for text in legend.get_texts())]
    for axes in figure.axes:
        texts += [child for child in axes.get_children() if isinstance(child, Text)]
        if (legend := axes.get_legend()) is not None:
            texts += legend.get_texts()
        if not axes.axison:
            continue
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            texts += [
                axis.label,
                *(tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high),
            ]
    shown = [text for text in texts if text.get_visible() and text.get_text()]
    return {f"{text.get_text()} #{number}": text.get_window_extent() for number, text in enumerate(shown)}


def assert_texts_apart(figure: Figure) -> dict[str, Bbox]:
    """Require that all texts lie within the figure and none on another; return their places."""
    placed = boxes(figure)
    page = figure.bbox.padded(1)
    for text, box in placed.items():
        assert page.x0 <= box.x0 <= box.x1 <= page.x1, text
        assert page.y0 <= box.y0 <= box.y1 <= page.y1, text
    for (text, box), (other, beside) in combinations(placed.items(), 2):
        common = Bbox.intersection(box.padded(-1), beside.padded(-1))
        assert common is None or min(common.width, common.height) <= 0, (text, other)
    return placed
