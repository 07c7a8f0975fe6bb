"""The Sphinx extension of the book: results in the prose, the record of each, notices, one style."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from itpbook.sphinxext import (
    accessibility,
    description,
    downloads,
    fonts,
    loading,
    nodes,
    numbered,
    pictures,
    search_texts,
    this_run,
)
from itpbook.sphinxext import edition_pages as edition
from itpbook.sphinxext.badge import VerdictBadge
from itpbook.sphinxext.chapter_pages import changed_pages, read_chapters
from itpbook.sphinxext.checklist import Checklist, PlaceChecklist, ReportingChecklist
from itpbook.sphinxext.claim import ClaimRole
from itpbook.sphinxext.dictionary_page import DataDictionary
from itpbook.sphinxext.notice import PlaceNotice
from itpbook.sphinxext.record import LEDGER_PAGE
from itpbook.sphinxext.title_block import EditionRole, HowToCite, TitleBlock

_STATIC = Path(__file__).resolve().parent / "static"
_SHEETS = ("fonts.css", "paper.css", "itpbook.css", "claim.css", "verification.css")
_PARTS = (
    nodes,
    edition,
    accessibility,
    numbered,
    pictures,
    downloads,
    search_texts,
    description,
    this_run,
    fonts,
    loading,
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything with Sphinx; called by it."""
    app.connect("builder-inited", read_chapters)
    app.connect("env-get-outdated", changed_pages)
    app.connect("config-inited", _add_style)
    app.connect("html-page-context", _add_script)
    app.connect("build-finished", _forget_folder)
    app.add_role("claim", ClaimRole())
    app.add_role("edition", EditionRole())
    app.add_directive("data-dictionary", DataDictionary)
    app.add_directive("verdict-badge", VerdictBadge)
    app.add_directive("reporting-checklist", ReportingChecklist)
    app.add_directive("title-block", TitleBlock)
    app.add_directive("how-to-cite", HowToCite)
    app.add_node(Checklist)
    app.add_post_transform(PlaceChecklist)
    app.add_post_transform(PlaceNotice)
    for part in _PARTS:
        part.add_to(app)
    return {"parallel_read_safe": True, "parallel_write_safe": False}


def _add_style(app: Sphinx, config: Config) -> None:
    config.html_static_path.append(str(_STATIC))
    # After the theme's own sheets, whose rules of equal weight it overrides.
    for sheet in _SHEETS:
        app.add_css_file(sheet, priority=900)
    app.add_js_file("claim.js", loading_method="defer")
    app.add_css_file("print.css", priority=910, media="print")


def _add_script(app: Sphinx, page: str, _template: str, _context: dict[str, Any], _tree: object) -> None:
    """Load the script that filters and sorts the ledger on its page; what is added here stays on this page."""
    if page == LEDGER_PAGE:
        app.add_js_file("verification.js", loading_method="defer")


def _forget_folder(app: Sphinx, error: Exception | None) -> None:
    """Remove Sphinx's note of its settings: it depends on the folder, as no other file of the book does.

    Without it the next build writes every page again, as a book needs whose results are quoted anywhere.
    """
    if error is None and app.builder.format == "html":
        (Path(app.outdir) / ".buildinfo").unlink(missing_ok=True)
