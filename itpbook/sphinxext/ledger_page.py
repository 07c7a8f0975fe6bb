"""What the verification page has beyond the others: its style, and the script that filters and sorts its table."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from itpbook.sphinxext.record import LEDGER_PAGE

STYLE = "verification.css"
SCRIPT = "verification.js"


def _add_style(app: Sphinx, _config: Config) -> None:
    # On every page: the badge and the marks of verdicts stand on others too. After the book's own sheet.
    app.add_css_file(STYLE, priority=910)


def _add_script(app: Sphinx, page: str, _template: str, _context: dict[str, Any], _tree: object) -> None:
    """Load the script on the page that holds the ledger; what is added here stays on this page."""
    if page == LEDGER_PAGE:
        app.add_js_file(SCRIPT, loading_method="defer")


def add_to(app: Sphinx) -> None:
    """Register style and script."""
    app.connect("config-inited", _add_style)
    app.connect("html-page-context", _add_script)
