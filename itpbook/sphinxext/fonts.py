"""The fonts of the book: whole files of packages, with their licences next to them; ``static/fonts.css`` declares them.

Text is set in Source Serif and Source Sans. Code, and the few characters that these lack, are set in DejaVu Sans Mono,
which matplotlib ships.
"""

from __future__ import annotations

import shutil
from importlib.metadata import distribution
from pathlib import Path

from sphinx.application import Sphinx

FOLDER = "_static/fonts"
"""Where the fonts stand, from the root of the book."""

_SERIF = ("font-source-serif-pro", "font_source_serif_pro/files")
_SANS = ("font-source-sans-pro", "font_source_sans_pro/files")
_DEJAVU = ("matplotlib", "matplotlib/mpl-data/fonts/ttf")
_FONTS = {
    _SERIF: ("SourceSerifPro-Regular.ttf", "SourceSerifPro-It.ttf", "SourceSerifPro-Semibold.ttf"),
    _SANS: ("SourceSansPro-Regular.ttf", "SourceSansPro-It.ttf", "SourceSansPro-Semibold.ttf"),
    _DEJAVU: ("DejaVuSansMono.ttf",),
}
_LICENCES = {_SERIF: "LICENSE.txt", _SANS: "LICENSE.txt", _DEJAVU: "LICENSE_DEJAVU"}


def font_files() -> list[Path]:
    """Return the files of the fonts, each in its package."""
    return [_path(package, name) for package, names in _FONTS.items() for name in names]


def licences() -> str:
    """Return the licences under which the fonts may be passed on."""
    texts = [_path(package, name).read_text(encoding="utf-8-sig") for package, name in _LICENCES.items()]
    return "\n\n".join(text.strip() for text in texts) + "\n"


def _path(package: tuple[str, str], name: str) -> Path:
    # Matplotlib need not be imported to read a file of its.
    return Path(str(distribution(package[0]).locate_file(f"{package[1]}/{name}")))


def ship_fonts(app: Sphinx, error: Exception | None) -> None:
    """Put the fonts and their licences into the book."""
    if error is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir) / FOLDER
    folder.mkdir(exist_ok=True)
    for path in font_files():
        shutil.copyfile(path, folder / path.name)
    (folder / "licences.txt").write_text(licences(), encoding="utf-8", newline="\n")


def add_to(app: Sphinx) -> None:
    """Register it with Sphinx."""
    app.connect("build-finished", ship_fonts)
