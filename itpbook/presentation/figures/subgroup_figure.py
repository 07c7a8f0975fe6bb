"""Responses by subgroup with exact intervals: a forest of proportions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from implied.determine.stored_answers import Determined
from itpbook.presentation.figures import alternative, style
from itpbook.presentation.figures.forest import OUTCOMES, forest, handles
from itpbook.study.statistics import Proportion
from itpbook.study.subgroups import Subgroup, SubgroupResponse, count_responses, usual_subgroups

ROW = 0.36
"""Height of a subgroup, inches."""
PALE = 0.2
"""Opacity of what is possible."""


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
        The usual ones (:func:`itpbook.study.subgroups.usual_subgroups`), when left out.
    possible
        What the published figures determine: drawn as a pale bar from the least to the greatest share.
    synthetic
        Whether to say below the figure that the records are synthetic.
    """
    counted = count_responses(patients, usual_subgroups(patients) if subgroups is None else subgroups)
    if not counted or patients.empty:
        return style.nothing_to_draw("The records hold no patients.", synthetic=synthetic)
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
    drawn = forest(height, ROW, headings, (1.25, 1))
    for place, found in zip(places, counted, strict=True):
        drawn.row(place, found.label, indented=bool(found.heading))
        for name, look in OUTCOMES.items():
            proportion = getattr(found, name)
            drawn.mark(place, name, proportion.n, proportion.N, _ends(proportion))
            _range(drawn.axes, place + look.shift, f"subgroup.{found.id}.{name}", look.colour, possible)
    bar = Patch(color=style.MUTED, alpha=PALE, label="Possible with the published figures")
    style.legend_above_all(drawn.figure, [*handles(), *([bar] if possible else [])], columns=1)
    data = _table(counted, possible)
    return style.finish(drawn.figure, synthetic=synthetic, data=data, alternative=alternative.of_subgroups(data))


def _table(counted: Sequence[SubgroupResponse], possible: Determined | None) -> pd.DataFrame:
    rows = []
    for found in counted:
        for name, look in OUTCOMES.items():
            share = getattr(found, name)
            ends = _possible(f"subgroup.{found.id}.{name}", possible) or (None, None)
            rows.append(
                (found.heading, found.label, look.label, share.n, share.N, share.value, share.low, share.high, *ends)
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


def _ends(found: Proportion) -> tuple[float, float, float] | None:
    if found.value is None or found.low is None or found.high is None:
        return None
    return found.low, found.value, found.high
