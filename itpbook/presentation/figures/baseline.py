"""Platelet counts at the start of the combination, alone and against the best count that followed."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from implied.numbers.rounding import print_number
from itpbook.definitions import SOURCE, Definitions
from itpbook.presentation import palette
from itpbook.presentation.figures import alternative, style
from itpbook.presentation.figures.figure_download import named
from itpbook.study.statistics import median_range

SWARM_LIMIT = 60
"""Up to so many patients each gets a place of its own; more are spread evenly over the height."""

GOLDEN = 0.6180339887498949


@style.in_house_style
def baseline_counts(patients: pd.DataFrame, definitions: Definitions = SOURCE) -> style.DrawnFigure:
    """Draw the count of each patient at the start, with median, quartiles and the thresholds of response.

    Parameters
    ----------
    patients
        One row per patient with ``baseline_count`` (10^9/L).
    definitions
        Gives the thresholds.
    """
    counts = patients["baseline_count"].astype(float)
    present = counts.dropna()
    if present.empty:
        return style.nothing_to_draw("The records hold no platelet count at the start of the combination.")
    figure = style.new_figure(3.4)
    axes = figure.subplots()
    style.count_axis(axes.xaxis, present, definitions.cr_threshold)
    axes.set_ylim(-0.55, 1.45)
    _points(axes, present.clip(lower=style.LOWEST_COUNT))
    _summary(axes, present)
    handles: list[Line2D | Patch] = []
    if definitions.response_fold > 1:
        fold_binds_from = definitions.response_lower / definitions.response_fold
        axes.axvspan(fold_binds_from, axes.get_xlim()[1], color=palette.BAND, zorder=0)
        lowest = print_number(definitions.response_lower)
        fold = print_number(definitions.response_fold, 0 if definitions.response_fold % 1 == 0 else 1)
        words = f"A response needs {fold} times the count here, which is more than {lowest}"
        handles.append(Patch(color=palette.BAND, label=words))
    thresholds = {"response": definitions.response_lower, "complete\nresponse": definitions.cr_threshold}
    for words, threshold in thresholds.items():
        axes.axvline(threshold, **style.THRESHOLD)
        axes.text(threshold, 1.02, words, transform=axes.get_xaxis_transform(), ha="center", va="bottom")
    axes.set_yticks([1, 0], labels=["Patients", "Median and\nquartiles"])
    style.rows_along(axes)
    axes.set_xlabel(f"Platelet count at the start ({style.COUNT_UNIT}, logarithmic)")
    if missing := len(counts) - len(present):
        handles.append(Line2D([], [], linestyle="", label=f"Not drawn: {missing} without a count"))
    if handles:
        style.legend_above_all(figure, handles, columns=1)
    data = patients[["patient_id", "baseline_count"]].rename(columns={"baseline_count": named("baseline_count")})
    return figure.showing(data, alternative.of_baseline(data, definitions))


def _points(axes: Axes, counts: pd.Series) -> None:
    look: style.Look = {"color": palette.BLUE, "alpha": 0.85}
    if len(counts) > SWARM_LIMIT:
        # Steps of the golden ratio fill the height evenly and are the same each time.
        height = 0.6 + 0.8 * np.modf(np.arange(len(counts)) * GOLDEN)[0]
        axes.scatter(np.sort(counts.to_numpy()), height, s=14, linewidths=0, **look)
        return
    # seaborn takes seconds to import.
    import seaborn

    at: style.Look = {"x": counts.to_numpy(), "y": np.ones(len(counts)), "orient": "h", "native_scale": True}
    # Points that find no place lie on one another and show darker; that needs no warning.
    seaborn.swarmplot(**at, ax=axes, size=6, warn_thresh=1, **look)


def _summary(axes: Axes, counts: pd.Series) -> None:
    summary = median_range(counts)
    numbers = (summary.minimum, summary.q1, summary.median, summary.q3, summary.maximum)
    low, q1, median, q3, high = (max(number or 0.0, style.LOWEST_COUNT) for number in numbers)
    axes.hlines(0, low, high, color=palette.INK, linewidth=1.2)
    axes.hlines(0, q1, q3, color=palette.INK, linewidth=7)
    axes.plot([median], [0], marker="o", color=palette.WHITE, markeredgecolor=palette.INK, markersize=8, zorder=4)
    below: style.Look = {"xytext": (0, -9), "textcoords": "offset points", "ha": "center", "va": "top"}
    axes.annotate(print_number(summary.median or 0.0), (median, 0), fontweight="bold", **below)
    if low < median < high:
        for end, number, side in ((low, summary.minimum, "right"), (high, summary.maximum, "left")):
            away: style.Look = {"xytext": (-5 if side == "right" else 5, 0), "ha": side, "va": "center"}
            axes.annotate(print_number(number or 0.0), (end, 0), color=palette.MUTED, **(below | away))


@style.in_house_style
def best_against_baseline(patients: pd.DataFrame, definitions: Definitions = SOURCE) -> style.DrawnFigure:
    """Draw the best count of each patient against the count at the start, with the bounds of the responses.

    Left of its bend the bound of a response is the lowest count of one, right of it the multiple of the count
    at the start.

    Parameters
    ----------
    patients
        One row per patient with ``baseline_count``, ``best_count`` (10^9/L) and ``response``.
    definitions
        As in :func:`baseline_counts`.
    """
    with_both = patients.dropna(subset=["baseline_count", "best_count"])
    if with_both.empty:
        return style.nothing_to_draw("The records hold no patient with a platelet count at the start and one after it.")
    start, best = (with_both[name].astype(float) for name in ("baseline_count", "best_count"))
    response = with_both["response"].astype(str)
    figure = style.new_figure(4.4)
    axes = figure.subplots()
    style.count_axis(axes.xaxis, start, definitions.response_lower)
    style.count_axis(axes.yaxis, pd.concat([best, start]), definitions.cr_threshold * 3)
    edge = np.geomspace(*axes.get_xlim(), 200)
    bound = np.maximum(definitions.response_lower, definitions.response_fold * edge)
    axes.fill_between(edge, axes.get_ylim()[0], bound, color=palette.BAND, zorder=0, linewidth=0)
    axes.plot(edge, bound, color=palette.MUTED, linewidth=1, zorder=0.5)
    axes.axhline(definitions.cr_threshold, **style.THRESHOLD)
    handles: list[Line2D | Patch] = []
    for name in style.RESPONSES:
        chosen = response.eq(name)
        look: style.Look = {"color": style.RESPONSE_COLOURS[name], "marker": style.RESPONSE_MARKERS[name]}
        drawn: style.Look = {"s": 42, "alpha": 0.85, "linewidths": 0.6, "edgecolors": palette.WHITE, "zorder": 3}
        axes.scatter(start[chosen].clip(lower=1), best[chosen].clip(lower=1), **look, **drawn)
        label = f"{style.RESPONSE_LABELS[name]} ({chosen.sum()})"
        handles.append(Line2D([], [], linestyle="", markersize=7, label=label, **look))
    handles += [
        Line2D([], [], label="Lowest complete response", **style.THRESHOLD),
        Patch(color=palette.BAND, label="Below a response"),
    ]
    style.legend_above_all(figure, handles, columns=2)
    axes.set_xlabel(f"Platelet count at the start ({style.COUNT_UNIT}, logarithmic)")
    axes.set_ylabel(f"Best count after it ({style.COUNT_UNIT}, logarithmic)")
    data = with_both[["patient_id", "baseline_count", "best_count"]].assign(best_response=response)
    data = data.rename(columns={name: named(name) for name in ("baseline_count", "best_count")})
    return figure.showing(data, alternative.of_best_counts(data))
