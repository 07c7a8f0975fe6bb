"""What the published figures determine, drawn: conflicts, what stays possible, and curves of many reconstructions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from textwrap import wrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from itpbook.conditions import Condition
from itpbook.determined.grouped import is_silent, silent_populations
from itpbook.determined.known import Determined, Interval
from itpbook.figures import style
from itpbook.percentages import counts_printing
from itpbook.published import Ledger
from itpbook.questions import Questions
from itpbook.units import months

LINE = 0.21
"""Height of a line of words, inches."""
SIZE = 9.0
"""Size of the words beside rows, points."""
WRAPPED = 44
"""Characters of a line beside a row."""
MARGIN = 7
"""Sizes of a group that are drawn below the least that matters."""

PUBLISHED: style.Look = {"color": style.INK, "marker": "D", "markersize": 5.5, "linestyle": ""}
FORCED: style.Look = {"color": style.BLUE, "marker": "o", "markersize": 7, "linestyle": ""}
FREE: style.Look = {"color": style.ORANGE, "linewidth": 1.8}
END: style.Look = {"markerfacecolor": "white", "marker": "o", "markersize": 6, "markeredgewidth": 1.5}
"""The ends of what stays possible: open, as nothing says that the truth lies there."""

PERCENTAGES = ((style.BLUE, "o"), (style.ORANGE, "s"), (style.GREY, "^"))
"""How the sizes are marked that print one percentage or another."""


@dataclass(frozen=True)
class _Mark:
    """What one line of a row shows: a published percentage, an interval of percentages, or both."""

    published: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    colour: str = style.ORANGE
    filled: str = style.BLUE


Row = tuple[str, list[_Mark]]


@style.in_house_style
def possible_shares(ledger: Ledger, questions: Questions, known: Determined) -> Figure:
    """Draw the published percentages, and the least and greatest of each percentage that is asked besides.

    Parameters
    ----------
    ledger, questions
        The published figures, and what is asked besides; its subgroups are drawn by :func:`possible_in_subgroups`.
    known
        What the ledger determines.
    """
    single = [found for each in questions.single if (found := known.interval(each.id, statistic="percent"))]
    rows: dict[str, list[Row]] = {
        "Published": [
            (entry.label, [_mark(known.interval(entry.id, statistic="percent"), Fraction(entry.printed["percent"]))])
            for entry in ledger
            if "percent" in entry.printed
        ],
        "Not published, but forced": [(each.label, [_mark(each)]) for each in single if each.forced],
        "Left open": [(each.label, [_mark(each)]) for each in single if not each.forced],
    }
    handles = [
        Line2D([], [], label="Published", **PUBLISHED),
        Line2D([], [], label="Forced", **FORCED),
        Line2D([], [], label="Least and greatest possible", **FREE, **END),
    ]
    return _ranges(rows, handles)


@style.in_house_style
def possible_in_subgroups(questions: Questions, known: Determined) -> Figure:
    """Draw the least and greatest percentage of each outcome in each subgroup that is asked about.

    Parameters
    ----------
    questions, known
        As in :func:`possible_shares`.
    """
    rows: dict[str, list[Row]] = {}
    colours = (style.ORANGE, style.BLUE, style.GREY)
    for group in questions.subgroups:
        marks = [
            _mark(known.interval(f"subgroup.{group.id}.{outcome.id}", statistic="percent"), None, colour, colour)
            for outcome, colour in zip(questions.outcomes, colours, strict=False)
        ]
        rows.setdefault(group.heading, []).append((group.label, marks))
    handles = [
        Line2D([], [], label=outcome.label, color=colour, linewidth=1.8, **END)
        for outcome, colour in zip(questions.outcomes, colours, strict=False)
    ]
    handles += [Line2D([], [], label="Forced", color=style.INK, marker="o", markersize=7, linestyle="")]
    return _ranges(rows, handles)


def _mark(
    found: Interval | None, published: Fraction | None = None, colour: str = style.ORANGE, filled: str = style.BLUE
) -> _Mark:
    if found is None or found.exact is None:
        return _Mark(published)
    return _Mark(published, Fraction(found.exact[0]), Fraction(found.exact[1]), colour, filled)


def _ranges(rows: Mapping[str, Sequence[Row]], handles: list[Line2D]) -> Figure:
    """Draw rows under their headings, words at the left and a line of the axis for each mark."""
    shown = {heading: found for heading, found in rows.items() if found}
    if not shown:
        return style.nothing_to_draw("Nothing is asked", synthetic=False)
    headings: list[tuple[float, str]] = []
    placed: list[tuple[float, float, str, list[_Mark]]] = []
    height = 0.0
    for heading, found in shown.items():
        height += 0.4 if height else 0.0
        headings.append((height + 0.5, heading))
        height += 1.35
        for label, marks in found:
            words = "\n".join(wrap(label, WRAPPED))
            needed = max(words.count("\n") + 1, len(marks)) + 0.15
            placed.append((height + needed / 2, needed, words, marks))
            height += needed
    figure = style.new_figure(1.1 + LINE * height)
    names, axes = figure.subplots(1, 2, sharey=True, width_ratios=[1, 1])
    names.set_axis_off()
    names.set(xlim=(0, 1), zorder=2)
    axes.set(ylim=(height + 0.2, -0.2), xlim=(0, 100))
    over = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    for place, heading in headings:
        # A heading may reach over the other side: nothing is drawn at its height.
        names.text(0.0, place, heading, va="center", fontweight="bold", bbox=over).set_in_layout(False)
    for place, _, words, marks in placed:
        names.text(0.0, place, words, va="center", fontsize=SIZE, linespacing=1.1)
        for number, mark in enumerate(marks):
            _draw(axes, place + (number - (len(marks) - 1) / 2) * 0.9, mark)
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=style.FAINT, linewidth=0.8)
    axes.set_xlabel("Patients (%)")
    style.legend_above_all(figure, list(handles), columns=2)
    return style.finish(figure, synthetic=False)


def _draw(axes: Axes, place: float, mark: _Mark) -> None:
    if mark.low is not None and mark.high is not None:
        low, high = float(mark.low), float(mark.high)
        if low == high:
            axes.plot([low], [place], clip_on=False, zorder=3, **{**FORCED, "color": mark.filled})
        else:
            look: style.Look = {**FREE, "color": mark.colour, **END}
            axes.plot([low, high], [place, place], clip_on=False, zorder=3, **look)
    if mark.published is not None:
        axes.plot([float(mark.published)], [place], clip_on=False, zorder=4, **PUBLISHED)


Sizes = Sequence[tuple[str, int, int]]
"""Rows of words with the least and greatest number of patients in a group."""


@style.in_house_style
def sizes_of_a_group(ledger: Ledger, known: Determined, population: Condition, sizes: Sizes) -> Figure:
    """Draw which sizes of a group can print its percentages, and which sizes the other figures leave to it.

    Parameters
    ----------
    ledger, known
        The published figures, and their conflicts.
    population
        The group: one of which percentages are printed without their number of patients.
    sizes
        Sets of other figures, in words, with the least and greatest size that each leaves to the group.
    """
    entries = [each for each in silent_populations(ledger, known.conflicts).get(population, ()) if is_silent(each)]
    if not entries:
        return style.nothing_to_draw("No percentage contradicts the others", synthetic=False)
    printing = [
        [size for size in range(1, ledger.size + 1) if counts_printing(entry.printed["percent"], size)]
        for entry in entries
    ]
    meeting = sorted(set(printing[0]).intersection(*printing[1:]))
    first = max(1, min([*meeting, *(low for _, low, _ in sizes)], default=1) - MARGIN)
    names = [f"{entry.text} can be printed" for entry in entries] + [words for words, _, _ in sizes]
    wrapped = ["\n".join(wrap(name, 30)) for name in names]
    lines = [max(name.count("\n") + 1, 1.6) + 0.4 for name in wrapped]
    places = [sum(lines[:number]) + lines[number] / 2 for number in range(len(lines))]
    figure = style.new_figure(1.2 + LINE * sum(lines))
    axes = figure.subplots()
    for size in meeting:
        axes.axvspan(size - 0.45, size + 0.45, color=style.BAND, zorder=0)
    for place, found, (colour, marker) in zip(places, printing, PERCENTAGES * len(printing), strict=False):
        inside = [size for size in found if size >= first]
        axes.plot(inside, [place] * len(inside), color=colour, marker=marker, markersize=7, linestyle="", zorder=3)
    axes.axhline(sum(lines[: len(entries)]), color=style.FAINT, linewidth=1)
    for place, (_, low, high) in zip(places[len(entries) :], sizes, strict=True):
        axes.plot([low, high], [place, place], color=style.INK, linewidth=5, solid_capstyle="round", zorder=3)
    axes.set(ylim=(sum(lines), 0), xlim=(first - 0.7, ledger.size + 0.7))
    axes.set_yticks(places, labels=wrapped, fontsize=SIZE)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=style.FAINT, linewidth=0.6)
    axes.set_xlabel("Patients in the group")
    handles: list[Line2D | Patch] = [
        Patch(color=style.BAND, label="A size that prints every percentage"),
        Line2D([], [], color=style.INK, linewidth=5, solid_capstyle="round", label="Sizes that other figures leave"),
    ]
    style.legend_above_all(figure, handles, columns=2)
    return style.finish(figure, synthetic=False)


CURVES = {
    "time_to_response": ("Responded (%)", 100.0, "Weeks since the start", 1 / 7),
    "duration_of_response": ("Still in response (%)", 100.0, "Months since the response", None),
    "median_count": (f"Median count ({style.COUNT_UNIT})", 1.0, "Months since the start", None),
}
"""Label and factor of the value, label and factor of the day (None: months), of each curve that can be drawn."""


@style.in_house_style
def envelope(curves: pd.DataFrame) -> Figure:
    """Draw curves of many reconstructions: all of them as a band, the middle half darker, the shipped one as a line.

    Parameters
    ----------
    curves
        Columns: curve (one of :data:`CURVES`), draw (0 for the shipped records), day, value (a share, or a count in
        10^9/L).
    """
    present = [name for name in CURVES if curves["curve"].eq(name).any()]
    if not present:
        return style.nothing_to_draw("No reconstructions", synthetic=True)
    figure = style.new_figure(0.9 + 2.1 * len(present))
    panels = figure.subplots(len(present), 1, squeeze=False)[:, 0]
    for axes, name in zip(panels, present, strict=True):
        label, factor, words, per_day = CURVES[name]
        values = curves[curves["curve"].eq(name)].pivot_table(index="day", columns="draw", values="value") * factor
        days = values.index.to_series().astype(float)
        at = (months(days) if per_day is None else days * per_day).to_numpy()
        shipped = values[0].to_numpy() if 0 in values else None
        for low, high, depth in ((0.0, 1.0, 0.22), (0.25, 0.75, 0.4)):
            ends = values.quantile([low, high], axis=1).to_numpy()
            axes.fill_between(at, ends[0], ends[1], color=style.BLUE, alpha=depth, linewidth=0)
        if shipped is not None:
            axes.plot(at, shipped, color=style.INK, linewidth=1.6)
        top = 100.0 if factor == 100.0 else float(values.to_numpy().max()) * 1.08
        axes.set(xlim=(0, at.max()), ylim=(0, top), xlabel=words, ylabel=label)
    number = curves["draw"].nunique()
    handles: list[Line2D | Patch] = [
        Patch(color=style.BLUE, alpha=0.22, label=f"All {number} reconstructions"),
        Patch(color=style.BLUE, alpha=0.55, label="The middle half of them"),
        Line2D([], [], color=style.INK, linewidth=1.6, label="The records of this book"),
    ]
    style.legend_above_all(figure, handles, columns=2)
    return style.finish(figure, synthetic=True)
