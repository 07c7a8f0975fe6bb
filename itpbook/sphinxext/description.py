"""What search engines and link previews show of a page: its first paragraph as ``<meta name="description">``."""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

LONGEST = 160
"""Characters of a description, about what is shown of one."""

_BESIDE = {"claim-mark", "claim-card"}
"""Classes of what is next to a quoted result and no part of its sentence."""

_NOTICES = {"synthetic-notice", "definitions-notice", "pdf-link"}


def description(page: nodes.document) -> str:
    """Return the first paragraph that says something of the page, cut after a whole word; empty if there is none."""
    for paragraph in page.findall(nodes.paragraph):
        words = " ".join(_sentence(paragraph).split())
        if words and not _NOTICES & set(paragraph["classes"]):
            return words if len(words) <= LONGEST else f"{words[:LONGEST].rsplit(' ', 1)[0]} …"
    return ""


def _sentence(node: nodes.Node) -> str:
    if isinstance(node, nodes.Element):
        return "" if _BESIDE & set(node.get("classes", [])) else "".join(_sentence(child) for child in node.children)
    return node.astext()


def _add(_app: Sphinx, _name: str, _template: str, context: dict[str, Any], page: nodes.document | None) -> None:
    words = description(page) if page is not None else ""
    if words:
        tag = f'<meta name="description" content="{escape(words)}" />'
        context["metatags"] = f"{context.get('metatags') or ''}\n{tag}"


def add_to(app: Sphinx) -> None:
    """Register the description of pages."""
    app.connect("html-page-context", _add)
