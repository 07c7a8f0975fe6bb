"""What every page says first: whether the records are synthetic, by which definitions, and which numbers it withholds.

A chapter records its run; the notice is set below the title, where no folded cell can hide it. Pages that
record nothing quote the chapters, so they carry what holds for any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from itpbook.definitions import CHANGED, NAMED, SOURCE
from itpbook.sphinxext.chapter_pages import record_of
from itpbook.sphinxext.nodes import Line

TITLE = "Synthetic records"
WORDS = (
    "The records behind this page were reconstructed from the published figures. They are not patients, and"
    " nothing computed from them beyond the published figures is a finding."
)


class Run(nodes.General, nodes.Element):
    """Where a chapter recorded its run; taken out of the page when the notice is set."""


class PlaceNotice(SphinxPostTransform):
    """Sets the notice of a page below its title, and takes the recorded runs out of the cells."""

    # After MyST-NB has chosen among the outputs (4), before it folds cells away (199).
    default_priority = 100

    def run(self, **_: Any) -> None:
        """Change the page."""
        recorded = list(self.document.findall(Run))
        for node in recorded:
            _take_out(node)
        runs = [node["payload"] for node in recorded] or record_of(self.app).runs
        title = next(self.document.findall(nodes.title), None)
        if title is None:
            self.document.insert(0, notice(runs))
        else:
            title.parent.insert(title.parent.index(title) + 1, notice(runs))


def notice(runs: Iterable[Mapping[str, Any]]) -> list[nodes.Node]:
    """Return what has to be said of these runs: nothing of real records by the source's definitions."""
    runs = list(runs)
    notices: list[nodes.Node] = []
    if any(run["records"]["synthetic"] for run in runs):
        notices.append(_note("synthetic-notice", nodes.strong("", f"{TITLE}."), nodes.Text(f" {WORDS}")))
    departures = sorted({words for run in runs if (words := departure(run))})
    return [*notices, *(_note("definitions-notice", nodes.Text(words)) for words in [*departures, *_withheld(runs)])]


def _withheld(runs: Iterable[Mapping[str, Any]]) -> list[str]:
    """Say which numbers of patients are not printed."""
    thresholds = sorted({int(run["parameters"].get("suppress_below", 0)) for run in runs} - {0})
    return [
        f"Small numbers are not printed: counts above zero and below {below}, what would reveal them, and the "
        "values of single patients."
        for below in thresholds
    ]


def _note(kind: str, *words: nodes.Node) -> Line:
    return Line("", "", *words, classes=[kind], html={"role": "note"})


def departure(run: Mapping[str, Any]) -> str:
    """Say by which definitions a chapter was computed where they are not the source's; empty otherwise."""
    name = str(run["definitions"]).removesuffix(CHANGED)
    base = NAMED.get(name, SOURCE)
    changed = [
        f"{parameter.replace('_', ' ')} {value:g}"
        for parameter, value in run["parameters"].items()
        if value is not None and hasattr(base, parameter) and value != getattr(base, parameter)
    ]
    if name == SOURCE.name and not changed:
        return ""
    return f"Definitions: {name}{', with ' if changed else ''}{', '.join(changed)}."


def _take_out(node: nodes.Node) -> None:
    """Remove a node, and the parts of its cell that hold nothing else."""
    parent = node.parent
    parent.remove(node)
    while isinstance(parent, nodes.container) and not parent.children:
        empty, parent = parent, parent.parent
        parent.remove(empty)
