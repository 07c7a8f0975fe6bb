"""Adverse events by category: the patients who had them next to the events, severe ones dark."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from implied.numbers.rounding import with_unit
from itpbook.presentation.figures import alternative, style
from itpbook.presentation.palette import ROSE, WINE


@style.in_house_style
def adverse_events(events: pd.DataFrame, patients: pd.DataFrame) -> style.DrawnFigure:
    """Draw, by category, how many patients had an adverse event related to treatment, and how many events there were.

    Parameters
    ----------
    events
        One row per event: patient_id, category, severe, related.
    patients
        One row per patient.
    """
    related = events[events["related"].astype(bool)]
    if related.empty:
        nobody = (
            f"The records hold no adverse event related to treatment in {with_unit(str(len(patients)), 'patients')}"
        )
        return style.nothing_to_draw(f"{nobody}; there is nothing to count by category.")
    table = _by_category(related)
    figure = style.new_figure(1.5 + 0.42 * len(table))
    left, right = figure.subplots(1, 2, sharey=True)
    affected = related["patient_id"].nunique()
    _bars(left, table, "patients", f"Patients: {affected} of {len(patients)}")
    _bars(right, table, "events", f"Events: {len(related)}")
    left.set_yticks(np.arange(len(table)), labels=[str(category).capitalize() for category in table.index])
    left.invert_yaxis()
    handles = [Patch(color=WINE, label="Severe"), Patch(color=ROSE, label="Not severe")]
    style.legend_above_all(figure, handles, columns=2)
    data = table.rename_axis("category").reset_index()
    return figure.showing(data, alternative.of_adverse_events(data))


def _by_category(events: pd.DataFrame) -> pd.DataFrame:
    """Count per category; a patient with a severe event of a category counts as severe there."""
    severe = events["severe"].astype(bool)
    by = events["category"].astype(str)
    table = pd.DataFrame(
        {
            "events": events.groupby(by).size(),
            "events_severe": severe.groupby(by).sum(),
            "patients": events.groupby(by)["patient_id"].nunique(),
            "patients_severe": events["patient_id"].where(severe).groupby(by).nunique(),
        }
    ).astype(int)
    return table.sort_values(["patients", "events"], ascending=False, kind="stable")


def _bars(axes: Axes, table: pd.DataFrame, name: str, title: str) -> None:
    rows = np.arange(len(table))
    severe, total = table[f"{name}_severe"].to_numpy(), table[name].to_numpy()
    axes.barh(rows, severe, height=0.62, color=WINE)
    axes.barh(rows, total - severe, left=severe, height=0.62, color=ROSE)
    for row, number in zip(rows, total, strict=True):
        axes.annotate(str(number), (number, row), xytext=(4, 0), textcoords="offset points", va="center")
    axes.set(title=title, xlim=(0, total.max() * 1.15), xlabel=f"{name.capitalize()} (number)")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.tick_params(axis="y", length=0)
