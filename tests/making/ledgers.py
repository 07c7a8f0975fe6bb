"""A small sound ledger to alter, and figures recorded for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from implied.ledger import Entry, Ledger, load_ledger
from itpbook.results import Result

Written = dict[str, Any]


def small_ledger() -> Written:
    """Return a ledger of ten patients as it is written: one entry of every kind."""
    return {
        "source": "A series of ten",
        "attributes": {
            "sex": {"label": "Sex", "values": ["female", "male"]},
            "response": {"label": "Response", "values": ["CR", "R", "none"]},
            "duration_days": {"label": "Duration", "unit": "days", "minimum": 1, "maximum": 3000},
            "time_days": {
                "label": "Time to response",
                "unit": "days",
                "minimum": 1,
                "maximum": 3000,
                "applies_when": {"response": ["CR", "R"]},
                "moves_with": "duration_days",
            },
            "events": {"label": "Events", "unit": "events", "minimum": 0, "maximum": 3},
        },
        "rules": [
            {
                "because": "a response ends with the treatment",
                "sum": {"duration_days": 1, "time_days": -1},
                "at_least": 0,
            },
            {"because": "men respond", "when": {"sex": "male"}, "then": {"response": ["CR", "R"]}},
        ],
        "entries": [
            {
                "id": "methods.long",
                "section": "methods",
                "label": "Long",
                "printed": {"threshold": ">12"},
                "unit": "months",
            },
            counted("cohort.n", {}, count="10"),
            counted("cohort.women", {"sex": "female"}, percent="60") | {"population": "everyone"},
            counted(
                "cohort.long", {"duration_days": {"above": "methods.long"}}, count="4", denominator="10", percent="40"
            ),
            {
                "id": "cohort.duration",
                "section": "cohort",
                "label": "Duration",
                "printed": {"median": "11", "minimum": "1", "maximum": "40"},
                "unit": "months",
                "quantity": "duration_days",
            },
            {
                "id": "cohort.events",
                "section": "cohort",
                "label": "Events",
                "printed": {"count": "5"},
                "unit": "events",
                "sum": ["events"],
            },
            counted("cohort.women.cr", {"response": "CR"}, percent="50")
            | {
                "population": {"sex": "female"},
                "among": "women",
                "inferred": {
                    "population": {"sex": "female", "events": {"at_most": 0}},
                    "among": "women without events",
                    "because": "Only six fit.",
                },
            },
        ],
    }


def counted(entry_id: str, condition: Written, **printed: str) -> Written:
    """Return an entry that counts patients, as it is written."""
    return {
        "id": entry_id,
        "section": entry_id.partition(".")[0],
        "label": entry_id.capitalize(),
        "printed": printed,
        "condition": condition,
    }


def entry_of(written: Written, entry_id: str) -> Written:
    """Return the entry of that id, to be altered in place."""
    (found,) = [entry for entry in written["entries"] if entry["id"] == entry_id]
    return found


def write_ledger(written: Written, folder: Path) -> Path:
    """Write a ledger into a folder."""
    path = folder / "ledger.yaml"
    path.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
    return path


def loaded(written: Written, folder: Path) -> Ledger:
    """Load a written ledger."""
    return load_ledger(write_ledger(written, folder))


def as_published(entry: Entry, reading: str = "literal", **changes: Any) -> Result:
    """Return a figure as a chapter that reproduces the published one would record it."""
    statistics = {name: {"raw": None, "formatted": printed} for name, printed in entry.printed.items()}
    found: dict[str, Any] = {
        "id": entry.id,
        "label": entry.label,
        "population": entry.reading(reading).among,
        "n": None,
        "N": None,
        "statistics": statistics,
        "printed": entry.text,
        "reading": reading,
        "unit": entry.unit,
        "chapter": entry.section,
    }
    return Result(**{**found, **changes})


def printing(entry: Entry, reading: str = "literal", /, **formatted: str) -> Result:
    """Return the same with other printed numbers."""
    printed = {**entry.printed, **formatted}
    statistics = {name: {"raw": None, "formatted": text} for name, text in printed.items()}
    text = entry.layout.format(**{name: printed[name] for name in entry.printed})
    return as_published(entry, reading, statistics=statistics, printed=text)
