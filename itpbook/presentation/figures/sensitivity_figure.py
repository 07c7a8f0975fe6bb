"""Rates of response under other thresholds and rules, with exact intervals."""

from __future__ import annotations

import pandas as pd
from matplotlib.patches import Patch

from itpbook.presentation.figures import alternative, style
from itpbook.presentation.figures.forest import OUTCOMES, forest, handles

ROW = 0.34
"""Height of a scenario, inches."""


@style.in_house_style
def sensitivity(rates: pd.DataFrame, *, synthetic: bool = False) -> style.DrawnFigure:
    """Draw the rates of each scenario under its heading; those of the source's definitions stand on a shade.

    Parameters
    ----------
    rates
        As :func:`itpbook.study.sensitivity.response_rates` returns it.
    synthetic
        Whether to say below the figure that the records are synthetic.
    """
    if rates.empty or not rates["N"].any():
        return style.nothing_to_draw("The records hold no patients.", synthetic=synthetic)
    height, rows, headings = 0.0, [], []
    for heading, group in rates.groupby("heading", sort=False):
        height += 0.2 if height else 0.0
        headings.append((height, str(heading)))
        height += 0.95
        for label, pair in group.groupby("scenario", sort=False):
            rows.append((height, str(label), pair))
            height += 1.05
    drawn = forest(height, ROW, headings, (1, 1.25))
    for place, label, pair in rows:
        if pair["source"].all():
            drawn.axes.axhspan(place - 0.5, place + 0.5, color=style.BAND, zorder=0)
        drawn.row(place, label, indented=True)
        for found in pair.to_dict("records"):
            ends = (float(found["exact_low"]), float(found["share"]), float(found["exact_high"]))
            drawn.mark(place, str(found["outcome"]), int(found["n"]), int(found["N"]), ends)
    shade = Patch(color=style.BAND, label="Definitions of the source")
    style.legend_above_all(drawn.figure, [*handles(), shade], columns=1)
    words = alternative.of_sensitivity(rates, {name: look.label for name, look in OUTCOMES.items()})
    return style.finish(drawn.figure, synthetic=synthetic, data=rates, alternative=words)
