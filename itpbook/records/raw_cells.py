"""Single cells of records: whether a text is a value of its column, and what was expected if not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from implied.files.characters import hidden_in
from itpbook.records.cell_values import REPORTED, DateText
from itpbook.records.columns import Column
from itpbook.records.problems import Group
from itpbook.records.record_files import TextColumn, objects
from itpbook.records.schema import choices, kind, limits

_WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_COMMA = re.compile(r"-?\d+,\d+", re.ASCII)
_DATE = re.compile(r"\d{1,4}[-/.]\s?\d{1,2}[-/.]\s?\d{1,4}([ T].*)?", re.ASCII)
_TRUTH = {"true": True, "false": False}
_ERRORS = frozenset(
    {"#n/a", "#div/0!", "#name?", "#null!", "#num!", "#ref!", "#value!", "#spill!", "#calc!", "#getting_data"}
)
"""What spreadsheets write where a formula failed."""
_SAYS_MISSING = frozenset({"na", "n/a", "nan", "null", "none", "nil", "missing", ".", "-", "?"})


def expectation(rules: pa.Column) -> str:
    """Say in words what a cell of a column must hold."""
    listed, bounds, kinds = choices(rules), limits(rules), kind(rules)
    if listed:
        words = " or ".join(listed) if len(listed) == 2 else f"one of {', '.join(listed)}"
    elif kinds == "text":
        words = "text on one line without spaces around it"
    else:
        words = kinds if kinds == "true or false" else f"a {kinds}"
        words += " of days" if (rules.metadata or {}).get("unit") == "days" else ""
    if bounds:
        words += f" from {bounds[0]} to {bounds[1]}"
    return f"{words}, or nothing" if rules.nullable else words


Complaint = tuple[str, Group]
"""What was expected of a cell, and what has to be done about it."""


def checked(column: TextColumn, rules: pa.Column) -> tuple[Column, list[Complaint | None]]:
    """Type the distinct texts of a column; the list says of each wrong one what was expected."""
    texts = column.texts.tolist()
    read = _reader(rules)
    values = [None if text == "" or isinstance(text, DateText) else read(text) for text in texts]
    typed = [position for position, value in enumerate(values) if value is not None]
    known = pd.Series([values[position] for position in typed], dtype=None if typed else object)
    for check in rules.checks if typed else ():
        for position in np.flatnonzero(~check(known).check_output.to_numpy(dtype=bool)).tolist():
            values[typed[position]] = None
    base = expectation(rules)
    complaints = [
        None
        if value is not None or (text == "" and rules.nullable)
        else (_advice(text, rules, base), _group(text, rules))
        for text, value in zip(texts, values, strict=True)
    ]
    valid = np.array([*(value is not None for value in values), False], dtype=bool)
    return Column(objects([*texts, None]), objects([*values, None]), valid, column.codes), complaints


def _reader(rules: pa.Column) -> Callable[[str], Any]:
    """Return what turns a text into a value of the column, or into None where it is none."""
    match kind(rules):
        case "true or false":
            return _TRUTH.get
        case "whole number":
            return lambda text: int(text) if _WHOLE.fullmatch(text) else None
        case "number":
            return lambda text: float(text) + 0.0 if _NUMBER.fullmatch(text) else None
        case _:
            listed = bool(choices(rules))
            return lambda text: text if listed or text.casefold() not in _SAYS_MISSING | _ERRORS else None


def _group(text: str, rules: pa.Column) -> Group:
    said_missing = text == "" or text.casefold() in _SAYS_MISSING
    return Group.MISSING if said_missing and not rules.nullable else Group.VALUES


def _advice(text: str, rules: pa.Column, base: str) -> str:
    """Say what was expected instead of a text, with the likeliest reason why it came."""
    numeric = limits(rules) is not None
    if text == REPORTED:
        # Counted apart from the cells that are reported here.
        return f"{base}, as reported already"
    for _, name in hidden_in(text, allowed="\t\n\r"):
        return f"{base}, and not the hidden character {name}"
    if text.casefold() in _ERRORS:
        return f"{base}, and not an error of a formula"
    if isinstance(text, DateText) and not numeric:
        return f"{base}, and not a cell that holds a date"
    if numeric and (isinstance(text, DateText) or _DATE.fullmatch(text)):
        return f"{base}, counted from day 0 and not a date" if " of days" in base else f"{base}, not a date"
    if numeric and _COMMA.fullmatch(text):
        return f"{base}, with a point and not a comma"
    if text.casefold() in _SAYS_MISSING:
        return f"{base}, where the value is missing" if rules.nullable else f"{base}, and none missing"
    return base
