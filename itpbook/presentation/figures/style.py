"""The visual language of all figures, and how one leaves for the page: as SVG, the same bytes each time."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from html import escape
from pathlib import Path
from typing import Any, ParamSpec

import pandas as pd
from matplotlib import style as matplotlib_style
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis
from matplotlib.figure import Figure

from itpbook.presentation.figures.figure_download import csv_text, named
from itpbook.presentation.palette import (
    AMBER,
    BAND,
    BLUE,
    FAINT,
    GREY,
    INK,
    MUTED,
    ORANGE,
    ROSE,
    SILVER,
    WHITE,
    WINE,
)
from itpbook.results import DATA

__all__ = [
    "AMBER",
    "BAND",
    "BLUE",
    "COUNT_UNIT",
    "FAINT",
    "GREY",
    "INK",
    "LOWEST_COUNT",
    "MUTED",
    "ORANGE",
    "RESPONSES",
    "RESPONSE_COLOURS",
    "RESPONSE_LABELS",
    "RESPONSE_MARKERS",
    "ROSE",
    "SILVER",
    "SYNTHETIC",
    "THRESHOLD",
    "WHITE",
    "WIDTH",
    "WINE",
    "DrawnFigure",
    "Look",
    "count_axis",
    "evenly",
    "finish",
    "in_house_style",
    "legend_above",
    "legend_above_all",
    "named",
    "new_figure",
    "nothing_to_draw",
    "save",
    "show",
    "to_svg",
]

P = ParamSpec("P")

Look = dict[str, Any]
"""How an artist looks: matplotlib's keywords."""

WIDTH = 5.2
"""Width of every figure, inches: where a phone shows it 350 pixels wide, text of 10.5 points is 10 pixels high."""

RESPONSES = ("CR", "R", "none")
"""Best responses in the order in which they are drawn."""

RESPONSE_LABELS = {"CR": "Complete response", "R": "Response", "none": "No response"}
RESPONSE_COLOURS = {"CR": BLUE, "R": ORANGE, "none": GREY}
RESPONSE_MARKERS = {"CR": "o", "R": "s", "none": "^"}
"""Shape repeats what colour says."""

COUNT_UNIT = "10⁹/L"
SYNTHETIC = "Synthetic records reconstructed from the published figures"

LOWEST_COUNT = 1.0
"""Counts below this are drawn at it, 10^9/L: a logarithmic axis has no zero."""

THRESHOLD: Look = {"color": MUTED, "linewidth": 1, "linestyle": (0, (4, 3))}
"""The line of a threshold."""

SETTINGS: Look = {
    "axes.axisbelow": True,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.labelsize": 10.5,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "figure.constrained_layout.h_pad": 0.05,
    "figure.constrained_layout.w_pad": 0.05,
    "axes.facecolor": WHITE,
    "figure.facecolor": WHITE,
    "font.size": 10.5,
    "legend.borderaxespad": 0.0,
    "legend.borderpad": 0.0,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "legend.handlelength": 1.6,
    "lines.linewidth": 1.8,
    "patch.linewidth": 0.0,
    "savefig.transparent": False,
    "svg.fonttype": "path",
    # Ids inside an SVG are drawn from this; by default from a random number.
    "svg.hashsalt": "itpbook",
    "text.color": INK,
    # Names of patients, drugs and events are drawn as they are; with two dollar signs they would be formulas.
    "text.parse_math": False,
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
}


class DrawnFigure(Figure):
    """A figure together with what is drawn in it.

    Attributes
    ----------
    data
        Tidy, a column for each quantity with its unit in the name: what readers can download.
    alternative
        What the figure shows in words, computed from the data: its alternative text.
    words
        What stands in the place of a figure that cannot be drawn; empty for all others.
    """

    data: pd.DataFrame
    alternative: str
    words: str = ""


def in_house_style(draw: Callable[P, DrawnFigure]) -> Callable[P, DrawnFigure]:
    """Draw a figure under the settings of the manuscript, whatever the session has set."""

    @wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> DrawnFigure:
        with _settings():
            return draw(*args, **kwargs)

    return styled


def new_figure(height: float) -> DrawnFigure:
    """Return an empty figure of the common width; it belongs to nobody, so nothing needs closing."""
    return DrawnFigure(figsize=(WIDTH, height), layout="constrained")


def finish(figure: DrawnFigure, *, synthetic: bool, data: pd.DataFrame, alternative: str) -> DrawnFigure:
    """Keep data and alternative text, set the line that says the records are synthetic, and settle the layout."""
    figure.data = data.reset_index(drop=True)
    figure.alternative = alternative
    if synthetic:
        figure.supxlabel(SYNTHETIC, x=0.01, ha="left", fontsize=9, color=MUTED)
    # Each drawing moves the axes a little towards the best layout: do it twice and leave them there,
    # so that the figure is the same however often it is drawn.
    figure.draw_without_rendering()
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return figure


def nothing_to_draw(words: str, *, synthetic: bool) -> DrawnFigure:
    """Return a figure that says what is missing; in a chapter just these words are shown."""
    figure = new_figure(1.4)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.text(0.5, 0.5, words, ha="center", va="center", color=MUTED, wrap=True, transform=axes.transAxes)
    figure.words = words
    return finish(figure, synthetic=synthetic, data=pd.DataFrame({"nothing_drawn": [words]}), alternative=words)


def evenly(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return at most so many columns of a table, evenly chosen; the table itself where it has no more."""
    step = -(-len(table.columns) // most)
    return table if step <= 1 else table.iloc[:, ::step]


def legend_above(axes: Axes, handles: list[Any], *, columns: int = 1) -> None:
    """Set a legend above the axes, where no data can lie under it."""
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.0, 1.03),
        ncols=columns,
        columnspacing=1.4,
        handletextpad=0.6,
    )


def legend_above_all(figure: Figure, handles: list[Any], *, columns: int) -> None:
    """Set a legend over the whole width, above all axes."""
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=columns,
        columnspacing=1.4,
        handletextpad=0.6,
        borderaxespad=0.4,
    )


def count_axis(axis: Axis, counts: pd.Series, highest: float) -> None:
    """Make an axis of platelet counts: logarithmic, plain numbers, from the lowest drawn count."""
    top = max(float(counts.max()), highest) * 1.35
    limits = (LOWEST_COUNT * 0.8, top)
    if isinstance(axis, XAxis):
        axis.axes.set(xscale="log", xlim=limits)
    else:
        axis.axes.set(yscale="log", ylim=limits)
    ticks = [tick for tick in (1, 3, 10, 30, 100, 300, 1000, 3000) if tick <= top]
    names = [f"{tick}" for tick in ticks]
    if counts.min() < LOWEST_COUNT:
        names[0] = "≤1"
    axis.set_ticks(ticks, labels=names)
    axis.set_ticks([], minor=True)


def to_svg(figure: Figure) -> str:
    """Return a figure as SVG without date and version: the same figure gives the same bytes."""
    buffer = io.StringIO()
    with _settings():
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    return buffer.getvalue()


def save(figure: Figure, path: Path) -> None:
    """Write a figure to a file: SVG as shown in the book, or any format by the file's ending."""
    if path.suffix == ".svg":
        path.write_text(to_svg(figure), encoding="utf-8")
        return
    with _settings():
        figure.savefig(path, dpi=200)


def show(figure: DrawnFigure, *, withheld: str = "") -> None:
    """Display a figure once in a notebook: as SVG with its alternative text, with its data as CSV, and as words.

    Where there is nothing to draw, words say so. ``withheld`` says why a figure that would show single patients is left
    out; then nothing of it leaves the chapter.
    """
    from IPython.display import display

    words = withheld or figure.words
    if words:
        paragraph = f'<p class="nothing-drawn">{escape(words)}</p>'
        display({"text/html": paragraph, "text/plain": words}, raw=True)  # type: ignore[no-untyped-call]
        return
    bundle = {"image/svg+xml": to_svg(figure), DATA: {"csv": csv_text(figure.data)}, "text/plain": figure.alternative}
    metadata = {"image/svg+xml": {"alt": figure.alternative}}
    display(bundle, raw=True, metadata=metadata)  # type: ignore[no-untyped-call]


def _settings() -> AbstractContextManager[None]:
    return matplotlib_style.context(["default", SETTINGS], after_reset=False)
