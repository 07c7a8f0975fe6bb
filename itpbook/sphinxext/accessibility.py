"""What the theme, docutils and MyST-NB leave inaccessible, mended; images without words are refused.

Each mend answers a rule of axe: lists of citations (``aria-required-children``, deprecated roles) and folded
cells (``label-content-name-mismatch``). The templates next to this module do the same for the sidebar (``region``,
``label-content-name-mismatch``).
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform

from itpbook.sphinxext.nodes import warn

TEMPLATES = Path(__file__).resolve().parent / "templates"

_IMAGE = re.compile(r"<img\b[^>]*>")
_ALT = re.compile(r"""\balt\s*=\s*(?P<quote>["'])(?P<words>.*?)(?P=quote)""", re.DOTALL)
_FILE_NAME = re.compile(r"(.*[/\\])?[^\s/\\]+\.(svg|png|jpe?g|gif|webp|pdf)", re.IGNORECASE)


class RequireAlternativeText(SphinxPostTransform):
    """Reports images without alternative text, or with a file name for one: a build with ``-W`` fails."""

    default_priority = 210
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Look at the images of the page, those of HTML outputs included."""
        for image in self.document.findall(nodes.image):
            self._check(image, image.get("alt", ""))
        for output in self.document.findall(nodes.raw):
            for tag in _IMAGE.findall(output.astext()):
                alternative = _ALT.search(tag)
                self._check(output, alternative["words"] if alternative else "")

    def _check(self, node: nodes.Element, words: str) -> None:
        if words.strip() and not _FILE_NAME.fullmatch(words.strip()):
            return
        lack = f"a file name for alternative text ({words})" if words.strip() else "no alternative text"
        warn("alt", f"{_cell(node)}image has {lack}; say what it shows", node)


def _cell(node: nodes.Element) -> str:
    """Name the notebook cell that a node comes from, counted from one; empty outside of cells."""
    parent = node.parent
    while parent is not None:
        if isinstance(parent, nodes.Element) and parent.get("nb_element") == "cell_code":
            return f"cell {parent['cell_index'] + 1}: "
        parent = parent.parent
    return ""


def _visit_citation(translator: Any, node: nodes.citation) -> None:
    if not isinstance(node.previous_sibling(), nodes.citation):
        translator.body.append('<ul class="citation-list">\n')
    translator.body.append(translator.starttag(node, "li", CLASS="citation"))


def _depart_citation(translator: Any, node: nodes.citation) -> None:
    translator.body.append("</li>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        translator.body.append("</ul>\n")


def _visit_folded(translator: Any, node: HideCodeCellNode) -> None:
    translator.body.append(translator.starttag(node, "details", CLASS="hide"))
    translator.body.append(f"<summary>{escape(node['prompt_show'])}</summary>\n")


def _depart_folded(translator: Any, _node: HideCodeCellNode) -> None:
    translator.body.append("</details>\n")


def _add_templates(_app: Sphinx, config: Config) -> None:
    config.templates_path.append(str(TEMPLATES))


def add_to(app: Sphinx) -> None:
    """Register the mends."""
    # Both are the other packages' nodes, and only their HTML changes.
    app.setup_extension("myst_nb")
    app.add_node(nodes.citation, override=True, html=(_visit_citation, _depart_citation))
    app.add_node(HideCodeCellNode, override=True, html=(_visit_folded, _depart_folded))
    app.add_post_transform(RequireAlternativeText)
    app.connect("config-inited", _add_templates)
