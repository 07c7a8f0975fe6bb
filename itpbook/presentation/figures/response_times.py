"""When responses came and how long they lasted: survival curves beside plain medians as the source prints."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from implied.numbers.rounding import print_number
from itpbook.presentation.figures import alternative, style
from itpbook.study.statistics import KaplanMeier, kaplan_meier, median_range


@style.in_house_style
def time_to_response(patients: pd.DataFrame, *, synthetic: bool = False) -> style.DrawnFigure:
    """Draw the share of all patients who have responded by a day: one less the Kaplan-Meier estimate.

    Patients without a response leave the observation at the end of follow-up. The plain median is that of the
    responders alone.

    Parameters
    ----------
    patients
        One row per patient with ``time_to_response_days`` (missing without response) and ``followup_days``.
    synthetic
        Whether to say below the figure that the records are synthetic.
    """
    time = patients["time_to_response_days"].astype(float)
    responded = time.notna()
    if not responded.any():
        return style.nothing_to_draw(
            "The records hold no responder; there is no time to a response to draw.", synthetic=synthetic
        )
    curve = kaplan_meier(time.fillna(patients["followup_days"].astype(float)), responded, "all patients")
    plain = median_range(time).median
    end = max(float(time.max()) * 1.08, 30.0)
    figure, axes, below = _curve_and_risk()
    _draw(axes, curve, end, falling=False)
    _risk(axes, below, curve, end)
    axes.set(ylabel="Patients who have responded (%)")
    below.set_xlabel("Days since the start of the combination")
    handles = [
        *_explained(curve, "All patients", "censored: not responded so far", end),
        *_medians(axes, curve, plain, "days", "Plain median of responders"),
    ]
    style.legend_above(axes, handles)
    words = alternative.of_times(curve, plain)
    return style.finish(figure, synthetic=synthetic, data=_table(curve, "days", "responded"), alternative=words)


@style.in_house_style
def duration_of_response(patients: pd.DataFrame, *, synthetic: bool = False) -> style.DrawnFigure:
    """Draw the share of responders still in response: Kaplan-Meier beside the plain median.

    The plain median takes a response that is still going on as if it had ended with the follow-up;
    Kaplan-Meier does not, so its median is never the earlier one.

    Parameters
    ----------
    patients
        One row per patient with ``response_duration_months`` (missing without response) and
        ``response_lost``.
    synthetic
        Whether to say below the figure that the records are synthetic.
    """
    responders = patients[patients["response_duration_months"].notna()]
    if responders.empty:
        return style.nothing_to_draw(
            "The records hold no responder; there is no duration of response to draw.", synthetic=synthetic
        )
    duration = responders["response_duration_months"].astype(float)
    lost = responders["response_lost"].astype("boolean").fillna(False).astype(bool)
    curve = kaplan_meier(duration, lost, "responders")
    plain = median_range(duration).median
    end = max(float(duration.max()) * 1.05, 1.0)
    figure, axes, below = _curve_and_risk()
    _draw(axes, curve, end, falling=True)
    _risk(axes, below, curve, end)
    axes.set(ylabel="Responders still in response (%)")
    below.set_xlabel("Months since the response began")
    handles = [
        *_explained(curve, "Responders", "censored: still in response", end),
        *_medians(axes, curve, plain, "months", "Plain median"),
    ]
    style.legend_above(axes, handles)
    words = alternative.of_durations(curve, plain)
    data = _table(curve, "months", "still_in_response")
    return style.finish(figure, synthetic=synthetic, data=data, alternative=words)


def _table(curve: KaplanMeier, unit: str, what: str) -> pd.DataFrame:
    """Return the points of a curve; ``responded`` is one less the estimate, so its limits change places."""
    table = curve.table
    shares = table[["survival", "low", "high"]]
    if what == "responded":
        shares = (1 - table[["survival", "high", "low"]]).set_axis(shares.columns, axis="columns")
    names = {"survival": f"{what}_share", "low": f"{what}_low", "high": f"{what}_high"}
    counted = table[["at_risk", "events", "censored"]]
    return pd.concat([table["time"].rename(f"time_{unit}"), shares.rename(columns=names), counted], axis="columns")


def _curve_and_risk() -> tuple[style.DrawnFigure, Axes, Axes]:
    figure = style.new_figure(4.5)
    axes, below = figure.subplots(2, 1, sharex=True, height_ratios=[5, 0.45])
    below.spines[:].set_visible(False)
    below.tick_params(axis="both", length=0)
    below.tick_params(axis="y", pad=14)
    below.set(yticks=[0], ylim=(-1, 1))
    below.set_yticklabels(["At risk"])
    axes.tick_params(axis="x", labelbottom=True)
    below.tick_params(axis="x", labelbottom=False)
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
    axes.fill_between(time, low, high, step="post", color=style.BLUE, alpha=0.15, linewidth=0)
    axes.step(time, share, where="post", color=style.BLUE)
    censored = table["censored"].gt(0).to_numpy() & table["time"].le(end).to_numpy()
    ticks = (table["time"].to_numpy()[censored], share[:-1][censored])
    axes.plot(*ticks, linestyle="", marker="|", markersize=9, markeredgewidth=1.3, color=style.INK)
    axes.set(xlim=(0, end), ylim=(0, 102), yticks=[0, 25, 50, 75, 100])


def _risk(axes: Axes, below: Axes, curve: KaplanMeier, end: float) -> None:
    steps = [1, 2, 3, 6, 10]
    ticks = [float(tick) for tick in MaxNLocator(nbins=7, integer=True, steps=steps).tick_values(0, end) if tick <= end]
    axes.set_xticks(ticks)
    for tick, number in zip(ticks, curve.at_risk(ticks), strict=True):
        below.text(tick, 0, str(number), ha="center", va="center")


def _explained(curve: KaplanMeier, who: str, censored: str, end: float) -> list[Line2D | Patch]:
    label = f"{who} (n = {curve.n}), Kaplan-Meier with 95% interval"
    handles: list[Line2D | Patch] = [Line2D([], [], color=style.BLUE, label=label)]
    table = curve.table
    beyond = int(table.loc[table["time"].gt(end), "censored"].sum())
    if int(table["censored"].sum()) > beyond:
        look: style.Look = {
            "linestyle": "",
            "marker": "|",
            "markersize": 9,
            "markeredgewidth": 1.3,
            "color": style.INK,
        }
        handles.append(Line2D([], [], label=censored.capitalize(), **look))
    return handles


def _medians(axes: Axes, curve: KaplanMeier, plain: float | None, unit: str, words: str) -> list[Line2D]:
    """Mark both medians and return their handles."""
    handles = []
    look: style.Look
    if curve.median is not None and curve.median <= axes.get_xlim()[1]:
        look = {"color": style.BLUE, "linestyle": (0, (1, 1.5)), "linewidth": 1.5}
        axes.plot([0, curve.median, curve.median], [50, 50, 0], **look)
        handles.append(Line2D([], [], label=f"Kaplan-Meier median: {print_number(curve.median)} {unit}", **look))
    else:
        handles.append(Line2D([], [], linestyle="", label="Kaplan-Meier median: not reached"))
    if plain is not None:
        look = {"color": style.ORANGE, "linestyle": (0, (5, 2)), "linewidth": 1.5}
        axes.axvline(plain, **look)
        handles.append(Line2D([], [], label=f"{words}: {print_number(plain)} {unit}", **look))
    return handles
