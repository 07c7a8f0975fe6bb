"""Single cells of records: whether a text is a value of its column, and what was expected if not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from implied.files.characters import hidden_in
from itpbook.records.columns import Column
from itpbook.records.problems import Remedy
from itpbook.records.schema import ONE_LINE, ColumnRules
from itpbook.records.text_tables import REPORTED, DateText, TextColumn, object_array

Complaint = tuple[str, Remedy]
"""What was expected of a cell, and what has to be done about it."""

_WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_COMMA = re.compile(r"-?\d+,\d+", re.ASCII)
_DATE = re.compile(r"\d{1,4}[-/.]\s?\d{1,2}[-/.]\s?\d{1,4}([ T].*)?", re.ASCII)
_TRUTH = {"true": True, "false": False}
_ERRORS = frozenset(
    {"#n/a", "#div/0!", "#name?", "#null!", "#num!", "#ref!", "#value!", "#spill!", "#calc!", "#getting_data"}
)
"""What spreadsheets write where a formula failed."""
_MISSING = frozenset({"na", "n/a", "nan", "null", "none", "nil", "missing", ".", "-", "?"})
"""What people and programs write where nothing is known."""


def expectation(rules: ColumnRules) -> str:
    """Say in words what a cell of a column must hold."""
    if len(rules.listed) == 2:
        words = " or ".join(rules.listed)
    elif rules.listed:
        words = f"one of {', '.join(rules.listed)}"
    elif rules.limits:
        lowest, highest = rules.limits
        words = f"a {rules.kind}{' of days' if rules.is_day else ''} from {lowest} to {highest}"
    else:
        words = "text on one line without spaces around it"
    return f"{words}, or nothing" if rules.nullable else words


def checked(column: TextColumn, rules: ColumnRules) -> tuple[Column, list[Complaint | None]]:
    """Type the distinct texts of a column; the list has the message about each wrong one."""
    texts = column.texts.tolist()
    read, base = _reader(rules), expectation(rules)
    values = [None if text == "" or isinstance(text, DateText) else read(text) for text in texts]
    complaints = [
        None if value is not None or (text == "" and rules.nullable) else _complaint(text, rules, base)
        for text, value in zip(texts, values, strict=True)
    ]
    return Column(object_array([*texts, None]), object_array([*values, None]), column.codes), complaints


def _reader(rules: ColumnRules) -> Callable[[str], Any]:
    """Return what turns a text into a value of the column, or into None where it is none."""
    lowest, highest = rules.limits or (-np.inf, np.inf)

    def number(pattern: re.Pattern[str], typed: Callable[[str], float]) -> Callable[[str], float | None]:
        return lambda text: value if pattern.fullmatch(text) and lowest <= (value := typed(text)) <= highest else None

    match rules.kind:
        case "true or false":
            return _TRUTH.get
        case "whole number":
            return number(_WHOLE, int)
        case "number":
            # Adding zero turns a negative zero into zero.
            return number(_NUMBER, lambda text: float(text) + 0.0)
        case _ if rules.choices:
            return lambda text: text if text in rules.choices else None
        case _:
            return lambda text: text if ONE_LINE.match(text) and text.casefold() not in _MISSING | _ERRORS else None


def _complaint(text: str, rules: ColumnRules, base: str) -> Complaint:
    """Say what was expected instead of a text, the ``base`` of it with the likeliest reason why the text came."""
    missing = text.casefold() in _MISSING
    group = Remedy.MISSING if (missing or text == "") and not rules.nullable else Remedy.VALUES
    numeric = rules.limits is not None
    hidden = next((name for _, name in hidden_in(text, allowed="\t\n\r")), None)
    if text == REPORTED:
        # Counted apart from the cells that are reported here.
        remark = ", as reported already"
    elif hidden:
        remark = f", and not the hidden character {hidden}"
    elif text.casefold() in _ERRORS:
        remark = ", and not an error of a formula"
    elif isinstance(text, DateText) and not numeric:
        remark = ", and not a cell that holds a date"
    elif numeric and (isinstance(text, DateText) or _DATE.fullmatch(text)):
        remark = ", counted from day 0 and not a date" if rules.is_day else ", not a date"
    elif numeric and _COMMA.fullmatch(text):
        remark = ", with a point and not a comma"
    elif missing:
        remark = ", where the value is missing" if rules.nullable else ", and none missing"
    else:
        remark = ""
    return f"{base}{remark}", group
