"""Patients as the ledger speaks of them, judged by the ledger: one row per patient, one column per attribute.

Every claim is counted again patient by patient, in whole numbers and fractions. No solver has a part in it, so it
checks what solvers find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from implied.check.queries import Row, query_of
from implied.ledger import Entry, Ledger, Rule
from implied.ledger.conditions import EVERYONE, Attribute, compile_condition, is_same
from implied.ledger.printed import unit_in
from implied.numbers.rounding import decimals, print_number

if TYPE_CHECKING:
    import pandas as pd

NO_NUMBER = "–"
"""Printed where patients give no number: a median of nobody, a percentage of nobody."""


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return patients as plain values by attribute, None where there is no value."""
    rows: list[dict[str, Any]] = [{} for _ in range(len(table))]
    for name in table.columns:
        present = table[name].notna().tolist()
        for row, value, is_there in zip(rows, table[name].tolist(), present, strict=True):
            row[str(name)] = None if not is_there else value.item() if hasattr(value, "item") else value
    return rows


def printed_by(ledger: Ledger, rows: Sequence[Row], entry: Entry) -> dict[str, str]:
    """Return what an entry, as it is read, would print of patients: its own statistics, with as many decimals."""
    if entry.is_threshold:
        return dict(entry.printed)
    values = {}
    for statistic, printed in entry.printed.items():
        value = query_of(entry, statistic).value(rows)
        if value is None:
            values[statistic] = NO_NUMBER
        elif entry.quantity is not None and statistic != "available":
            unit = unit_in(entry.unit, ledger.attributes[entry.quantity])
            values[statistic] = print_number(value / unit, decimals(printed))
        elif printed == "all" and value == query_of(entry, "denominator").value(rows):
            values[statistic] = printed
        else:
            rule = ledger.rounding if statistic == "percent" else "half up"
            values[statistic] = print_number(value, decimals(printed), rule)
    return values


def unsatisfied(ledger: Ledger, rows: Sequence[Row]) -> list[str]:
    """Say in which ways patients do not satisfy a ledger, as its entries are read; nothing when they do.

    Parameters
    ----------
    ledger
        Attributes, hard rules (plausible ones are not looked at) and entries.
    rows
        Patients; of a table, :func:`rows_of` gives them.

    Returns
    -------
    list of str
        Where something that is no whole number stands for one, only that: nothing can be computed then.

    Raises
    ------
    KeyError
        When a patient lacks an attribute that the ledger speaks of.
    """
    attributes = ledger.attributes.values()
    problems = [problem for attribute in attributes if attribute.is_number for problem in _no_numbers(attribute, rows)]
    if problems:
        return problems
    problems = [problem for attribute in attributes for problem in _values(attribute, rows)]
    for rule in ledger.hard_rules:
        obeys = compile_rule(rule)
        broken = [str(position) for position, row in enumerate(rows, 1) if not obeys(row)]
        if broken:
            problems.append(f"rule ({rule.because}): broken by patient {', '.join(broken)}")
    for entry in ledger:
        printed = printed_by(ledger, rows, entry)
        if printed != entry.printed:
            problems.append(f"{entry.id}: published {entry.text}, found {entry.layout.format(**printed)}")
    return problems


def compile_rule(rule: Rule) -> Callable[[Row], bool]:
    """Return what tells whether a patient obeys a rule; a sum of which a part has no value forbids nothing."""
    concerned, forced = compile_condition(rule.when), compile_condition(EVERYONE if rule.then is None else rule.then)

    def obeys(row: Row) -> bool:
        if not concerned(row):
            return True
        if not forced(row):
            return False
        if not rule.terms or any(row[name] is None for name in rule.terms):
            return True
        total = sum(factor * row[name] for name, factor in rule.terms.items())
        return (rule.low is None or total >= rule.low) and (rule.high is None or total <= rule.high)

    return obeys


def _no_numbers(attribute: Attribute, rows: Sequence[Row]) -> Iterator[str]:
    """Say which patients have something else where a whole number belongs: nothing can be computed with that."""
    for position, row in enumerate(rows, 1):
        value = row[attribute.name]
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value % 1 != 0):
            yield f"{attribute.name}: patient {position} has {value!r}, which is no whole number"


def _values(attribute: Attribute, rows: Sequence[Row]) -> Iterator[str]:
    """Say which patients have a value that they cannot have, or none where they must."""
    applies_to = compile_condition(attribute.applies_when)
    for position, row in enumerate(rows, 1):
        value, applies = row[attribute.name], applies_to(row)
        if value is None:
            if applies and not attribute.may_be_missing:
                yield f"{attribute.name}: patient {position} has no value"
        elif not applies:
            yield f"{attribute.name}: patient {position} has {value!r}, though it does not apply"
        elif attribute.is_number:
            if not attribute.minimum <= value <= attribute.maximum:
                yield f"{attribute.name}: patient {position} has {value!r}"
        elif not any(is_same(value, declared) for declared in attribute.values):
            yield f"{attribute.name}: patient {position} has {value!r}"
