"""A lane per patient from the start of the combination to the last follow-up: treatment, response, events, death."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import Patch

from implied.numbers.units import months
from itpbook.presentation import palette
from itpbook.presentation.figures import alternative, style
from itpbook.study.statistics import known_true

LANES = 60
"""At most so many patients have a lane, evenly chosen in the order drawn; the axis says so."""

TICKS = (0, 1, 3, 6, 12, 24, 36, 60, 100, 150, 200, 300, 400)
"""Months that may be marked on the scale of square roots."""

KINDS: dict[str, style.Look] = {
    "response starts": {"marker": "o", "color": palette.BLUE, "markerfacecolor": palette.WHITE},
    "response lost": {"marker": "X", "color": palette.WINE},
    "severe adverse event": {"marker": "D", "color": palette.INK, "markerfacecolor": palette.WHITE},
    "death": {"marker": "s", "color": palette.INK},
    # Made here: in the figure itself, text is no formula.
    "followed on": {"marker": MarkerStyle("$\\rightarrow$"), "color": palette.MUTED},
}
"""Moments, by how they are marked."""

SPANS: dict[str, tuple[str, str, float, float]] = {
    "combination": ("Combination given", palette.SILVER, 0.74, 0.0),
    "response": ("In response", palette.BLUE, 0.34, 0.0),
    "corticosteroids or rescue": ("Corticosteroids or rescue", palette.AMBER, 0.2, 0.36),
}
"""Spans of time: label, colour, height and shift within the lane."""


@style.in_house_style
def swimmer(patients: pd.DataFrame, treatments: pd.DataFrame, events: pd.DataFrame) -> style.DrawnFigure:
    """Draw what happened to each patient and when, sorted by follow-up within best response.

    Months are drawn on a scale of square roots, so that the longest follow-up does not crush the first year.

    Parameters
    ----------
    patients
        One row per patient as derived: ``response``, ``time_to_response_days``, ``response_duration_days``,
        ``response_lost``, ``combination_days``, ``followup_days`` and ``died``.
    treatments
        Courses: patient_id, agent, role, start_day, end_day (missing while going on). Drawn beside the combination are
        courses of corticosteroids of role ``concomitant``, and all of role ``rescue``.
    events
        Adverse events: patient_id, day, severe; the severe ones are drawn.
    """
    if patients.empty:
        return style.nothing_to_draw("The records hold no patients.")
    order = in_order(patients)
    shown = style.evenly(order, LANES)
    table = happenings(shown, treatments, events)
    figure = style.new_figure(2.0 + 0.17 * max(len(shown), 6))
    axes = figure.subplots()
    lane = {str(patient): number for number, patient in enumerate(shown["patient_id"])}
    followed = months(shown["followup_days"].astype(float)).to_numpy(dtype=float)
    axes.hlines(np.arange(len(shown)), 0, np.sqrt(followed), color=palette.MUTED, linewidth=0.8, zorder=1)
    for depth, (name, (_, colour, height, shift)) in enumerate(SPANS.items()):
        spans = table[table["what"].eq(name)]
        start, end = (np.sqrt(spans[side].to_numpy(dtype=float)) for side in ("from_months", "to_months"))
        lanes = spans["patient_id"].map(lane).to_numpy(dtype=float)
        axes.barh(lanes + shift, end - start, left=start, height=height, color=colour, zorder=1.5 + depth / 10)
    for name, look in KINDS.items():
        moments = table[table["what"].eq(name)]
        at = np.sqrt(moments["from_months"].to_numpy(dtype=float)) + (0.12 if name == "followed on" else 0.0)
        lanes = moments["patient_id"].map(lane).to_numpy(dtype=float)
        size = 7 if name == "followed on" else 5
        axes.plot(at, lanes, linestyle="", markersize=size, markeredgewidth=1.0, zorder=3, **look)
    longest, responses = float(followed.max()), shown["response"].astype(str).tolist()
    _axis(axes, longest, len(shown))
    _groups(axes, responses, order["response"].astype(str).tolist())
    chosen = "" if len(shown) == len(order) else f"\n({len(shown)} of {len(order)} patients drawn)"
    axes.set_xlabel(f"Months since the start, square roots{chosen}")
    present = set(table["what"])
    handles: list[Line2D | Patch] = [
        Patch(color=colour, label=label) for name, (label, colour, *_) in SPANS.items() if name in present
    ]
    handles += [
        Line2D([], [], linestyle="", markersize=7, label=name.capitalize(), **look)
        for name, look in KINDS.items()
        if name in present
    ]
    style.legend_above_all(figure, handles, columns=2)
    return figure.showing(table, alternative.of_lanes(table, responses, longest))


def in_order(patients: pd.DataFrame) -> pd.DataFrame:
    """Sort patients by best response (complete first), then by follow-up, the longest first."""
    rank = patients["response"].astype(str).map({name: number for number, name in enumerate(style.RESPONSES)})
    keyed = patients.assign(rank=rank)
    return keyed.sort_values(["rank", "followup_days", "patient_id"], ascending=[True, False, True], ignore_index=True)


def happenings(patients: pd.DataFrame, treatments: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each span and moment drawn: ``patient_id``, ``what``, ``from_months`` and ``to_months``.

    A moment has no end. Courses are cut to the time from the start of the combination to the last follow-up.
    """
    ids = patients["patient_id"]
    followup = patients["followup_days"].astype(float)
    start = patients["time_to_response_days"].astype(float)
    end = start + patients["response_duration_days"].astype(float)
    lost, died = known_true(patients["response_lost"]), known_true(patients["died"])
    last = pd.Series(followup.to_numpy(), index=ids.to_numpy())
    beside = treatments["role"].eq("rescue") | (
        treatments["role"].eq("concomitant") & treatments["agent"].eq("corticosteroids")
    )
    courses = treatments[beside & treatments["patient_id"].isin(ids)]
    until = courses["patient_id"].map(last).astype(float)
    ends = courses["end_day"].astype("Float64").astype(float).fillna(until).clip(upper=until)
    severe = events[events["severe"].astype(bool) & events["patient_id"].isin(ids)] if len(events) else events
    nothing = pd.Series(np.nan, index=ids.index)
    parts = [
        _rows("combination", ids, followup * 0, patients["combination_days"].astype(float).clip(upper=followup)),
        _rows("response", ids, start, end),
        _rows("corticosteroids or rescue", courses["patient_id"], courses["start_day"].clip(lower=0), ends),
        _rows("response starts", ids, start, nothing),
        _rows("response lost", ids, end.where(lost), nothing),
        _rows("severe adverse event", severe["patient_id"], severe["day"], severe["day"] * np.nan),
        _rows("death", ids, followup.where(died), nothing),
        _rows("followed on", ids, followup.where(~died), nothing),
    ]
    return pd.concat([part for part in parts if not part.empty], ignore_index=True)


def _rows(kind: str, ids: pd.Series, start: pd.Series, end: pd.Series) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "patient_id": ids,
            "what": kind,
            "from_months": months(start.astype(float)),
            "to_months": months(end.astype(float)),
        }
    )
    return table[table["from_months"].notna()]


def _axis(axes: Axes, longest: float, lanes: int) -> None:
    ticks = [tick for tick in TICKS if tick <= longest * 1.02 or tick <= 1]
    axes.set_xticks(np.sqrt(ticks).tolist(), labels=[str(tick) for tick in ticks])
    axes.set(xlim=(0, max(np.sqrt(longest), 1.0) * 1.04), ylim=(lanes - 0.3, -0.7), yticks=[])
    style.rows_along(axes, grid=0.6)


def _groups(axes: Axes, responses: Sequence[str], everybody: Sequence[str]) -> None:
    """Name each group of lanes at its left with the number of all its patients, and part it from the next by a line."""
    for name in style.RESPONSES:
        lanes = [lane for lane, response in enumerate(responses) if response == name]
        if not lanes:
            continue
        middle = (lanes[0] + lanes[-1]) / 2
        words = style.RESPONSE_LABELS[name].replace("Complete response", "Complete")
        axes.annotate(
            f"{words} ({everybody.count(name)})",
            (0, middle),
            xytext=(-6, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            color=style.RESPONSE_COLOURS[name],
        )
        if lanes[-1] < len(responses) - 1:
            axes.axhline(lanes[-1] + 0.5, color=palette.MUTED, linewidth=0.6)
