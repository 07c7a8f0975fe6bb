"""Whose book it is: what holds only for the published series or only for other records, and the words of a centre.

``book.json`` in the source folder tells (see :mod:`itpbook.book.sources`); where there is none, the book is that of the
published series, without a PDF.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from weakref import WeakKeyDictionary

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from itpbook import project
from itpbook.edition import TEXTS, Edition

UNWRITTEN = "Not written for this edition."


@dataclass(frozen=True)
class Book:
    """Whose book it is: the ``edition`` of a centre, or None for that of the published series.

    ``pdf`` is the name of the printed manuscript beside the pages; empty where none is printed.
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
    found = json.loads(path.read_text(encoding="utf-8"))
    edition = found.get("edition")
    return Book(None if edition is None else Edition.of_json(json.dumps(edition)), found.get("pdf", ""))


class _Only(SphinxDirective):
    """Shows what it holds in one of the two kinds of book, and nothing in the other."""

    has_content: ClassVar[bool] = True
    own: ClassVar[bool]

    def run(self) -> list[nodes.Node]:
        """Return the content, or nothing."""
        if (book_of(self.env.app).edition is not None) != self.own:
            return []
        place = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, place)
        return place.children


class OnlyPublished(_Only):
    """Content of the book of the published series alone."""

    own = False


class OnlyOwn(_Only):
    """Content of the books of other records alone."""

    own = True


class OnlyRole(SphinxRole):
    """The same within a paragraph or a caption; the text is plain words."""

    def __init__(self, *, own: bool) -> None:
        self.own = own

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the words, or nothing."""
        shown = (book_of(self.env.app).edition is not None) == self.own
        return ([nodes.Text(self.text)] if shown else []), []


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
        place = nodes.Element()
        self.state.nested_parse(StringList(text.splitlines(), "edition"), self.content_offset, place)
        set_headings(place)
        return place.children


def set_headings(text: nodes.Element) -> None:
    """Set the headings of a text below those of a section, the highest first; they open no sections of the page."""
    headings = list(text.findall(nodes.rubric))
    highest = min((int(heading["level"]) for heading in headings), default=1)
    for heading in headings:
        # MyST's name of the attribute, and that of Sphinx.
        heading["level"] = heading["heading-level"] = min(3 + int(heading["level"]) - highest, 6)


def add_to(app: Sphinx) -> None:
    """Register roles and directives."""
    app.add_directive("only-published", OnlyPublished)
    app.add_directive("only-own", OnlyOwn)
    app.add_role("only-published", OnlyRole(own=False))
    app.add_role("only-own", OnlyRole(own=True))
    app.add_directive("edition-text", EditionText)
