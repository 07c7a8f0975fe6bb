"""The text of every page in one script, so that a search from disk can quote what it finds.

Sphinx's search fetches a page to quote it, which no browser allows on pages opened from disk. The template
``search.html`` loads this script instead, and ``search.js`` answers Sphinx's search with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from sphinx.application import Sphinx

SCRIPT = "searchtexts.js"
"""Name of the script, next to the index of the search."""

_VOID = frozenset({"br", "hr", "img", "input", "source", "wbr", "link", "meta", "col"})
_SILENT_TAGS = frozenset({"h1", "pre", "script", "style", "svg", "noscript", "summary", "button", "template"})
_SILENT_CLASSES = frozenset(
    {
        "headerlink",
        "cell_input",
        "synthetic-notice",
        "definitions-notice",
        "result",
        "claim-mark",
        "claim-card",
        "downloads",
        "stderr",
    }
)
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_INLINE = frozenset({"a", "abbr", "code", "em", "i", "b", "small", "span", "strong", "sub", "sup", "del"})


def texts_script(pages: Mapping[str, str]) -> str:
    """Return the script: for each address the page's article as sections of plain text.

    Parameters
    ----------
    pages
        HTML of the pages by address, such as ``chapters/efficacy.html``.
    """
    texts = {address: article_text(html) for address, html in pages.items()}
    return f"Search.texts={json.dumps(texts, ensure_ascii=False, sort_keys=True, separators=(',', ':'))};\n"


def article_text(html: str) -> str:
    """Return the words of a page's article as flat sections that keep their ids: no title, code or notices."""
    article = _Article()
    article.feed(html)
    article.close()
    sections = [(name, " ".join("".join(words).split())) for name, words in article.sections]
    return "".join(f'<section id="{escape(name)}">{escape(text)} </section>' for name, text in sections if text)


def write_texts(app: Sphinx, error: Exception | None) -> None:
    """Write the script at the end of a build, from all pages of the book as they were written."""
    if error is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir)
    addresses = [app.builder.get_target_uri(name) for name in sorted(app.env.found_docs)]
    pages = {address: (folder / address).read_text(encoding="utf-8") for address in addresses}
    (folder / SCRIPT).write_text(texts_script(pages), encoding="utf-8")


def add_to(app: Sphinx) -> None:
    """Register the end of the build."""
    app.connect("build-finished", write_texts)


class _Article(HTMLParser):
    """Gathers the words of an article by the innermost section that holds them."""

    def __init__(self) -> None:
        super().__init__()
        self.sections: list[tuple[str, list[str]]] = []
        self._open: list[str] = []
        self._within: list[list[str]] = []
        self._silent_from: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self._break(tag)
            return
        if tag == "article" or self._open:
            self._open.append(tag)
        if not self._open or self._silent_from is not None:
            return
        attributes = dict(attrs)
        classes = set((attributes.get("class") or "").split())
        if tag in _SILENT_TAGS or classes & _SILENT_CLASSES or {"hidden", "popover"} & set(attributes):
            self._silent_from = len(self._open)
        elif tag == "section":
            words: list[str] = []
            self.sections.append((attributes.get("id") or "", words))
            self._within.append(words)
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._open:
            return
        if self._silent_from is None and tag in _HEADINGS:
            self._say(":")
        self._break(tag)
        # An element left open by its author ends with the one around it.
        ended = ""
        while ended != tag:
            ended = self._open.pop()
            if self._silent_from is not None and len(self._open) < self._silent_from:
                self._silent_from = None
            elif self._silent_from is None and ended == "section" and self._within:
                self._within.pop()

    def handle_data(self, data: str) -> None:
        if self._open and self._silent_from is None:
            self._say(data)

    def _break(self, tag: str) -> None:
        """Keep the words of neighbouring blocks and cells apart."""
        if self._open and tag not in _INLINE:
            self._say(" ")

    def _say(self, words: str) -> None:
        if self._within:
            self._within[-1].append(words)
