"""Treatments before the combination: which patient had which agent, what came of it, and which sets patients had."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from itpbook.presentation import palette
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

MOST = 12
"""So many sets of agents are drawn, the most frequent; the figure says what is left."""

COLUMNS = 90
"""At most so many patients have a column, evenly chosen among all; the axis says so."""

OUTCOMES = {
    "CR": ("Complete response", palette.BLUE),
    "R": ("Response", palette.ORANGE),
    "lost": ("Response, later lost", palette.AMBER),
    "none": ("No response", palette.GREY),
    "": ("Not recorded", palette.SILVER),
}
"""What a centre recorded of an earlier course, best first, with its colour."""


@style.in_house_style
def prior_treatments(treatments: pd.DataFrame, patients: pd.DataFrame) -> style.DrawnFigure:
    """Draw patients by earlier agents, coloured by what the best course achieved, with both sums.

    Parameters
    ----------
    treatments
        One row per course: patient_id, agent, role, response; those of role ``prior`` are drawn.
    patients
        One row per patient; those without earlier courses are shown too.
    """
    prior = treatments[(treatments["role"] == "prior") & treatments["patient_id"].isin(patients["patient_id"])]
    if prior.empty:
        return style.nothing_to_draw("The records hold no earlier treatment; there are no lines to draw.")
    outcomes = best_outcomes(prior, patients)
    totals = outcomes.ge(0).sum(axis="columns")
    matrix = style.evenly(outcomes.T, COLUMNS).T
    figure = style.new_figure(1.9 + 0.27 * len(matrix))
    heights = [0.9, 0.27 * len(matrix)]
    (lines, corner), (cells, agents) = figure.subplots(2, 2, height_ratios=heights, width_ratios=[4.2, 1])
    corner.set_axis_off()
    # seaborn takes seconds to import.
    import seaborn

    received = matrix.ge(0)
    seaborn.heatmap(
        matrix,
        mask=~received,
        cmap=ListedColormap([colour for _, colour in OUTCOMES.values()]),
        vmin=-0.5,
        vmax=len(OUTCOMES) - 0.5,
        cbar=False,
        linewidths=0.8 if len(matrix.columns) <= 60 else 0,
        linecolor=palette.WHITE,
        xticklabels=False,
        yticklabels=True,
        ax=cells,
    )
    cells.tick_params(axis="y", length=0, rotation=0)
    chosen = "" if len(matrix.columns) == len(outcomes.columns) else f", {len(matrix.columns)} drawn"
    cells.set(xlabel=f"Patients ({len(outcomes.columns)}{chosen}), most agents first", ylabel="")
    lines.bar(np.arange(len(matrix.columns)) + 0.5, received.sum(), width=0.75, color=palette.MUTED)
    lines.set(xlim=(0, len(matrix.columns)), ylabel="Agents", xticks=[])
    top = int(received.sum().max())
    lines.set_yticks(sorted({0, top // 2, top}))
    rows = np.arange(len(matrix)) + 0.5
    agents.barh(rows, totals, height=0.6, color=palette.MUTED)
    for row, total in zip(rows, totals, strict=True):
        agents.annotate(str(total), (total, row), xytext=(3, 0), textcoords="offset points", va="center")
    agents.set(xlim=(0, len(outcomes.columns) * 1.45), ylim=cells.get_ylim(), xticks=[], yticks=[])
    agents.set_title("Given to", fontweight="normal")
    agents.spines[["bottom", "left"]].set_visible(False)
    present = sorted(set(matrix.to_numpy().ravel().tolist()) - {-1})
    looks = list(OUTCOMES.values())
    handles = [Patch(color=looks[code][1], label=looks[code][0]) for code in present]
    handles.append(Patch(facecolor=palette.WHITE, edgecolor=palette.MUTED, linewidth=0.8, label="Not given"))
    style.legend_above_all(figure, handles, columns=2)
    data = _given(outcomes)
    return figure.showing(data, alternative.of_prior_treatments(data, len(outcomes.columns)))


def _given(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each agent of each patient, with the best that was recorded of it."""
    names = pd.Series([words for words, _ in OUTCOMES.values()])
    rows = matrix.T.reset_index().melt("patient_id", var_name="agent", value_name="code")
    rows = rows[rows["code"] >= 0]
    return rows[["patient_id", "agent"]].assign(best_outcome=rows["code"].map(names))


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
    received = matrix.loc[by_use].ge(0).T
    # Patients with most agents first, then those with the same agents side by side.
    keys = received.assign(agents=received.sum(axis="columns"))[["agents", *by_use]]
    by_agents = keys.sort_values([str(name) for name in keys], ascending=False, kind="stable").index
    return matrix.reindex(index=by_use, columns=by_agents).rename(index=AGENTS)


@style.in_house_style
def prior_combinations(treatments: pd.DataFrame, patients: pd.DataFrame) -> style.DrawnFigure:
    """Draw the sets of earlier agents as columns of dots, the number of patients with each as a bar above.

    Parameters
    ----------
    treatments
        One row per course: patient_id, agent, role; those of role ``prior`` count.
    patients
        One row per patient; those without an earlier course have the empty set.
    """
    sets = sets_of_agents(treatments, patients)
    if sets.empty or not any(sets["agents"]):
        return style.nothing_to_draw("The records hold no earlier treatment; there are no sets of agents to draw.")
    drawn = sets.head(MOST)
    used = [agent for agent in AGENTS if any(agent in agents for agents in drawn["agents"])]
    figure = style.new_figure(2.3 + 0.26 * len(used))
    bars, dots = figure.subplots(2, 1, sharex=True, height_ratios=[1.3, 0.26 * len(used)])
    columns = np.arange(len(drawn))
    bars.bar(columns, drawn["patients"], width=0.65, color=palette.BLUE)
    for column, number in zip(columns, drawn["patients"], strict=True):
        bars.annotate(str(number), (column, number), xytext=(0, 2), textcoords="offset points", ha="center")
    bars.set(ylabel="Patients", ylim=(0, drawn["patients"].max() * 1.25))
    bars.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    bars.tick_params(axis="x", length=0, labelbottom=False)
    left = sets.iloc[MOST:]
    if not left.empty:
        words = f"Not drawn: {len(left)} rarer sets, {left['patients'].sum()} patients"
        bars.set_title(words, fontweight="normal", color=palette.MUTED)
    for row in range(0, len(used), 2):
        dots.axhspan(row - 0.5, row + 0.5, color=palette.BAND, zorder=0)
    for column, agents in zip(columns, drawn["agents"], strict=True):
        rows = [used.index(agent) for agent in used if agent in agents]
        dots.plot([column] * len(used), range(len(used)), linestyle="", marker="o", markersize=5, color=palette.FAINT)
        dots.plot([column] * len(rows), rows, marker="o", markersize=7, linewidth=1.5, color=palette.INK)
    dots.set_yticks(range(len(used)), labels=[AGENTS[agent] for agent in used])
    dots.set(ylim=(len(used) - 0.5, -0.5), xlim=(-0.6, len(drawn) - 0.4), xticks=[])
    dots.set_xlabel("Sets of earlier agents, most frequent first")
    dots.tick_params(axis="y", length=0)
    dots.spines[:].set_visible(False)
    data = sets.assign(agents=[" + ".join(AGENTS[agent] for agent in agents) or "none" for agents in sets["agents"]])
    return figure.showing(data, alternative.of_combinations(data))


def sets_of_agents(treatments: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """Return the sets of earlier agents (tuples in the order of :data:`AGENTS`) and how many patients had each.

    Every patient is in exactly one row. Most frequent first; of equal ones the smaller, then by their order.
    """
    prior = treatments[treatments["role"].eq("prior")]
    order = {agent: number for number, agent in enumerate(AGENTS)}
    agents_of = {patient: set(agents) for patient, agents in prior.groupby("patient_id")["agent"]}
    sets = [tuple(sorted(agents_of.get(patient, ()), key=order.__getitem__)) for patient in patients["patient_id"]]
    rows = list(Counter(sets).items())
    rows.sort(key=lambda row: (-row[1], len(row[0]), [order[agent] for agent in row[0]]))
    return pd.DataFrame(rows, columns=["agents", "patients"])
