"""The claims of a publication as frozen objects, with whatever they speak of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from implied.ledger.conditions import EVERYONE, Attribute, Condition, attributes_of


class LedgerError(ValueError):
    """A ledger that cannot be used; each of ``problems`` names an entry and what is wrong with it."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Reading:
    """A population that an entry speaks of; ``because`` says why one is assumed that the source does not state."""

    name: Literal["literal", "inferred"]
    population: Condition
    among: str
    because: str = ""


@dataclass(frozen=True)
class Entry:
    """One claim: what the source prints of some patients.

    Exactly one of ``condition`` (patients counted), ``sum`` (events counted over these attributes) and ``quantity``
    (attribute summarised) is set; none of them for a threshold of the methods. Of the ``readings`` that the ledger
    offers, it is taken in the one named by ``read_as``.
    """

    id: str
    section: str
    label: str
    printed: Mapping[str, str]
    layout: str
    unit: str | None
    condition: Condition | None
    sum: tuple[str, ...]
    quantity: str | None
    readings: tuple[Reading, ...]
    remark: str
    read_as: str = "literal"

    @property
    def text(self) -> str:
        """The claim as the source prints it, such as ``57 [23-82]``."""
        return self.layout.format(**self.printed)

    @property
    def is_threshold(self) -> bool:
        """Whether the claim belongs to a definition and not to patients."""
        return self.condition is None and not self.sum and self.quantity is None

    @property
    def counts_everybody(self) -> bool:
        """Whether the claim is the number of all patients."""
        return (
            self.condition == EVERYONE
            and self.readings[0].population == EVERYONE
            and self.printed.get("count", "all") != "all"
        )

    @property
    def is_silent(self) -> bool:
        """Whether the claim is a percentage that says neither what it counts nor of how many."""
        return "percent" in self.printed and not {"count", "denominator"} & set(self.printed)

    def reading(self, name: str) -> Reading:
        """Return the reading of that name; ``KeyError`` when the entry has none."""
        return {str(reading.name): reading for reading in self.readings}[name]

    @property
    def population(self) -> Condition:
        """The patients whom the claim is about, as it is read."""
        return self.reading(self.read_as).population

    @property
    def among(self) -> str:
        """The same in words."""
        return self.reading(self.read_as).among

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions of the claim, in whichever way it is read."""
        counted = () if self.condition is None else (self.condition,)
        return (*counted, *(reading.population for reading in self.readings))

    @cached_property
    def names(self) -> frozenset[str]:
        """The attributes that the claim speaks of, in whichever way it is read."""
        quantity = () if self.quantity is None else (self.quantity,)
        return frozenset([*names_in(self.conditions), *self.sum, *quantity])


@dataclass(frozen=True)
class Rule:
    """What holds for every patient who meets ``when``: ``then``, or ``low <= sum of terms <= high``.

    A ``plausible`` rule only keeps reconstructed patients credible; nothing may be concluded from it.
    """

    because: str
    plausible: bool
    when: Condition
    then: Condition | None
    terms: Mapping[str, int]
    low: int | None
    high: int | None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions of the rule."""
        return (self.when,) if self.then is None else (self.when, self.then)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The attributes that the rule speaks of, in its order."""
        return tuple(dict.fromkeys([*names_in(self.conditions), *self.terms]))


def names_in(conditions: Iterable[Condition]) -> Iterator[str]:
    """Name the attributes that some conditions speak of."""
    for condition in conditions:
        yield from attributes_of(condition)


def merged(parts: Iterable[frozenset[str]], scopes: Iterable[Collection[str]]) -> list[frozenset[str]]:
    """Join those of some separate sets that a scope has members of, for one scope after the other."""
    joined = list(parts)
    for scope in scopes:
        touched = [part for part in joined if not part.isdisjoint(scope)]
        joined = [part for part in joined if part.isdisjoint(scope)] + [frozenset(scope).union(*touched)]
    return joined


@dataclass(frozen=True)
class Ledger:
    """All claims in printed order, the attributes they speak of and the rules of a possible patient.

    Percentages are taken to be rounded by the rule named ``rounding``.
    """

    source: str
    attributes: Mapping[str, Attribute]
    rules: tuple[Rule, ...]
    entries: tuple[Entry, ...]
    digest: str
    rounding: str = "half up"

    def __iter__(self) -> Iterator[Entry]:
        """Go through the entries in the order of the file."""
        return iter(self.entries)

    def __len__(self) -> int:
        """Count the entries."""
        return len(self.entries)

    def __contains__(self, entry_id: object) -> bool:
        """Tell whether an entry has this id."""
        return any(entry.id == entry_id for entry in self.entries)

    def __getitem__(self, entry_id: str) -> Entry:
        """Return the entry of that id; ``KeyError`` when there is none."""
        for entry in self.entries:
            if entry.id == entry_id:
                return entry
        raise KeyError(entry_id)

    @property
    def size(self) -> int:
        """Number of patients: the printed count of everybody.

        Raises
        ------
        LedgerError
            When no entry counts all patients.
        """
        for entry in self.entries:
            if entry.counts_everybody:
                return int(entry.printed["count"])
        raise LedgerError(["the ledger has no entry that counts all patients (condition: {})"])

    @property
    def hard_rules(self) -> tuple[Rule, ...]:
        """The rules from which something may be concluded."""
        return tuple(rule for rule in self.rules if not rule.plausible)

    def read(self, readings: Mapping[str, str]) -> Ledger:
        """Return the ledger with the entries that ``readings`` names read so, and all others literally."""
        entries = (replace(entry, read_as=readings.get(entry.id, "literal")) for entry in self.entries)
        return replace(self, entries=tuple(entries))

    @cached_property
    def _ruled(self) -> list[frozenset[str]]:
        """Sets of attributes that hang together by what applies to whom and by hard rules."""
        scopes = [attribute.names for attribute in self.attributes.values()]
        return merged([], [*scopes, *(rule.names for rule in self.hard_rules)])

    def of(self, entries: Iterable[Entry], names: Collection[str] = ()) -> Ledger:
        """Return a ledger of some entries only.

        Its attributes are those that the entries (and ``names``) speak of, with all that hard rules tie to them.
        """
        chosen = tuple(entries)
        spoken = set(names).union(*(entry.names for entry in chosen))
        return self._part(chosen, set[str]().union(*(tied for tied in self._ruled if not tied.isdisjoint(spoken))))

    def parts(self, entries: Sequence[Entry] | None = None, together: Collection[str] = ()) -> list[Ledger]:
        """Part entries (all, when left out) so that no claim or hard rule speaks of attributes in two parts.

        Once the number of patients is settled, any patients that satisfy one part go with any that satisfy another.
        ``together`` are attributes to be left in one part. Entries without attributes go with every part; attributes
        of which no given entry speaks are left out.
        """
        chosen = self.entries if entries is None else tuple(entries)
        spoken = [entry.names for entry in chosen]
        touched = self._ruled
        if entries is not None:
            every = set[str]().union(*spoken)
            touched = [tied for tied in self._ruled if not tied.isdisjoint(every)]
        order = list(self.attributes)
        parts = merged(touched, [scope for scope in (*spoken, frozenset(together)) if scope])
        parts.sort(key=lambda names: min(map(order.index, names)))
        return [
            self._part([entry for entry in chosen if entry.names <= names], names) for names in parts or [frozenset()]
        ]

    def _part(self, entries: Sequence[Entry], names: Collection[str]) -> Ledger:
        return replace(
            self,
            attributes={name: attribute for name, attribute in self.attributes.items() if name in names},
            rules=tuple(rule for rule in self.hard_rules if set(rule.names) <= set(names)),
            entries=tuple(entries),
        )
