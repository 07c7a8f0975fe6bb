"""When responses came and how long they lasted: survival curves and plain medians as the source prints."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from implied.numbers.rounding import print_number
from itpbook.presentation.figures import alternative, style
from itpbook.presentation.palette import BLUE, INK, ORANGE
from itpbook.study.statistics import KaplanMeier, kaplan_meier, known_true, median_range

CENSORED: style.Look = {"linestyle": "", "marker": "|", "markersize": 9, "markeredgewidth": 1.3, "color": INK}
"""How a time is marked after which nothing is known."""


@style.in_house_style
def time_to_response(patients: pd.DataFrame) -> style.DrawnFigure:
    """Draw the share of all patients who have responded by a day: one less the Kaplan-Meier estimate.

    Patients without a response leave the observation at the end of follow-up. The plain median is that of the
    responders alone.

    Parameters
    ----------
    patients
        One row per patient with ``time_to_response_days`` (missing without response) and ``followup_days``.
    """
    time = patients["time_to_response_days"].astype(float)
    responded = time.notna()
    if not responded.any():
        return style.nothing_to_draw("The records hold no responder; there is no time to a response to draw.")
    curve = kaplan_meier(time.fillna(patients["followup_days"].astype(float)), responded, "all patients")
    plain = median_range(time).median
    figure, axes, below = _curve_and_risk(curve, max(float(time.max()) * 1.08, 30.0), falling=False)
    axes.set(ylabel="Patients who have responded (%)")
    below.set_xlabel("Days since the start of the combination")
    handles = [
        *_explained(axes, curve, "All patients", "Censored: not responded so far"),
        *_medians(axes, curve, plain, "days", "Plain median of responders"),
    ]
    style.legend_above(axes, handles)
    return figure.showing(_table(curve, "days", "responded"), alternative.of_times(curve, plain))


@style.in_house_style
def duration_of_response(patients: pd.DataFrame) -> style.DrawnFigure:
    """Draw the share of responders still in response: Kaplan-Meier and the plain median.

    The plain median takes a response that is still going on as if it had ended with the follow-up;
    Kaplan-Meier does not, so its median is never the earlier one.

    Parameters
    ----------
    patients
        One row per patient with ``response_duration_months`` (missing without response) and
        ``response_lost``.
    """
    responders = patients[patients["response_duration_months"].notna()]
    if responders.empty:
        return style.nothing_to_draw("The records hold no responder; there is no duration of response to draw.")
    duration = responders["response_duration_months"].astype(float)
    curve = kaplan_meier(duration, known_true(responders["response_lost"]), "responders")
    plain = median_range(duration).median
    figure, axes, below = _curve_and_risk(curve, max(float(duration.max()) * 1.05, 1.0), falling=True)
    axes.set(ylabel="Responders still in response (%)")
    below.set_xlabel("Months since the response began")
    handles = [
        *_explained(axes, curve, "Responders", "Censored: still in response"),
        *_medians(axes, curve, plain, "months", "Plain median"),
    ]
    style.legend_above(axes, handles)
    return figure.showing(_table(curve, "months", "still_in_response"), alternative.of_durations(curve, plain))


def _table(curve: KaplanMeier, unit: str, outcome: str) -> pd.DataFrame:
    """Return the points of a curve; ``responded`` is one less the estimate, so its limits change places."""
    table = curve.table
    shares = table[["survival", "low", "high"]]
    if outcome == "responded":
        shares = (1 - table[["survival", "high", "low"]]).set_axis(shares.columns, axis="columns")
    names = {"survival": f"{outcome}_share", "low": f"{outcome}_low", "high": f"{outcome}_high"}
    counted = table[["at_risk", "events", "censored"]]
    return pd.concat([table["time"].rename(f"time_{unit}"), shares.rename(columns=names), counted], axis="columns")


def _curve_and_risk(curve: KaplanMeier, end: float, *, falling: bool) -> tuple[style.DrawnFigure, Axes, Axes]:
    """Draw a curve as far as ``end`` over the numbers at risk; return the figure and both axes."""
    figure = style.new_figure(4.5)
    axes, below = figure.subplots(2, 1, sharex=True, height_ratios=[5, 0.45])
    below.spines[:].set_visible(False)
    below.tick_params(axis="both", length=0)
    below.tick_params(axis="y", pad=14)
    below.set(yticks=[0], ylim=(-1, 1))
    below.set_yticklabels(["At risk"])
    axes.tick_params(axis="x", labelbottom=True)
    below.tick_params(axis="x", labelbottom=False)
    _draw(axes, curve, end, falling=falling)
    steps = [1, 2, 3, 6, 10]
    ticks = [float(tick) for tick in MaxNLocator(nbins=7, integer=True, steps=steps).tick_values(0, end) if tick <= end]
    axes.set_xticks(ticks)
    for tick, number in zip(ticks, curve.at_risk(ticks), strict=True):
        below.text(tick, 0, str(number), ha="center", va="center")
    return figure, axes, below


def _draw(axes: Axes, curve: KaplanMeier, end: float, *, falling: bool) -> None:
    table = curve.table
    # Each estimate holds until the next time; the last one as far as the axis goes.
    last = table.iloc[[-1]].assign(time=max(end, float(table["time"].iloc[-1])))
    steps = pd.concat([table, last])
    time = steps["time"].to_numpy()
    share, low, high = (
        100 * (steps[name].to_numpy() if falling else 1 - steps[name].to_numpy())
        for name in ("survival", "low", "high")
    )
    axes.fill_between(time, low, high, step="post", color=BLUE, alpha=0.15, linewidth=0)
    axes.step(time, share, where="post", color=BLUE)
    censored = table["censored"].gt(0).to_numpy() & table["time"].le(end).to_numpy()
    axes.plot(table["time"].to_numpy()[censored], share[:-1][censored], **CENSORED)
    axes.set(xlim=(0, end), ylim=(0, 102), yticks=[0, 25, 50, 75, 100])


def _explained(axes: Axes, curve: KaplanMeier, who: str, censored: str) -> list[Line2D]:
    """Return the handles of the curve and, where any is drawn, of the censored."""
    label = f"{who} (n = {curve.n}), Kaplan-Meier with 95% interval"
    drawn = curve.table["time"].le(axes.get_xlim()[1])
    marks = [Line2D([], [], label=censored, **CENSORED)] if curve.table.loc[drawn, "censored"].any() else []
    return [Line2D([], [], color=BLUE, label=label), *marks]


def _medians(axes: Axes, curve: KaplanMeier, plain: float | None, unit: str, words: str) -> list[Line2D]:
    """Mark both medians and return their handles."""
    if curve.median is not None and curve.median <= axes.get_xlim()[1]:
        look: style.Look = {"color": BLUE, "linestyle": (0, (1, 1.5)), "linewidth": 1.5}
        axes.plot([0, curve.median, curve.median], [50, 50, 0], **look)
        estimate = f"{print_number(curve.median)} {unit}"
    else:
        look, estimate = {"linestyle": ""}, "not reached"
    handles = [Line2D([], [], label=f"Kaplan-Meier median: {estimate}", **look)]
    if plain is not None:
        look = {"color": ORANGE, "linestyle": (0, (5, 2)), "linewidth": 1.5}
        axes.axvline(plain, **look)
        handles.append(Line2D([], [], label=f"{words}: {print_number(plain)} {unit}", **look))
    return handles
