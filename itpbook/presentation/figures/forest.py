"""Shares of responses with exact intervals, by subgroup and by definition: forests of proportions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from implied.determine.stored_answers import Determined
from itpbook.presentation.figures import alternative, style
from itpbook.presentation.palette import BAND, BLUE, MUTED, ORANGE
from itpbook.study.subgroups import SubgroupResponse, count_responses, usual_subgroups

ABOVE_AND_BELOW = 1.3
"""Height of legend and axis, inches."""
PALE = 0.2
"""Opacity of what is possible."""


@dataclass(frozen=True)
class Outcome:
    """What is counted in each row: its words, its look, and how far from the middle of the row it stands."""

    label: str
    colour: str
    marker: str
    shift: float


OUTCOMES = {
    "response": Outcome("Response or complete response", ORANGE, "s", -0.19),
    "complete": Outcome("Complete response", BLUE, "o", 0.19),
}


@dataclass(frozen=True)
class Forest:
    """A figure with its two sides, words and intervals in per cent, and the height of each row."""

    figure: style.DrawnFigure
    words: Axes
    axes: Axes
    rows: Sequence[float]

    def mark(self, at: float, name: str, n: int, total: int, ends: Sequence[float | None]) -> None:
        """Draw n/N, and the lower end, the value and the upper end of a share; without one, that there is nobody."""
        look = OUTCOMES[name]
        # Two lines of numbers need a little more room than two marks.
        words: style.Look = {"ha": "right", "va": "center", "fontsize": 9, "color": look.colour}
        self.words.text(1.0, at + 1.2 * look.shift, f"{n}/{total}", **words)
        at += look.shift
        low, value, high = (None if end is None else 100 * end for end in ends)
        if low is None or value is None or high is None:
            self.axes.text(1, at, "no patients", va="center", fontsize=9, color=MUTED)
            return
        self.axes.hlines(at, low, high, color=look.colour, linewidth=1.6)
        self.axes.plot([value], [at], marker=look.marker, markersize=6, color=look.colour, clip_on=False, zorder=3)

    def legend(self, more: Sequence[Patch]) -> None:
        """Set the legend: the outcomes, and what else is drawn."""
        marks = [
            Line2D([], [], color=look.colour, marker=look.marker, markersize=6, linewidth=1.6, label=look.label)
            for look in OUTCOMES.values()
        ]
        style.legend_above_all(self.figure, [*marks, *more], columns=1)


def forest(
    headings: Sequence[str], *, inches: float, heading: float, row: float, widths: tuple[float, float]
) -> Forest:
    """Lay out a forest.

    Parameters
    ----------
    headings
        That of each row, from the top; an empty one is not drawn.
    inches
        Height of a line.
    heading, row
        Lines that a heading and a row take.
    widths
        Of the side of words and of that of the intervals, in proportion.
    """
    height, before = 0.0, ""
    rows, drawn = [], []
    for words in headings:
        if words and words != before:
            height += 0.2 if height else 0.0
            drawn.append((height, words))
            height += heading
        before = words
        rows.append(height)
        height += row
    ends = (height - 0.35, -0.5)
    figure, left, axes = style.words_beside_percentages(ABOVE_AND_BELOW + inches * height, ends, drawn, widths)
    axes.set_xlabel("Patients (%), exact 95% interval")
    return Forest(figure, left, axes, rows)


@style.in_house_style
def sensitivity(rates: pd.DataFrame) -> style.DrawnFigure:
    """Draw the rates of each scenario under its heading; those of the source's definitions stand on a shade.

    Parameters
    ----------
    rates
        As :func:`itpbook.study.sensitivity.response_rates` returns it.
    """
    if rates.empty or not rates["N"].any():
        return style.nothing_to_draw("The records hold no patients.")
    scenarios = list(rates.groupby(["heading", "scenario"], sort=False))
    drawn = forest(
        [str(heading) for (heading, _), _ in scenarios], inches=0.34, heading=0.95, row=1.05, widths=(1, 1.25)
    )
    for at, ((_, label), pair) in zip(drawn.rows, scenarios, strict=True):
        if pair["source"].all():
            drawn.axes.axhspan(at - 0.5, at + 0.5, color=BAND, zorder=0)
        drawn.words.text(0.05, at, str(label), va="center")
        for rate in pair.to_dict("records"):
            ends = [float(rate[name]) for name in ("exact_low", "share", "exact_high")]
            drawn.mark(at, str(rate["outcome"]), int(rate["n"]), int(rate["N"]), ends)
    drawn.legend([Patch(color=BAND, label="Definitions of the source")])
    words = alternative.of_sensitivity(rates, {name: look.label for name, look in OUTCOMES.items()})
    return drawn.figure.showing(rates, words)


@style.in_house_style
def response_by_subgroup(patients: pd.DataFrame, *, possible: Determined | None = None) -> style.DrawnFigure:
    """Draw the share of responses in each subgroup with its Clopper-Pearson interval.

    Parameters
    ----------
    patients
        One row per patient with ``response`` and ``evaluable``.
    possible
        What the published claims imply: drawn as a pale bar from the least to the greatest share.
    """
    counted = count_responses(patients, usual_subgroups(patients))
    if not counted or patients.empty:
        return style.nothing_to_draw("The records hold no patients.")
    drawn = forest([group.heading for group in counted], inches=0.36, heading=0.85, row=1.0, widths=(1.25, 1))
    for at, group in zip(drawn.rows, counted, strict=True):
        drawn.words.text(0.05 if group.heading else 0.0, at, group.label, va="center")
        for name, look in OUTCOMES.items():
            share = getattr(group, name)
            drawn.mark(at, name, share.n, share.N, (share.low, share.value, share.high))
            if ends := _possible(group, name, possible):
                bar: style.Look = {"height": 0.3, "color": look.colour, "alpha": PALE, "zorder": 1}
                drawn.axes.barh(at + look.shift, ends[1] - ends[0], left=ends[0], **bar)
    drawn.legend([Patch(color=MUTED, alpha=PALE, label="Possible with the published figures")] if possible else [])
    data = _table(counted, possible)
    return drawn.figure.showing(data, alternative.of_subgroups(data))


def _table(counted: Sequence[SubgroupResponse], possible: Determined | None) -> pd.DataFrame:
    rows = []
    for group in counted:
        for name, look in OUTCOMES.items():
            share = getattr(group, name)
            ends = _possible(group, name, possible) or (None, None)
            numbers = (share.n, share.N, share.value, share.low, share.high)
            rows.append((group.heading, group.label, look.label, *numbers, *ends))
    columns = ["heading", "subgroup", "outcome", "n", "N", "share", "exact_low", "exact_high"]
    return pd.DataFrame(rows, columns=[*columns, "possible_low_percent", "possible_high_percent"])


def _possible(group: SubgroupResponse, name: str, possible: Determined | None) -> tuple[float, float] | None:
    """Return the least and the greatest percentage that a share can be, where that is left open."""
    interval = possible.interval(f"subgroup.{group.id}.{name}", statistic="percent") if possible else None
    if interval is None or interval.exact is None or interval.forced:
        return None
    low, high = (float(Fraction(end)) for end in interval.exact)
    return low, high
