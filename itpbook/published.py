"""The ledger: what the source prints, typed and checked when it is read.

``data/published.yaml`` holds one entry per published figure. :func:`load_ledger` turns the file into frozen objects,
or raises :class:`LedgerError` with everything that is wrong, entry by entry.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from itpbook.conditions import (
    EVERYONE,
    AllOf,
    Attribute,
    Condition,
    ConditionError,
    parse,
)
from itpbook.formatting import print_percent
from itpbook.project import LEDGER
from itpbook.units import in_days

Statistic = Literal["count", "denominator", "percent", "median", "q1", "q3", "minimum", "maximum", "threshold"]

_LAYOUTS = {
    ("count",): "{count}",
    ("percent",): "{percent}%",
    ("threshold",): "{threshold}",
    ("count", "percent"): "{count} ({percent}%)",
    ("count", "denominator", "percent"): "{count}/{denominator} ({percent}%)",
    ("percent", "count", "denominator"): "{percent}% ({count}/{denominator})",
    ("median", "minimum", "maximum"): "{median} [{minimum}-{maximum}]",
}
_NUMBER = r"^\d+(\.\d+)?$"
_COUNT = r"^(\d+|all)$"
_THRESHOLD = r"^[<>]?=?\d+(\.\d+)?(/\d+)?$"


class LedgerError(ValueError):
    """A ledger that cannot be used; the message names each entry and what is wrong with it."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


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
        """Number of patients: the printed count of everybody."""
        return int(_size_entry(self.entries).printed["count"])


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, protected_namespaces=())


class _WrittenAttribute(_Strict):
    label: str
    values: list[str | bool] = []
    unit: str | None = None
    minimum: int = 0
    maximum: int = 0
    applies_when: dict[str, Any] = {}
    moves_with: str | None = None


class _WrittenRule(_Strict):
    because: str
    plausible: bool = False
    when: dict[str, Any] = {}
    then: dict[str, Any] | None = None
    sum: dict[str, int] = {}
    at_least: int | None = None
    at_most: int | None = None
    equals: int | None = None


class _WrittenReading(_Strict):
    population: dict[str, Any]
    among: str
    because: str


class _WrittenPrinted(_Strict):
    count: str | None = Field(None, pattern=_COUNT)
    denominator: str | None = Field(None, pattern=r"^\d+$")
    percent: str | None = Field(None, pattern=_NUMBER)
    median: str | None = Field(None, pattern=_NUMBER)
    q1: str | None = Field(None, pattern=_NUMBER)
    q3: str | None = Field(None, pattern=_NUMBER)
    minimum: str | None = Field(None, pattern=_NUMBER)
    maximum: str | None = Field(None, pattern=_NUMBER)
    threshold: str | None = Field(None, pattern=_THRESHOLD)


class _WrittenEntry(_Strict):
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$|^[a-z][a-z0-9_]*$")
    section: str
    label: str
    printed: _WrittenPrinted
    layout: str | None = None
    unit: str | None = None
    condition: dict[str, Any] | None = None
    sum: list[str] = []
    quantity: str | None = None
    population: dict[str, Any] | Literal["everyone"] | None = None
    among: str = "all patients"
    inferred: _WrittenReading | None = None
    remark: str = ""


class _WrittenLedger(_Strict):
    source: str
    attributes: dict[str, _WrittenAttribute]
    rules: list[_WrittenRule] = []
    entries: list[Any]


def load_ledger(path: Path = LEDGER) -> Ledger:
    """Read a ledger and check it.

    Raises
    ------
    LedgerError
        When the file is missing or any entry is wrong: duplicate ids, unknown attributes or values, malformed
        numbers, a percentage without denominator, a percentage that no count gives. All problems come at once.
    """
    try:
        content = path.read_bytes()
        written = _WrittenLedger.model_validate(yaml.safe_load(content))
    except OSError as error:
        raise LedgerError([f"{path}: cannot be read ({error.strerror})"]) from error
    except yaml.YAMLError as error:
        raise LedgerError([f"{path}: is no YAML: {error}"]) from error
    except ValidationError as error:
        raise LedgerError(_validation_messages(str(path), error)) from error
    return _Reader(written).ledger(hashlib.sha256(content).hexdigest())


def _validation_messages(where: str, error: ValidationError) -> list[str]:
    messages = []
    for problem in error.errors():
        field = ".".join(str(part) for part in problem["loc"])
        found = "" if problem["type"] == "missing" else f" (found {problem['input']!r})"
        messages.append(f"{where}: {field}: {problem['msg']}{found}")
    return messages


def _size_entry(entries: tuple[Entry, ...]) -> Entry:
    for entry in entries:
        if entry.condition == EVERYONE and entry.readings[0].population == EVERYONE and "count" in entry.printed:
            return entry
    raise LedgerError(["the ledger has no entry that counts all patients (condition: {})"])


class _Reader:
    """Turns the written ledger into the typed one and gathers what is wrong on the way."""

    def __init__(self, written: _WrittenLedger) -> None:
        self.written = written
        self.problems: list[str] = []
        self.thresholds: dict[str, tuple[str, str | None]] = {}
        for raw in written.entries:
            if isinstance(raw, dict) and isinstance(raw.get("printed"), dict) and "threshold" in raw["printed"]:
                self.thresholds[str(raw.get("id"))] = (str(raw["printed"]["threshold"]), raw.get("unit"))
        self.attributes = {
            name: Attribute(name, raw.label, tuple(raw.values), raw.unit, raw.minimum, raw.maximum)
            for name, raw in written.attributes.items()
        }

    def ledger(self, digest: str) -> Ledger:
        """Build the ledger, or raise ``LedgerError`` with all that was found."""
        attributes = {name: self._attribute(name) for name in self.attributes}
        rules = tuple(self._rule(position, raw) for position, raw in enumerate(self.written.rules, start=1))
        entries = tuple(entry for raw in self.written.entries if (entry := self._entry(raw)) is not None)
        for entry_id, times in Counter(entry.id for entry in entries).items():
            if times > 1:
                self.problems.append(f"{entry_id}: this id stands {times} times")
        if not self.problems:
            size = int(_size_entry(entries).printed["count"])
            self.problems += [problem for entry in entries for problem in percentage_problems(entry, size)]
        if self.problems:
            raise LedgerError(self.problems)
        return Ledger(self.written.source, attributes, rules, entries, digest)

    def _attribute(self, name: str) -> Attribute:
        raw, plain = self.written.attributes[name], self.attributes[name]
        if bool(raw.values) == bool(raw.maximum):
            self.problems.append(f"attribute {name}: give either values, or minimum and maximum")
        if raw.moves_with is not None and raw.moves_with not in self.attributes:
            self.problems.append(f"attribute {name}: moves_with names the unknown attribute {raw.moves_with!r}")
        applies_when = self._condition(f"attribute {name}", raw.applies_when)
        return Attribute(
            name, plain.label, plain.values, plain.unit, plain.minimum, plain.maximum, applies_when, raw.moves_with
        )

    def _rule(self, position: int, raw: _WrittenRule) -> Rule:
        where = f"rule {position} ({raw.because})"
        for name in raw.sum:
            if name not in self.attributes or not self.attributes[name].is_number:
                self.problems.append(f"{where}: {name!r} is no declared number")
        if (raw.then is None) == (not raw.sum):
            self.problems.append(f"{where}: give either then, or sum with at_least, at_most or equals")
        low = raw.equals if raw.equals is not None else raw.at_least
        high = raw.equals if raw.equals is not None else raw.at_most
        then = None if raw.then is None else self._condition(where, raw.then)
        return Rule(raw.because, raw.plausible, self._condition(where, raw.when), then, raw.sum, low, high)

    def _entry(self, raw: Any) -> Entry | None:
        name = str(raw.get("id", "entry without id")) if isinstance(raw, dict) else f"entry {raw!r}"
        try:
            entry = _WrittenEntry.model_validate(raw)
        except ValidationError as error:
            self.problems += _validation_messages(name, error)
            return None
        order = [key for key in raw["printed"] if raw["printed"][key] is not None]
        printed = {key: str(getattr(entry.printed, key)) for key in order}
        layout = entry.layout if entry.layout is not None else _LAYOUTS.get(tuple(order))
        if layout is None or any(f"{{{key}}}" not in layout for key in order) or _fails(layout, printed):
            self.problems.append(
                f"{name}: needs a layout that uses {', '.join(order) or 'printed numbers'} and no more"
            )
            layout = ""
        subjects = [entry.condition is not None, bool(entry.sum), entry.quantity is not None]
        if sum(subjects) != ("threshold" not in printed and entry.section != "methods"):
            self.problems.append(f"{name}: give one of condition, sum and quantity (none for a threshold)")
        for attribute in [*entry.sum, *([entry.quantity] if entry.quantity else [])]:
            if attribute not in self.attributes or not self.attributes[attribute].is_number:
                self.problems.append(f"{name}: unknown attribute {attribute!r}, or not a number")
        if "percent" in printed and "denominator" not in printed and entry.population is None:
            self.problems.append(f"{name}: a percentage without denominator: print one, or state the population")
        written = {} if entry.population in (None, "everyone") else entry.population
        assert isinstance(written, dict)
        readings = [Reading("literal", self._condition(name, written), entry.among)]
        if entry.inferred is not None:
            population = self._condition(name, entry.inferred.population)
            readings.append(Reading("inferred", population, entry.inferred.among, entry.inferred.because.strip()))
        return Entry(
            id=entry.id,
            section=entry.section,
            label=entry.label,
            printed=printed,
            layout=layout,
            unit=entry.unit,
            condition=None if entry.condition is None else self._condition(name, entry.condition),
            sum=tuple(entry.sum),
            quantity=entry.quantity,
            readings=tuple(readings),
            remark=entry.remark,
        )

    def _condition(self, where: str, written: Mapping[str, Any]) -> Condition:
        try:
            return parse(written, self.attributes, self._bound)
        except ConditionError as error:
            self.problems.append(f"{where}: {error}")
            return AllOf(())

    def _bound(self, written: str | int, attribute: Attribute) -> Fraction:
        if isinstance(written, int):
            return Fraction(written)
        if written not in self.thresholds:
            known = ", ".join(self.thresholds)
            msg = f"{attribute.name}: {written!r} is neither a number nor a threshold of the ledger ({known})"
            raise ConditionError(msg)
        printed, unit = self.thresholds[written]
        value = Fraction(printed.lstrip("<>="))
        return in_days(value, unit) if attribute.unit == "days" else value


def _fails(layout: str, printed: Mapping[str, str]) -> bool:
    try:
        layout.format(**printed)
    except (KeyError, IndexError, ValueError):
        return True
    return False


def percentage_problems(entry: Entry, size: int) -> list[str]:
    """Say when a printed percentage cannot come from the printed count, or from any count, of its denominator."""
    if "percent" not in entry.printed:
        return []
    percent = entry.printed["percent"]
    everyone = entry.readings[0].population == EVERYONE
    written = entry.printed.get("denominator", str(size) if everyone else None)
    if written is None:
        return []
    total, places = int(written), len(percent.partition(".")[2])
    counted = entry.printed.get("count")
    if total == 0:
        return [f"{entry.id}: a percentage of 0 patients"]
    counts = range(total + 1) if counted is None else [total if counted == "all" else int(counted)]
    prints: Callable[[int], str] = lambda count: print_percent(count, total, places)  # noqa: E731
    if any(prints(count) == percent for count in counts):
        return []
    if counted is not None:
        return [f"{entry.id}: {counted} of {total} prints {prints(counts[0])}%, not {percent}%"]
    near = sorted(counts, key=lambda count: abs(Fraction(100 * count, total) - Fraction(percent)))[:2]
    nearest = " and ".join(f"{count} gives {prints(count)}%" for count in sorted(near))
    return [f"{entry.id}: no count of {total} patients prints {percent}% ({nearest})"]
