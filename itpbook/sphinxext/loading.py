"""What a page loads before it can be read: one style sheet, with what the book's pages use, and no script.

Theme and extensions bring a dozen sheets with rules for thousands of names and icons, and scripts that hold up the
page. Here the sheets become one, without the rules for names that stand nowhere in the book; the fonts of icons keep
the icons that are left; scripts wait until the page is read. Source maps, which only serve to debug theme and
extensions, are left out.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import lightningcss
from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx

from itpbook.sphinxext.fonts import FOLDER, font_files

SHEET = "_static/book.css"
"""The one sheet, from the root of the book."""

_OPTIONS = "_static/documentation_options.js"
_OF_THEME = ("_static/styles/theme.css", "_static/styles/pydata-sphinx-theme.css")
"""Sheets that the theme's templates load before all others; ours loads the one sheet instead."""

_IMPORT = re.compile(r"""@import\s*["']([^"']+)["']\s*;""")
_URL = re.compile(r"""url\(\s*(["']?)(?!data:|[a-z]+:|#|/)([^"')]+)\1\s*\)""")
_CHARSET = re.compile(r"@charset[^;]*;")
_LICENCE = re.compile(r"/\*!.*?\*/", re.DOTALL)
_NAME = re.compile(r"[.#]((?:[A-Za-z_]|-[A-Za-z_-])[\w-]*)")
_WORD = re.compile(r"[A-Za-z_-][\w-]*")
_ICON = re.compile(r"[\ue000-\uf8ff]|\\([ef][0-9a-f]{3})", re.IGNORECASE)
_SCRIPT = re.compile(r"""<script\b[^>]*\bsrc="([^"?]+)""")
SOURCE_MAP = re.compile(r"""\s*(?://[#@]\s*sourceMappingURL=\S+|/\*[#@]\s*sourceMappingURL=[^*]*\*/)""")
_SHEET_LINK = re.compile(rf"({re.escape(SHEET)})(?:\?v=[0-9a-f]+)?")


def defer_scripts(app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """Let scripts wait for the page, but those of the search page, which start each other while it is read."""
    if page == "search":
        return
    waiting = []
    for script in context["script_files"]:
        made, given = type(script), script.attributes
        if script.filename and str(script.filename) == _OPTIONS:
            # The theme adds to these options while the page is read; they are too short for a file.
            options = (Path(app.outdir) / _OPTIONS).read_text(encoding="utf-8")
            script = made(None, priority=script.priority, body=options)
        elif script.filename and not {"async", "defer"} & set(given):
            script = made(script.filename, priority=script.priority, **given, defer="defer")
        waiting.append(script)
    context["script_files"] = waiting


def take_sheets(app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """Take the sheets for screens out of a page; the template loads the one sheet that is made of them."""
    own = [sheet for sheet in context["css_files"] if sheet.attributes.get("media") != "print"]
    context["css_files"] = [sheet for sheet in context["css_files"] if sheet not in own]
    taken = app.builder.__dict__.setdefault("itpbook_sheets", dict.fromkeys(_OF_THEME))
    taken.update(dict.fromkeys(str(sheet.filename) for sheet in own))


def one_sheet(root: Path, sheets: Iterable[str], texts: Iterable[str]) -> str:
    """Make one style sheet of several.

    Parameters
    ----------
    root
        Folder of the book.
    sheets
        The sheets in their order, from the root; those that they import are taken in where they stand.
    texts
        Pages and scripts of the book. Rules for a class or an id that is no word of theirs are left out; words that
        end in a hyphen are beginnings of names that scripts put together.

    Returns
    -------
    str
        The sheet to stand at :data:`SHEET`, with the notes of licences that the sheets hold.
    """
    whole = "\n".join(_flat(root, root / sheet) for sheet in sheets)
    words: set[str] = set()
    for text in texts:
        words.update(_WORD.findall(text))
    beginnings = tuple(word for word in words if word.endswith("-") and len(word) > 2)
    unused = {name for name in _NAME.findall(whole) if name not in words and not name.startswith(beginnings)}
    licences = "\n".join(dict.fromkeys(_LICENCE.findall(whole)))
    rules = lightningcss.process_stylesheet(_LICENCE.sub("", whole), filename=SHEET, unused_symbols=unused)
    return f"{licences}\n{rules}\n"


def _flat(root: Path, sheet: Path) -> str:
    """Return a sheet with what it imports, its addresses counted from the folder of the one sheet."""
    folder = sheet.parent

    def moved(address: re.Match[str]) -> str:
        path = Path(address[2])
        target = (folder / path).resolve().relative_to((root / SHEET).resolve().parent)
        return f'url("{target.as_posix()}")'

    text = _CHARSET.sub("", sheet.read_text(encoding="utf-8"))
    before = "".join(_flat(root, folder / name) for name in _IMPORT.findall(text))
    return before + _URL.sub(moved, _IMPORT.sub("", text))


def fonts_of(root: Path, sheet: str) -> Iterator[Path]:
    """Go through the files of fonts that a sheet at :data:`SHEET` may load."""
    for _, address in _URL.findall(sheet):
        path = (root / SHEET).parent / address
        if path.suffix in (".woff2", ".ttf"):
            yield path


def with_icons(font: bytes, icons: set[int]) -> bytes:
    """Return a font with nothing but some icons, by their code points; the same font always as the same bytes."""
    loaded = TTFont(io.BytesIO(font), recalcTimestamp=False)
    options = subset.Options(notdef_outline=True, name_IDs=[0, 1, 2, 13, 14], recalc_timestamp=False)
    cut = subset.Subsetter(options)
    cut.populate(unicodes=icons)
    cut.subset(loaded)
    written = io.BytesIO()
    loaded.save(written)
    return written.getvalue()


def write_sheet(app: Sphinx, error: Exception | None) -> None:
    """Write the one sheet once all pages are there, and have each page load it under its digest."""
    if error is not None or app.builder.format != "html":
        return
    root = Path(app.outdir)
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.html"))}
    # A theme brings scripts that no page loads.
    loaded = {(path.parent / name).resolve() for path, text in pages.items() for name in _SCRIPT.findall(text)}
    scripts = [path.read_text(encoding="utf-8") for path in sorted(loaded) if path.is_file()]
    sheet = one_sheet(root, app.builder.__dict__["itpbook_sheets"], [*pages.values(), *scripts])
    (root / SHEET).write_text(sheet, encoding="utf-8", newline="\n")
    icons = {ord(found[0]) if found[1] is None else int(found[1], 16) for found in _ICON.finditer(sheet)}
    fonts = root / FOLDER
    fonts.mkdir(exist_ok=True)
    for name, content in font_files().items():
        (fonts / name).write_bytes(content)
    for path in fonts_of(root, sheet):
        if path.parent != fonts:
            path.write_bytes(with_icons(path.read_bytes(), icons))
    digest = hashlib.sha256(sheet.encode()).hexdigest()[:8]
    for path, text in pages.items():
        path.write_text(_SHEET_LINK.sub(rf"\1?v={digest}", text), encoding="utf-8", newline="\n")


def drop_source_maps(app: Sphinx, error: Exception | None) -> None:
    """Remove the source maps that theme and extensions bring, and the comments that point to them."""
    if error is not None or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*")):
        if path.suffix == ".map":
            path.unlink()
        elif path.suffix in (".css", ".js"):
            text = path.read_bytes().decode("utf-8")
            if (without := SOURCE_MAP.sub("", text)) != text:
                path.write_bytes(without.encode("utf-8"))


def add_to(app: Sphinx) -> None:
    """Register all of it, after what others add to a page."""
    # Each font that is cut says twenty things about it, among which a warning of the book would not be found.
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    app.connect("html-page-context", defer_scripts, priority=900)
    app.connect("html-page-context", take_sheets, priority=900)
    # Before the sheet, whose address holds a digest of its bytes.
    app.connect("build-finished", drop_source_maps, priority=890)
    app.connect("build-finished", write_sheet, priority=900)
