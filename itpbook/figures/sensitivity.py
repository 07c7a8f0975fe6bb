"""Rates of response under other thresholds and rules, with exact intervals."""

from __future__ import annotations

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from itpbook.figures import style

ROW = 0.34
"""Height of a scenario, inches."""

LOOKS = {
    "response": ("Response or complete response", style.ORANGE, "s", -0.18),
    "complete": ("Complete response", style.BLUE, "o", 0.18),
}


@style.in_house_style
def sensitivity(rates: pd.DataFrame, *, synthetic: bool = False) -> style.DrawnFigure:
    """Draw the rates of each scenario under its heading; those of the source's definitions stand on a shade.

    Parameters
    ----------
    rates
        As :func:`itpbook.sensitivity.response_rates` returns it.
    synthetic
        Whether to say below the figure that the records are synthetic.
    """
    if rates.empty or not rates["N"].any():
        return style.nothing_to_draw("No patients", synthetic=synthetic)
    height, rows, headings = 0.0, [], []
    for heading, group in rates.groupby("heading", sort=False):
        height += 0.2 if height else 0.0
        headings.append((height, str(heading)))
        height += 0.95
        for label, pair in group.groupby("scenario", sort=False):
            rows.append((height, str(label), pair))
            height += 1.05
    figure = style.new_figure(1.3 + ROW * height)
    words, axes = figure.subplots(1, 2, sharey=True, width_ratios=[1, 1.25])
    words.set_axis_off()
    words.set(xlim=(0, 1), zorder=2)
    axes.set(ylim=(height - 0.35, -0.5), xlim=(0, 100))
    for place, heading in headings:
        over = {"facecolor": style.WHITE, "edgecolor": "none", "pad": 1.5}
        words.text(0.0, place, heading, va="center", fontweight="bold", bbox=over).set_in_layout(False)
    for place, label, pair in rows:
        if pair["source"].all():
            axes.axhspan(place - 0.5, place + 0.5, color=style.BAND, zorder=0)
        words.text(0.05, place, label, va="center")
        for found in pair.itertuples():
            _, colour, marker, shift = LOOKS[str(found.outcome)]
            share = f"{found.n}/{found.N}"
            words.text(1.0, place + 1.25 * shift, share, ha="right", va="center", fontsize=9, color=colour)
            low, value, high = (100 * float(getattr(found, name)) for name in ("exact_low", "share", "exact_high"))
            axes.hlines(place + shift, low, high, color=colour, linewidth=1.6)
            axes.plot([value], [place + shift], marker=marker, markersize=6, color=colour, clip_on=False, zorder=3)
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=style.FAINT, linewidth=0.8)
    axes.set_xlabel("Patients (%), exact 95% interval")
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=colour, marker=marker, markersize=6, linewidth=1.6, label=label)
        for label, colour, marker, _ in LOOKS.values()
    ]
    handles.append(Patch(color=style.BAND, label="Definitions of the source"))
    style.legend_above_all(figure, handles, columns=1)
    return style.finish(figure, synthetic=synthetic, data=rates)
