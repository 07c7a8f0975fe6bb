"""Flow of the patients: who is left at each step, who leaves and why. Its numbers add up or it is not drawn."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from itpbook.presentation.figures import alternative, style

STEP = 0.95
"""Height of a step, inches."""


class FlowDoesNotAddUp(ValueError):
    """The parts of a group of patients are not the group; the message names the group and the numbers."""


@dataclass(frozen=True)
class Box:
    """A group of patients; ``parent`` is the id of the group it is a part of, ``aside`` whether it leaves the study."""

    id: str
    parent: str
    label: str
    patients: int
    aside: bool = False


@style.in_house_style
def flow(patients: pd.DataFrame, *, synthetic: bool = False) -> style.DrawnFigure:
    """Draw how the patients of the records part: eligible, evaluable, by best response, by what became of it.

    Parameters
    ----------
    patients
        One row per patient with ``response``, ``evaluable``, ``eligible``, ``response_lost`` and ``died``. Patients who
        are not eligible leave at the side only in name: the manuscript counts all, so the figure shows how many
        they are.
    synthetic
        Whether to say below the figure that the records are synthetic.

    Raises
    ------
    FlowDoesNotAddUp
        When a patient belongs to none or to two of the parts of a group.
    """
    if patients.empty:
        return style.nothing_to_draw("The records hold no patients.", synthetic=synthetic)
    boxes = flow_boxes(patients)
    figure = style.new_figure(5 * STEP + (0.25 if synthetic else 0.0))
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set(xlim=(0, 100), ylim=(5, 0))
    found = {box.id: box for box in boxes}
    places = {"records": (30.0, 0.4), "eligible": (30.0, 1.4), "evaluable": (30.0, 2.4)}
    for upper, lower in (("records", "eligible"), ("eligible", "evaluable")):
        _arrow(axes, places[upper], places[lower])
    for name, height in (("not_eligible", 0.9), ("not_evaluable", 1.9)):
        axes.annotate("", (62, height), (30, height), arrowprops=ARROW)
        _box(axes, found[name], (81.0, height), 37, style.WHITE)
    for name, place in places.items():
        _box(axes, found[name], place, 56, style.BAND)
    for column, name in zip((17.0, 50.0, 83.0), style.RESPONSES, strict=True):
        _arrow(axes, places["evaluable"], (column, 3.5))
        _box(axes, found[name], (column, 3.5), 31, style.BAND, edge=style.RESPONSE_COLOURS[name])
        parts = [box for box in boxes if box.parent == name]
        _arrow(axes, (column, 3.5), (column, 4.5), len(parts))
        words = "\n".join(f"{box.label}: {box.patients}" for box in parts)
        _written(axes, words, (column, 4.5), 31, style.WHITE, style.MUTED)
    data = pd.DataFrame(boxes)
    return style.finish(figure, synthetic=synthetic, data=data, alternative=alternative.of_flow(data))


ARROW: style.Look = {"arrowstyle": "-|>", "color": style.MUTED, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0}


def flow_boxes(patients: pd.DataFrame) -> list[Box]:
    """Return the groups of the flow, each after the one that it is a part of.

    Raises
    ------
    FlowDoesNotAddUp
        As :func:`flow`.
    """
    truth = {
        name: patients[name].astype("boolean").fillna(False).astype(bool)
        for name in ("eligible", "evaluable", "response_lost", "died")
    }
    eligible, evaluable = truth["eligible"], truth["eligible"] & truth["evaluable"]
    response = patients["response"].astype(str)
    boxes = [
        Box("records", "", "Patients in the records", len(patients)),
        Box("eligible", "records", "Multirefractory", int(eligible.sum())),
        Box("not_eligible", "records", "Not multirefractory", int((~eligible).sum()), aside=True),
        Box("evaluable", "eligible", "Response can be judged", int(evaluable.sum())),
        Box("not_evaluable", "eligible", "No count to\njudge by", int((eligible & ~evaluable).sum()), aside=True),
    ]
    for name in style.RESPONSES:
        members = evaluable & response.eq(name)
        boxes.append(Box(name, "evaluable", style.RESPONSE_LABELS[name], int(members.sum())))
        died = members & truth["died"]
        alive = members & ~truth["died"]
        if name == "none":
            boxes.append(Box(f"{name}_followed", name, "Followed", int(alive.sum())))
        else:
            kept = alive & ~truth["response_lost"]
            boxes.append(Box(f"{name}_kept", name, "Response kept", int(kept.sum())))
            boxes.append(Box(f"{name}_lost", name, "Response lost", int((alive & truth["response_lost"]).sum())))
        boxes.append(Box(f"{name}_died", name, "Died", int(died.sum())))
    check_sums(boxes)
    return boxes


def check_sums(boxes: list[Box]) -> None:
    """Refuse boxes of which the parts of one are not the whole.

    Raises
    ------
    FlowDoesNotAddUp
        As :func:`flow`.
    """
    for box in boxes:
        parts = [part.patients for part in boxes if part.parent == box.id]
        if parts and sum(parts) != box.patients:
            msg = f"{box.label}: {' + '.join(map(str, parts))} is not {box.patients}"
            raise FlowDoesNotAddUp(msg)


def _box(axes: Axes, box: Box, at: tuple[float, float], width: float, fill: str, edge: str = style.MUTED) -> None:
    _written(axes, f"{box.label}\n{box.patients}", at, width, fill, edge)


def _written(axes: Axes, words: str, at: tuple[float, float], width: float, fill: str, edge: str) -> None:
    lines = words.count("\n") + 1
    height = _height(lines)
    corner = (at[0] - width / 2, at[1] - height / 2)
    axes.add_patch(Rectangle(corner, width, height, facecolor=fill, edgecolor=edge, linewidth=1.2, zorder=2))
    axes.text(*at, words, ha="center", va="center", zorder=3, linespacing=1.15)


def _arrow(axes: Axes, upper: tuple[float, float], lower: tuple[float, float], lines: int = 2) -> None:
    axes.annotate("", (lower[0], lower[1] - _height(lines) / 2), (upper[0], upper[1]), arrowprops=ARROW, zorder=1)


def _height(lines: int) -> float:
    """Return the height of a box of so many lines, in steps."""
    return 0.24 * lines + 0.08
