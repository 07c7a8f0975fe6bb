"""Pieces of a page that docutils does not know: elements with attributes of their own, links across the book.

Each is a subclass of a docutils node, so that every builder but HTML writes it as that.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

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
            resolved = Link("", "", internal=True, refuri=f"{page}#{target.fragment}", html=link["html"])
            resolved["classes"] = [*link["classes"], "internal"]
            resolved.extend(link.children)
            link.replace_self(resolved)


def to_root(env: BuildEnvironment) -> str:
    """Return the way from the page that is read or placed to the root of the book."""
    return "../" * env.docname.count("/")


def warn(subtype: str, words: str, location: Any) -> None:
    """Report what is wrong on a page, so that a build with ``-W`` fails."""
    logging.getLogger(__name__).warning(words, location=location, type="itpbook", subtype=subtype)


_TAGS: dict[type[nodes.Element], tuple[str, str]] = {
    Span: ("span", "</span>"),
    Line: ("p", "</p>\n"),
    Link: ("a", "</a>"),
}
"""How each piece begins and ends as HTML."""


def _visit(translator: Any, node: nodes.Element) -> None:
    address = {"href": node["refuri"]} if isinstance(node, Link) else {}
    translator.body.append(translator.starttag(node, _TAGS[type(node)][0], "", **address, **node["html"]))


def _depart(translator: Any, node: nodes.Element) -> None:
    translator.body.append(_TAGS[type(node)][1])


def add_to(app: Sphinx) -> None:
    """Register the nodes and the transform that places links."""
    for kind in _TAGS:
        app.add_node(kind, html=(_visit, _depart))
    app.add_post_transform(PlaceLinks)
