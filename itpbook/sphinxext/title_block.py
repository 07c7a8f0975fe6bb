"""What ``CITATION.cff``, or the edition of a centre, says: the block below the title, how to cite, the edition."""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes
from sphinx.util.docutils import SphinxDirective, SphinxRole

from itpbook import project
from itpbook.intake.citation import Citation, CitationError, read_citation
from itpbook.intake.own_edition import Edition
from itpbook.sphinxext.edition_pages import book_of
from itpbook.sphinxext.nodes import BookLink, warn
from itpbook.sphinxext.record import Target


class _FromCitation(SphinxDirective):
    """A directive that shows what the citation file says; a file that cannot be used fails a build with ``-W``."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        """Return what is shown."""
        edition = book_of(self.env.app).edition
        if edition is not None:
            return self.shown(edition.citation)
        self.env.note_dependency(str(project.CITATION))
        try:
            return self.shown(read_citation(project.CITATION))
        except CitationError as error:
            warn("citation", f"{self.name}: {error}", self.get_location())
            return []

    def shown(self, citation: Citation) -> list[nodes.Node]:
        """Return what the directive makes of the citation."""
        raise NotImplementedError


class TitleBlock(_FromCitation):
    """Authors, edition, licences and how to cite, as a list of terms below the title."""

    def shown(self, citation: Citation) -> list[nodes.Node]:
        """Return the list."""
        declarations = "pages/declarations"
        cite = BookLink.to(Target(declarations, "how-to-cite"), "More on citing")
        edition = book_of(self.env.app).edition
        if edition is None:
            authors: list[nodes.Node] = [nodes.Text(f"{', '.join(citation.authors)}. ")]
            more = _to("pages/editions", "What changed between editions")
        else:
            authors = _authors(edition)
            more = _to("pages/this-run", "This run")
        block = nodes.definition_list(
            "",
            _term("Authors", *authors, _to(declarations, "Declarations")),
            _term("Edition", nodes.Text(f"{citation.edition}. "), more),
            _term("Licence", nodes.Text("; ".join(citation.licences) or "None given")),
            _term("How to cite", nodes.Text(f"{citation.line} "), cite),
            classes=["title-block"],
        )
        return [block]


class HowToCite(_FromCitation):
    """The line by which the manuscript is cited."""

    def shown(self, citation: Citation) -> list[nodes.Node]:
        """Return the line as a paragraph of its own."""
        return [nodes.paragraph("", citation.line, classes=["how-to-cite"], support_smartquotes=False)]


class EditionRole(SphinxRole):
    """The edition in hand: its version and date; the text of the role says nothing."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the words."""
        self.env.note_dependency(str(project.CITATION))
        try:
            return [nodes.Text(read_citation(project.CITATION).edition)], []
        except CitationError as error:
            warn("citation", f"edition: {error}", self.get_location())
            return [], []


def _authors(edition: Edition) -> list[nodes.Node]:
    """Return who wrote an edition, each with the identifier of ORCID where there is one."""
    if not edition.authors:
        return [nodes.Text("Not named for this edition. ")]
    named = [f"{author.name} (ORCID {author.orcid})" if author.orcid else author.name for author in edition.authors]
    return [nodes.Text(f"{', '.join(named)}. ")]


def _to(page: str, words: str) -> BookLink:
    return BookLink.to(Target(page, page.rpartition("/")[2]), words)


def _term(word: str, *words: nodes.Node) -> nodes.definition_list_item:
    # Names and titles are printed in just their characters, without typographic quotes.
    paragraph = nodes.paragraph("", "", *words, support_smartquotes=False)
    return nodes.definition_list_item("", nodes.term("", word), nodes.definition("", paragraph))
