"""Platelet counts over time, a line per patient, in panels by best response."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator

from implied.numbers.rounding import with_unit
from implied.numbers.units import months
from itpbook.definitions import SOURCE, Definitions
from itpbook.presentation.figures import alternative, style
from itpbook.presentation.figures.figure_download import named
from itpbook.presentation.palette import MUTED

UNTIL = 24.0
"""Where the time axis ends at the latest, months; later counts are not drawn."""
LINES = 150
"""At most so many patients are drawn in a panel, evenly chosen by identifier; the panel says so."""


@style.in_house_style
def counts_over_time(
    platelets: pd.DataFrame, patients: pd.DataFrame, definitions: Definitions = SOURCE
) -> style.DrawnFigure:
    """Draw all counts of each patient from the start on, in panels by best response.

    Parameters
    ----------
    platelets
        One row per count: patient_id, day, count (10^9/L).
    patients
        One row per patient with ``response``.
    definitions
        Gives the thresholds.
    """
    merged = platelets.merge(patients[["patient_id", "response"]], on="patient_id")
    merged = merged.assign(month=months(merged["day"].astype(float)), response=merged["response"].astype(str))
    shown = merged[merged["month"].between(-1.0, UNTIL) & merged["count"].notna()]
    if shown.empty:
        return style.nothing_to_draw("The records hold no platelet counts.")
    figure = style.new_figure(6.2)
    panels = figure.subplots(3, 1, sharex=True, sharey=True)
    style.count_axis(panels[0].yaxis, shown["count"], definitions.cr_threshold * 3)
    last = max(float(shown["month"].max()), 1.0)
    drawn = []
    for axes, name in zip(panels, style.RESPONSES, strict=True):
        group = shown[shown["response"] == name].sort_values(["patient_id", "day"], kind="stable")
        drawn.append(_panel(axes, group, name, definitions))
    panels[-1].set(xlim=(min(float(shown["month"].min()), 0.0), last))
    panels[-1].xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, steps=[1, 2, 3, 6, 10]))
    panels[-1].set_xlabel("Months since the start of the combination")
    panels[1].set_ylabel(f"Platelet count ({style.COUNT_UNIT}, logarithmic)")
    data = pd.concat(drawn)[["patient_id", "response", "day", "count"]]
    data = data.rename(columns={"response": "best_response", "count": named("count")})
    return figure.showing(data, alternative.of_counts(data))


def _panel(axes: Axes, counts: pd.DataFrame, name: str, definitions: Definitions) -> pd.DataFrame:
    """Draw a panel and return the counts in it."""
    identifiers = counts["patient_id"].unique()
    drawn = style.evenly(identifiers, LINES)
    number = with_unit(str(len(identifiers)), "patients")
    chosen = "" if len(drawn) == len(identifiers) else f", {len(drawn)} drawn"
    axes.set_title(f"{style.RESPONSE_LABELS[name]}: {number}{chosen}", color=style.RESPONSE_COLOURS[name])
    for threshold in (definitions.response_lower, definitions.cr_threshold):
        axes.axhline(threshold, **style.THRESHOLD)
    shown = counts[counts["patient_id"].isin(drawn)]
    paths = [
        np.column_stack([counted["month"], counted["count"].clip(lower=style.LOWEST_COUNT)])
        for _, counted in shown.groupby("patient_id", sort=True)
    ]
    thin = 1.0 if len(drawn) <= 40 else 0.6
    axes.add_collection(LineCollection(paths, colors=style.RESPONSE_COLOURS[name], linewidths=thin, alpha=0.55))
    if not paths:
        axes.text(0.5, 0.5, "nobody", transform=axes.transAxes, ha="center", va="center", color=MUTED)
    return shown
