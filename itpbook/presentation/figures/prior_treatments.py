"""Treatments before the combination: which patient had which agent, and what came of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from itpbook.presentation.figures import alternative, style

AGENTS = {
    "corticosteroids": "Corticosteroids",
    "ivig": "IV immunoglobulin",
    "anti_d": "Anti-D",
    "rituximab": "Rituximab",
    "splenectomy": "Splenectomy",
    "eltrombopag": "Eltrombopag",
    "romiplostim": "Romiplostim",
    "mycophenolate": "Mycophenolate",
    "azathioprine": "Azathioprine",
    "cyclophosphamide": "Cyclophosphamide",
    "ciclosporin": "Ciclosporin",
    "everolimus": "Everolimus",
    "hydroxychloroquine": "Hydroxychloroquine",
    "dapsone": "Dapsone",
    "danazol": "Danazol",
    "vincristine": "Vincristine",
    "other": "Other",
}
"""Agents in the order in which they are usually given, with the names that are printed."""

COLUMNS = 90
"""At most so many patients have a column, evenly chosen among all; the axis says so."""

OUTCOMES = {
    "CR": ("Complete response", style.BLUE),
    "R": ("Response", style.ORANGE),
    "lost": ("Response, later lost", style.AMBER),
    "none": ("No response", style.GREY),
    "": ("Not recorded", style.SILVER),
}
"""What a centre recorded of an earlier course, best first, with its colour."""


@style.in_house_style
def prior_treatments(treatments: pd.DataFrame, patients: pd.DataFrame, *, synthetic: bool = False) -> style.DrawnFigure:
    """Draw patients by earlier agents, coloured by what the best course achieved, with both sums.

    Parameters
    ----------
    treatments
        One row per course: patient_id, agent, role, response; those of role ``prior`` are drawn.
    patients
        One row per patient; those without earlier courses are shown too.
    synthetic
        Whether to say below the figure that the records are synthetic.
    """
    prior = treatments[(treatments["role"] == "prior") & treatments["patient_id"].isin(patients["patient_id"])]
    if prior.empty:
        return style.nothing_to_draw(
            "The records hold no earlier treatment; there are no lines to draw.", synthetic=synthetic
        )
    whole = best_outcomes(prior, patients)
    totals = whole.ge(0).sum(axis="columns")
    matrix = style.evenly(whole, COLUMNS)
    figure = style.new_figure(1.9 + 0.27 * len(matrix))
    grid = figure.subplots(
        2,
        2,
        height_ratios=[0.9, 0.27 * len(matrix)],
        width_ratios=[4.2, 1],
        squeeze=False,
    )
    lines, corner, cells, agents = grid[0, 0], grid[0, 1], grid[1, 0], grid[1, 1]
    corner.set_axis_off()
    # seaborn takes seconds to import.
    import seaborn

    given = matrix.ge(0)
    seaborn.heatmap(
        matrix,
        mask=~given,
        cmap=ListedColormap([colour for _, colour in OUTCOMES.values()]),
        vmin=-0.5,
        vmax=len(OUTCOMES) - 0.5,
        cbar=False,
        linewidths=0.8 if len(matrix.columns) <= 60 else 0,
        linecolor=style.WHITE,
        xticklabels=False,
        yticklabels=True,
        ax=cells,
    )
    cells.tick_params(axis="y", length=0, rotation=0)
    chosen = "" if matrix is whole else f", {len(matrix.columns)} drawn"
    cells.set(xlabel=f"Patients ({len(whole.columns)}{chosen}), most agents first", ylabel="")
    lines.bar(np.arange(len(matrix.columns)) + 0.5, given.sum(), width=0.75, color=style.MUTED)
    lines.set(xlim=(0, len(matrix.columns)), ylabel="Agents", xticks=[])
    top = int(given.sum().max())
    lines.set_yticks(sorted({0, top // 2, top}))
    place = np.arange(len(matrix)) + 0.5
    agents.barh(place, totals, height=0.6, color=style.MUTED)
    for position, total in zip(place, totals, strict=True):
        agents.annotate(str(total), (total, position), xytext=(3, 0), textcoords="offset points", va="center")
    agents.set(xlim=(0, len(whole.columns) * 1.45), ylim=cells.get_ylim(), xticks=[], yticks=[])
    agents.set_title("Given to", fontweight="normal")
    agents.spines[["bottom", "left"]].set_visible(False)
    present = sorted(set(matrix.to_numpy().ravel().tolist()) - {-1})
    known = list(OUTCOMES.values())
    handles = [Patch(color=known[code][1], label=known[code][0]) for code in present]
    handles.append(Patch(facecolor=style.WHITE, edgecolor=style.MUTED, linewidth=0.8, label="Not given"))
    style.legend_above_all(figure, handles, columns=2)
    data = _given(whole)
    words = alternative.of_prior_treatments(data, len(whole.columns))
    return style.finish(figure, synthetic=synthetic, data=data, alternative=words)


def _given(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each agent of each patient, with the best that was recorded of it."""
    names = pd.Series([words for words, _ in OUTCOMES.values()])
    rows = matrix.T.reset_index().melt("patient_id", var_name="agent", value_name="code")
    rows = rows[rows["code"] >= 0]
    return pd.DataFrame(
        {"patient_id": rows["patient_id"], "agent": rows["agent"], "best_outcome": rows["code"].map(names)}
    )


def best_outcomes(prior: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """Return agents by patients: position of the best outcome in :data:`OUTCOMES`, -1 where never given."""
    outcome = prior["response"].astype("object").where(prior["response"].notna(), "").astype(str)
    matrix = (
        prior.assign(outcome=outcome.map(list(OUTCOMES).index))
        .pivot_table(index="agent", columns="patient_id", values="outcome", aggfunc="min", observed=True)
        .reindex(index=list(AGENTS), columns=patients["patient_id"])
        .dropna(how="all")
        .fillna(-1)
        .astype(int)
    )
    by_use = matrix.ge(0).sum(axis="columns").sort_values(ascending=False, kind="stable").index
    given = matrix.loc[by_use].ge(0).T
    # Patients with most agents first, then those with the same agents side by side.
    keys = given.assign(agents=given.sum(axis="columns"))[["agents", *by_use]]
    by_agents = keys.sort_values([str(name) for name in keys], ascending=False, kind="stable").index
    return matrix.reindex(index=by_use, columns=by_agents).rename(index=AGENTS)
