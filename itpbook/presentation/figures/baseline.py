"""Platelet counts at the start of the combination, alone and against the best count that followed."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from implied.numbers.rounding import print_number
from itpbook.definitions import SOURCE, Definitions
from itpbook.presentation.figures import alternative, style
from itpbook.study.statistics import median_range

SWARM_LIMIT = 60
"""Up to so many patients each gets a place of its own; more are spread evenly over the height."""

GOLDEN = 0.6180339887498949


@style.in_house_style
def baseline_counts(
    patients: pd.DataFrame, definitions: Definitions = SOURCE, *, synthetic: bool = False
) -> style.DrawnFigure:
    """Draw the count of each patient at the start, with median, quartiles and the thresholds of response.

    Parameters
    ----------
    patients
        One row per patient with ``baseline_count`` (10^9/L).
    definitions
        Gives the thresholds.
    synthetic
        Whether to say below the figure that the records are synthetic.
    """
    counts = patients["baseline_count"].astype(float)
    known = counts.dropna()
    if known.empty:
        return style.nothing_to_draw(
            "The records hold no platelet count at the start of the combination.", synthetic=synthetic
        )
    figure = style.new_figure(3.4)
    axes = figure.subplots()
    style.count_axis(axes.xaxis, known, definitions.cr_threshold)
    axes.set_ylim(-0.55, 1.45)
    lifted = known.clip(lower=style.LOWEST_COUNT)
    _points(axes, lifted)
    _summary(axes, known)
    binds = definitions.response_lower / definitions.response_fold
    if definitions.response_fold > 1:
        axes.axvspan(binds, axes.get_xlim()[1], color=style.BAND, zorder=0)
    for threshold, words in (
        (definitions.response_lower, "response"),
        (definitions.cr_threshold, "complete\nresponse"),
    ):
        axes.axvline(threshold, zorder=0.5, **style.THRESHOLD)
        axes.text(threshold, 1.02, words, transform=axes.get_xaxis_transform(), ha="center", va="bottom")
    axes.set_yticks([1, 0], labels=["Patients", "Median and\nquartiles"])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"Platelet count at the start ({style.COUNT_UNIT}, logarithmic)")
    handles: list[Line2D | Patch] = []
    if definitions.response_fold > 1:
        lowest = print_number(definitions.response_lower)
        fold = print_number(definitions.response_fold, 0 if definitions.response_fold % 1 == 0 else 1)
        words = f"A response needs {fold} times the count here, which is more than {lowest}"
        handles.append(Patch(color=style.BAND, label=words))
    missing = len(counts) - len(known)
    if missing:
        handles.append(Line2D([], [], linestyle="", label=f"Not drawn: {missing} without a count"))
    if handles:
        style.legend_above_all(figure, handles, columns=1)
    data = patients[["patient_id", "baseline_count"]].rename(columns={"baseline_count": style.named("baseline_count")})
    words = alternative.of_baseline(data, definitions)
    return style.finish(figure, synthetic=synthetic, data=data, alternative=words)


def _points(axes: Axes, counts: pd.Series) -> None:
    look: style.Look = {"color": style.BLUE, "alpha": 0.85}
    if len(counts) > SWARM_LIMIT:
        # Steps of the golden ratio fill the height evenly and are the same each time.
        height = 0.6 + 0.8 * np.modf(np.arange(len(counts)) * GOLDEN)[0]
        axes.scatter(np.sort(counts.to_numpy()), height, s=14, linewidths=0, **look)
        return
    # seaborn takes seconds to import.
    import seaborn

    place: style.Look = {
        "x": counts.to_numpy(),
        "y": np.ones(len(counts)),
        "orient": "h",
        "native_scale": True,
    }
    # Points that find no place lie on one another and show darker; that needs no warning.
    seaborn.swarmplot(**place, ax=axes, size=6, warn_thresh=1, **look)


def _summary(axes: Axes, counts: pd.Series) -> None:
    found = median_range(counts)
    low, q1, median, q3, high = (
        max(value or 0.0, style.LOWEST_COUNT)
        for value in (found.minimum, found.q1, found.median, found.q3, found.maximum)
    )
    axes.hlines(0, low, high, color=style.INK, linewidth=1.2)
    axes.hlines(0, q1, q3, color=style.INK, linewidth=7)
    axes.plot([median], [0], marker="o", color=style.WHITE, markeredgecolor=style.INK, markersize=8, zorder=4)
    below: style.Look = {"xytext": (0, -9), "textcoords": "offset points", "ha": "center", "va": "top"}
    axes.annotate(print_number(found.median or 0.0), (median, 0), fontweight="bold", **below)
    if low < median < high:
        for end, value, side in ((low, found.minimum, "right"), (high, found.maximum, "left")):
            away: style.Look = {"xytext": (-5 if side == "right" else 5, 0), "ha": side, "va": "center"}
            axes.annotate(print_number(value or 0.0), (end, 0), color=style.MUTED, **(below | away))


@style.in_house_style
def best_against_baseline(
    patients: pd.DataFrame, definitions: Definitions = SOURCE, *, synthetic: bool = False
) -> style.DrawnFigure:
    """Draw the best count of each patient against the count at the start, with the bounds of the responses.

    Left of its bend the bound of a response is the lowest count of one, right of it the multiple of the count
    at the start.

    Parameters
    ----------
    patients
        One row per patient with ``baseline_count``, ``best_count`` (10^9/L) and ``response``.
    definitions, synthetic
        As in :func:`baseline_counts`.
    """
    known = patients.dropna(subset=["baseline_count", "best_count"])
    if known.empty:
        return style.nothing_to_draw(
            "The records hold no patient with a platelet count at the start and one after it.", synthetic=synthetic
        )
    start, best = (known[name].astype(float) for name in ("baseline_count", "best_count"))
    response = known["response"].astype(str)
    figure = style.new_figure(4.4)
    axes = figure.subplots()
    style.count_axis(axes.xaxis, start, definitions.response_lower)
    style.count_axis(axes.yaxis, pd.concat([best, start]), definitions.cr_threshold * 3)
    edge = np.geomspace(*axes.get_xlim(), 200)
    bound = np.maximum(definitions.response_lower, definitions.response_fold * edge)
    axes.fill_between(edge, axes.get_ylim()[0], bound, color=style.BAND, zorder=0, linewidth=0)
    axes.plot(edge, bound, color=style.MUTED, linewidth=1, zorder=0.5)
    axes.axhline(definitions.cr_threshold, zorder=0.5, **style.THRESHOLD)
    handles: list[Line2D | Patch] = []
    for name in style.RESPONSES:
        chosen = response.eq(name)
        look: style.Look = {"color": style.RESPONSE_COLOURS[name], "marker": style.RESPONSE_MARKERS[name]}
        drawn: style.Look = {"s": 42, "alpha": 0.85, "linewidths": 0.6, "edgecolors": style.WHITE, "zorder": 3}
        axes.scatter(start[chosen].clip(lower=1), best[chosen].clip(lower=1), **look, **drawn)
        label = f"{style.RESPONSE_LABELS[name]} ({chosen.sum()})"
        handles.append(Line2D([], [], linestyle="", markersize=7, label=label, **look))
    handles += [
        Line2D([], [], label="Lowest complete response", **style.THRESHOLD),
        Patch(color=style.BAND, label="Below a response"),
    ]
    style.legend_above_all(figure, handles, columns=2)
    axes.set_xlabel(f"Platelet count at the start ({style.COUNT_UNIT}, logarithmic)")
    axes.set_ylabel(f"Best count after it ({style.COUNT_UNIT}, logarithmic)")
    data = known[["patient_id", "baseline_count", "best_count"]].assign(best_response=response)
    data = data.rename(columns={name: style.named(name) for name in ("baseline_count", "best_count")})
    return style.finish(figure, synthetic=synthetic, data=data, alternative=alternative.of_best_counts(data))
