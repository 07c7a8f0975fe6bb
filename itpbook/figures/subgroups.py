"""Responses by subgroup with exact intervals: a forest of proportions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from itpbook.determined.known import Determined
from itpbook.figures import style
from itpbook.statistics import Proportion
from itpbook.subgroups import Subgroup, SubgroupResponse, count_responses, usual_subgroups

ROW = 0.36
"""Height of a subgroup, inches."""
PALE = 0.2
"""Opacity of what is possible."""

OUTCOMES = {
    "response": ("Response or complete response", style.ORANGE, "s"),
    "complete": ("Complete response", style.BLUE, "o"),
}


@style.in_house_style
def response_by_subgroup(
    patients: pd.DataFrame,
    subgroups: Sequence[Subgroup] | None = None,
    *,
    possible: Determined | None = None,
    synthetic: bool = False,
) -> style.DrawnFigure:
    """Draw the share of responses in each subgroup with its Clopper-Pearson interval.

    Parameters
    ----------
    patients
        One row per patient with ``response`` and ``evaluable``.
    subgroups
        The usual ones (:func:`itpbook.subgroups.usual_subgroups`), when left out.
    possible
        What the published figures determine: drawn as a pale bar from the least to the greatest share.
    synthetic
        Whether to say below the figure that the records are synthetic.
    """
    counted = count_responses(patients, usual_subgroups(patients) if subgroups is None else subgroups)
    if not counted or patients.empty:
        return style.nothing_to_draw("No patients", synthetic=synthetic)
    # Rows from the top: a line for each heading, then its subgroups.
    places: list[float] = []
    headings: list[tuple[float, str]] = []
    height = 0.0
    for position, found in enumerate(counted):
        if found.heading and (position == 0 or found.heading != counted[position - 1].heading):
            height += 0.2 if position else 0.0
            headings.append((height, found.heading))
            height += 0.85
        places.append(height)
        height += 1.0
    figure = style.new_figure(1.3 + ROW * height)
    words, axes = figure.subplots(1, 2, sharey=True, width_ratios=[1.25, 1])
    words.set_axis_off()
    words.set(xlim=(0, 1), zorder=2)
    axes.set(ylim=(height - 0.35, -0.5), xlim=(0, 100))
    for place, heading in headings:
        # A heading may reach over the intervals' side: nothing is drawn at its height.
        over = {"facecolor": style.WHITE, "edgecolor": "none", "pad": 1.5}
        words.text(0.0, place, heading, va="center", fontweight="bold", bbox=over).set_in_layout(False)
    for place, found in zip(places, counted, strict=True):
        words.text(0.05 if found.heading else 0.0, place, found.label, va="center")
        for shift, name in ((-0.19, "response"), (0.19, "complete")):
            _, colour, marker = OUTCOMES[name]
            proportion = getattr(found, name)
            share = f"{proportion.n}/{proportion.N}"
            words.text(1.0, place + shift, share, ha="right", va="center", fontsize=9, color=colour)
            _interval(axes, place + shift, proportion, colour, marker)
            _range(axes, place + shift, f"subgroup.{found.id}.{name}", colour, possible)
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=style.FAINT, linewidth=0.8)
    axes.set_xlabel("Patients (%), exact 95% interval")
    handles = [
        Line2D([], [], color=colour, marker=marker, markersize=6, linewidth=1.6, label=label)
        for label, colour, marker in OUTCOMES.values()
    ]
    bar = Patch(color=style.MUTED, alpha=PALE, label="Possible with the published figures")
    style.legend_above_all(figure, [*handles, *([bar] if possible else [])], columns=1)
    return style.finish(figure, synthetic=synthetic, data=_table(counted, possible))


def _table(counted: Sequence[SubgroupResponse], possible: Determined | None) -> pd.DataFrame:
    rows = []
    for found in counted:
        for name, (words, _, _) in OUTCOMES.items():
            share = getattr(found, name)
            ends = _possible(f"subgroup.{found.id}.{name}", possible) or (None, None)
            rows.append(
                (found.heading, found.label, words, share.n, share.N, share.value, share.low, share.high, *ends)
            )
    columns = ["heading", "subgroup", "outcome", "n", "N", "share", "exact_low", "exact_high"]
    return pd.DataFrame(rows, columns=[*columns, "possible_low_percent", "possible_high_percent"])


def _possible(figure_id: str, possible: Determined | None) -> tuple[float, float] | None:
    """Return the least and the greatest percentage that a figure can be, where that leaves it open."""
    found = possible.interval(figure_id, statistic="percent") if possible else None
    if found is None or found.exact is None or found.forced:
        return None
    low, high = (float(Fraction(end)) for end in found.exact)
    return low, high


def _range(axes: Axes, place: float, figure_id: str, colour: str, possible: Determined | None) -> None:
    ends = _possible(figure_id, possible)
    if ends is None:
        return
    low, high = ends
    axes.barh(place, high - low, left=low, height=0.3, color=colour, alpha=PALE, zorder=1)


def _interval(axes: Axes, place: float, found: Proportion, colour: str, marker: str) -> None:
    if found.value is None or found.low is None or found.high is None:
        axes.text(1, place, "no patients", va="center", fontsize=9, color=style.MUTED)
        return
    axes.hlines(place, 100 * found.low, 100 * found.high, color=colour, linewidth=1.6)
    axes.plot([100 * found.value], [place], marker=marker, markersize=6, color=colour, clip_on=False, zorder=3)
