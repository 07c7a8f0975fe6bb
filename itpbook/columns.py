"""Columns of the record tables, from text to typed values: checked one by one, nothing guessed or dropped."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

import pandas as pd
from pandera.pandas import Check, DataFrameSchema

from itpbook.problems import Problem
from itpbook.schema import TABLES

_SPELLED = {"true": True, "false": False}
_DATE = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?$")
_COMMA = re.compile(r"^-?\d+,\d+$")
_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"


def typed_table(name: str, text: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """Check a table of strings against its schema and give each column its type.

    Parameters
    ----------
    name
        Name of the table.
    text
        Cells as strings, empty where missing; headings as found in the file.

    Returns
    -------
    tuple
        The typed table (columns that could not be typed are left out) and all problems of its columns.
    """
    schema = TABLES[name].to_schema()
    file = f"{name}.csv"
    problems = list(_headings(file, schema, list(text.columns)))
    table = pd.DataFrame(index=text.index)
    for column, rules in schema.columns.items():
        if column not in text.columns or list(text.columns).count(column) > 1:
            continue
        cells = text[column].str.strip()
        missing = cells.eq("")
        values, unreadable = _typed(cells, missing, str(rules.dtype))
        expected = allowed(rules.dtype, rules.checks)
        offenders = [(unreadable, lambda cell: _hint(cell, expected))]
        if not rules.nullable:
            offenders.append((missing, lambda cell: f"a value: {expected}"))
        problems += [
            Problem(file, row, column, "nothing" if cell == "" else repr(cell), words(cell))
            for mask, words in offenders
            for row, cell in _cells(cells, mask)
        ]
        known = values[~missing & ~unreadable]
        for check in rules.checks:
            outside = pd.Series(False, index=cells.index)
            outside[known.index] = ~_passes(check, known)
            problems += [Problem(file, row, column, repr(cell), expected) for row, cell in _cells(cells, outside)]
        if rules.unique:
            again = cells.duplicated() & ~missing
            problems += [
                Problem(file, row, column, f"{cell!r} a second time", "each value once")
                for row, cell in _cells(cells, again)
            ]
        table[column] = values
    return table, problems


def allowed(dtype: Any, checks: list[Check]) -> str:
    """Say in words what a column may hold."""
    words = {"int": "a whole number", "Int": "a whole number", "float": "a number", "bool": "true or false"}
    kind = next((text for start, text in words.items() if str(dtype).startswith(start)), "text")
    for check in checks:
        given = check.statistics or {}
        if "allowed_values" in given:
            kind = f"one of {', '.join(map(str, given['allowed_values']))}"
        elif check.name == "greater_than_or_equal_to":
            kind += f", at least {given['min_value']:g}"
        elif check.name == "less_than_or_equal_to":
            kind += f", at most {given['max_value']:g}"
        elif check.name == "less_than":
            kind += f" below {given['max_value']:g}"
    return kind


def _cells(cells: pd.Series, mask: pd.Series) -> Iterator[tuple[int, str]]:
    """Go through the offending cells with their lines in the file."""
    if mask.any():
        found = cells[mask]
        yield from zip((int(index) + 2 for index in found.index), map(str, found), strict=True)


def _typed(cells: pd.Series, missing: pd.Series, dtype: str) -> tuple[pd.Series, pd.Series]:
    """Turn text into values of a type; the second series marks what is neither missing nor of that type."""
    if dtype.startswith("bool"):
        values = cells.map(_SPELLED).astype("boolean")
        unreadable = values.isna() & ~missing
        return (values if dtype == "boolean" or values.isna().any() else values.astype(bool)), unreadable
    if dtype.lower().startswith(("int", "float")):
        numbers = pd.to_numeric(cells.mask(missing), errors="coerce").astype("float64")
        unreadable = numbers.isna() & ~missing
        # Rare spellings that the fast conversion lets through: infinities, hexadecimals, digits with underscores.
        odd = (
            ~missing & ~unreadable & (~cells.str.fullmatch(_NUMBER))
            if _any_odd(cells)
            else pd.Series(False, cells.index)
        )
        unreadable |= odd
        if dtype.startswith("float"):
            return numbers, unreadable
        unreadable |= numbers.notna() & (numbers % 1 != 0)
        whole = numbers.mask(unreadable).astype("Int64")
        return (whole if dtype == "Int64" or whole.isna().any() else whole.astype("int64")), unreadable
    return cells.astype(object).mask(missing, None), pd.Series(False, index=cells.index)


def _any_odd(cells: pd.Series) -> bool:
    return bool(cells.str.contains(r"[^0-9.+-]", regex=True).any())


def _passes(check: Check, values: pd.Series) -> pd.Series:
    result = check(values)
    passed = result.check_output
    return passed if isinstance(passed, pd.Series) else pd.Series(bool(passed), index=values.index)


def _hint(cell: str, expected: str) -> str:
    """Add to what was expected what probably went wrong."""
    if _COMMA.match(cell):
        return f"{expected}, written with a decimal point"
    if _DATE.match(cell):
        return (
            f"{expected} (a day counted from the start of the combination, and no date)"
            if "number" in expected
            else expected
        )
    if cell.lower() in ("yes", "no", "y", "n", "0", "1", "t", "f", "true", "false") and expected == "true or false":
        return "true or false, in these letters"
    return expected


def _headings(file: str, schema: DataFrameSchema, found: list[str]) -> Iterator[Problem]:
    """Compare headings with the schema: missing, unknown (with the likeliest meant) and repeated ones."""
    unknown = [name for name in dict.fromkeys(found) if name not in schema.columns]
    absent = [name for name, rules in schema.columns.items() if rules.required and name not in found]
    for name in unknown:
        near = difflib.get_close_matches(name.strip().lower().replace(" ", "_"), list(schema.columns), n=1, cutoff=0.6)
        expected = f"the heading {near[0]}" if near and near[0] not in found else "no such column"
        if near and near[0] in absent:
            absent.remove(near[0])
        yield Problem(file, 1, name, f"the heading {name!r}", expected)
    for name in absent:
        yield Problem(file, 1, name, "no such column", f"a column {name}")
    for name in dict.fromkeys(name for name in found if found.count(name) > 1):
        yield Problem(file, 1, name, f"{found.count(name)} columns of this name", "one")
