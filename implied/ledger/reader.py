"""From the written ledger to the typed one: everything that is wrong is gathered on the way and said at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from implied.ledger.checks import (
    LAYOUTS,
    layout_problems,
    percentage_problems,
    population_problems,
    subject_problems,
)
from implied.ledger.condition_parser import ConditionError, bound_reader, parse
from implied.ledger.conditions import EVERYONE, AnyOf, Attribute, Condition, attributes_of
from implied.ledger.entries import Entry, Ledger, LedgerError, Reading, Rule
from implied.ledger.printed import unit_problems
from implied.ledger.written import (
    Model,
    WrittenAttribute,
    WrittenEntry,
    WrittenLedger,
    WrittenRule,
    read_written,
    validation_messages,
)

_UNREADABLE = AnyOf(())
"""Stands for a condition with problems; unlike an empty one it does not speak of everybody."""


def load_ledger(path: Path) -> Ledger:
    """Read a ledger and check it.

    Raises
    ------
    LedgerError
        When the file is missing or anything in it is wrong: duplicate ids, unknown attributes or values, malformed
        numbers, a layout that does not fit, a percentage without denominator, a percentage that no count gives. All
        problems come at once.
    """
    written, digest = read_written(path, WrittenLedger, LedgerError)
    return _LedgerReader(written).ledger(digest)


class _LedgerReader:
    """Turns the parts of a ledger into objects, and gathers what is wrong with them."""

    def __init__(self, written: WrittenLedger) -> None:
        self.written = written
        self.problems: list[str] = []
        attributes = {
            name: self._part(WrittenAttribute, f"attribute {name}", raw) for name, raw in written.attributes.items()
        }
        self.written_attributes = {name: raw for name, raw in attributes.items() if raw is not None}
        # Conditions may speak of any attribute, so all must be known before the first condition is read.
        self.attributes = {
            name: Attribute(name, raw.label, tuple(raw.values), raw.unit, raw.minimum or 0, raw.maximum or 0)
            for name, raw in self.written_attributes.items()
        }
        parts = [self._part(WrittenEntry, _named(raw, at), raw) for at, raw in enumerate(written.entries, start=1)]
        self.written_entries = [entry for entry in parts if entry is not None]
        self.bound = bound_reader(
            {
                entry.id: (entry.printed.threshold, entry.unit)
                for entry in self.written_entries
                if entry.printed.threshold is not None
            }
        )

    def ledger(self, digest: str) -> Ledger:
        """Build the ledger, or raise ``LedgerError`` with all that was found."""
        attributes = {name: self._attribute(name, raw) for name, raw in self.written_attributes.items()}
        rules = tuple(self._rule(at, raw) for at, raw in enumerate(self.written.rules, start=1))
        entries = tuple(self._entry(raw) for raw in self.written_entries)
        for entry_id, times in Counter(entry.id for entry in entries).items():
            if times > 1:
                self._note(entry_id, [f"this id stands {times} times"])
        size = next((int(entry.printed["count"]) for entry in entries if entry.counts_everybody), None)
        for entry in entries:
            self.problems += percentage_problems(entry, size)
        ledger = Ledger(
            self.written.source, attributes, tuple(rule for rule in rules if rule is not None), entries, digest
        )
        if not self.problems and size is None:
            self.problems.append("no entry counts all patients (condition: {})")
        if self.problems:
            raise LedgerError(self.problems)
        return ledger

    def _note(self, where: str, problems: Iterable[str]) -> None:
        self.problems += [f"{where}: {problem}" for problem in problems]

    def _part(self, model: type[Model], where: str, raw: Any) -> Model | None:
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            self.problems += validation_messages(where, error)
            return None

    def _attribute(self, name: str, raw: WrittenAttribute) -> Attribute:
        where, plain = f"attribute {name}", self.attributes[name]
        if name == "any":
            self._note(where, ["in conditions this word stands for alternatives, so no attribute can have it"])
        ranged = raw.minimum is not None and raw.maximum is not None
        if bool(raw.values) == ranged or (raw.values and (raw.minimum is not None or raw.maximum is not None)):
            self._note(where, ["give either values, or minimum and maximum"])
        if len(set(raw.values)) < len(raw.values):
            self._note(where, ["a value stands twice"])
        if plain.minimum > plain.maximum:
            self._note(where, [f"minimum {plain.minimum} exceeds maximum {plain.maximum}"])
        if raw.moves_with is not None and not (plain.is_number and self._is_number(raw.moves_with)):
            self._note(where, [f"moves_with is for two numbers, found {raw.moves_with!r}"])
        applies_when = self._condition(where, raw.applies_when)
        limited = {
            other
            for other in attributes_of(applies_when)
            if other == name or self.written_attributes[other].applies_when
        }
        if limited:
            self._note(where, [f"applies_when may not speak of {', '.join(sorted(limited))}, which itself needs one"])
        return replace(plain, applies_when=applies_when, moves_with=raw.moves_with, may_be_missing=raw.may_be_missing)

    def _rule(self, at: int, raw: Any) -> Rule | None:
        where = f"rule {at}" + (f" ({raw['because']})" if isinstance(raw, dict) and "because" in raw else "")
        rule = self._part(WrittenRule, where, raw)
        if rule is None:
            return None
        self._note(where, [f"{name!r} is no declared number" for name in rule.sum if not self._is_number(name)])
        bounds = [bound for bound in (rule.at_least, rule.at_most, rule.equals) if bound is not None]
        alone = rule.equals is None or len(bounds) == 1
        if (rule.then is None) == (not rule.sum) or bool(rule.sum) != bool(bounds) or not alone:
            self._note(where, ["give either then, or sum with at_least, at_most or equals"])
        low = rule.equals if rule.equals is not None else rule.at_least
        high = rule.equals if rule.equals is not None else rule.at_most
        then = None if rule.then is None else self._condition(where, rule.then)
        return Rule(rule.because, rule.plausible, self._condition(where, rule.when), then, rule.sum, low, high)

    def _entry(self, raw: WrittenEntry) -> Entry:
        printed = raw.printed.in_order()
        layout = raw.layout if raw.layout is not None else LAYOUTS.get(tuple(printed))
        self._note(raw.id, layout_problems(layout, printed))
        self._note(raw.id, subject_problems(raw, printed))
        self._note(raw.id, population_problems(raw, printed))
        for name in [*raw.sum, *([] if raw.quantity is None else [raw.quantity])]:
            if not self._is_number(name):
                self._note(raw.id, [f"unknown attribute {name!r}, or not a number"])
            else:
                self._note(raw.id, unit_problems(raw.unit, self.attributes[name]))
        population = EVERYONE if not isinstance(raw.population, dict) else self._condition(raw.id, raw.population)
        readings = [Reading("literal", population, raw.among or "all patients")]
        if raw.inferred is not None:
            population = self._condition(raw.id, raw.inferred.population)
            readings.append(Reading("inferred", population, raw.inferred.among, raw.inferred.because.strip()))
        return Entry(
            id=raw.id,
            section=raw.section,
            label=raw.label,
            printed=printed,
            layout=layout or "",
            unit=raw.unit,
            condition=None if raw.condition is None else self._condition(raw.id, raw.condition),
            sum=tuple(raw.sum),
            quantity=raw.quantity,
            readings=tuple(readings),
            remark=raw.remark,
        )

    def _is_number(self, name: str) -> bool:
        return name in self.attributes and self.attributes[name].is_number

    def _condition(self, where: str, written: Mapping[str, Any]) -> Condition:
        try:
            return parse(written, self.attributes, self.bound)
        except ConditionError as error:
            self._note(where, error.problems)
            return _UNREADABLE


def _named(raw: Any, at: int) -> str:
    """Name an entry by its id, or else by its place."""
    return str(raw["id"]) if isinstance(raw, dict) and raw.get("id") else f"entry {at} (no id)"
