"""Reading YAML that people write: ledgers, questions, parameters, mappings, editions.

A file is read node by node and refused as soon as it passes a limit, so that nothing is expanded first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

DEPTH = 40
"""Levels of lists and mappings within each other."""
NODES = 10_000
"""Keys, values and list entries, those behind an alias counted wherever it is used."""
DIGITS = 100
"""Characters of a number."""


class YamlError(ValueError):
    """Text that is no YAML, or passes a limit; ``line`` is None where the whole text is meant."""

    def __init__(self, problem: str, line: int | None = None) -> None:
        self.problem, self.line = problem, line
        super().__init__(problem if line is None else f"line {line}: {problem}")

    def of(self, file: object) -> str:
        """Return the message with the file and the line."""
        return f"{file}{'' if self.line is None else f', line {self.line}'}: is no YAML: {self.problem}"


class _Loader(yaml.SafeLoader):
    """Reads plain YAML within limits; a key that stands twice in one place is refused, not passed over."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0
        self.nodes = 0
        self.sizes: dict[str, int] = {}
        """Nodes below each anchor."""

    def fetch_flow_collection_start(self, TokenClass: Any) -> None:
        """Read an opening bracket; thousands of them would be looked at again and again before the first counts."""
        if self.flow_level >= DEPTH:
            raise _too_deep(self.line + 1)
        super().fetch_flow_collection_start(TokenClass)

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Read a node, counting what it is made of."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        before = self.nodes
        if isinstance(event, yaml.AliasEvent):
            if event.anchor in self.anchors and event.anchor not in self.sizes:
                raise YamlError(f"the anchor &{event.anchor} stands within itself", line)
            self.nodes += self.sizes.get(event.anchor or "", 0)
        elif tag := getattr(event, "tag", None):
            short = tag.replace("tag:yaml.org,2002:", "!!")
            raise YamlError(f"the tag {short}; values are written without tags", line)
        self.nodes += 1
        if self.nodes > NODES:
            raise YamlError(f"more than {NODES:,} values, counting those that aliases repeat", line)
        if self.depth >= DEPTH:
            raise _too_deep(line)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        if anchor := getattr(event, "anchor", None):
            self.sizes[anchor] = self.nodes - before
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Read a value; one that Python cannot hold is reported with its line."""
        line = node.start_mark.line + 1
        if node.tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float") and len(node.value) > DIGITS:
            raise YamlError(f"a number of more than {DIGITS} characters", line)
        try:
            return super().construct_object(node, deep)
        except YamlError:
            raise
        except (ValueError, OverflowError) as error:
            raise YamlError(f"the value {node.value!r} ({error})", line) from error

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """Read the nodes of a mapping, before the keys of others are merged into it."""
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        seen = set()
        for key_node, _ in node.value:
            key = (key_node.tag, key_node.value if isinstance(key_node.value, str) else str(key_node))
            if key in seen:
                raise YamlError(f"the key {key_node.value!r} stands twice", key_node.start_mark.line + 1)
            seen.add(key)
        return node


def read_yaml(content: bytes) -> Any:
    """Read YAML: one document in UTF-8 (or UTF-16 with a byte order mark), without tags.

    Raises
    ------
    YamlError
        When it is none, a key stands twice in one mapping, or a limit is passed: :data:`DEPTH`, :data:`NODES`.
    """
    return _with_loader(content, lambda loader: loader.get_single_data())


def yaml_nodes(content: bytes) -> tuple[str, yaml.Node | None]:
    """Return the text of a YAML file, and its nodes with where they stand in it; None where the file is empty.

    Raises
    ------
    YamlError
        As :func:`read_yaml`.
    """
    return _text(content), _with_loader(content, lambda loader: loader.get_single_node())


def _too_deep(line: int) -> YamlError:
    return YamlError(f"more than {DEPTH} levels within each other", line)


def _with_loader(content: bytes, use: Callable[[_Loader], Any]) -> Any:
    loader = None
    text = _text(content)
    try:
        loader = _Loader(text)
        return use(loader)
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise YamlError(f"the character U+{error.character:04X}, which no text holds", line) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(filter(None, [error.problem, f"({error.context})" if error.context else ""]))
        if error.problem == "but found another document":
            problem = "a second document, begun by ---; a file holds one"
        raise YamlError(problem, None if mark is None else mark.line + 1) from error
    finally:
        if loader is not None:
            loader.dispose()


def _text(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        byte = f"the byte 0x{content[error.start]:02x}"
        raise YamlError(f"{byte}; expected text encoded as UTF-8", line) from error
