"""The directive ``pdf-link``: a way to the manuscript as a PDF, in books that are made with one."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from itpbook.sphinxext.edition_pages import book_of

WORDS = "PDF of the whole manuscript"


class PdfLink(SphinxDirective):
    """Links to the PDF where the build makes one; nothing otherwise."""

    def run(self) -> list[nodes.Node]:
        """Return the link in a paragraph of its own."""
        name = book_of(self.env.app).pdf
        if not name:
            return []
        up = "../" * self.env.docname.count("/")
        link = nodes.reference("", WORDS, refuri=f"{up}{name}", internal=True)
        return [nodes.paragraph("", "", link, classes=["pdf-link"])]


def add_to(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("pdf-link", PdfLink)
