"""The whole manuscript as one page to be printed: the built pages in the order of the contents, joined.

Ids become unique by the page they come from, links between pages become links inside the document, and what has no
place on paper (folded code, marks, download links, images for dark screens) is left out.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

from itpbook.intake.citation import Citation

_NOT_ON_PAPER = (
    "script, style, details.hide, a.headerlink, a.claim-mark, .claim-card, .downloads, .pdf-link, .for-dark,"
    " .d-print-none, button, form, noscript"
)
_REFERRING = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-details", "for", "headers")
_PRESENTATION = ("title", "tabindex")


class ManuscriptError(RuntimeError):
    """The built pages cannot be joined; the message names the page."""


@dataclass(frozen=True)
class Heading:
    """A line of the contents: its level (1 for a page, 2 for a section of one), its words and its place."""

    level: int
    words: str
    target: str
    part: str = ""


@dataclass(frozen=True)
class Manuscript:
    """The joined pages: their headings in order, the notice of the records, and the text as HTML."""

    headings: tuple[Heading, ...]
    notice: str
    body: str


def pages_in_order(contents: Path) -> list[tuple[str, str]]:
    """Return the pages of a ``_toc.yml`` in order, each with the part that it opens (else empty)."""
    toc = yaml.safe_load(contents.read_text(encoding="utf-8"))
    return [(str(toc["root"]), ""), *_below(toc)]


def _below(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for subtree in [entry, *entry.get("parts", []), *entry.get("subtrees", [])]:
        part = str(subtree.get("caption", "")) if subtree is not entry else ""
        for page in [*subtree.get("chapters", []), *subtree.get("sections", []), *subtree.get("entries", [])]:
            if "file" in page:
                yield str(page["file"]), part
                part = ""
                yield from _below(page)


def join(html: Path, pages: list[tuple[str, str]]) -> Manuscript:
    """Join the pages of a built book, given by their names without suffix, each with the part it opens.

    Raises
    ------
    ManuscriptError
        When a page of the contents was not built or has no article.
    """
    articles = {name: _article(html, name) for name, _ in pages}
    ids = {name: {str(element["id"]) for element in article.select("[id]")} for name, article in articles.items()}
    headings: list[Heading] = []
    body: list[str] = []
    notice = ""
    for name, part in pages:
        article = articles[name]
        notice_of_page = article.select_one("p.synthetic-notice")
        notice = notice or (notice_of_page.decode_contents() if notice_of_page else "")
        _point_inside(article, name, ids)
        _draw_from(article, html, name)
        headings += _headings(article, name, part)
        body.append(f'<article class="bd-article" id="{_id_in_manuscript(name)}">{article.decode_contents()}</article>')
    return Manuscript(tuple(headings), notice, "\n".join(body))


def _article(html: Path, name: str) -> Tag:
    path = html / f"{name}.html"
    if not path.is_file():
        msg = f"{name} stands in the contents but was not built"
        raise ManuscriptError(msg)
    article = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").select_one("article.bd-article")
    if article is None:
        msg = f"{name} has no article"
        raise ManuscriptError(msg)
    for unprinted in article.select(_NOT_ON_PAPER):
        unprinted.decompose()
    for cell in article.select("div.cell, div.cell_output"):
        if not cell.get_text(strip=True) and not cell.select("img, svg"):
            cell.decompose()
    for details in article.select("details"):
        details["open"] = ""
    for frame in article.select("figure:has(img[alt])"):
        # The image is the figure that the tags of the PDF describe; its frame has no description of its own.
        frame["role"] = "group"
    for element in article.find_all(True):
        for attribute in _PRESENTATION:
            element.attrs.pop(attribute, None)
    return article


def _id_in_manuscript(page: str, fragment: str = "") -> str:
    """Return the id that an element of a page, or the page itself, has in the manuscript."""
    return f"{page.replace('/', '-')}--{fragment}" if fragment else page.replace("/", "-")


def _point_inside(article: Tag, name: str, ids: Mapping[str, set[str]]) -> None:
    """Give ids their new names, and links their new targets; links to files and to nowhere become text."""
    for link in article.select("a[href]"):
        target = _target(str(link["href"]), name, ids)
        if target is None:
            link.unwrap()
        else:
            link["href"] = target
    for element in article.select("[id]"):
        element["id"] = _id_in_manuscript(name, str(element["id"]))
    for attribute in _REFERRING:
        for element in article.select(f"[{attribute}]"):
            value = element[attribute]
            words = value if isinstance(value, list) else str(value).split()
            element[attribute] = " ".join(_id_in_manuscript(name, word) for word in words)


def _target(address: str, name: str, ids: Mapping[str, set[str]]) -> str | None:
    parts = urlsplit(address)
    if parts.scheme:
        return address if parts.scheme in ("http", "https", "mailto") else None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path))) if parts.path else name
    page, fragment = path.removesuffix(".html"), unquote(parts.fragment)
    if page not in ids or (fragment and fragment not in ids[page]):
        return None
    return f"#{_id_in_manuscript(page, fragment)}"


def _draw_from(article: Tag, html: Path, name: str) -> None:
    """Let images come from the built book, wherever the printed page lies."""
    folder = (html / name).parent
    for image in article.select("img[src]"):
        # All of them at once: nobody scrolls a page that is printed.
        image.attrs.pop("loading", None)
        if not urlsplit(str(image["src"])).scheme:
            image["src"] = (folder / unquote(urlsplit(str(image["src"])).path)).resolve().as_uri()


def _headings(article: Tag, name: str, part: str) -> Iterator[Heading]:
    for position, heading in enumerate(article.select("h1, h2")):
        section = heading.find_parent("section", id=True)
        # The heading itself is the target: that of a section would be where its margin begins.
        heading["id"] = f"{section['id'] if section else _id_in_manuscript(name, str(position))}--heading"
        level = int(heading.name[1])
        yield Heading(level, heading.get_text().strip(), str(heading["id"]), part if position == 0 else "")


def print_page(cover: Citation, manuscript: Manuscript, style: list[str], numbers: Mapping[str, int]) -> str:
    """Return the page to be printed, with the text of style sheets, in order.

    ``numbers`` has the page number of each heading by its target; unknown ones are left blank in the same width.
    """
    lines = []
    for heading in manuscript.headings:
        if heading.part:
            lines.append(f'<li class="part">{escape(heading.part)}</li>')
        number = numbers.get(heading.target, "")
        lines.append(
            f'<li class="level-{heading.level}"><a href="#{escape(heading.target)}"><span class="words">'
            f'{escape(heading.words)}</span><span class="dots"></span><span class="number">{number}</span></a></li>'
        )
    notice = f'<p class="synthetic-notice">{manuscript.notice}</p>' if manuscript.notice else ""
    sheets = "".join(f"<style>{sheet}</style>\n" for sheet in style)
    return f"""<!DOCTYPE html>
<html lang="en" data-theme="light" class="manuscript">
<head><meta charset="utf-8"><title>{escape(cover.title)}</title>
<meta name="author" content="{escape(", ".join(cover.authors))}">
{sheets}</head>
<body>
<header class="cover bd-article">
<p class="cover-title">{escape(cover.title)}</p>
<p class="cover-authors">{escape(", ".join(cover.authors))}</p>
<p>{escape(cover.edition)}. Licence: {escape(", ".join(cover.licences) or "none given")}.</p>
{notice}
</header>
<nav class="contents bd-article" aria-label="Contents"><h1>Contents</h1><ol>
{"".join(lines)}
</ol></nav>
<main>
{manuscript.body}
</main>
</body></html>
"""
