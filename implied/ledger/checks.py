"""What can be wrong with an entry that is well formed: numbers and words that do not go together."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

from implied.ledger.conditions import EVERYONE
from implied.ledger.entries import Entry
from implied.ledger.written import WrittenEntry
from implied.numbers.percentages import counts_printing, nearest_counts
from implied.numbers.rounding import decimals, print_percent

LAYOUTS = {
    ("count",): "{count}",
    ("percent",): "{percent}%",
    ("threshold",): "{threshold}",
    ("count", "percent"): "{count} ({percent}%)",
    ("count", "denominator", "percent"): "{count}/{denominator} ({percent}%)",
    ("percent", "count", "denominator"): "{percent}% ({count}/{denominator})",
    ("median",): "{median}",
    ("mean",): "{mean}",
    ("available",): "n = {available}",
    ("median", "mean"): "{median}, mean {mean}",
    ("count", "denominator"): "{count}/{denominator}",
    ("mean", "minimum", "maximum"): "{mean} [{minimum}-{maximum}]",
    ("minimum", "maximum"): "{minimum}-{maximum}",
    ("median", "minimum", "maximum"): "{median} [{minimum}-{maximum}]",
    ("median", "q1", "q3"): "{median} [{q1}-{q3}]",
    ("median", "q1", "q3", "minimum", "maximum"): "{median} [{q1}-{q3}], range {minimum}-{maximum}",
}
"""How the source arranges printed numbers, by their order; an entry with another arrangement brings its own."""

STATISTICS = {
    "condition": {"count", "denominator", "percent"},
    "sum": {"count"},
    "quantity": {"available", "mean", "median", "q1", "q3", "minimum", "maximum"},
    "none of them": {"threshold", "minimum", "maximum"},
}
"""What can be printed of patients counted, events counted, a number summarised, and a definition."""


def layout_problems(layout: str | None, printed: Mapping[str, str]) -> list[str]:
    """Say when a layout leaves out a printed number, or prints what is not compared with anything."""
    wanted = f"needs a layout that uses {', '.join(printed) or 'a printed number'} and no other number"
    if layout is None or not printed:
        return [wanted]
    try:
        parts = list(Formatter().parse(layout))
    except ValueError as error:
        return [f"the layout {layout!r} cannot be read: {error}"]
    used = [name for _, name, _, _ in parts if name is not None]
    plain = all(not spec and not conversion for _, _, spec, conversion in parts)
    digits = any(character.isdigit() for literal, _, _, _ in parts for character in literal)
    return [] if sorted(used) == sorted(printed) and plain and not digits else [f"{wanted}, found {layout!r}"]


def subject_problems(entry: WrittenEntry, printed: Mapping[str, str]) -> list[str]:
    """Say when it is unclear what an entry counts or sums up, or when it prints what its subject does not have."""
    subjects = [
        name
        for name, is_given in (
            ("condition", entry.condition is not None),
            ("sum", bool(entry.sum)),
            ("quantity", entry.quantity is not None),
        )
        if is_given
    ]
    defines = "threshold" in printed or entry.section == "methods"
    if len(subjects) != (not defines):
        named = " and ".join(subjects) or "none"
        return [f"give one of condition, sum and quantity (none for a threshold), found {named}"]
    subject = subjects[0] if subjects else "none of them"
    foreign = [name for name in printed if name not in STATISTICS[subject]]
    if foreign:
        return [f"{', '.join(foreign)} cannot be printed of an entry with {subject}"]
    if entry.sum and "count" not in printed:
        return ["a sum prints a count"]
    return []


def population_problems(entry: WrittenEntry, printed: Mapping[str, str]) -> list[str]:
    """Say when it is unclear of whom an entry speaks."""
    problems = []
    if "percent" in printed and "denominator" not in printed and entry.population is None:
        problems.append("a percentage without denominator: print one, or state the population")
    part = isinstance(entry.population, dict) and bool(entry.population)
    if part != (entry.among is not None):
        problems.append("a population that is not everyone, and among (the same in words), go together")
    if entry.condition is None and entry.quantity is None and (entry.population is not None or entry.inferred):
        problems.append("only patients who are counted or summarised have a population")
    return problems


def percentage_problems(entry: Entry, size: int | None) -> list[str]:
    """Say when printed counts or percentages cannot come from their denominator, or numbers of patients from all.

    ``size`` is the number of all patients: the denominator where none is printed and everybody is meant.
    """
    available = int(entry.printed.get("available", "0"))
    if size is not None and available > size:
        return [f"{entry.id}: known in {available} of {size} patients cannot be"]
    counted, percent = entry.printed.get("count"), entry.printed.get("percent")
    everyone = entry.readings[0].population == EVERYONE
    if "denominator" in entry.printed:
        total = int(entry.printed["denominator"])
    elif entry.condition is not None and everyone and size is not None:
        total = size
    else:
        return []
    count = None if counted is None else total if counted == "all" else int(counted)
    if count is not None and count > total:
        return [f"{entry.id}: {count} of {total} patients cannot be"]
    if percent is None:
        return []
    if total == 0:
        return [f"{entry.id}: a percentage of 0 patients"]

    def prints(number: int) -> str:
        return print_percent(number, total, decimals(percent))

    counts = counts_printing(percent, total)
    if count is not None:
        return [] if count in counts else [f"{entry.id}: {count} of {total} prints {prints(count)}%, not {percent}%"]
    if counts:
        return []
    nearest = " and ".join(f"{number} gives {prints(number)}%" for number in nearest_counts(percent, total))
    return [f"{entry.id}: no count of {total} patients prints {percent}% ({nearest})"]
