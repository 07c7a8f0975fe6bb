"""The published figures as frozen objects, which everybody else works with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from implied.ledger.conditions import EVERYONE, Attribute, Condition


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
    """One published figure.

    Exactly one of ``condition`` (patients counted), ``sum`` (events counted over these attributes) and ``quantity``
    (attribute summarised) is set; none of them for a threshold of the methods.
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

    @property
    def text(self) -> str:
        """The figure as the source prints it, such as ``57 [23-82]``."""
        return self.layout.format(**self.printed)

    @property
    def is_threshold(self) -> bool:
        """Whether the figure belongs to a definition and not to patients."""
        return self.condition is None and not self.sum and self.quantity is None

    @property
    def counts_everybody(self) -> bool:
        """Whether the figure is the number of all patients."""
        return (
            self.condition == EVERYONE
            and self.readings[0].population == EVERYONE
            and self.printed.get("count", "all") != "all"
        )

    def reading(self, name: str) -> Reading:
        """Return the reading of that name; ``KeyError`` when the entry has none."""
        return {str(reading.name): reading for reading in self.readings}[name]


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


@dataclass(frozen=True)
class Ledger:
    """All entries in printed order, the attributes they speak of and the rules of a possible patient."""

    source: str
    attributes: Mapping[str, Attribute]
    rules: tuple[Rule, ...]
    entries: tuple[Entry, ...]
    digest: str

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
