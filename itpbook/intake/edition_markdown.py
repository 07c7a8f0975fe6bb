"""Which Markdown a text of an edition may hold: a list of what is allowed, and the parser that compiles the book.

Whatever is not on the list is refused, so that a new syntax of the parser is refused too until somebody allows it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from implied.files.characters import hidden_in
from implied.files.yaml_files import read_yaml
from itpbook import project

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

ALLOWED = (
    "a text is Markdown with paragraphs, headings, emphasis, lists, tables, links, notes [^1], {cite} of the book's"
    " references and {claim}"
)
LINKS = "a link leads to https://…, http://…, mailto:… or doi:10.…, written out in full"

ATTRIBUTES: Mapping[str, frozenset[str]] = {
    **{
        f"{name}_{end}": frozenset()
        for name in (
            *("paragraph", "heading", "bullet_list", "list_item", "dl", "dt", "dd", "em", "strong"),
            *("table", "thead", "tbody", "tr", "footnote_reference"),
        )
        for end in ("open", "close")
    },
    "ordered_list_open": frozenset({"start"}),
    "ordered_list_close": frozenset(),
    **{f"{cell}_{end}": frozenset({"style"}) for cell in ("th", "td") for end in ("open", "close")},
    "link_open": frozenset({"href", "title"}),
    "link_close": frozenset(),
    **dict.fromkeys(("inline", "text", "softbreak", "hardbreak", "myst_role", "footnote_ref"), frozenset()),
}
"""Every token of the parser that a text may hold, with the attributes that it may have."""

_NAMES = {
    "image": "an image",
    "html_block": "HTML",
    "html_inline": "HTML",
    "code_inline": "code",
    "code_block": "a block indented by four spaces, which is code",
    "blockquote_open": "a quotation",
    "hr": "a rule across the page",
    "front_matter": "settings of a page (---)",
    "myst_target": "a target (name)=",
    "myst_line_comment": "a comment %",
    "myst_block_break": "a break +++",
    "span_open": "attributes {…}",
    "substitution_inline": "a substitution {{…}}",
    "substitution_block": "a substitution {{…}}",
    "math_inline": r"a formula $…$ (write \$ for the sign)",
    "math_inline_double": r"a formula $$…$$ (write \$ for the sign)",
    "math_block": r"a formula $$…$$ (write \$ for the sign)",
    "amsmath": "a formula",
}

_LINK = re.compile(
    r"https?://[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?([/?#].*)?"
    r"|mailto:[\w.+%-]+@[a-z0-9-]+(\.[a-z0-9-]+)+"
    r"|doi:10\.[0-9]{4,9}/[^?#]+",
    re.IGNORECASE | re.DOTALL,
)
_SCHEME = re.compile(r"(https?|mailto|doi):")
# What the book's own Markdown leaves as characters is refused too, where it is markup in other Markdown.
_OTHER_MARKDOWN = {"amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath", "substitution"}


def is_allowed_address(address: str) -> bool:
    """Tell whether a link may lead to an address: out of the book, openly, and to no script or file."""
    # Letters of other alphabets arrive as percent signs and digits.
    return bool(_LINK.fullmatch(address) and _SCHEME.match(address)) and not any(hidden_in(unquote(address)))


def parsers() -> tuple[MarkdownIt, MarkdownIt]:
    """Return the Markdown parser of the book, and one that knows more markup and follows no rule for links."""
    from markdown_it.renderer import RendererHTML
    from myst_parser.config.main import MdParserConfig
    from myst_parser.parsers.mdit import create_md_parser

    settings = read_yaml((project.ROOT / "_config.yml").read_bytes())
    own = {**settings["parse"], **settings["sphinx"]["config"]}
    of_parser: dict[str, Any] = {
        name.removeprefix("myst_"): set(value) if isinstance(value, list) else value
        for name, value in own.items()
        if name.startswith("myst_")
    }
    of_book = MdParserConfig(**of_parser)
    more = replace(
        of_book,
        enable_extensions={*of_book.enable_extensions, *_OTHER_MARKDOWN},
        # A sum of dollars is no formula.
        dmath_allow_space=False,
        dmath_allow_digits=False,
    )
    wide = create_md_parser(more, RendererHTML)
    # By itself the parser takes a link to a script for plain characters.
    wide.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return create_md_parser(of_book, RendererHTML), wide


def name_of(token: Token) -> str:
    """Name what is not allowed, in the words of a writer."""
    if token.type in ("fence", "colon_fence"):
        directive = re.match(r"\s*(\{[^}]*\})", token.info)
        return f"the directive {directive[1]}" if directive else "a block of code"
    return _NAMES.get(token.type, f"markup ({token.type.removesuffix('_open').replace('_', ' ')})")
