"""Curves of many reconstructions, drawn around those of the records."""

from __future__ import annotations

from typing import Literal, NamedTuple

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from implied.numbers.units import months
from itpbook.presentation.figures import alternative, style
from itpbook.presentation.palette import BLUE, INK


class Curve(NamedTuple):
    """Label and factor of the value, label and factor of the day (None: months), and whether it goes in steps."""

    value: str
    factor: float
    time: str
    per_day: float | None
    step: Literal["post"] | None


CURVES = {
    "time_to_response": Curve("Responded (%)", 100.0, "Weeks since the start", 1 / 7, "post"),
    "duration_of_response": Curve("Still in response (%)", 100.0, "Months since the response", None, "post"),
    "median_count": Curve(f"Median count ({style.COUNT_UNIT})", 1.0, "Months since the start", None, None),
}
"""How each curve is drawn."""


@style.in_house_style
def envelope(draws: pd.DataFrame, own: pd.DataFrame) -> style.DrawnFigure:
    """Draw curves of many reconstructions: all of them as a band, the middle half darker, the records' own as a line.

    Parameters
    ----------
    draws
        Columns: curve (one of :data:`CURVES`), draw, day, value (a share, or a count in 10^9/L).
    own
        The same of the records at hand, without ``draw``.
    """
    bands = []
    figure = style.new_figure(0.9 + 2.1 * len(CURVES))
    panels = figure.subplots(len(CURVES), 1)
    for axes, (name, curve) in zip(panels, CURVES.items(), strict=True):
        values = draws[draws["curve"].eq(name)].pivot_table(index="day", columns="draw", values="value") * curve.factor
        band = _quantiles(name, values)
        bands.append(band)
        line = own[own["curve"].eq(name)].set_index("day")["value"] * curve.factor
        at = _at(values.index, curve.per_day)
        for low, high, depth in (("least", "greatest", 0.22), ("lower_quartile", "upper_quartile", 0.4)):
            look: style.Look = {"step": curve.step, "color": BLUE, "alpha": depth, "linewidth": 0}
            axes.fill_between(at, band[low].to_numpy(), band[high].to_numpy(), **look)
        drawstyle = "default" if curve.step is None else f"steps-{curve.step}"
        axes.plot(_at(line.index, curve.per_day), line.to_numpy(), color=INK, linewidth=1.6, drawstyle=drawstyle)
        top = 100.0 if curve.factor == 100.0 else float(max(values.to_numpy().max(), line.max())) * 1.08
        axes.set(xlim=(0, at[-1]), ylim=(0, top), xlabel=curve.time, ylabel=curve.value)
    number = draws["draw"].nunique()
    handles: list[Line2D | Patch] = [
        Patch(color=BLUE, alpha=0.22, label=f"All {number} reconstructions"),
        Patch(color=BLUE, alpha=0.55, label="The middle half of them"),
        Line2D([], [], color=INK, linewidth=1.6, label="The records of this book"),
    ]
    style.legend_above_all(figure, handles, columns=2)
    data = pd.concat(bands, ignore_index=True)
    labels = {name: curve.value for name, curve in CURVES.items()}
    return figure.showing(data, alternative.of_envelope(data, labels, number))


def _quantiles(name: str, values: pd.DataFrame) -> pd.DataFrame:
    """Return the band of a curve by day, in the unit in which it is drawn."""
    limits = {"least": 0.0, "lower_quartile": 0.25, "upper_quartile": 0.75, "greatest": 1.0}
    band = values.quantile(list(limits.values()), axis="columns").T.set_axis(list(limits), axis="columns")
    unit = "percent" if CURVES[name].factor == 100.0 else "10e9_per_l"
    return band.rename_axis("day").reset_index().assign(curve=name, unit=unit)[["curve", "unit", "day", *limits]]


def _at(days: pd.Index, per_day: float | None) -> list[float]:
    at = days.to_series().astype(float)
    return list(months(at) if per_day is None else at * per_day)
