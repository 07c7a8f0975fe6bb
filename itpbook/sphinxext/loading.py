"""What a page loads: no script that holds it up, and nothing that no reader needs.

Theme and extensions bring scripts that hold up the page, source maps, which only serve to debug them, and icons that
stand on no page.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

_OPTIONS = "_static/documentation_options.js"
_UNUSED = (
    "**/*.map",
    # All icons of the theme once more as a script (see templates/static/webpack-macros.html).
    "scripts/fontawesome.js*",
    # The icons of pages are in the one font that is left.
    "vendor/fontawesome/webfonts/*.ttf",
    "vendor/fontawesome/webfonts/fa-brands-*",
    "vendor/fontawesome/webfonts/fa-regular-*",
)
SOURCE_MAP = re.compile(r"""\s*(?://[#@]\s*sourceMappingURL=\S+|/\*[#@]\s*sourceMappingURL=[^*]*\*/)""")


def defer_scripts(app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """Let scripts wait for the page, but those of the search page, which start each other while it is read."""
    if page == "search":
        return
    waiting = []
    for script in context["script_files"]:
        made, attributes = type(script), script.attributes
        if script.filename and str(script.filename) == _OPTIONS:
            # The theme adds to these options while the page is read; they are too short for a file.
            options = (Path(app.outdir) / _OPTIONS).read_text(encoding="utf-8")
            script = made(None, priority=script.priority, body=options)
        elif script.filename and not {"async", "defer"} & set(attributes):
            script = made(script.filename, priority=script.priority, **attributes, defer="defer")
        waiting.append(script)
    context["script_files"] = waiting


def drop_unused_files(app: Sphinx, error: Exception | None) -> None:
    """Remove what the theme and extensions bring and no page loads, and the comments that point to source maps."""
    if error is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    for pattern in _UNUSED:
        for path in list(static.glob(pattern)):
            path.unlink()
    for path in [*static.rglob("*.css"), *static.rglob("*.js")]:
        text = path.read_bytes().decode("utf-8")
        if (without := SOURCE_MAP.sub("", text)) != text:
            path.write_bytes(without.encode("utf-8"))


def add_to(app: Sphinx) -> None:
    """Register all of it, after what others add to a page."""
    app.connect("html-page-context", defer_scripts, priority=900)
    app.connect("build-finished", drop_unused_files, priority=890)
