"""What the published claims imply, drawn: conflicts and what stays possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from itpbook.presentation.palette import BAND, BLUE, GREY, INK, ORANGE, WHITE

LINE = 0.21
"""Height of a line of words, inches."""
SIZE = 9.0
"""Size of the words next to rows, points."""
WRAPPED = 34
"""Characters of a line next to a row."""
SIZE_WORDS = 27
"""Characters of a line next to the sizes of a group."""
MARGIN = 7
"""Sizes of a group that are drawn below the least that matters."""

PUBLISHED: style.Look = {"color": INK, "marker": "D", "markersize": 5.5, "linestyle": ""}
FORCED: style.Look = {"color": BLUE, "marker": "o", "markersize": 7, "linestyle": ""}
OPEN_END: style.Look = {"markerfacecolor": WHITE, "marker": "o", "markersize": 6, "markeredgewidth": 1.5}
"""The ends of what stays possible: open, as nothing says that the truth lies there."""
POSSIBLE: style.Look = {"color": ORANGE, "linewidth": 1.8, **OPEN_END}
_PUBLISHED_MARK = Line2D([], [], label="Published", **PUBLISHED)
_FORCED_MARK = Line2D([], [], label="Forced", **FORCED)
_POSSIBLE_MARK = Line2D([], [], label="Least and greatest possible", **POSSIBLE)

PERCENTAGES = ((BLUE, "o"), (ORANGE, "s"), (GREY, "^"))
"""How the sizes are marked that print one percentage or another."""

Row = tuple[str, float | None, float | None, float | None]
"""Words of a row, its published percentage, and the least and greatest possible one."""


@style.in_house_style
def published_shares(ledger: Ledger, determined: Determined) -> style.DrawnFigure:
    """Draw the published percentages, each with what is possible of it where that is known."""
    rows = [
        (
            entry.label,
            float(Fraction(entry.printed["percent"])),
            *_ends(determined.interval(entry.id, statistic="percent")),
        )
        for entry in ledger
        if "percent" in entry.printed
    ]
    return _percentages({"Published": rows}, [_PUBLISHED_MARK, _POSSIBLE_MARK])


@style.in_house_style
def possible_shares(questions: Questions, determined: Determined) -> style.DrawnFigure:
    """Draw the least and greatest of each percentage that is asked besides the published ones.

    Subgroups are drawn by :func:`itpbook.presentation.figures.response_by_subgroup`.
    """
    answers = (determined.interval(question.id, statistic="percent") for question in questions.single)
    rows: dict[str, list[Row]] = {"Not published, but forced": [], "Left open": []}
    for answer in filter(None, answers):
        heading = "Not published, but forced" if answer.forced else "Left open"
        rows[heading].append((answer.label, None, *_ends(answer)))
    return _percentages(rows, [_FORCED_MARK, _POSSIBLE_MARK])


def _ends(interval: KnownBound | None) -> tuple[float | None, float | None]:
    if interval is None or interval.exact is None:
        return None, None
    return float(Fraction(interval.exact[0])), float(Fraction(interval.exact[1]))


def _percentages(rows: Mapping[str, Sequence[Row]], handles: list[Line2D]) -> style.DrawnFigure:
    """Draw rows under their headings, words at the left and marks along a scale."""
    if not any(rows.values()):
        return style.nothing_to_draw("Nothing is asked")
    headings: list[tuple[float, str]] = []
    placed: list[tuple[float, Row]] = []
    height = 0.0
    for heading, inner in rows.items():
        if not inner:
            continue
        height += 0.4 if height else 0.0
        headings.append((height + 0.5, heading))
        height += 1.35
        for row in inner:
            lines = len(wrap(row[0], WRAPPED)) + 0.15
            placed.append((height + lines / 2, row))
            height += lines
    ends = (height + 0.2, -0.2)
    figure, words, axes = style.words_beside_percentages(1.1 + LINE * height, ends, headings, (1, 1))
    for at, (label, published, low, high) in placed:
        words.text(0.0, at, "\n".join(wrap(label, WRAPPED)), va="center", fontsize=SIZE, linespacing=1.1)
        if low is not None and high is not None:
            drawn, look = ([low], FORCED) if low == high else ([low, high], POSSIBLE)
            axes.plot(drawn, [at] * len(drawn), clip_on=False, zorder=3, **look)
        if published is not None:
            axes.plot([published], [at], clip_on=False, zorder=4, **PUBLISHED)
    axes.set_xlabel("Patients (%)")
    style.legend_above_all(figure, handles, columns=2)
    columns = ["heading", "figure", "published_percent", "possible_low_percent", "possible_high_percent"]
    data = pd.DataFrame([(heading, *row) for heading, inner in rows.items() for row in inner], columns=columns)
    return figure.showing(data, alternative.of_percentages(data))


SizeRow = tuple[str, list[int], bool]
"""Words, sizes of the group, and whether these are all between the first and the last."""


@style.in_house_style
def conflicts(ledger: Ledger, determined: Determined) -> style.DrawnFigure:
    """Draw why percentages contradict other claims: the group sizes that print them, and those that are left.

    There is a panel for each group of which conflicting percentages are printed without its size.
    """
    groups = silent_populations(ledger, determined.conflicts)
    if not groups:
        return style.nothing_to_draw("No percentage contradicts the others")
    panels = [_size_rows(ledger, determined, population, entries) for population, entries in groups.items()]
    heights = [1.2 + LINE * sum(_lines(words) for words, *_ in rows) for rows in panels]
    figure = style.new_figure(sum(heights))
    grid = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)
    for axes, rows in zip(grid[:, 0], panels, strict=True):
        _draw_sizes(axes, rows, ledger.size)
    handles = [
        Patch(color=BAND, label="A size that prints every percentage"),
        Patch(color=INK, label="Sizes that other figures leave"),
    ]
    style.legend_above_all(figure, handles, columns=1)
    sizes = [
        (number, words, size)
        for number, rows in enumerate(panels, start=1)
        for words, sizes, is_range in rows
        for size in (range(sizes[0], sizes[1] + 1) if is_range else sizes)
    ]
    data = pd.DataFrame(sizes, columns=["group", "allowed_by", "patients_in_group"])
    return figure.showing(data, alternative.of_conflicts(data, [_printing_all(rows) for rows in panels]))


def _size_rows(
    ledger: Ledger, determined: Determined, population: Condition, entries: Sequence[Entry]
) -> list[SizeRow]:
    printing = []
    for entry in entries:
        sizes = [size for size in range(1, ledger.size + 1) if counts_printing(entry.printed["percent"], size)]
        printing.append((f"{entry.text} can be printed", sizes, False))
    left = sizes_left(ledger, determined.conflicts, population)
    return [*printing, *((words, list(ends), True) for words, ends in left)]


def _printing_all(rows: Sequence[SizeRow]) -> list[int]:
    """Return the sizes of a group that print every percentage."""
    printing = [sizes for _, sizes, is_range in rows if not is_range]
    return sorted(set(printing[0]).intersection(*printing[1:]))


def _lines(words: str) -> float:
    return max(len(wrap(words, SIZE_WORDS)), 1.6) + 0.5


def _draw_sizes(axes: Axes, rows: Sequence[SizeRow], most: int) -> None:
    printing_all = _printing_all(rows)
    first = max(1, min([*printing_all, *(sizes[0] for _, sizes, is_range in rows if is_range)], default=1) - MARGIN)
    for size in printing_all:
        axes.axvspan(size - 0.45, size + 0.45, color=BAND, zorder=0)
    looks = iter(PERCENTAGES * len(rows))
    middles: list[float] = []
    height = 0.0
    for words, sizes, is_range in rows:
        at = height + _lines(words) / 2
        height += _lines(words)
        middles.append(at)
        if is_range:
            axes.barh(at, sizes[1] - sizes[0] + 0.6, left=sizes[0] - 0.3, height=0.35, color=INK, zorder=3)
        else:
            colour, marker = next(looks)
            shown = [size for size in sizes if size >= first]
            axes.plot(shown, [at] * len(shown), color=colour, marker=marker, markersize=7, linestyle="", zorder=3)
    axes.set(ylim=(height, 0), xlim=(first - 0.7, most + 0.7), xlabel="Patients in the group")
    axes.set_yticks(middles, labels=["\n".join(wrap(words, SIZE_WORDS)) for words, _, _ in rows], fontsize=SIZE)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    style.rows_along(axes, grid=0.6)
