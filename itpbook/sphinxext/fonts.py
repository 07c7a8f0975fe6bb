"""The fonts of the book: cut from those of packages to the characters of European languages, under names of their own.

Text is set in Source Serif and Source Sans; their licence (SIL OFL) reserves these names for the uncut fonts. Code, and
the characters that a text font lacks, are set in DejaVu, which matplotlib ships. ``static/fonts.css`` declares them.
"""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FOLDER = "_static/fonts"
"""Where the fonts stand, from the root of the book."""

_SERIF = ("font_source_serif_pro", "files", "LICENSE.txt")
_SANS = ("font_source_sans_pro", "files", "LICENSE.txt")
_DEJAVU = ("matplotlib", "mpl-data/fonts/ttf", "LICENSE_DEJAVU")
_TEXT_FACES = {
    "serif": (_SERIF, "SourceSerifPro-Regular.ttf"),
    "serif-italic": (_SERIF, "SourceSerifPro-It.ttf"),
    "serif-semibold": (_SERIF, "SourceSerifPro-Semibold.ttf"),
    "sans": (_SANS, "SourceSansPro-Regular.ttf"),
    "sans-italic": (_SANS, "SourceSansPro-It.ttf"),
    "sans-semibold": (_SANS, "SourceSansPro-Semibold.ttf"),
}
_CODE = (_DEJAVU, "DejaVuSansMono.ttf")
_SYMBOLS = (_DEJAVU, "DejaVuSans.ttf")

LETTERS = frozenset((*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2000, 0x2300), 0x2713))
"""Characters of text, as far as a font has them: of European languages in Latin script, punctuation, superscripts."""
SYMBOLS = frozenset((*range(0x391, 0x3CA), *range(0x2190, 0x2300), *range(0x2713, 0x2719)))
"""Greek, arrows, operators and marks: those that some font of text lacks come from one font for all."""

_FEATURES = ("kern", "lnum", "tnum", "mark", "mkmk", "ccmp", "locl")
"""No ligatures: text that is copied or searched for in the PDF consists of the letters that were written."""
_NAMES_KEPT = (0, 13, 14)
"""Copyright, licence and its address."""


@cache
def font_files() -> dict[str, bytes]:
    """Return the files that stand in :data:`FOLDER`, by name: the same bytes each time.

    Returns
    -------
    dict
        WOFF2 fonts, and ``licences.txt`` with the licences under which they may be passed on.
    """
    files = {f"{name}.woff2": _cut(source, name, LETTERS) for name, source in _TEXT_FACES.items()}
    in_all = frozenset.intersection(*(_characters(source) for source in _TEXT_FACES.values()))
    files["code.woff2"] = _cut(_CODE, "code", LETTERS | SYMBOLS)
    files["symbols.woff2"] = _cut(_SYMBOLS, "symbols", SYMBOLS - in_all)
    licences = [(_folder(package) / package[2]).read_text(encoding="utf-8-sig") for package in (_SERIF, _SANS, _DEJAVU)]
    files["licences.txt"] = "\n\n".join(licence.strip() for licence in licences).encode() + b"\n"
    return files


def _folder(package: tuple[str, str, str]) -> Path:
    # Matplotlib need not be imported to read a file of its.
    spec = importlib.util.find_spec(package[0])
    if spec is None or spec.origin is None:
        msg = f"the package {package[0]} with fonts of the book is not installed; run make book, which installs it"
        raise ModuleNotFoundError(msg)
    return Path(spec.origin).parent / package[1]


def _load(source: tuple[tuple[str, str, str], str]) -> TTFont:
    return TTFont(_folder(source[0]) / source[1], recalcTimestamp=False)


def _characters(source: tuple[tuple[str, str, str], str]) -> frozenset[int]:
    return frozenset(_load(source).getBestCmap())


def _cut(source: tuple[tuple[str, str, str], str], name: str, characters: Iterable[int]) -> bytes:
    font = _load(source)
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in _NAMES_KEPT]
    # Without its names the subsetter need not look through the whole font for who refers to them: a third of its time.
    del font["name"]
    options = subset.Options(layout_features=list(_FEATURES), hinting=False, recalc_timestamp=False)
    options.drop_tables += ["FFTM"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font["name"] = names
    family, _, style = name.partition("-")
    family, style = f"Manuscript {family.title()}", style.title() or "Regular"
    renamed = {1: family, 2: style, 4: f"{family} {style}", 6: f"{family}-{style}".replace(" ", "")}
    for name_id, words in renamed.items():
        names.setName(words, name_id, 3, 1, 0x409)
    font.flavor = "woff2"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()
