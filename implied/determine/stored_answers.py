"""What is kept in a file of all that a ledger determines: for whoever only reads it.

It is worked out by :mod:`implied.determine.everything`, and is never read for another ledger or other questions than it
was worked out for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from implied.ledger import Ledger
from implied.ledger.questions import Questions
from implied.numbers.rounding import with_unit


class NotDetermined(ValueError):
    """A file of what a ledger determines that is missing or belongs to another ledger."""


@dataclass(frozen=True)
class Interval:
    """How small and how great a figure can be; ``low`` and ``high`` as the book prints them, None without a figure.

    ``statistic`` is what of the figure is meant, ``reading`` the population of a published one. Unless ``proven`` the
    limits hold, but may be wider than what can be reached; with ``may_be_empty`` there may be nobody to summarise.
    ``without_reading`` is the interval that remains when figures that are not read literally are left out altogether,
    where it is another one.
    """

    id: str
    reading: str
    statistic: str
    label: str
    among: str
    unit: str | None
    low: str | None
    high: str | None
    exact: tuple[str, str] | None
    proven: bool
    forced: bool
    may_be_empty: bool
    published: bool
    without_reading: str | None = None

    @property
    def text(self) -> str:
        """The interval in characters: ``3``, ``3 to 15``, ``33 to 100%``."""
        if self.low is None:
            return "no figure"
        percent = "%" if self.statistic == "percent" else ""
        words = f"{self.low}{percent}" if self.low == self.high else f"{self.low} to {self.high}{percent}"
        return words if self.proven else f"within {words} (not proven sharp)"

    @property
    def with_unit(self) -> str:
        """The interval with the unit that its greatest value asks for: ``1 event``, ``0 to 1 event``."""
        return self.text if self.high is None else with_unit(self.text, self.unit, self.high)


@dataclass(frozen=True)
class KnownConflict:
    """Entries that conflict, and why.

    Where percentages without a number of patients take part, ``denominators`` are the sizes of their group that print
    all of them, and ``sizes`` are the least and the greatest size that the other entries leave to it.
    """

    entries: tuple[str, ...]
    statement: str
    arithmetic: tuple[str, ...]
    denominators: tuple[int, ...]
    sizes: tuple[int, int] | None = None


@dataclass(frozen=True)
class KnownFact:
    """What is forced about a patient, in words; ``entries`` are the figures it takes beside the rules."""

    attribute: str
    value: str
    entries: tuple[str, ...]


@dataclass(frozen=True)
class KnownPatient:
    """A patient whom figures single out; unless ``alone``, each of several who share a printed extreme."""

    subject: str
    alone: bool
    facts: tuple[KnownFact, ...]


@dataclass(frozen=True)
class Determined:
    """What a ledger determines: conflicts, readings chosen, rounding rules with what rules them out, bounds, patients.

    ``ledger`` and ``questions`` are the digests of the files it was worked out for.
    """

    ledger: str
    questions: str
    readings: Mapping[str, str]
    conflicts: tuple[KnownConflict, ...]
    rounding: Mapping[str, tuple[str, ...]]
    intervals: tuple[Interval, ...]
    patients: tuple[KnownPatient, ...]

    def interval(self, figure_id: str, reading: str = "literal", statistic: str | None = None) -> Interval | None:
        """Return the interval of a figure, of its first statistic unless told which; None when it was not asked."""
        return next(
            (
                each
                for each in self.intervals
                if (each.id, each.reading) == (figure_id, reading) and statistic in (None, each.statistic)
            ),
            None,
        )

    def possible(self, figure_id: str, reading: str = "literal") -> str:
        """Say what a figure can be: ``forced: 20``, ``possible: 10 to 14 (48 to 67%)``; empty when it was not asked."""
        found = [each for each in self.intervals if (each.id, each.reading) == (figure_id, reading)]
        if not found:
            return ""
        words = found[0].with_unit
        if found[0].forced:
            return f"forced: {words}{_without_reading(found)}"
        words += "".join(f" ({each.text})" for each in found[1:])
        words += " or nobody" if found[0].may_be_empty else ""
        return f"possible: {words}{_without_reading(found)}"


def _without_reading(found: list[Interval]) -> str:
    """Add what is possible without the figures that are not read literally, where that is more."""
    other = [each.without_reading for each in found if each.without_reading is not None]
    aside = f" ({', '.join(other[1:])})" if other[1:] else ""
    return f"; without the inferred reading {other[0]}{aside}" if other else ""


def write_determined(found: Determined, path: Path) -> None:
    """Keep what a ledger determines."""
    path.write_text(json.dumps(asdict(found), indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def load_determined(ledger: Ledger, questions: Questions, path: Path) -> Determined:
    """Read what was worked out for a ledger and questions.

    Raises
    ------
    NotDetermined
        When the file is missing, or was worked out for others.
    """
    try:
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        msg = f"{path}: cannot be read ({error})"
        raise NotDetermined(msg) from error
    if (kept.get("ledger"), kept.get("questions")) != (ledger.digest, questions.digest):
        msg = f"{path}: was worked out for another ledger or other questions"
        raise NotDetermined(msg)
    return Determined(
        ledger=kept["ledger"],
        questions=kept["questions"],
        readings=kept["readings"],
        conflicts=tuple(
            KnownConflict(
                tuple(each["entries"]),
                each["statement"],
                tuple(each["arithmetic"]),
                tuple(each["denominators"]),
                None if each["sizes"] is None else (each["sizes"][0], each["sizes"][1]),
            )
            for each in kept["conflicts"]
        ),
        rounding={name: tuple(conflict) for name, conflict in kept["rounding"].items()},
        intervals=tuple(
            Interval(**{**each, "exact": None if each["exact"] is None else tuple(each["exact"])})
            for each in kept["intervals"]
        ),
        patients=tuple(
            KnownPatient(
                each["subject"],
                each["alone"],
                tuple(KnownFact(fact["attribute"], fact["value"], tuple(fact["entries"])) for fact in each["facts"]),
            )
            for each in kept["patients"]
        ),
    )
