"""The search of free texts for days, addresses, numbers and names that must not leave a hospital."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from implied.files.characters import without_unseen
from itpbook.intake.redcap.date_forms import CERTAIN, DAY_AND_MONTH, POSSIBLE

_DOSE_AFTER = re.compile(
    r"\s?(?:/\s?|per\s|a\s)?(?:%|(?:m|u|k|n)?g\b|mcg\b|(?:m|u|d)?l\b|i\.?u\b|ie\b|ui\b|units?\b|x\b|times\b|mm\b|d\b|days?\b|w\b|wk\b|weeks?\b"
    r"|months?\b|years?\b|hours?\b|h\b|tab|caps|doses?\b|cycles?\b|courses?\b|infusions?\b|pulses?\b)"
)
_DOSE_BEFORE = re.compile(
    r"(?:^|[^a-z])(?:d|days?|w|wk|weeks?|months?|hours?|cycles?|grade|gr|auc|(?:levels?|trough)(?: of)?)\s?$"
)
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2044\u2215\u29f8", "/"),
        **dict.fromkeys("\u00b7\u2027\u3002\u30fb", "."),
        **dict.fromkeys("\u2212\u2011\u00ad", "-"),
        "\u03bc": "u",
        "\u2019": "'",
    }
)
"""What the grammar reads a sign of other scripts as."""


@dataclass(frozen=True)
class Identifying:
    """A part of a text that points to a day, a place or a person.

    ``certain`` if it can hardly be anything else; ``by_dose`` if the text next to it says that it is a dose.
    """

    form: str
    part: str
    certain: bool = True
    by_dose: bool = False


LONGEST = 2_000
"""Characters of a free text; what is longer is no entry of a form, and would take hours to search."""


def cleaned(text: str) -> str:
    """Return a text without hidden characters: zero widths, soft hyphens, marks of direction."""
    signs = ((sign, unicodedata.category(sign)) for sign in without_unseen(text))
    visible = "".join(" " if kind == "Zs" else sign for sign, kind in signs if kind not in ("Cf", "Co", "Cn"))
    return unicodedata.normalize("NFC", visible).strip()


def plain_text(text: str) -> str:
    """Return a text as the grammar reads it: NFKC, lower case, without accents, digits and dashes as in ASCII."""
    # Hidden characters first: they may stand between a letter and its accent.
    parts = unicodedata.normalize("NFKC", cleaned(text)).casefold().replace("ß", "ss")
    return "".join(_ascii(sign) for sign in unicodedata.normalize("NFKD", parts) if not _is_mark(sign))


def _is_mark(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category in ("Mn", "Me") or (category == "Cc" and not sign.isspace())


def _ascii(sign: str) -> str:
    if (digit := unicodedata.digit(sign, None)) is not None:
        return str(digit)
    if unicodedata.category(sign) == "Pd":
        return "-"
    return " " if sign.isspace() else sign.translate(_SIGNS)


def identifying(text: str, names: Iterable[str] = (), numbers: Iterable[str] = ()) -> Identifying | None:
    """Search a text for what must not leave the hospital.

    Parameters
    ----------
    text
        A free text, as it was typed.
    names
        Strings that identify patients, as :func:`parts_of_names` returns them.
    numbers
        Numbers of records, which may be counts or doses as well.

    Returns
    -------
    Identifying or None
        The first part that is certain, else the first that is possible, else the first that is a dose.
    """
    if len(text) > LONGEST:
        return Identifying(f"more than {LONGEST:,} characters", f"{text[:40]}…")
    plain = plain_text(text)
    for name in names:
        if name in plain and _names_a_patient(name, plain):
            return Identifying("an identifier of a patient", name)
    dose = None
    for forms, certain in ((CERTAIN, True), (POSSIBLE, False)):
        for form in forms:
            for match in filter(form.decide, form.pattern.finditer(plain)):
                part = match[0].strip()
                if certain or form.name != DAY_AND_MONTH or not _is_dose(match):
                    return Identifying(form.name, part, certain)
                # A date may follow the dose.
                dose = dose or Identifying(form.name, part, certain, by_dose=True)
    for number in numbers:
        if number in plain and _names_a_patient(number, plain):
            return Identifying("the number of a record", number, certain=False)
    return dose


def _names_a_patient(name: str, plain: str) -> bool:
    """Tell whether a text holds an identifier as a word of its own; 500 mg is not record 500."""
    places = re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", plain)
    return any(not (name.isdigit() and _is_with_unit(match)) for match in places)


def parts_of_names(values: Iterable[str]) -> frozenset[str]:
    """Return the strings by which identifiers are recognised: as a whole, and in parts of three letters or more."""
    parts: set[str] = set()
    for value in values:
        plain = plain_text(value)
        parts |= {part for part in re.findall(r"[^\W\d_]+", plain) if len(part) > 2}
        if len(plain) > 2:
            parts.add(plain)
    return frozenset(parts)


def _is_dose(match: re.Match[str]) -> bool:
    """Tell whether two numbers are a dose, a span of time or a grade by the text next to them.

    A date may have neither a unit behind it, as 3-4 mg has, nor before it what numbers count, as d1-4 and grade 3/4 do.
    """
    return _is_with_unit(match) or _DOSE_BEFORE.search(match.string[: match.start()]) is not None


def _is_with_unit(match: re.Match[str]) -> bool:
    """Tell whether a unit of doses or of time follows."""
    return _DOSE_AFTER.match(match.string, match.end()) is not None
