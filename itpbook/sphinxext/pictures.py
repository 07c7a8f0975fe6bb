"""Drawn figures on the page: a light and a dark picture of which one shows, their size known before they load."""

from __future__ import annotations

import hashlib
import posixpath
import re
from html import escape
from typing import Any
from urllib.parse import quote

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from sphinx.application import Sphinx

from itpbook.presentation.palette import darkened

_SIZE = re.compile(r'<svg\b[^>]*?\bviewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"', re.DOTALL)
_PIXELS_PER_POINT = 4 / 3
SCHEMES = ("light", "dark")


class Picture(nodes.image):
    """An image whose size in pixels the page gives, shown under one colour scheme."""


def pictures(renderer: NbElementRenderer, data: MimeData) -> list[nodes.Element]:
    """Return both pictures of an SVG output.

    The alternative text comes with the output; one of the two is always hidden, from a screen reader too.
    """
    svg = str(data.content)
    (drawn,) = renderer.render_image(data)
    size = _SIZE.search(svg)
    alt = str(data.output_metadata.get(data.mime_type, {}).get("alt", ""))
    shown: list[nodes.Element] = []
    for scheme in SCHEMES:
        uri = drawn["uri"]
        if scheme == "dark":
            content = darkened(svg).encode()
            name = f"{hashlib.sha256(content).hexdigest()}-dark.svg"
            uri = renderer.write_file([name], content, overwrite=False, exists_ok=True)
        picture = Picture("", uri=uri, alt=alt, classes=[*drawn["classes"], f"for-{scheme}"])
        if size is not None:
            picture["size"] = [round(float(size[side]) * _PIXELS_PER_POINT) for side in ("width", "height")]
        shown.append(picture)
    return shown


def _visit(translator: Any, node: Picture) -> None:
    uri = posixpath.join(translator.builder.imgpath, quote(translator.builder.images[node["uri"]]))
    attributes = {"src": uri, "alt": node["alt"], "class": " ".join(node["classes"])}
    if "size" in node:
        attributes |= {"width": str(node["size"][0]), "height": str(node["size"][1])}
    # The picture of the other scheme is never fetched, one far below only when it comes into sight.
    attributes |= {"loading": "lazy", "decoding": "async"}
    words = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    translator.body.append(f"<img{words}>\n")
    raise nodes.SkipNode


def add_to(app: Sphinx) -> None:
    """Register the node."""
    app.add_node(Picture, html=(_visit, None))
