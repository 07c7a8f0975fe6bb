"""Dates of an export: read as declared, never guessed, and turned into days."""

from __future__ import annotations

import datetime as dt
import re

from itpbook.intake.redcap.fields import UnreadableCell

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2})?\Z", re.ASCII)

_WORDS = {"day_first": "day, month, year", "month_first": "month, day, year", "year_first": "year, month, day"}


def read_date(text: str, order: str | None) -> dt.date:
    """Read a date; a time of day after it is left out.

    Dates that begin with a year of four digits can be read one way only, and are, whatever ``order`` says: REDCap
    writes them so. Others are read by ``order`` alone.

    Raises
    ------
    UnreadableCell
        For anything else, and for days that the calendar does not have.
    """
    plain = _TIME.sub("", text)
    if match := _YEAR_FIRST.fullmatch(plain):
        year, month, day = map(int, match.groups())
        order = "year_first"
    elif match := _YEAR_LAST.fullmatch(plain):
        if order not in ("day_first", "month_first"):
            msg = "a date that begins with the year, or dates: day_first or month_first in the mapping"
            raise UnreadableCell(msg)
        first, second, year = map(int, match.groups())
        day, month = (first, second) if order == "day_first" else (second, first)
    else:
        msg = f"a date ({_WORDS.get(order or '', _WORDS['year_first'])})"
        raise UnreadableCell(msg)
    try:
        return dt.date(year, month, day)
    except ValueError:
        msg = f"a day of the calendar ({_WORDS[order]})"
        raise UnreadableCell(msg) from None
