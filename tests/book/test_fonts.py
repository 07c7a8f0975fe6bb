"""The files of the fonts: their characters, their names and licences, and the style sheet that declares them."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from itpbook.sphinxext import fonts
from itpbook.sphinxext.fonts import SYMBOLS, font_files

SHEET = Path(fonts.__file__).parent / "static" / "fonts.css"
TEXT = [f"{family}{style}.woff2" for family in ("serif", "sans") for style in ("", "-italic", "-semibold")]
FONTS = [*TEXT, "code.woff2", "symbols.woff2"]


def font(name: str) -> TTFont:
    return TTFont(io.BytesIO(font_files()[name]))


def characters(name: str) -> set[int]:
    return set(font(name).getBestCmap())


@pytest.mark.parametrize("name", TEXT)
def test_text_font_has_the_letters_of_european_names_and_what_the_book_prints(name: str) -> None:
    typographic = {0x2018, 0x2019, 0x2212}  # single quotation marks and the minus sign
    wanted = {ord(letter) for letter in "AZaz09 éßøŁłčšŽğİőűÆœ–—“”…•·×±µ≤≥≠≈⁹²½€™"} | typographic
    assert wanted - characters(name) == set()


def test_what_a_text_font_lacks_is_in_the_font_of_symbols() -> None:
    symbols = characters("symbols.woff2")
    assert {ord(sign) for sign in "∘✓✗→⇄↕↑↓αβμ"} <= symbols
    for name in [*TEXT, "code.woff2"]:
        lacking = {ord(sign) for sign in "→←↑↓⇄↕≤≥≠≈±×∘✓✗αβγδμω"} - characters(name)
        assert lacking <= symbols, name


def test_code_font_has_every_letter_and_symbol() -> None:
    assert {ord(sign) for sign in "→≥≤±é∘✓✗μ"} <= characters("code.woff2")


@pytest.mark.parametrize("name", FONTS)
def test_no_font_has_ligatures(name: str) -> None:
    table = font(name).get("GSUB")
    features = {record.FeatureTag for record in table.table.FeatureList.FeatureRecord} if table else set()
    assert features & {"liga", "dlig", "clig", "hlig", "calt"} == set()


@pytest.mark.parametrize("name", FONTS)
def test_font_keeps_its_copyright_and_licence_but_not_the_reserved_name(name: str) -> None:
    names = font(name)["name"]
    assert names.getDebugName(0)
    assert names.getDebugName(13)
    for name_id in (1, 4, 6):
        assert names.getDebugName(name_id).startswith("Manuscript")
    assert "Source" not in "".join(str(record) for record in names.names if record.nameID not in (0, 13, 14))


def test_licences_of_all_fonts_stand_beside_them() -> None:
    licences = font_files()["licences.txt"].decode()
    assert licences.count("SIL OPEN FONT LICENSE Version 1.1") == 2
    assert "Bitstream Vera" in licences


def test_sheet_declares_each_font_once() -> None:
    declared = re.findall(r'url\("fonts/([^"]+)"\)', SHEET.read_text(encoding="utf-8"))
    assert sorted(declared) == sorted(FONTS)
    assert set(font_files()) == {*FONTS, "licences.txt"}


def test_sheet_loads_the_symbols_for_their_characters_only() -> None:
    found = re.search(r"unicode-range: ([^;]+);", SHEET.read_text(encoding="utf-8"))
    assert found is not None
    ranges = [part.strip().removeprefix("U+").split("-") for part in found[1].split(",")]
    declared = {code for low, high in ranges for code in range(int(low, 16), int(high, 16) + 1)}
    assert declared == SYMBOLS
    assert characters("symbols.woff2") <= declared


@pytest.mark.parametrize("name", ["serif-italic", "sans"])
def test_cutting_again_gives_the_same_bytes(name: str) -> None:
    again = fonts._cut(fonts._TEXT_FACES[name], name, fonts.LETTERS)
    assert again == font_files()[f"{name}.woff2"]


@pytest.mark.parametrize("name", FONTS)
def test_no_font_weighs_down_a_page(name: str) -> None:
    assert len(font_files()[name]) < 32_000


def test_package_that_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_SERIF", ("no_such_font_package", "files", "LICENSE.txt"))
    with pytest.raises(ModuleNotFoundError, match=r"no_such_font_package .* make book"):
        fonts._folder(fonts._SERIF)
