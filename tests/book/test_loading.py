"""What a page loads: one sheet of what the book uses, small fonts of icons, and no script that holds it up."""

from __future__ import annotations

import io
import re
from pathlib import Path

import lightningcss
import pytest
from fontTools.ttLib import TTFont
from handmade_book import Book

from itpbook.sphinxext.loading import SHEET, SOURCE_MAP, fonts_of, one_sheet, with_icons


def _pages(book: Book) -> list[str]:
    return [path.relative_to(book.html).as_posix().removesuffix(".html") for path in book.html.rglob("*.html")]


def test_every_page_loads_one_sheet_for_screens_under_its_digest(book: Book) -> None:
    found = set()
    for name in _pages(book):
        if name.startswith("_static"):
            continue
        page = book.get_html(name)
        screens = [link for link in page.select('link[rel="stylesheet"]') if link.get("media") != "print"]
        (link,) = screens
        path, _, digest = str(link["href"]).partition("?v=")
        assert (book.html / name).parent.joinpath(path).resolve() == (book.html / SHEET).resolve()
        found.add(digest)
    assert len(found) == 1
    assert re.fullmatch(r"[0-9a-f]{8}", found.pop())


def test_no_script_holds_up_a_page_but_that_of_the_search(book: Book) -> None:
    for name in _pages(book):
        if name.startswith("_static") or name == "search":
            continue
        holding = [
            script["src"] for script in book.get_html(name).select("script[src]") if not script.has_attr("defer")
        ]
        assert holding == [], name


def test_rules_of_the_book_come_after_those_of_the_theme(book: Book) -> None:
    sheet = (book.html / SHEET).read_text(encoding="utf-8")
    assert sheet.index(".bd-sidebar-primary") < sheet.index(".synthetic-notice") < sheet.index(".claim-card")


def test_every_file_that_the_sheet_loads_is_there(book: Book) -> None:
    sheet = (book.html / SHEET).read_text(encoding="utf-8")
    fonts = list(fonts_of(book.html, sheet))
    assert fonts
    assert all(font.is_file() for font in fonts)


def test_fonts_hold_the_icons_of_the_sheet_and_no_others(book: Book) -> None:
    sheet = (book.html / SHEET).read_text(encoding="utf-8")
    (solid,) = (path for path in fonts_of(book.html, sheet) if path.name == "fa-solid-900.woff2")
    held = set(TTFont(solid).getBestCmap())
    arrow = 0xF062
    assert arrow in held
    assert len(held) < 40


@pytest.fixture
def sheets(tmp_path: Path) -> Path:
    (tmp_path / "_static" / "styles").mkdir(parents=True)
    (tmp_path / "_static" / "basic.css").write_text(".used{background:url(file.png)} .unused{color:red}")
    (tmp_path / "_static" / "styles" / "theme.css").write_text(
        '@charset "UTF-8";\n/*! Licence of the theme */ @import "../basic.css"; .used, .unused{color:#00f} p{margin:0}'
        ' .tip-left::before{content:"\\f062"} @font-face{font-family:i;src:url(../fonts/i.woff2)}'
    )
    (tmp_path / "_static" / "own.css").write_text("#here .used{color:green} #nowhere{color:red}")
    return tmp_path


def test_sheets_become_one_without_the_rules_for_what_stands_nowhere(sheets: Path) -> None:
    texts = ['<p id="here" class="used">', 'side = "tip-" + place']
    sheet = one_sheet(sheets, ["_static/styles/theme.css", "_static/own.css"], texts)
    assert "red" not in sheet
    assert "nowhere" not in sheet
    assert "Licence of the theme" in sheet
    assert ".tip-left" in sheet
    assert sheet.index("file.png") < sheet.index("#00f") < sheet.index("#here")


def test_addresses_count_from_the_folder_of_the_one_sheet(sheets: Path) -> None:
    sheet = one_sheet(sheets, ["_static/styles/theme.css"], ["used"])
    assert "url(file.png)" in sheet.replace('"', "")
    assert list(fonts_of(sheets, sheet)) == [sheets / "_static" / "fonts" / "i.woff2"]


def test_a_sheet_with_a_mistake_stops_the_build(sheets: Path) -> None:
    (sheets / "_static" / "broken.css").write_text("}} .used{")
    with pytest.raises(ValueError, match=r"book\.css"):
        one_sheet(sheets, ["_static/broken.css"], ["used"])


def test_a_font_is_cut_to_some_icons_and_to_the_same_bytes_each_time(book: Book) -> None:
    sheet = (book.html / SHEET).read_text(encoding="utf-8")
    (solid,) = (path for path in fonts_of(book.html, sheet) if path.name == "fa-solid-900.woff2")
    cut = with_icons(solid.read_bytes(), {0xF062})
    assert cut == with_icons(solid.read_bytes(), {0xF062})
    assert set(TTFont(io.BytesIO(cut)).getBestCmap()) == {0xF062}


def test_the_style_sheets_parse(book: Book) -> None:
    assert lightningcss.process_stylesheet((book.html / SHEET).read_text(encoding="utf-8"))


def test_no_source_map_ships_and_no_file_points_to_one(book: Book) -> None:
    texts = [path for path in book.html.rglob("*") if path.suffix in (".css", ".html", ".js")]
    assert len([path for path in texts if path.suffix == ".js"]) > 5
    assert list(book.html.rglob("*.map")) == []
    assert [path.name for path in texts if "sourceMappingURL" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("run();\n//# sourceMappingURL=run.js.map", "run();"),
        ("run();\n//@ sourceMappingURL=data:application/json;base64,e30=\n", "run();\n"),
        ("a{b:c}\n/*# sourceMappingURL=a.css.map */\n", "a{b:c}\n"),
        ("const address = 'https://example.org'; // a map", "const address = 'https://example.org'; // a map"),
    ],
)
def test_comments_that_point_to_source_maps_are_removed(text: str, left: str) -> None:
    assert SOURCE_MAP.sub("", text) == left
