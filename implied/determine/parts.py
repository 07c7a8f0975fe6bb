"""Parts of a ledger: some of its figures, with the attributes and rules that they hang together with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from implied.determine.junction import merged, scope_of_attribute, scope_of_entry, scope_of_rule
from implied.ledger import Entry, Ledger


class Parts:
    """What hangs together in a ledger, worked out once."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.place = {name: place for place, name in enumerate(ledger.attributes)}
        self.rules = [(rule, scope_of_rule(rule)) for rule in ledger.rules if not rule.plausible]
        self.scopes = {entry.id: scope_of_entry(entry) for entry in ledger}
        own = [scope_of_attribute(attribute) for attribute in ledger.attributes.values()]
        self.ruled = merged([], [*own, *(scope for _, scope in self.rules)])

    def of(self, entries: Iterable[Entry], names: Collection[str] = ()) -> Ledger:
        """Return a ledger of some entries only.

        Its attributes are those that the entries (and ``names``) speak of, with all that hard rules tie to them.
        """
        kept = tuple(entries)
        spoken = set(names).union(*(self.scopes[entry.id] for entry in kept))
        return self._ledger(kept, set[str]().union(*(each for each in self.ruled if not each.isdisjoint(spoken))))

    def separate(self, entries: Sequence[Entry] | None = None, together: Collection[str] = ()) -> list[Ledger]:
        """Part entries (all, when left out) so that no figure or rule speaks of attributes in two parts.

        Once the number of patients is settled, any patients that satisfy one part go with any that satisfy another.
        ``together`` are attributes to be kept in one part. Entries without attributes go with every part; attributes
        of which no given entry speaks are left out.
        """
        kept = self.ledger.entries if entries is None else tuple(entries)
        spoken = [self.scopes[entry.id] for entry in kept]
        touched = self.ruled
        if entries is not None:
            every = set[str]().union(*spoken)
            touched = [each for each in self.ruled if not each.isdisjoint(every)]
        parts = merged(touched, [*(scope for scope in spoken if scope), *([frozenset(together)] if together else [])])
        parts.sort(key=lambda names: min(self.place[name] for name in names))
        if not parts:
            return [self._ledger(tuple(kept), set())]
        return [
            self._ledger(tuple(entry for entry in kept if self.scopes[entry.id] <= names), names) for names in parts
        ]

    def _ledger(self, entries: tuple[Entry, ...], names: Collection[str]) -> Ledger:
        return replace(
            self.ledger,
            attributes={name: each for name, each in self.ledger.attributes.items() if name in names},
            rules=tuple(rule for rule, scope in self.rules if scope <= set(names)),
            entries=entries,
        )
