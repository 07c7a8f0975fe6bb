"""How many times the count at the start each patient's best count was, in falling order."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from implied.numbers.rounding import print_exactly
from itpbook.definitions import SOURCE, Definitions
from itpbook.presentation import palette
from itpbook.presentation.figures import alternative, style
from itpbook.presentation.figures.figure_download import named

BARS = 90
"""At most so many patients have a bar, evenly chosen in the order drawn; the axis says so."""


@style.in_house_style
def waterfall(patients: pd.DataFrame, definitions: Definitions = SOURCE) -> style.DrawnFigure:
    """Draw the best count of each patient over that at the start, on a scale of doublings, by best response.

    Parameters
    ----------
    patients
        One row per patient with ``patient_id``, ``baseline_count``, ``best_count`` (10^9/L) and ``response``. Counts
        below 1 are taken as 1; patients without one of them have no bar and are counted in the legend.
    definitions
        Gives the multiple that a response needs.
    """
    table = fold_changes(patients)
    if table.empty:
        return style.nothing_to_draw("The records hold no patient with a platelet count at the start and one after it.")
    shown = style.evenly(table, BARS)
    folds = shown["fold_change"].to_numpy(dtype=float)
    figure = style.new_figure(3.9)
    axes = figure.subplots()
    colours = [style.RESPONSE_COLOURS[name] for name in shown["best_response"]]
    axes.bar(np.arange(len(shown)), np.log2(folds), width=0.82, color=colours)
    axes.axhline(0, color=palette.MUTED, linewidth=0.8)
    axes.axhline(np.log2(definitions.response_fold), **style.THRESHOLD)
    low, high = np.floor(min(np.log2(folds).min(), 0.0)), np.ceil(np.log2(folds).max() + 0.2)
    ticks = [tick for tick in range(int(low), int(high) + 1) if high - low <= 6 or tick % 2 == 0 or tick == 1]
    axes.set_yticks(ticks, labels=[print_exactly(2.0**tick) for tick in ticks])
    axes.set(xlim=(-0.8, len(shown) - 0.2), ylim=(low - 0.2, high), xticks=[])
    chosen = "" if len(shown) == len(table) else f", {len(shown)} drawn"
    axes.set_xlabel(f"Patients ({len(table)}{chosen}), greatest rise first")
    axes.set_ylabel("Best count as a multiple\nof that at the start (doublings)")
    handles: list[Line2D | Patch] = [
        Patch(color=style.RESPONSE_COLOURS[name], label=f"{style.RESPONSE_LABELS[name]} ({number})")
        for name in style.RESPONSES
        if (number := int(table["best_response"].eq(name).sum()))
    ]
    fold = print_exactly(definitions.response_fold)
    handles.append(Line2D([], [], label=f"{fold} times: a response needs it", **style.THRESHOLD))
    if missing := len(patients) - len(table):
        handles.append(Patch(color=palette.WHITE, label=f"Not drawn: {missing} without a count"))
    style.legend_above_all(figure, handles, columns=2)
    return figure.showing(table, alternative.of_waterfall(table, definitions))


def fold_changes(patients: pd.DataFrame) -> pd.DataFrame:
    """Return the patients with both counts and their ratio, the greatest first; counts below 1 are taken as 1."""
    with_both = patients.dropna(subset=["baseline_count", "best_count"])
    start, best = (with_both[name].astype(float) for name in ("baseline_count", "best_count"))
    table = pd.DataFrame(
        {
            "patient_id": with_both["patient_id"],
            "best_response": with_both["response"].astype(str),
            named("baseline_count"): start,
            named("best_count"): best,
            "fold_change": best.clip(lower=style.LOWEST_COUNT) / start.clip(lower=style.LOWEST_COUNT),
        }
    )
    return table.sort_values(["fold_change", "patient_id"], ascending=[False, True], ignore_index=True)
