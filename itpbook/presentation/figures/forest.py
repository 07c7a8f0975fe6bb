"""The layout of a forest of proportions: rows under headings, n/N beside them, a mark and an interval for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from itpbook.presentation.figures import style

ABOVE_AND_BELOW = 1.3
"""Height of legend and axis, inches."""
NO_LINE = {"facecolor": style.WHITE, "edgecolor": "none", "pad": 1.5}


@dataclass(frozen=True)
class Outcome:
    """What is counted in each row: its words, its look, and how far from the middle of the row it stands."""

    label: str
    colour: str
    marker: str
    shift: float


OUTCOMES = {
    "response": Outcome("Response or complete response", style.ORANGE, "s", -0.19),
    "complete": Outcome("Complete response", style.BLUE, "o", 0.19),
}


@dataclass(frozen=True)
class Forest:
    """A figure with its two sides: words on the left, intervals in per cent on the right."""

    figure: style.DrawnFigure
    words: Axes
    axes: Axes

    def row(self, place: float, label: str, *, indented: bool) -> None:
        """Name a row."""
        self.words.text(0.05 if indented else 0.0, place, label, va="center")

    def mark(self, place: float, name: str, n: int, total: int, ends: tuple[float, float, float] | None) -> None:
        """Draw n/N, and the lower end, the value and the upper end of a share; without one, that there is nobody."""
        look = OUTCOMES[name]
        at = place + look.shift
        # Two lines of figures need a little more room than two marks.
        self.words.text(
            1.0, place + 1.2 * look.shift, f"{n}/{total}", ha="right", va="center", fontsize=9, color=look.colour
        )
        if ends is None:
            self.axes.text(1, at, "no patients", va="center", fontsize=9, color=style.MUTED)
            return
        low, value, high = (100 * end for end in ends)
        self.axes.hlines(at, low, high, color=look.colour, linewidth=1.6)
        self.axes.plot([value], [at], marker=look.marker, markersize=6, color=look.colour, clip_on=False, zorder=3)


def forest(height: float, row: float, headings: Iterable[tuple[float, str]], widths: tuple[float, float]) -> Forest:
    """Lay out a forest.

    Parameters
    ----------
    height
        Of all rows, in rows.
    row
        Height of a row, inches.
    headings
        Their places and words.
    widths
        Of the side of words and of that of the intervals, in proportion.
    """
    figure = style.new_figure(ABOVE_AND_BELOW + row * height)
    words, axes = figure.subplots(1, 2, sharey=True, width_ratios=widths)
    words.set_axis_off()
    words.set(xlim=(0, 1), zorder=2)
    axes.set(ylim=(height - 0.35, -0.5), xlim=(0, 100))
    for place, heading in headings:
        # A heading may reach over the intervals' side: nothing is drawn at its height.
        words.text(0.0, place, heading, va="center", fontweight="bold", bbox=NO_LINE).set_in_layout(False)
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=style.FAINT, linewidth=0.8)
    axes.set_xlabel("Patients (%), exact 95% interval")
    return Forest(figure, words, axes)


def handles() -> list[Line2D]:
    """Return what the legend says of the outcomes."""
    return [
        Line2D([], [], color=look.colour, marker=look.marker, markersize=6, linewidth=1.6, label=look.label)
        for look in OUTCOMES.values()
    ]
