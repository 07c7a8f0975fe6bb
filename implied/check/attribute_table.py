"""Patients as the ledger speaks of them, judged by the ledger: one row per patient, one column per attribute.

Every figure is counted again patient by patient, in whole numbers and fractions. No solver has a part in it, so it
checks what solvers find.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from implied.ledger import Entry, Ledger, Reading, Rule
from implied.ledger.conditions import AllOf, Attribute, Between, Condition, OneOf
from implied.numbers.rounding import decimals, print_number, print_percent
from implied.numbers.units import in_days

if TYPE_CHECKING:
    import pandas as pd

NO_FIGURE = "–"
"""Printed where patients give no figure: a median of nobody, a percentage of nobody."""

QUARTERS = {"minimum": 0, "q1": 1, "median": 2, "q3": 3, "maximum": 4}
"""Order statistics, in quarters of the way from the least value to the greatest."""

Row = Mapping[str, Any]


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return patients as plain values by attribute, None where there is no value."""
    rows: list[dict[str, Any]] = [{} for _ in range(len(table))]
    for name in table.columns:
        known = table[name].notna().tolist()
        for row, value, given in zip(rows, table[name].tolist(), known, strict=True):
            row[str(name)] = None if not given else value.item() if isinstance(value, np.generic) else value
    return rows


def meets(condition: Condition, row: Row) -> bool:
    """Whether one patient meets a condition; no value meets none."""
    if isinstance(condition, OneOf):
        value = row[condition.attribute]
        return value is not None and value in condition.values
    if isinstance(condition, Between):
        value = row[condition.attribute]
        if value is None:
            return False
        low = condition.low is None or (value > condition.low if condition.above else value >= condition.low)
        return bool(low and (condition.high is None or value <= condition.high))
    return (all if isinstance(condition, AllOf) else any)(meets(part, row) for part in condition.parts)


def quantile(numbers: list[Fraction], quarters: int) -> Fraction:
    """Return a quantile of sorted numbers, interpolated between two of them (R's type 7)."""
    place, share = divmod(quarters * (len(numbers) - 1), 4)
    following = numbers[min(place + 1, len(numbers) - 1)]
    return numbers[place] + Fraction(share, 4) * (following - numbers[place])


def printed_of(ledger: Ledger, rows: list[dict[str, Any]], entry: Entry, reading: Reading) -> dict[str, str]:
    """Return what an entry would print of these patients: its own statistics, with as many decimals."""
    among = [row for row in rows if meets(reading.population, row)]
    if entry.quantity is not None:
        return dict(_summary(ledger.attributes[entry.quantity], among, entry))
    if entry.sum:
        return {"count": str(sum(int(row[name]) for row in among for name in entry.sum if row[name] is not None))}
    if entry.condition is None:
        return dict(entry.printed)
    count, total = sum(meets(entry.condition, row) for row in among), len(among)
    found = {"count": str(count), "denominator": str(total)}
    if entry.printed.get("count") == "all" and count == total:
        found["count"] = "all"
    if "percent" in entry.printed:
        found["percent"] = print_percent(count, total, decimals(entry.printed["percent"])) if total else NO_FIGURE
    return {name: found[name] for name in entry.printed}


def _summary(attribute: Attribute, among: list[dict[str, Any]], entry: Entry) -> Iterator[tuple[str, str]]:
    numbers = sorted(Fraction(row[attribute.name]) for row in among if row[attribute.name] is not None)
    unit = in_days(Fraction(1), entry.unit) if attribute.unit == "days" else Fraction(1)
    for name, printed in entry.printed.items():
        if name == "available":
            yield name, str(len(numbers))
        elif not numbers:
            yield name, NO_FIGURE
        else:
            value = sum(numbers) / len(numbers) if name == "mean" else quantile(numbers, QUARTERS[name])
            yield name, print_number(value / unit, decimals(printed))


def unsatisfied(ledger: Ledger, table: pd.DataFrame, readings: Mapping[str, str] | None = None) -> list[str]:
    """Say in which ways patients do not satisfy a ledger; nothing when they do.

    Parameters
    ----------
    ledger
        Attributes, hard rules (plausible ones are not looked at) and entries.
    table
        One row per patient, one column per attribute.
    readings
        For each entry that is not read literally, the name of its reading.

    Returns
    -------
    list of str
        Where something that is no whole number stands for one, only that: the figures cannot be reckoned then.

    Raises
    ------
    KeyError
        When the table lacks an attribute that the ledger speaks of.
    """
    read = readings or {}
    rows = rows_of(table)
    attributes = ledger.attributes.values()
    problems = [problem for attribute in attributes if attribute.is_number for problem in _no_numbers(attribute, rows)]
    if problems:
        return problems
    problems = [problem for attribute in attributes for problem in _values(attribute, rows)]
    for rule in ledger.rules:
        broken = [] if rule.plausible else [str(place) for place, row in enumerate(rows, 1) if not obeys(rule, row)]
        if broken:
            problems.append(f"rule ({rule.because}): broken by patient {', '.join(broken)}")
    for entry in ledger:
        found = printed_of(ledger, rows, entry, entry.reading(read.get(entry.id, "literal")))
        if found != entry.printed:
            problems.append(f"{entry.id}: published {entry.text}, found {entry.layout.format(**found)}")
    return problems


def obeys(rule: Rule, row: Row) -> bool:
    """Whether a patient obeys a rule; a sum of which a part has no value forbids nothing."""
    if not meets(rule.when, row):
        return True
    if rule.then is not None and not meets(rule.then, row):
        return False
    if not rule.terms or any(row[name] is None for name in rule.terms):
        return True
    total = sum(factor * row[name] for name, factor in rule.terms.items())
    return (rule.low is None or total >= rule.low) and (rule.high is None or total <= rule.high)


def _no_numbers(attribute: Attribute, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Say which patients have something else where a whole number belongs: nothing can be reckoned with that."""
    for place, row in enumerate(rows, 1):
        value = row[attribute.name]
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value % 1 != 0):
            yield f"{attribute.name}: patient {place} has {value!r}, which is no whole number"


def _values(attribute: Attribute, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Say which patients have a value that they cannot have, or none where they must."""
    for place, row in enumerate(rows, 1):
        value, applies = row[attribute.name], meets(attribute.applies_when, row)
        if value is None:
            if applies and not attribute.may_be_missing:
                yield f"{attribute.name}: patient {place} has no value"
        elif not applies:
            yield f"{attribute.name}: patient {place} has {value!r}, though it does not apply"
        elif attribute.is_number:
            if not attribute.minimum <= value <= attribute.maximum:
                yield f"{attribute.name}: patient {place} has {value!r}"
        elif not any(type(value) is type(each) and value == each for each in attribute.values):
            yield f"{attribute.name}: patient {place} has {value!r}"
