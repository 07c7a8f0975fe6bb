"""Whose book it is: what holds only for the published series, and the words of a centre.

``book.json`` in the source folder says which (see :mod:`itpbook.book.page_sources`); where there is none, the book is
that of the published series, without a PDF.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from docutils import nodes
from markupsafe import escape
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from itpbook import project
from itpbook.intake.edition_texts import Quotable, check_text, reference_keys
from itpbook.intake.own_edition import TEXTS, Edition
from itpbook.sphinxext.chapter_pages import record_of

UNWRITTEN = "Not written for this edition."

_PLAIN_WORDS = {
    *("project", "author", "copyright", "docstitle", "shorttitle", "logo_alt"),
    *("root_title", "pagetitle", "page_description"),
}
"""What the templates of Sphinx and of the theme are given as text; some of them set it as HTML."""


@dataclass(frozen=True)
class Book:
    """Whose book it is: the ``edition`` of a centre, or None for that of the published series.

    ``pdf`` is the name of the printed manuscript next to the pages; empty where none is printed.
    """

    edition: Edition | None = None
    pdf: str = ""


_BOOKS: WeakKeyDictionary[Sphinx, Book] = WeakKeyDictionary()


def book_of(app: Sphinx) -> Book:
    """Return whose book is being made."""
    if app not in _BOOKS:
        _BOOKS[app] = read_book(Path(app.srcdir) / project.BOOK_FILE)
    return _BOOKS[app]


def read_book(path: Path) -> Book:
    """Read whose book it is; that of the published series where there is no such file."""
    if not path.is_file():
        return Book()
    book = json.loads(path.read_text(encoding="utf-8"))
    edition = book.get("edition")
    return Book(None if edition is None else Edition.of_json(json.dumps(edition)), book.get("pdf", ""))


class OnlyPublished(SphinxRole):
    """Plain words of a caption that hold of the published series alone."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the words, or nothing in a book of other records."""
        return ([nodes.Text(self.text)] if book_of(self.env.app).edition is None else []), []


class EditionText(SphinxDirective):
    """A block of text that a centre wrote for its edition, or a line that says that it did not."""

    required_arguments: ClassVar[int] = 1
    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        """Return the text as parts of the page."""
        name = self.arguments[0]
        if name not in TEXTS:
            raise self.error(f"edition-text: no text {name!r}; known: {', '.join(TEXTS)}")
        edition = book_of(self.env.app).edition
        text = edition.texts.get(name, "") if edition else ""
        if not text:
            return [nodes.paragraph("", "", nodes.emphasis("", UNWRITTEN), classes=["unwritten"])]
        rendered = nodes.Element()
        self._render(name, text, rendered)
        set_headings(rendered)
        return rendered.children

    def _render(self, name: str, text: str, parent: nodes.Element) -> None:
        """Render a text that holds nothing but what it may; of any other the build fails, whoever wrote it."""
        renderer = self.state._renderer  # type: ignore[attr-defined]
        quotable = Quotable(
            reference_keys(Path(self.env.srcdir) / "references.bib"), record_of(self.env.app).lines.keys()
        )
        # The tokens that were checked are rendered: a text that is parsed twice could be read in two ways.
        tokens, problems = check_text(text, renderer.md, quotable)
        if problems:
            lines = "; ".join(f"line {problem.where[0] + 1}: {problem.content}" for problem in problems)
            raise self.error(f"edition-text {name}: not allowed in a text: {lines}")
        for token in tokens:
            token.map = [self.lineno, self.lineno] if token.map else None
            for noted in (token, *(token.children or ())):
                if "label" in noted.meta:
                    # Notes are those of their text, whatever other texts of the page call theirs.
                    noted.meta["label"] = f"{name}-{noted.meta['label']}"
        with renderer.current_node_context(parent):
            renderer._render_tokens(tokens)
        for link in parent.findall(nodes.reference):
            # MyST escapes addresses, and whoever writes the page escapes them again.
            if "refuri" in link:
                link["refuri"] = unescape(link["refuri"])


class EditionTitle(SphinxRole):
    """The title of an edition, in just its characters; the text of the role says nothing."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the words."""
        edition = book_of(self.env.app).edition
        # Typographic quotes and dashes are for prose.
        return [nodes.inline("", edition.title if edition else "", support_smartquotes=False)], []


def set_headings(text: nodes.Element) -> None:
    """Set the headings of a text below those of a section, the highest first; they open no sections of the page."""
    headings = list(text.findall(nodes.rubric))
    highest = min((int(heading["level"]) for heading in headings), default=1)
    for heading in headings:
        # MyST's name of the attribute, and that of Sphinx.
        heading["level"] = heading["heading-level"] = min(3 + int(heading["level"]) - highest, 6)


def _escape_names(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """Escape plain words once, for all templates: those that escape them themselves leave them as they are then."""
    for name in _PLAIN_WORDS:
        if isinstance(context.get(name), str):
            context[name] = escape(context[name])


def add_to(app: Sphinx) -> None:
    """Register roles and directives."""
    app.add_role("only-published", OnlyPublished())
    app.add_directive("edition-text", EditionText)
    app.add_role("edition-title", EditionTitle())
    # After the theme, which adds to them.
    app.connect("html-page-context", _escape_names, priority=850)
