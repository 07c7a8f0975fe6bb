"""The grammar of what must not leave a hospital in a free text: dates in seven languages, addresses, long numbers.

Expressions read plain text (:func:`itpbook.intake.redcap.identifying.plain_text`): lower case, ASCII digits and
dashes, no accents. :data:`CERTAIN` is refused even where a person has confirmed the text; :data:`POSSIBLE` may as
well be a dose or a grade, so that a person decides.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from types import MappingProxyType

MONTHS = MappingProxyType(
    {
        "English": "january february march april may june july august september october november december "
        "jan feb mar apr jun jul aug sep sept oct nov dec",
        "French": "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre "
        "janv fevr fev avr juil sept oct nov dec",
        "German": "januar janner jaenner februar feber marz maerz april mai juni juli august september oktober "
        "november dezember jan feb mrz apr jun jul aug sep sept okt nov dez",
        "Spanish": "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre "
        "diciembre ene feb mar abr may jun jul ago sep sept set oct nov dic",
        "Italian": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre "
        "gen feb mar apr mag giu lug ago set sett ott nov dic",
        "Portuguese": "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro "
        "jan fev mar abr mai jun jul ago set out nov dez",
        "Dutch": "januari februari maart april mei juni juli augustus september oktober november december "
        "jan feb mrt apr jun jul aug sep sept okt nov dec",
    }
)
"""Names of months by language, written without accents and in lower case."""

DAY_AND_MONTH = "day and month in figures"
_OTHER_MEANINGS = """
    may march mars mai mayo mei mar marco marz april august sept set out ago gen mag giu lug dic ene ott jan jun jul
"""
"""Names that are words, surnames or abbreviations besides: a date only next to the number of a day or a year."""
_WORDS_BESIDE_NUMBERS = "set out ago mar gen mag ene dic lug giu"
"""Names that occur next to other numbers, too (2 out of 3): a date only next to a day and a year."""


@dataclass(frozen=True)
class Form:
    """A form of writing that is searched for.

    Attributes
    ----------
    name, example
        What it is, in words, and how it looks.
    pattern
        Its expression over plain text.
    decide
        Whether a match is one: the calendar's part of the form.
    """

    name: str
    example: str
    pattern: re.Pattern[str]
    decide: Callable[[re.Match[str]], bool] = bool


def _is_day(*readings: tuple[int, int, int]) -> bool:
    for year, month, day in readings:
        try:
            dt.date(year, month, day)
        except ValueError:
            continue
        return True
    return False


def _is_day_in_any_order(match: re.Match[str]) -> bool:
    """Tell whether three numbers are a day; a year of two digits stands first or last."""
    numbers = [number for number in match.groups() if number is not None and number.isdigit()]
    readings = [
        (_year(year), int(month), int(day))
        for year, month, day in permutations(numbers)
        if len(month) < 3 and len(day) < 3 and (len(year) == 4 or (len(year) == 2 and year in (numbers[0], numbers[2])))
    ]
    return _is_day(*readings)


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _is_compact_day(match: re.Match[str]) -> bool:
    text = match[0]
    year_first = (int(text[:4]), int(text[4:6]), int(text[6:]))
    first, second, year = int(text[:2]), int(text[2:4]), int(text[4:])
    readings = (year_first, (year, second, first), (year, first, second))
    return _is_day(*(reading for reading in readings if 1900 <= reading[0] <= 2099))


def _is_short_day(match: re.Match[str]) -> bool:
    one, two, three = (int(match[0][start : start + 2]) for start in (0, 2, 4))
    return _is_day((2000 + three, two, one), (2000 + three, one, two), (2000 + one, two, three))


def _is_day_and_month(match: re.Match[str]) -> bool:
    """Tell whether two numbers are day and month and cannot be a grade or a share of twelve."""
    one, two = int(match[1]), int(match[2])
    # Round the clock is written like a day of July.
    return max(one, two) > 12 and (one, two) != (24, 7) and _is_day((2000, one, two), (2000, two, one))


def _is_any_day_and_month(match: re.Match[str]) -> bool:
    return _is_day((2000, int(match[1]), int(match[2])), (2000, int(match[2]), int(match[1])))


def _has_digits(fewest: int) -> Callable[[re.Match[str]], bool]:
    def decide(match: re.Match[str]) -> bool:
        return fewest <= sum(sign.isdigit() for sign in match[0]) <= 15

    return decide


_UNIT = (
    r"(?!\d|\s*(?:%|(?:m|u|k|n)?g\b|mcg|(?:m|u|d)?l\b|i\.?u\b|ie\b|ui\b|units?\b|x\s?10|mm\b|mmol|days?\b|weeks?\b|months?\b|"
    r"years?\b|tab|caps|hours?\b|h\b))"
)
"""What a dose or a span of time goes on with, and no date does."""
_TITLES = """
    mr mrs dr prof professor doctor frau herr doktor mme mlle monsieur madame docteur sig signor signora dott dottor
    sr sra senor senora doctora senhor senhora doutor doutora mevrouw meneer dhr
"""
_YEAR = r"(?:19|20)\d\d"
_ROMAN = "(?:xi{0,2}|i[vx]|vi{0,3}|i{1,3})"
_NAMES = sorted({name for names in MONTHS.values() for name in names.split()}, key=len, reverse=True)
_LONG = [name for name in _NAMES if name not in _OTHER_MEANINGS.split() and len(name) > 3]
_SHORT = [name for name in _NAMES if name not in _WORDS_BESIDE_NUMBERS.split()]
_ONE_DAY = (
    r"(?<![\w/.-])(?:0?[1-9]|[12]\d|3[01])(?:\s?(?:st|nd|rd|th|er|ro|o|a|e|de|ste)\b)?"
    r"\s?[-./,_]?\s?(?:(?:de|di|of|d'|del)\s)?"
)
_AFTER = r"\.?\s?[-./,_']?\s?(?:(?:de|del|of)\s)?"
_VERB = r"(?!\s+(?:be|have|not|also|well|cause|occur|reflect|represent|indicate|relate)\b)"


def _named(names: list[str]) -> str:
    return rf"(?<![a-z])(?:{'|'.join(names)})(?![a-z])"


CERTAIN: tuple[Form, ...] = (
    Form(
        "an address of e-mail",
        "someone@example.org",
        re.compile(r"(?<![\w.+-])[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.|\s?\(dot\)\s?)[a-z]{2,}"),
    ),
    Form(
        "an address on the web",
        "www.example.org",
        re.compile(
            r"\b(?:https?|ftp)\s?:\s?/|\bwww\d?\.|\b[a-z0-9-]{2,}\.(?:com|org|net|info|eu|edu|gov|de|at|ch|fr|be|es|it|pt|nl|uk|ie)\b"
        ),
    ),
    Form(
        "day, month and year in figures",
        "26.12.2014, 12/26/14, 2014-12-26",
        re.compile(
            rf"(?<![\d])(?:(\d{{1,2}})\s?[-/._\\|, :]\s?(\d{{1,2}})\s?[-/._\\|, :]\s?['`]?({_YEAR})(?!\d)"
            rf"|({_YEAR})\s?[-/._\\|, :]\s?(\d{{1,2}})\s?[-/._\\|, :]\s?(\d{{1,2}})(?!\d)"
            rf"|(\d{{1,2}})\s?[-/._\\|]\s?(\d{{1,2}})\s?[-/._\\|]\s?['`]?(\d{{2}}){_UNIT}"
            rf"|(\d\d) (\d\d) (\d\d){_UNIT})"
        ),
        _is_day_in_any_order,
    ),
    Form(
        "day and year in figures, the month in Roman ones",
        "26-XII-2014",
        re.compile(
            rf"(?<!\d)\d{{1,2}}(?:\s?[-/.]\s?{_ROMAN}\s?[-/.]\s?['`]?(?:{_YEAR}|\d\d)|\s{_ROMAN}\s{_YEAR})(?!\d)"
        ),
    ),
    Form("eight digits that are a day", "20141226, 26122014", re.compile(rf"(?<!\d)\d{{8}}{_UNIT}"), _is_compact_day),
    Form(
        "month and year in figures",
        "12/2014, 2014-12",
        re.compile(
            rf"(?<![\d/.-])(?:(?:0?[1-9]|1[0-2])\s?[-/._\\ ]\s?{_YEAR}|{_YEAR}\s?[-/._\\]\s?(?:0?[1-9]|1[0-2])){_UNIT}"
        ),
    ),
    Form(
        DAY_AND_MONTH,
        "26/12, 12/26, 26.12.",
        re.compile(rf"(?<![\d/.,-])(\d{{1,2}})\s?(?:/|\\)\s?(\d{{1,2}}){_UNIT}(?![.,]\d)"),
        _is_day_and_month,
    ),
    Form(
        DAY_AND_MONTH,
        "26/12, 12/26, 26.12.",
        re.compile(r"(?<![\d/.,-])(\d{1,2})\.\s?(\d{1,2})\.(?!\d|\w)"),
        _is_day_and_month,
    ),
    Form("the name of a month", "December, decembre", re.compile(_named(_LONG))),
    Form(
        "the name of a month beside a day or a year",
        "26 Dec 2014, 1er mars, May 2014, Dez. 14",
        re.compile(
            rf"{_ONE_DAY}{_named(_SHORT)}{_VERB}"
            rf"|{_named(_NAMES)}{_AFTER}(?:\d{{1,2}}(?:st|nd|rd|th|er|o)?\s?[-./, _]\s?)?(?:{_YEAR}|['`]\d\d)(?!\d)"
            rf"|{_named(_SHORT)}{_AFTER}(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|o)?{_UNIT}(?![\w/])"
            rf"|{_ONE_DAY}{_named(_NAMES)}{_AFTER}['`]?\d\d(?!\d)"
            rf"|(?<!\d){_YEAR}\s?[-./,_]?\s?{_named(_NAMES)}"
        ),
    ),
    Form(
        "a quarter or a week of a year, or its n-th day",
        "Q4 2014, 2014-W52, KW 52/2014, 2014-360",
        re.compile(
            rf"\b(?:q\s?[1-4]|[1-4]\s?q|t[1-4]|[1-4]\.?\s?(?:quartal|trimestre|kwartaal|quarter)|(?:kw|cw|wk|week|woche|semaine|semana|settimana|w|s)\s?[0-5]?\d)"
            rf"[\s,./-]{{0,3}}(?:of\s)?(?:{_YEAR}|['`]\d\d)(?!\d)"
            rf"|(?<!\d){_YEAR}[\s,./-]{{0,3}}(?:q\s?[1-4]|(?:kw|cw|w)\s?[0-5]\d)(?!\d)"
            rf"|(?<![\d/.-]){_YEAR}[-/](?:[0-2]\d\d|3[0-5]\d|36[0-6]){_UNIT}"
        ),
    ),
    Form(
        "a telephone number",
        "+49 30 1234567, 06-12345678",
        re.compile(
            rf"(?:(?:\+|(?<!\d)00)\s?[1-9]|(?<![\d.,])\(?0[1-9])[\d\s()/.-]{{5,}}\d{_UNIT}"
            r"|(?:tel|phone|fon|fono|telefon\w*|telephone|mobile|mobil|handy|movil|cellulare|telemovel|fax|call|ext)[.:\s]+\(?\d[\d\s()/.-]{3,}\d"
        ),
        _has_digits(5),
    ),
    Form(
        "a number of nine or more digits",
        "612 345 678",
        re.compile(rf"(?<![\d.,])\d(?:[\s.()-]{{0,2}}\d){{8,}}{_UNIT}"),
    ),
)
"""Refused in every free text, confirmed or not."""

POSSIBLE: tuple[Form, ...] = (
    Form(
        DAY_AND_MONTH,
        "3/4, 26-12, 26 12, 1.5.",
        # Any signs may stand between; a point or comma alone may be that of a decimal, a colon that of a time.
        re.compile(r"(?<![\d/.])(\d{1,2})(?:(?![.,:]\d)\W{1,4}|[.,](?=\d{2}|\d[.,]))(\d{1,2})(?!\d)"),
        _is_any_day_and_month,
    ),
    Form("a year", "2014", re.compile(rf"(?<!\d){_YEAR}{_UNIT}")),
    Form("six digits that are a day", "261214", re.compile(rf"(?<!\d)\d{{6}}{_UNIT}"), _is_short_day),
    Form("a date as a spreadsheet counts it", "41999", re.compile(rf"(?<![\d.,])(?:3[3-9]|4\d)\d{{3}}{_UNIT}")),
    Form("the name of a month", "dec, may", re.compile(_named(_NAMES))),
    Form(
        "a person with a title",
        "Mrs Meyer, Dr. Weber",
        re.compile(rf"(?<![\w-])(?:{'|'.join(_TITLES.split())})(?:\.\s?|\s)[a-z]"),
    ),
    Form("a time of day", "14:30", re.compile(r"(?<!\d)(?:[01]?\d|2[0-3])\s?[:h]\s?[0-5]\d(?!\d)")),
)
"""Needs a person to confirm the text, who is reminded of it."""


def grammar_markdown() -> str:
    """Return the grammar as a table for the guide."""
    rows = {(form.name, form.example): "always" for form in CERTAIN}
    rows |= {(form.name, form.example): "until confirmed" for form in POSSIBLE}
    lines = [f"| {name} | {example} | {when} |" for (name, example), when in rows.items()]
    return "\n".join(["| form | such as | refused |", "| --- | --- | --- |", *lines])
