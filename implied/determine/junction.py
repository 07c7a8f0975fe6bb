"""Which attributes have to be looked at together: a tree of small groups in place of one huge table.

Two attributes that no figure and no rule mentions together need no common table. A tree decomposition gives groups of
attributes such that any tables over the groups which agree where groups overlap can be put together to patients
(Vorob'ev 1962; Lauritzen and Spiegelhalter 1988). So nothing is lost by looking at the groups alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from implied.ledger import Entry, Ledger, Rule
from implied.ledger.conditions import Attribute, attributes_of


@dataclass(frozen=True)
class Group:
    """Attributes looked at together; ``shared`` with the group ``parent``, which comes before it (None for a root)."""

    names: tuple[str, ...]
    parent: int | None
    shared: tuple[str, ...]


def scope_of_attribute(attribute: Attribute) -> frozenset[str]:
    """Name an attribute and those that tell to whom it applies."""
    return frozenset({attribute.name, *attributes_of(attribute.applies_when)})


def scope_of_entry(entry: Entry) -> frozenset[str]:
    """Name the attributes that an entry speaks of, in all of its readings."""
    conditions = [reading.population for reading in entry.readings]
    if entry.condition is not None:
        conditions.append(entry.condition)
    named = {name for condition in conditions for name in attributes_of(condition)}
    return frozenset(named.union(entry.sum, [] if entry.quantity is None else [entry.quantity]))


def scope_of_rule(rule: Rule) -> frozenset[str]:
    """Name the attributes that a rule speaks of."""
    then = [] if rule.then is None else [*attributes_of(rule.then)]
    return frozenset({*attributes_of(rule.when), *then, *rule.terms})


def scopes(ledger: Ledger) -> list[frozenset[str]]:
    """Return every set of attributes that some figure, hard rule or applicability mentions together."""
    found = [scope_of_attribute(attribute) for attribute in ledger.attributes.values()]
    found += [scope_of_rule(rule) for rule in ledger.rules if not rule.plausible]
    return [scope for scope in found + [scope_of_entry(entry) for entry in ledger] if scope]


def merged(parts: Iterable[frozenset[str]], scopes: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Join those of some separate sets that a scope has members of, for one scope after the other."""
    found = list(parts)
    for scope in scopes:
        touched = [part for part in found if not part.isdisjoint(scope)]
        found = [part for part in found if part.isdisjoint(scope)] + [scope.union(*touched)]
    return found


def groups(names: Sequence[str], together: Iterable[Collection[str]], spoken: Collection[str]) -> list[Group]:
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
    return list(_decomposed(tuple(names), tuple(dict.fromkeys(map(frozenset, together))), frozenset(spoken)))


@lru_cache(maxsize=4096)
def _decomposed(
    names: tuple[str, ...], together: tuple[frozenset[str], ...], spoken: frozenset[str]
) -> tuple[Group, ...]:
    """Do what :func:`groups` says, once: which figures hang together is asked again and again in a search."""
    import networkx  # needed only here, and slow to import
    from networkx.algorithms.approximation import treewidth_min_fill_in

    place = {name: position for position, name in enumerate(names)}
    asked = {place[name] for name in spoken}
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(names)))
    for scope in together:
        graph.add_edges_from(combinations(sorted(place[name] for name in scope), 2))
    found: list[Group] = []
    for part in sorted(networkx.connected_components(graph), key=min):
        _, tree = treewidth_min_fill_in(graph.subgraph(sorted(part)).copy())
        root = min(tree.nodes, key=lambda node: (-len(node & asked), sorted(node)))
        number = {root: len(found)}
        found.append(Group(_named(names, root), None, ()))
        for parent, child in networkx.bfs_edges(tree, root, sort_neighbors=lambda nodes: sorted(nodes, key=sorted)):
            number[child] = len(found)
            found.append(Group(_named(names, child), number[parent], _named(names, parent & child)))
    return tuple(found)


def _named(names: Sequence[str], places: Iterable[int]) -> tuple[str, ...]:
    return tuple(names[place] for place in sorted(places))
