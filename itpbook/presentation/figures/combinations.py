"""Which sets of agents patients had been given before, and how many had each."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from itpbook.presentation.figures import alternative, style
from itpbook.presentation.figures.prior_treatments import AGENTS

MOST = 12
"""So many sets are drawn, the most frequent; the figure says what is left."""


@style.in_house_style
def prior_combinations(
    treatments: pd.DataFrame, patients: pd.DataFrame, *, synthetic: bool = False
) -> style.DrawnFigure:
    """Draw the sets of earlier agents as columns of dots, the number of patients with each as a bar above.

    Parameters
    ----------
    treatments
        One row per course: patient_id, agent, role; those of role ``prior`` count.
    patients
        One row per patient; those without an earlier course have the empty set.
    synthetic
        Whether to say below the figure that the records are synthetic.
    """
    sets = sets_of_agents(treatments, patients)
    if sets.empty or not any(sets["agents"]):
        return style.nothing_to_draw(
            "The records hold no earlier treatment; there are no sets of agents to draw.", synthetic=synthetic
        )
    drawn = sets.head(MOST)
    used = [agent for agent in AGENTS if any(agent in each for each in drawn["agents"])]
    figure = style.new_figure(2.3 + 0.26 * len(used))
    bars, dots = figure.subplots(2, 1, sharex=True, height_ratios=[1.3, 0.26 * len(used)])
    place = np.arange(len(drawn))
    bars.bar(place, drawn["patients"], width=0.65, color=style.BLUE)
    for position, number in zip(place, drawn["patients"], strict=True):
        bars.annotate(str(number), (position, number), xytext=(0, 2), textcoords="offset points", ha="center")
    bars.set(ylabel="Patients", ylim=(0, drawn["patients"].max() * 1.25))
    bars.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    bars.tick_params(axis="x", length=0, labelbottom=False)
    left = sets.iloc[MOST:]
    if not left.empty:
        words = f"Not drawn: {len(left)} rarer sets, {left['patients'].sum()} patients"
        bars.set_title(words, fontweight="normal", color=style.MUTED)
    for row in range(0, len(used), 2):
        dots.axhspan(row - 0.5, row + 0.5, color=style.BAND, zorder=0)
    for position, agents in zip(place, drawn["agents"], strict=True):
        rows = [used.index(agent) for agent in used if agent in agents]
        dots.plot([position] * len(used), range(len(used)), linestyle="", marker="o", markersize=5, color=style.FAINT)
        dots.plot([position] * len(rows), rows, marker="o", markersize=7, linewidth=1.5, color=style.INK)
    dots.set_yticks(range(len(used)), labels=[AGENTS[agent] for agent in used])
    dots.set(ylim=(len(used) - 0.5, -0.5), xlim=(-0.6, len(drawn) - 0.4), xticks=[])
    dots.set_xlabel("Sets of earlier agents, most frequent first")
    dots.tick_params(axis="y", length=0)
    dots.spines[:].set_visible(False)
    data = sets.assign(agents=[" + ".join(AGENTS[agent] for agent in each) or "none" for each in sets["agents"]])
    return style.finish(figure, synthetic=synthetic, data=data, alternative=alternative.of_combinations(data))


def sets_of_agents(treatments: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """Return the sets of earlier agents (tuples in the order of :data:`AGENTS`) and how many patients had each.

    Every patient is in exactly one row. Most frequent first; of equal ones the smaller, then by their order.
    """
    prior = treatments[treatments["role"].eq("prior")]
    order = {agent: number for number, agent in enumerate(AGENTS)}
    given = {patient: set(agents) for patient, agents in prior.groupby("patient_id")["agent"]}
    of_patient = [tuple(sorted(given.get(each, set()), key=order.__getitem__)) for each in patients["patient_id"]]
    rows = list(Counter(of_patient).items())
    rows.sort(key=lambda row: (-row[1], len(row[0]), [order[agent] for agent in row[0]]))
    return pd.DataFrame(rows, columns=["agents", "patients"])
