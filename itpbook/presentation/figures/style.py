"""The visual language of all figures, and how one leaves for the page: as SVG, the same bytes each time."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import wraps
from html import escape
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd
from matplotlib import style as matplotlib_style
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from itpbook.presentation.figures.figure_download import csv_text
from itpbook.presentation.palette import BLUE, FAINT, GREY, INK, MUTED, ORANGE, WHITE
from itpbook.results import DATA

P = ParamSpec("P")
Rows = TypeVar("Rows", pd.DataFrame, np.ndarray)

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

THRESHOLD: Look = {"color": MUTED, "linewidth": 1, "linestyle": (0, (4, 3)), "zorder": 0.5}
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

_LEGEND: Look = {"columnspacing": 1.4, "handletextpad": 0.6}
_HEADING: Look = {"facecolor": WHITE, "edgecolor": "none", "pad": 1.5}


class DrawnFigure(Figure):
    """A figure together with what is drawn in it.

    Attributes
    ----------
    data
        Tidy, a column for each quantity with its unit in the name: what readers can download.
    alternative
        What the figure shows in words, computed from the data: its alternative text.
    words
        What is displayed instead of a figure that cannot be drawn; empty for all others.
    room_below
        Inches by which the line about synthetic records makes the figure higher.
    """

    data: pd.DataFrame
    alternative: str
    words: str = ""
    room_below: float = 0.0

    def showing(self, data: pd.DataFrame, alternative: str) -> DrawnFigure:
        """Return the figure with what is drawn in it."""
        self.data = data.reset_index(drop=True)
        self.alternative = alternative
        return self

    def finish(self, *, synthetic: bool) -> DrawnFigure:
        """Say below the figure that the records are synthetic, where they are, and settle the layout."""
        with _settings():
            if synthetic:
                self.set_figheight(self.get_figheight() + self.room_below)
                self.supxlabel(SYNTHETIC, x=0.01, ha="left", fontsize=9, color=MUTED)
            # Each run moves the axes a little towards the best layout: do it twice and leave them there,
            # so that the figure is the same however often it is drawn.
            if self.axes:
                layout = ConstrainedLayoutEngine()
                layout.execute(self)
                layout.execute(self)
            self.set_layout_engine("none")
        return self

    def display(self, *, synthetic: bool = False, withheld: str = "") -> None:
        """Display the figure once in a notebook: as SVG with its alternative text, with its data as CSV, and as words.

        Where there is nothing to draw, words say so. ``withheld`` says why a figure that would show single patients is
        left out; then nothing of it leaves the chapter.
        """
        from IPython.display import display

        words = withheld or self.words
        if words:
            paragraph = f'<p class="nothing-drawn">{escape(words)}</p>'
            display({"text/html": paragraph, "text/plain": words}, raw=True)  # type: ignore[no-untyped-call]
            return
        svg = to_svg(self.finish(synthetic=synthetic))
        bundle = {"image/svg+xml": svg, DATA: {"csv": csv_text(self.data)}, "text/plain": self.alternative}
        metadata = {"image/svg+xml": {"alt": self.alternative}}
        display(bundle, raw=True, metadata=metadata)  # type: ignore[no-untyped-call]


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


def nothing_to_draw(words: str) -> DrawnFigure:
    """Return a figure in whose place words say what is missing."""
    figure = new_figure(1.4)
    figure.words = words
    return figure.showing(pd.DataFrame(), words)


def evenly(rows: Rows, most: int) -> Rows:
    """Return at most so many rows of a table or an array, evenly chosen."""
    return rows[:: max(1, -(-len(rows) // most))]


def legend_above(axes: Axes, handles: list[Any]) -> None:
    """Set a legend above the axes, where no data can lie under it."""
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.03), **_LEGEND)


def legend_above_all(figure: Figure, handles: Sequence[Any], *, columns: int) -> None:
    """Set a legend over the whole width, above all axes."""
    figure.legend(handles=handles, loc="outside upper left", ncols=columns, borderaxespad=0.4, **_LEGEND)


def rows_along(axes: Axes, *, grid: float = 0.0) -> None:
    """Make the horizontal axis the only one that is drawn, with a grid of lines of that width."""
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    if grid:
        axes.grid(axis="x", color=FAINT, linewidth=grid)


def words_beside_percentages(
    height: float, ends: tuple[float, float], headings: Iterable[tuple[float, str]], widths: tuple[float, float]
) -> tuple[DrawnFigure, Axes, Axes]:
    """Lay out rows with words at the left and a scale of percentages at the right; return the figure and both sides.

    Parameters
    ----------
    height
        Of the figure, inches.
    ends
        Where the rows end below and above.
    headings
        Heights and words of headings, which may reach over the scale: nothing is drawn at their height.
    widths
        Of both sides, in proportion.
    """
    figure = new_figure(height)
    words, axes = figure.subplots(1, 2, sharey=True, width_ratios=widths)
    words.set_axis_off()
    words.set(xlim=(0, 1), zorder=2)
    axes.set(ylim=ends, xlim=(0, 100))
    for at, heading in headings:
        words.text(0.0, at, heading, va="center", fontweight="bold", bbox=_HEADING).set_in_layout(False)
    axes.tick_params(axis="y", labelleft=False)
    rows_along(axes, grid=0.8)
    return figure, words, axes


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
    buffer, resolution = io.StringIO(), figure.dpi
    with _settings():
        # To save the figure would draw it twice.
        metadata = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        FigureCanvasSVG(figure).print_svg(buffer, metadata=metadata)  # type: ignore[no-untyped-call]
    figure.dpi = resolution
    return buffer.getvalue()


def _settings() -> AbstractContextManager[None]:
    return matplotlib_style.context(["default", SETTINGS], after_reset=False)
