"""Which attributes have to be looked at together: a tree of small groups in place of one huge table.

Two attributes that no claim and no rule mentions together need no common table. A tree decomposition gives groups of
attributes such that any tables over the groups which agree where groups overlap can be put together to patients
(Vorob'ev 1962; Lauritzen and Spiegelhalter 1988). So nothing is lost by looking at the groups alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from implied.ledger import Ledger


@dataclass(frozen=True)
class AttributeGroup:
    """Attributes looked at together; ``shared`` with the group ``parent``, which comes before it (None for a root)."""

    names: tuple[str, ...]
    parent: int | None
    shared: tuple[str, ...]


def scopes(ledger: Ledger) -> list[frozenset[str]]:
    """Return every set of attributes that some claim, hard rule or applicability mentions together."""
    mentioned = [attribute.names for attribute in ledger.attributes.values()]
    mentioned += [frozenset(rule.names) for rule in ledger.hard_rules]
    return [scope for scope in (*mentioned, *(entry.names for entry in ledger)) if scope]


def groups(
    names: Sequence[str], together: Iterable[Collection[str]], spoken: Collection[str]
) -> tuple[AttributeGroup, ...]:
    """Return a tree decomposition: each scope lies within a group, and each attribute in connected groups.

    Parameters
    ----------
    names
        All attributes; their order makes the answer the same on every run.
    together
        Scopes that must lie within one group each.
    spoken
        Attributes of which something will be asked; the tree hangs from the group with the most of them.
    """
    return _decomposed(tuple(names), tuple(dict.fromkeys(map(frozenset, together))), frozenset(spoken))


@lru_cache(maxsize=4096)
def _decomposed(
    names: tuple[str, ...], together: tuple[frozenset[str], ...], spoken: frozenset[str]
) -> tuple[AttributeGroup, ...]:
    """Do what :func:`groups` says, once: which claims hang together is asked again and again in a search."""
    import networkx  # needed only here, and slow to import
    from networkx.algorithms.approximation import treewidth_min_fill_in

    position = {name: number for number, name in enumerate(names)}
    important = {position[name] for name in spoken}
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(names)))
    for scope in together:
        graph.add_edges_from(combinations(sorted(position[name] for name in scope), 2))
    groups: list[AttributeGroup] = []
    for part in sorted(networkx.connected_components(graph), key=min):
        _, tree = treewidth_min_fill_in(graph.subgraph(sorted(part)).copy())
        root = min(tree.nodes, key=lambda node: (-len(node & important), sorted(node)))
        number = {root: len(groups)}
        groups.append(AttributeGroup(_named(names, root), None, ()))
        for parent, child in networkx.bfs_edges(tree, root, sort_neighbors=lambda nodes: sorted(nodes, key=sorted)):
            number[child] = len(groups)
            groups.append(AttributeGroup(_named(names, child), number[parent], _named(names, parent & child)))
    return tuple(groups)


def _named(names: Sequence[str], positions: Iterable[int]) -> tuple[str, ...]:
    return tuple(names[position] for position in sorted(positions))
