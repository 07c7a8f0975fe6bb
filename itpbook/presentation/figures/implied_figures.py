"""What the published figures determine, drawn: conflicts and what stays possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from textwrap import wrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from implied.determine.grouped import silent_populations, sizes_left
from implied.determine.stored_answers import Determined, KnownBound
from implied.ledger import Entry, Ledger
from implied.ledger.conditions import Condition
from implied.ledger.questions import Questions
from implied.numbers.percentages import counts_printing
from itpbook.presentation.figures import alternative, style

LINE = 0.21
"""Height of a line of words, inches."""
SIZE = 9.0
"""Size of the words beside rows, points."""
WRAPPED = 34
"""Characters of a line beside a row."""
SIZE_WORDS = 27
"""Characters of a line beside the sizes of a group."""
MARGIN = 7
"""Sizes of a group that are drawn below the least that matters."""

PUBLISHED: style.Look = {"color": style.INK, "marker": "D", "markersize": 5.5, "linestyle": ""}
FORCED: style.Look = {"color": style.BLUE, "marker": "o", "markersize": 7, "linestyle": ""}
FREE: style.Look = {"color": style.ORANGE, "linewidth": 1.8}
END: style.Look = {"markerfacecolor": style.WHITE, "marker": "o", "markersize": 6, "markeredgewidth": 1.5}
"""The ends of what stays possible: open, as nothing says that the truth lies there."""

_PUBLISHED_MARK = Line2D([], [], label="Published", **PUBLISHED)
_FORCED_MARK = Line2D([], [], label="Forced", **FORCED)
_POSSIBLE_MARK = Line2D([], [], label="Least and greatest possible", **FREE, **END)

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
def published_shares(ledger: Ledger, known: Determined) -> style.DrawnFigure:
    """Draw the published percentages, each with what is possible of it where that is known.

    Parameters
    ----------
    ledger, known
        The published figures, and what they determine.
    """
    rows: list[Row] = [
        (entry.label, [_mark(known.interval(entry.id, statistic="percent"), Fraction(entry.printed["percent"]))])
        for entry in ledger
        if "percent" in entry.printed
    ]
    return _ranges({"Published": rows}, [_PUBLISHED_MARK, _POSSIBLE_MARK])


@style.in_house_style
def possible_shares(questions: Questions, known: Determined) -> style.DrawnFigure:
    """Draw the least and greatest of each percentage that is asked besides the published ones.

    Parameters
    ----------
    questions
        What is asked; its subgroups are drawn by :func:`itpbook.presentation.figures.response_by_subgroup`.
    known
        What the ledger determines.
    """
    asked = [found for each in questions.single if (found := known.interval(each.id, statistic="percent"))]
    rows: dict[str, list[Row]] = {
        "Not published, but forced": [(each.label, [_mark(each)]) for each in asked if each.forced],
        "Left open": [(each.label, [_mark(each)]) for each in asked if not each.forced],
    }
    return _ranges(rows, [_FORCED_MARK, _POSSIBLE_MARK])


def _mark(
    found: KnownBound | None, published: Fraction | None = None, colour: str = style.ORANGE, filled: str = style.BLUE
) -> _Mark:
    if found is None or found.exact is None:
        return _Mark(published)
    return _Mark(published, Fraction(found.exact[0]), Fraction(found.exact[1]), colour, filled)


def _ranges(rows: Mapping[str, Sequence[Row]], handles: list[Line2D]) -> style.DrawnFigure:
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
    over = {"facecolor": style.WHITE, "edgecolor": "none", "pad": 1.5}
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
    data = _shares(shown)
    return style.finish(figure, synthetic=False, data=data, alternative=alternative.of_percentages(data))


def _shares(rows: Mapping[str, Sequence[Row]]) -> pd.DataFrame:
    ends = [
        (heading, label, *(None if end is None else float(end) for end in (mark.published, mark.low, mark.high)))
        for heading, found in rows.items()
        for label, marks in found
        for mark in marks
    ]
    columns = ["heading", "figure", "published_percent", "possible_low_percent", "possible_high_percent"]
    return pd.DataFrame(ends, columns=columns)


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


@style.in_house_style
def conflicts(ledger: Ledger, known: Determined) -> style.DrawnFigure:
    """Draw why percentages contradict other figures: the group sizes that print them, and those that are left.

    Parameters
    ----------
    ledger, known
        The published figures, and their conflicts. There is a panel for each group of which conflicting percentages
        are printed without its size.
    """
    groups = silent_populations(ledger, known.conflicts)
    if not groups:
        return style.nothing_to_draw("No percentage contradicts the others", synthetic=False)
    rows = [_size_rows(ledger, known, population, entries) for population, entries in groups.items()]
    heights = [1.2 + LINE * sum(_lines(words) for words, *_ in found) for found in rows]
    figure = style.new_figure(sum(heights))
    panels = figure.subplots(len(rows), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axes, found in zip(panels, rows, strict=True):
        _draw_sizes(axes, found, ledger.size)
    handles: list[Line2D | Patch] = [
        Patch(color=style.BAND, label="A size that prints every percentage"),
        Patch(color=style.INK, label="Sizes that other figures leave"),
    ]
    style.legend_above_all(figure, handles, columns=1)
    data = _sizes_table(rows)
    words = alternative.of_conflicts(data, [_meeting(panel) for panel in rows])
    return style.finish(figure, synthetic=False, data=data, alternative=words)


SizeRow = tuple[str, list[int], bool]
"""Words, sizes of the group, and whether these are all between the first and the last."""


def _size_rows(ledger: Ledger, known: Determined, population: Condition, entries: Sequence[Entry]) -> list[SizeRow]:
    printing: list[SizeRow] = [
        (f"{entry.text} can be printed", list(_sizes_printing(entry, ledger.size)), False) for entry in entries
    ]
    left = sizes_left(ledger, known.conflicts, population)
    return [*printing, *((words, list(sizes), True) for words, sizes in left)]


def _sizes_table(panels: Sequence[Sequence[SizeRow]]) -> pd.DataFrame:
    """Return a row for each size of a group, with what allows it."""
    rows = [
        (number, words, size)
        for number, panel in enumerate(panels, start=1)
        for words, sizes, whole in panel
        for size in (range(sizes[0], sizes[1] + 1) if whole else sizes)
    ]
    return pd.DataFrame(rows, columns=["group", "allowed_by", "patients_in_group"])


def _sizes_printing(entry: Entry, most: int) -> Iterator[int]:
    """Yield the group sizes, up to ``most``, of which some number of patients prints an entry's percentage."""
    yield from (size for size in range(1, most + 1) if counts_printing(entry.printed["percent"], size))


def _meeting(rows: Sequence[SizeRow]) -> list[int]:
    """Return the sizes of a group that print every percentage."""
    printing = [sizes for _, sizes, whole in rows if not whole]
    return sorted(set(printing[0]).intersection(*printing[1:]))


def _lines(words: str) -> float:
    return max(len(wrap(words, SIZE_WORDS)), 1.6) + 0.5


def _draw_sizes(axes: Axes, rows: Sequence[SizeRow], most: int) -> None:
    meeting = _meeting(rows)
    first = max(1, min([*meeting, *(sizes[0] for _, sizes, whole in rows if whole)], default=1) - MARGIN)
    places: list[float] = []
    height = 0.0
    for words, _, _ in rows:
        places.append(height + _lines(words) / 2)
        height += _lines(words)
    for size in meeting:
        axes.axvspan(size - 0.45, size + 0.45, color=style.BAND, zorder=0)
    looks = iter(PERCENTAGES * len(rows))
    for place, (_, sizes, whole) in zip(places, rows, strict=True):
        if whole:
            axes.barh(place, sizes[1] - sizes[0] + 0.6, left=sizes[0] - 0.3, height=0.35, color=style.INK, zorder=3)
        else:
            colour, marker = next(looks)
            shown = [size for size in sizes if size >= first]
            axes.plot(shown, [place] * len(shown), color=colour, marker=marker, markersize=7, linestyle="", zorder=3)
    axes.set(ylim=(height, 0), xlim=(first - 0.7, most + 0.7), xlabel="Patients in the group")
    axes.set_yticks(places, labels=["\n".join(wrap(words, SIZE_WORDS)) for words, _, _ in rows], fontsize=SIZE)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=style.FAINT, linewidth=0.6)
