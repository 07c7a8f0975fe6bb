"""What a text of an edition must not hold, with its line: the walk through the tokens of the parser."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from implied.files.characters import hidden_in, shortened
from itpbook import project
from itpbook.intake.edition_limits import Position, TextProblem, beyond_limits
from itpbook.intake.edition_markdown import ALLOWED, ATTRIBUTES, LINKS, is_allowed_address, name_of, parsers

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MOST = 20
"""Problems of a text that are listed; of more only the number is given."""
_QUOTE = re.compile(r"\s*(?P<id>[a-z][\w.]*)(/\w+)?(\s+\w+)?\s*", re.ASCII)
_ATTRIBUTES = re.compile(r"\{(?![^}]*\}`)")
_KEY = re.compile(r"^\s*@\w+\s*\{\s*([^\s,{}]+)\s*,", re.MULTILINE)


@dataclass(frozen=True)
class Quotable:
    """What a text can refer to: keys of the book's references, and ids of claims."""

    references: Collection[str]
    claims: Collection[str]


def reference_keys(path: Path = project.ROOT / "references.bib") -> frozenset[str]:
    """Return the keys of the references of a BibTeX file."""
    return frozenset(_KEY.findall(path.read_text(encoding="utf-8")))


def check_text(text: str, parser: MarkdownIt, quotable: Quotable) -> tuple[list[Token], list[TextProblem]]:
    """Parse a text and return its tokens, together with everything in it that is not allowed.

    Parameters
    ----------
    text
        The Markdown.
    parser
        What it is compiled with.
    quotable
        What its roles may name.
    """
    beyond = beyond_limits(text)
    if beyond is not None:
        return [], [beyond]
    env: dict[str, Any] = {}
    tokens = parser.parse(text, env)
    walk = _TextWalk(text, quotable)
    problems = [
        *walk.hidden(),
        *walk.blocks(tokens),
        *walk.definitions(env),
        *walk.notes(),
    ]
    return tokens, sorted(set(problems or walk.braces(tokens, env)))


class _TextWalk:
    """The walk through the tokens of one text."""

    def __init__(self, text: str, quotable: Quotable) -> None:
        self.source = text
        self.lines = text.split("\n")
        self.quotable = quotable
        self.noted: dict[str, Position] = {}
        self.referred: set[str] = set()

    def hidden(self) -> Iterator[TextProblem]:
        """Look for characters that nobody sees."""
        for number, line in enumerate(self.lines):
            for column, name in hidden_in(line, allowed="\t"):
                yield _hidden((number, column), name)

    def blocks(self, tokens: list[Token]) -> Iterator[TextProblem]:
        """Look at every token, and at those within."""
        number = 0
        for token in tokens:
            number = token.map[0] if token.map else number
            yield from self._token(token, (number, 0), self._line(number))
            for child, position in _with_positions(token):
                line = number + token.content.count("\n", 0, position)
                yield from self._token(
                    child, (line, self._column(token, position, line)), child.content or self._line(line)
                )

    def _column(self, token: Token, position: int, line: int) -> int:
        """Return the column of a position within a paragraph, of which the parser has taken marks of lists."""
        start = token.content.rfind("\n", 0, position) + 1
        return max(self._line(line).find(token.content[start:].partition("\n")[0].strip()), 0) + position - start

    def _line(self, number: int) -> str:
        return self.lines[number] if number < len(self.lines) else ""

    def _token(self, token: Token, where: Position, shown: str) -> Iterator[TextProblem]:
        allowed = ATTRIBUTES.get(token.type)
        if allowed is None:
            if not token.type.endswith("_close"):
                yield TextProblem(where, f"{name_of(token)}: {_short(shown)}", ALLOWED)
            return
        foreign = sorted(set(token.attrs) - allowed)
        if foreign:
            line = self._line(where[0])
            yield TextProblem(where, f"attributes {{…}} ({', '.join(foreign)}): {_short(line)}", ALLOWED)
        if token.type == "link_open":
            yield from _address(where, str(token.attrs.get("href", "")))
        elif token.type == "myst_role":
            yield from self._role(token, where)
        elif token.type == "footnote_ref":
            self.referred.add(token.meta["label"])
        elif token.type == "footnote_reference_open":
            label = token.meta["label"]
            if label in self.noted:
                yield TextProblem(where, f"the note [^{label}] a second time", "each note is written once")
            self.noted[label] = where
        # An entity such as &#8238; is no hidden character before it is read.
        for words in (token.content if token.type == "text" else "", str(token.attrs.get("title", ""))):
            for position, name in hidden_in(words, allowed="\t\n"):
                if words[position] not in self.source:
                    yield _hidden(where, name)

    def _role(self, token: Token, where: Position) -> Iterator[TextProblem]:
        name, words = token.meta["name"], token.content
        if name in ("cite", "cite:p", "cite:t"):
            for key in (part.strip() for part in words.split(",")):
                if key not in self.quotable.references:
                    references = ", ".join(sorted(self.quotable.references))
                    yield TextProblem(where, f"a citation of {_short(key)}", f"the book's references are {references}")
        elif name == "claim":
            quote = _QUOTE.fullmatch(words)
            if quote is None or quote["id"] not in self.quotable.claims:
                yield TextProblem(
                    where, f"a claim {_short(words)}", "a claim is quoted by an id of the ledger (efficacy.response)"
                )
        else:
            yield TextProblem(where, f"the role {{{name}}}: {_short(words)}", ALLOWED)

    def definitions(self, env: Mapping[str, Any]) -> Iterator[TextProblem]:
        """Look at the addresses that a text gives to names of its own."""
        references = {key.casefold() for key in self.quotable.references}
        for label, definition in env.get("references", {}).items():
            where = (definition["map"][0], 0)
            yield from _address(where, definition["href"])
            if label.casefold() in references:
                yield TextProblem(where, f"an address for {label}", "a name that no reference of the book has")
        for definition in env.get("duplicate_refs", ()):
            yield TextProblem((definition["map"][0], 0), f"a second address for {definition['label']}", "give it one")

    def braces(self, tokens: list[Token], env: Mapping[str, Any]) -> Iterator[TextProblem]:
        """Look for braces of which the parser has left nothing: attributes that it drops without a word."""
        addresses = (str(definition["href"]) for definition in env.get("references", {}).values())
        read = sum(map(_braces, addresses))
        for token in (part for block in tokens for part in block.children or ()):
            read += token.type == "myst_role"
            read += _braces(token.content) + sum(_braces(str(value)) for value in token.attrs.values())
        if read < self.source.count("{"):
            line = next((number for number, line in enumerate(self.lines) if _ATTRIBUTES.search(line)), 0)
            yield TextProblem((line, 0), f"attributes {{…}}: {_short(self._line(line))}", ALLOWED)

    def notes(self) -> Iterator[TextProblem]:
        """Look for notes that nothing refers to: they would not be printed."""
        for label, where in self.noted.items():
            if label not in self.referred:
                yield TextProblem(
                    where, f"a note [^{label}] to which nothing refers", f"write [^{label}] where it belongs"
                )


def _braces(words: str) -> int:
    # In an address they are percent signs and digits.
    return words.count("{") + words.count("%7B")


def _with_positions(token: Token) -> Iterator[tuple[Token, int]]:
    """Go through a paragraph, with its position: the parser notes the lines of the paragraph alone."""
    source, cursor = token.content, 0
    for child in token.children or ():
        end = source.find("\n", cursor)
        if child.type in ("softbreak", "hardbreak"):
            yield child, cursor
            cursor = end + 1 if end >= 0 else cursor
            continue
        words = re.compile(r"\s+".join(map(re.escape, child.content.split())))
        within = end if child.type == "text" and end >= 0 else len(source)
        match = words.search(source, cursor, within) if child.content.strip() else None
        yield child, match.start() if match else cursor
        cursor = match.end() if match else cursor


def _address(where: Position, address: str) -> Iterator[TextProblem]:
    if not is_allowed_address(address):
        yield TextProblem(where, f"a link to {_short(address)}", LINKS)


def _hidden(where: Position, name: str) -> TextProblem:
    return TextProblem(where, f"a character that nobody sees, {name}", "type the words again")


def _short(words: str) -> str:
    return repr(shortened(" ".join(words.split())))


def problems_of(
    texts: Mapping[str, str], quotable: Callable[[], Quotable], finder: Callable[[str], Callable[[int, int], int]]
) -> Iterator[str]:
    """Say what is not allowed in the texts of an edition, to follow the name of the file: line, field, content, remedy.

    Parameters
    ----------
    texts
        The Markdown by the name of its field.
    quotable
        Called when there is a text: what roles may name.
    finder
        Returns what finds the line of the file for a line and a column of a text.
    """
    if not any(text.strip() for text in texts.values()):
        return
    names, both = quotable(), parsers()
    for name, text in texts.items():
        problems = sorted({problem for parser in both for problem in check_text(text.strip(), parser, names)[1]})
        if not problems:
            continue
        # What is compiled has neither the empty lines nor the spaces around a text.
        before = text[: len(text) - len(text.lstrip())].split("\n")
        find = finder(name)
        for problem in problems[:MOST]:
            line, column = problem.where
            number = find(line + len(before) - 1, column if line else column + len(before[-1]))
            yield f", line {number}: texts.{name}: {problem.content}; {problem.expected}"
        if len(problems) > MOST:
            yield f": texts.{name}: and {len(problems) - MOST} more"
