"""Publication tables as numbered parts of the book: ``{numref}`` refers to them as it does to figures."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

_TABLE = re.compile(
    r'<table id="(?P<id>[^"]+)" class="publication-table[^"]*">\s*<caption>(?P<caption>.*?)</caption>', re.DOTALL
)
_TAG = re.compile(r"<[^>]*>")


class NumberedTable(nodes.raw):
    """A publication table; ``caption`` is what a reference calls it, its only id that of the table."""


def numbered_table(html: str, document: nodes.document) -> list[nodes.Element]:
    """Return the node of a publication table, known to the document by its id; nothing for any other HTML."""
    table = _TABLE.search(html)
    if table is None:
        return []
    caption = unescape(_TAG.sub("", table["caption"]))
    node = NumberedTable("", html, format="html", names=[table["id"]], caption=caption)
    document.note_explicit_target(node, node)
    return [node]


def table_number(translator: Any, node: NumberedTable) -> str:
    """Return the number of a table in words, such as ``Table 3``."""
    number = translator.builder.fignumbers["table"][node["ids"][0]]
    return str(translator.config.numfig_format["table"]) % ".".join(map(str, number))


def _visit(translator: Any, node: NumberedTable) -> None:
    number = f'<span class="caption-number">{escape(table_number(translator, node))} </span>'
    translator.body.append(node.astext().replace("<caption>", f"<caption>{number}", 1))
    raise nodes.SkipNode


def _depart(_translator: Any, _node: NumberedTable) -> None:
    """Nothing is left to write."""


def _title(node: nodes.Node) -> str:
    return str(node["caption"])  # type: ignore[index]


def add_to(app: Sphinx) -> None:
    """Register the node with Sphinx's numbering of tables."""
    app.add_enumerable_node(NumberedTable, "table", _title, html=(_visit, _depart))
