"""Flow of the patients: who is left at each step, who leaves and why. Its numbers add up or it is not drawn."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from itpbook.presentation import palette
from itpbook.presentation.figures import alternative, style
from itpbook.study.statistics import known_true

STEP = 0.95
"""Height of a step, inches."""
ARROW: style.Look = {"arrowstyle": "-|>", "color": palette.MUTED, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0}


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
def flow(patients: pd.DataFrame) -> style.DrawnFigure:
    """Draw how the patients of the records part: eligible, evaluable, by best response, by what became of it.

    Parameters
    ----------
    patients
        One row per patient with ``response``, ``evaluable``, ``eligible``, ``response_lost`` and ``died``. Patients who
        are not eligible leave at the side only in name: the manuscript counts all, so the figure shows how many
        they are.

    Raises
    ------
    FlowDoesNotAddUp
        When a patient belongs to none or to two of the parts of a group.
    """
    if patients.empty:
        return style.nothing_to_draw("The records hold no patients.")
    boxes = flow_boxes(patients)
    figure = style.new_figure(5 * STEP)
    figure.room_below = 0.25
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set(xlim=(0, 100), ylim=(5, 0))
    labels = {box.id: f"{box.label}\n{box.patients}" for box in boxes}
    centres = {"records": (30.0, 0.4), "eligible": (30.0, 1.4), "evaluable": (30.0, 2.4)}
    for upper, lower in (("records", "eligible"), ("eligible", "evaluable")):
        _arrow(axes, centres[upper], centres[lower])
    for name, height in (("not_eligible", 0.9), ("not_evaluable", 1.9)):
        axes.annotate("", (62, height), (30, height), arrowprops=ARROW)
        _box(axes, labels[name], (81.0, height), 37, palette.WHITE)
    for name, centre in centres.items():
        _box(axes, labels[name], centre, 56)
    for column, name in zip((17.0, 50.0, 83.0), style.RESPONSES, strict=True):
        _arrow(axes, centres["evaluable"], (column, 3.5))
        _box(axes, labels[name], (column, 3.5), 31, edge=style.RESPONSE_COLOURS[name])
        parts = [box for box in boxes if box.parent == name]
        _arrow(axes, (column, 3.5), (column, 4.5), len(parts))
        words = "\n".join(f"{box.label}: {box.patients}" for box in parts)
        _box(axes, words, (column, 4.5), 31, palette.WHITE)
    data = pd.DataFrame(boxes)
    return figure.showing(data, alternative.of_flow(data))


def flow_boxes(patients: pd.DataFrame) -> list[Box]:
    """Return the groups of the flow, each after the one that it is a part of.

    Raises
    ------
    FlowDoesNotAddUp
        As :func:`flow`.
    """
    names = ("eligible", "evaluable", "response_lost", "died")
    eligible, evaluable, lost, died = (known_true(patients[name]) for name in names)
    parts = [
        ("records", "", "Patients in the records", eligible | ~eligible),
        ("eligible", "records", "Multirefractory", eligible),
        ("not_eligible", "records", "Not multirefractory", ~eligible),
        ("evaluable", "eligible", "Response can be judged", eligible & evaluable),
        ("not_evaluable", "eligible", "No count to\njudge by", eligible & ~evaluable),
    ]
    for name in style.RESPONSES:
        members = eligible & evaluable & patients["response"].astype(str).eq(name)
        alive = members & ~died
        parts.append((name, "evaluable", style.RESPONSE_LABELS[name], members))
        if name == "none":
            parts.append((f"{name}_followed", name, "Followed", alive))
        else:
            parts.append((f"{name}_kept", name, "Response kept", alive & ~lost))
            parts.append((f"{name}_lost", name, "Response lost", alive & lost))
        parts.append((f"{name}_died", name, "Died", members & died))
    boxes = [
        Box(name, parent, label, int(members.sum()), aside=name.startswith("not_"))
        for name, parent, label, members in parts
    ]
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


def _box(
    axes: Axes, words: str, at: tuple[float, float], width: float, fill: str = palette.BAND, edge: str = palette.MUTED
) -> None:
    height = _height(words.count("\n") + 1)
    corner = (at[0] - width / 2, at[1] - height / 2)
    axes.add_patch(Rectangle(corner, width, height, facecolor=fill, edgecolor=edge, linewidth=1.2, zorder=2))
    axes.text(*at, words, ha="center", va="center", zorder=3, linespacing=1.15)


def _arrow(axes: Axes, upper: tuple[float, float], lower: tuple[float, float], lines: int = 2) -> None:
    axes.annotate("", (lower[0], lower[1] - _height(lines) / 2), (upper[0], upper[1]), arrowprops=ARROW, zorder=1)


def _height(lines: int) -> float:
    """Return the height of a box of so many lines, in steps."""
    return 0.24 * lines + 0.08
