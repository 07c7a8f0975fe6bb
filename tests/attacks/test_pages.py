"""A small book whose edition was not read by ``read_edition``: the pages have a barrier of their own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from handmade_book import Book, handmade
from hostile_strings import FAMILIES, SECRET, planted

from itpbook.intake.own_edition import Author, Edition

NAMES = (
    "A < B & C \"quoted\" 'too' -- it's... {{7*195}} *x* `y` [z](w) $m$ \\u003c \N{EM DASH}"
    " </title></script><script>document.title='changed'</script><img src=x onerror=alert(1365)> &lt;b&gt;"
)
"""What stands in every plain field."""


def edition(**texts: str) -> Edition:
    return Edition(
        title=f"Title {NAMES}",
        authors=(Author(f"Author {NAMES}"), Author("Bo Other")),
        centre=f"Centre {NAMES}",
        licence=f"Licence {NAMES}",
        texts=texts,
    )


def book_of(folder: Path, of: Edition, index: str) -> Book:
    book = handmade(folder)
    config = yaml.safe_load((folder / "_config.yml").read_text(encoding="utf-8"))
    config |= {"title": of.title, "author": ", ".join(of.citation.authors), "copyright": NAMES}
    (folder / "_config.yml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    (folder / "book.json").write_text(json.dumps({"edition": json.loads(of.as_json()), "pdf": ""}), encoding="utf-8")
    return book.write("index.md", index).build()


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Return a book with such names, and texts that use all that is allowed."""
    texts = {
        "funding": "Paid[^1] by {cite}`series`: [one](https://ok.example/?a=1&b=2), [two](doi:10.1182/a_b(1)2).\n\n"
        "[^1]: By **all**.\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        "ethics": "Approved[^1]. {claim}`efficacy.cr`\n\n[^1]: By others.",
    }
    index = "# {edition-title}`title`\n\n```{title-block}\n```\n\n```{edition-text} funding\n```\n"
    built = book_of(
        tmp_path_factory.mktemp("named"), edition(**texts), f"{index}\n## Ethics\n\n```{{edition-text}} ethics\n```\n"
    )
    assert not [line for line in built.warnings.splitlines() if "declarations" not in line and "this-run" not in line]
    return built


def test_names_are_nothing_but_text_on_every_page(named: Book):
    title = f"Title {NAMES}"
    pages = sorted(path for path in named.html.rglob("*.html") if "_static" not in path.parts)
    assert pages
    for path in pages:
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        assert not [tag for tag in page.find_all("script") if "changed" in tag.get_text()], path.name
        assert not page.select("img[onerror]"), path.name
        assert page.select_one("title").get_text().endswith(title), path.name
        assert page.select_one(".book-title").get_text().strip() == title, path.name
        assert f"Author {NAMES}" in page.select_one(".component-author").get_text(), path.name
    index = named.get_html("index")
    assert index.select_one("title").get_text() == f"{title} \N{EM DASH} {title}"
    assert index.select_one("article h1").get_text() == f"{title}#"
    block = index.select_one(".title-block").get_text()
    for name in ("Author", "Centre", "Licence", "Title"):
        assert f"{name} {NAMES}" in block


def test_the_index_of_the_search_holds_the_title_as_text(named: Book):
    script = (named.html / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(re.fullmatch(r"Search\.setIndex\((.*)\)", script, re.DOTALL)[1])
    assert f"Title {NAMES}" in index["alltitles"]
    # Those of pages are HTML.
    assert f"Title {NAMES}" in [BeautifulSoup(title, "html.parser").get_text() for title in index["titles"]]


def test_what_is_allowed_is_rendered_with_notes_and_addresses_of_each_text(named: Book):
    index = named.get_html("index")
    assert [link["href"] for link in index.select("a.reference.external")] == [
        "https://ok.example/?a=1&b=2",
        "https://doi.org/10.1182/a_b(1)2",
    ]
    assert [note.select_one("p").get_text() for note in index.select("aside.footnote")] == ["By all.", "By others."]
    assert index.select_one("aside.footnote strong").get_text() == "all"
    assert index.select_one(".bibtex-citation") is not None
    assert index.select_one('.claim[data-claim="efficacy.cr"]') is not None
    assert index.select_one("table td").get_text() == "1"


def test_a_page_refuses_what_reading_the_edition_would_have_refused(canary: Path, tmp_path: Path):
    texts = ["{raw}`<b>1365</b>`", "<b>1365</b>", "![words](x.png)", "[words](../x)", "{{7*195}}"]
    texts += [planted(string, canary) for string in FAMILIES["directives"]]
    names = ("background", "conclusion", "introduction", "methods_setting", "discussion", "funding", "ethics")
    groups = {name: "\n\n".join(texts[number :: len(names)]) for number, name in enumerate(names)}
    index = "# Words\n\n" + "".join(f"```{{edition-text}} {name}\n```\n\n" for name in names)
    built = book_of(tmp_path / "book", Edition(texts=groups), index)
    assert built.failed
    for name in names:
        assert f"edition-text {name}: not allowed in a text: line " in built.warnings
    for path in built.html.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
            assert b"1365</b>" not in path.read_bytes(), path
    assert SECRET not in built.warnings
