"""The directive ``pdf-link``: a way to the manuscript as a PDF, in books that are made with one."""

from __future__ import annotations

import os

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective

from itpbook.project import PDF_VARIABLE

WORDS = "PDF of the whole manuscript"


class PdfLink(SphinxDirective):
    """Links to the PDF where the build makes one; nothing otherwise."""

    def run(self) -> list[nodes.Node]:
        """Return the link in a paragraph of its own."""
        name = self.config.itpbook_pdf
        if not name:
            return []
        up = "../" * self.env.docname.count("/")
        link = nodes.reference("", WORDS, refuri=f"{up}{name}", internal=True)
        return [nodes.paragraph("", "", link, classes=["pdf-link"])]


def _asked_for(_config: Config) -> str:
    return os.environ.get(PDF_VARIABLE, "")


def add_to(app: Sphinx) -> None:
    """Register the directive and its setting."""
    app.add_config_value("itpbook_pdf", _asked_for, "env", (str,))
    app.add_directive("pdf-link", PdfLink)
