"""The fonts of the book: their characters, their licences, and the style sheet that declares them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from handmade_book import Book
from matplotlib.ft2font import FT2Font

from itpbook.sphinxext import fonts
from itpbook.sphinxext.fonts import FOLDER, font_files, licences

SHEET = Path(fonts.__file__).parent / "static" / "fonts.css"
FILES = {path.name: path for path in font_files()}
TEXT = [name for name in FILES if name.startswith("Source")]
SYMBOLS = "DejaVuSansMono.ttf"


def characters(name: str) -> set[int]:
    return set(FT2Font(FILES[name]).get_charmap())


def declared_symbols() -> set[int]:
    ranges = re.search(r"unicode-range: ([^;]+);", SHEET.read_text(encoding="utf-8"))
    assert ranges is not None
    ends = [part.strip().removeprefix("U+").split("-") for part in ranges[1].split(",")]
    return {code for low, high in ends for code in range(int(low, 16), int(high, 16) + 1)}


@pytest.mark.parametrize("name", TEXT)
def test_text_font_has_the_letters_of_european_names_and_what_the_book_prints(name: str) -> None:
    typographic = {0x2018, 0x2019, 0x2212}  # single quotation marks and the minus sign
    wanted = {ord(letter) for letter in "AZaz09 éßøŁłčšŽğİőűÆœ–—“”…•·×±µ≤≥≠≈⁹²½€™"} | typographic
    assert wanted - characters(name) == set()


def test_what_a_text_font_lacks_is_in_the_font_of_symbols_and_loaded_from_it() -> None:
    symbols = characters(SYMBOLS) & declared_symbols()
    assert {ord(sign) for sign in "∘✓✗→⇄↕↑↓αβμ"} <= symbols
    for name in TEXT:
        lacking = {ord(sign) for sign in "→←↑↓⇄↕≤≥≠≈±×∘✓✗αβγδμω"} - characters(name)
        assert lacking <= symbols, name


def test_code_font_has_every_letter_and_symbol() -> None:
    assert {ord(sign) for sign in "→≥≤±é∘✓✗μ"} <= characters("DejaVuSansMono.ttf")


def test_sheet_declares_the_fonts_that_ship_with_their_licences(book: Book) -> None:
    declared = set(re.findall(r'url\("fonts/([^"]+)"\)', SHEET.read_text(encoding="utf-8")))
    folder = book.html / FOLDER
    assert {path.name for path in folder.iterdir()} == {*declared, "licences.txt"}
    assert {name: (folder / name).read_bytes() for name in declared} == {
        name: path.read_bytes() for name, path in FILES.items()
    }
    assert (folder / "licences.txt").read_text(encoding="utf-8") == licences()


def test_licences_of_all_fonts_stand_beside_them() -> None:
    assert licences().count("SIL OPEN FONT LICENSE Version 1.1") == 2
    assert "Bitstream Vera" in licences()
