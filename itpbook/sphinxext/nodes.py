"""Pieces of a page that docutils does not know: elements with attributes of their own, links across the book.

Each is a subclass of a docutils node, so that every builder but HTML writes it as that.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from itpbook.sphinxext.record import Target


class Span(nodes.inline):
    """An inline element; what ``html`` holds becomes attributes of the span."""


class Line(nodes.paragraph):
    """A paragraph; what ``html`` holds becomes attributes of it."""


class BookLink(nodes.inline):
    """Words that lead to a :class:`Target` of the book; they become a link once the page is placed."""

    @classmethod
    def to(
        cls, target: Target, words: str, *, classes: list[str] | None = None, label: str = "", **html: str
    ) -> BookLink:
        """Return a link of plain words; ``label`` is what a screen reader says instead of them.

        ``html`` are further attributes.
        """
        attributes = {"aria-label": label, **html} if label else html
        return cls("", words, target=target, classes=classes or [], html=attributes)


class Link(nodes.reference):
    """A resolved link; what ``html`` holds becomes attributes of it."""


class PlaceLinks(SphinxPostTransform):
    """Gives each link of the book its address, seen from the page that it stands on."""

    default_priority = 220
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Replace each :class:`BookLink`."""
        for link in list(self.document.findall(BookLink)):
            target: Target = link["target"]
            page = self.app.builder.get_relative_uri(self.env.docname, target.page)
            place = Link("", "", internal=True, refuri=f"{page}#{target.fragment}", html=link["html"])
            place["classes"] = [*link["classes"], "internal"]
            place.extend(link.children)
            link.replace_self(place)


def _visit_span(translator: Any, node: Span) -> None:
    translator.body.append(translator.starttag(node, "span", "", **node["html"]))


def _depart_span(translator: Any, _node: Span) -> None:
    translator.body.append("</span>")


def _visit_line(translator: Any, node: Line) -> None:
    translator.body.append(translator.starttag(node, "p", "", **node["html"]))


def _depart_line(translator: Any, _node: Line) -> None:
    translator.body.append("</p>\n")


def _visit_link(translator: Any, node: Link) -> None:
    translator.body.append(translator.starttag(node, "a", "", href=node["refuri"], **node["html"]))


def _depart_link(translator: Any, _node: Link) -> None:
    translator.body.append("</a>")


def add_to(app: Sphinx) -> None:
    """Register the nodes and the transform that places links."""
    app.add_node(Span, html=(_visit_span, _depart_span))
    app.add_node(Line, html=(_visit_line, _depart_line))
    app.add_node(Link, html=(_visit_link, _depart_link))
    app.add_post_transform(PlaceLinks)
