"""On which line of a YAML file a value stands, or a part of a text, in whatever style it is written."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterator, Sequence

import yaml
from yaml.scanner import Scanner

from implied.files.yaml_files import yaml_nodes

_LINE_END = re.compile(r"\r\n?|\n")


def value_finder(content: bytes) -> Callable[[Sequence[str | int]], int | None]:
    """Return what finds the line of a value of YAML, by its keys and positions; else of what is nearest above it."""
    text, root = yaml_nodes(content)
    ends = _line_ends(text)

    def find(path: Sequence[str | int]) -> int | None:
        name, _ = _nearest(root, path)
        return None if name is None else _line(ends, name.start_mark.index)

    return find


def line_finder(content: bytes, path: Sequence[str]) -> Callable[[int, int], int]:
    """Return what finds the line of a file, counted from one as an editor does, on which a part of a text stands.

    Parameters
    ----------
    content
        The file, which must be YAML.
    path
        Keys of the mappings that lead to the text; where there is no such text, the nearest place above it is found.

    Returns
    -------
    callable
        Takes a line of the text and a column of it, both counted from zero.
    """
    text, root = yaml_nodes(content)
    ends = _line_ends(text)
    _, node = _nearest(root, path)
    start = node.start_mark.index if node is not None else 0
    value, written = "", [start]
    if isinstance(node, yaml.ScalarNode):
        value = node.value
        written = [index for character, index in _characters(text, node) if not character.isspace()] or [start]
    lines = value.split("\n")

    def find(line: int, column: int) -> int:
        before = "".join((*lines[:line], "".join(lines[line : line + 1])[:column]))
        passed = sum(not character.isspace() for character in before)
        return _line(ends, written[min(passed, len(written) - 1)])

    return find


def _nearest(root: yaml.Node | None, path: Sequence[str | int]) -> tuple[yaml.Node | None, yaml.Node | None]:
    """Return the key of a value (in a list, the value itself) and the value; else of what is nearest above it."""
    name, node = root, root
    for step in path:
        pairs: list[tuple[yaml.Node, yaml.Node]] = []
        if isinstance(node, yaml.MappingNode):
            pairs = [(key, value) for key, value in node.value if key.value == str(step)]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            pairs = [(value, value) for value in node.value[step : step + 1]]
        if not pairs:
            break
        name, node = pairs[0]
    return name, node


def _line_ends(text: str) -> list[int]:
    # YAML counts other separators as well, an editor does not.
    return [match.end() for match in _LINE_END.finditer(text)]


def _line(ends: list[int], index: int) -> int:
    return bisect.bisect_right(ends, index) + 1


def _characters(text: str, node: yaml.ScalarNode) -> Iterator[tuple[str, int]]:
    """Go through the characters of a scalar as they are meant, each with where it is written.

    Folding changes only white space, so that all other characters are those of the value, in its order.
    """
    start, end = node.start_mark.index, node.end_mark.index
    if node.style in ("|", ">"):
        first = _LINE_END.search(text, start, end)
        yield from ((text[index], index) for index in range(first.end() if first else end, end))
    elif node.style == "'":
        yield from ((match[0][0], match.start()) for match in re.compile("''|[^']").finditer(text, start + 1, end - 1))
    elif node.style == '"':
        index = start + 1
        while index < end - 1:
            digits = Scanner.ESCAPE_CODES.get(text[index + 1], 0) if text[index] == "\\" else 0
            if digits:
                yield chr(int(text[index + 2 : index + 2 + digits], 16)), index
            elif text[index] == "\\":
                yield Scanner.ESCAPE_REPLACEMENTS.get(text[index + 1], " "), index
            else:
                yield text[index], index
            index += 2 + digits if text[index] == "\\" else 1
    else:
        yield from ((text[index], index) for index in range(start, end))
