"""What the verification page has beyond the others: the script that filters and sorts its table."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from itpbook.sphinxext.record import LEDGER_PAGE

SCRIPT = "verification.js"


def _add_script(app: Sphinx, page: str, _template: str, _context: dict[str, Any], _tree: object) -> None:
    """Load the script on the page that holds the ledger; what is added here stays on this page."""
    if page == LEDGER_PAGE:
        app.add_js_file(SCRIPT, loading_method="defer")


def add_to(app: Sphinx) -> None:
    """Register the script."""
    app.connect("html-page-context", _add_script)
