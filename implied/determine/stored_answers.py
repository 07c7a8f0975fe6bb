"""What is stored in a file of all that a ledger implies, and how it is read: no solver is needed for that.

A file is never read for another ledger or other questions than it was worked out for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from implied.ledger import Ledger
from implied.ledger.questions import Questions
from implied.numbers.rounding import with_unit


class NotDetermined(ValueError):
    """A file of what a ledger implies that is missing or belongs to another ledger."""


@dataclass(frozen=True)
class KnownBound:
    """How small and how great a number can be; ``low`` and ``high`` as the book prints them, None without a number.

    ``statistic`` is what of the claim or question is meant, ``reading`` the population of a claim. Unless ``proven``
    the limits hold, but may be wider than what can be reached; with ``may_be_empty`` there may be nobody to summarise.
    ``without_reading`` is the interval that remains when claims that are not read literally are left out altogether,
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
    """What is forced about a patient, in words; ``entries`` are the claims it takes besides the rules."""

    attribute: str
    value: str
    entries: tuple[str, ...]


@dataclass(frozen=True)
class KnownPatient:
    """A patient whom claims single out; unless ``alone``, each of several who share a printed extreme."""

    subject: str
    alone: bool
    facts: tuple[KnownFact, ...]


@dataclass(frozen=True)
class Determined:
    """What a ledger implies: conflicts, readings chosen, rounding rules with what rules them out, bounds, patients.

    ``ledger`` and ``questions`` are the digests of the files it was worked out for.
    """

    ledger: str
    questions: str
    readings: Mapping[str, str]
    conflicts: tuple[KnownConflict, ...]
    rounding: Mapping[str, tuple[str, ...]]
    intervals: tuple[KnownBound, ...]
    patients: tuple[KnownPatient, ...]

    def interval(self, name: str, reading: str = "literal", statistic: str | None = None) -> KnownBound | None:
        """Return the interval of a claim or question, of its first statistic unless one is named; None without any."""
        of_name = (bound for bound in self._of(name, reading) if statistic in (None, bound.statistic))
        return next(of_name, None)

    def possible(self, name: str, reading: str = "literal") -> str:
        """Say what a number can be: ``forced: 20``, ``possible: 10 to 14 (48 to 67%)``; empty when it was not asked."""
        bounds = self._of(name, reading)
        if not bounds:
            return ""
        if bounds[0].forced:
            return f"forced: {bounds[0].with_unit}{_without_reading(bounds)}"
        words = bounds[0].with_unit + "".join(f" ({bound.text})" for bound in bounds[1:])
        words += " or nobody" if bounds[0].may_be_empty else ""
        return f"possible: {words}{_without_reading(bounds)}"

    def _of(self, name: str, reading: str) -> list[KnownBound]:
        return [bound for bound in self.intervals if (bound.id, bound.reading) == (name, reading)]


def _without_reading(bounds: Sequence[KnownBound]) -> str:
    """Add what is possible without the claims that are not read literally, where that is more."""
    other = [bound.without_reading for bound in bounds if bound.without_reading is not None]
    aside = f" ({', '.join(other[1:])})" if other[1:] else ""
    return f"; without the inferred reading {other[0]}{aside}" if other else ""


def write_determined(determined: Determined, path: Path) -> None:
    """Store what a ledger implies."""
    text = json.dumps(asdict(determined), indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def load_determined(ledger: Ledger, questions: Questions, path: Path) -> Determined:
    """Read what was worked out for a ledger and questions.

    Raises
    ------
    NotDetermined
        When the file is missing, or was worked out for others.
    """
    try:
        determined = TypeAdapter(Determined).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        msg = f"{path}: cannot be read ({str(error).splitlines()[0]})"
        raise NotDetermined(msg) from error
    if (determined.ledger, determined.questions) != (ledger.digest, questions.digest):
        msg = f"{path}: was worked out for another ledger or other questions"
        raise NotDetermined(msg)
    return determined
