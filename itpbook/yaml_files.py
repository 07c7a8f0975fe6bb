"""Reading YAML that people write: ledgers, parameters."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """Reads YAML, but refuses a key that stands twice in one place: YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Read a mapping."""
        seen = set()
        for key_node, _ in node.value:
            key = (key_node.tag, key_node.value if isinstance(key_node.value, str) else str(key_node))
            if key in seen:
                problem = f"the key {key_node.value!r} stands twice"
                raise yaml.constructor.ConstructorError(
                    "while reading a mapping", node.start_mark, problem, key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_yaml(content: bytes) -> Any:
    """Read YAML.

    Raises
    ------
    yaml.YAMLError
        When it is none, or a key stands twice in one mapping.
    """
    return yaml.load(content, Loader=_Loader)
