"""Free texts that say nothing of a person: terms of events and causes of death, doses, neutral names of centres.

Terms of events are in ``event_terms.txt`` next to this module, one a line; a term is added there. Upper case, accents,
and signs between words make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from itpbook.intake.redcap.identifying import plain_text
from itpbook.records.schema import CORTICOSTEROID_REGIMENS

_QUALIFIERS = """
    acute chronic mild moderate severe serious fatal minor major recurrent persistent transient suspected possible
    probable left right bilateral upper lower viral bacterial fungal progressive worsening new multiple metastatic
    bleeding
"""
_BETWEEN = re.compile(
    r"[,;/+&()]|\b(?:and|or|with|without|due to|following|after|secondary to|leading to|complicated by)\b"
)
_GRADE = re.compile(r"\b(?:ctcae )?(?:grade|gr) ?(?:[1-5]|iv|v|i{1,3})(?: ?[-/] ?(?:[1-5]|iv|v|i{1,3}))?\b")
_BEFORE = re.compile(r" (?:diagnosed )?(?:before|during|after) (?:the )?(?:combination|treatment|start of treatment)$")

_UNITS = """
    mg g ug mcg iu ie ui unit units ml kg mm auc day days daily week weeks weekly month months monthly once twice d
    w wk h hour hours cycle cycles dose doses infusion infusions course courses pulse pulses od bd bid tid qd qod
    qid
"""
_DOSE_WORDS = """
    x m a per three four two one times thrice every each other second third alternate in divided q prn am pm
    morning evening night at on for then and to of up max maximum maximal target trough level levels high low full
    standard reduced tapered tapering taper titrated by effect response until po iv sc s c i v p o oral orally
    intravenous intravenously subcutaneous subcutaneously monotherapy maintenance loading ng l
"""
_DOSE_PARTS = re.compile(r"\d{1,6}(?:[.,]\d{1,3})?(?!\d)|[a-z]+|[^\w\s]")
_DOSE_SIGNS = ",;+()/*-.%<>=~^"
_CENTRE = re.compile(
    r"(?:(?:cent(?:re|er)|site|hospital|clinic|unit|department|ward|zentrum|klinik|centro|hopital|ziekenhuis|ospedale)"
    r"(?: (?:[a-z]|\d{1,2}|i{1,3}|iv))?|(?:north|south|east|west|central)(?:[ -]?(?:east|west))?|[a-z])"
)


@cache
def event_terms() -> frozenset[str]:
    """Return the terms of adverse events and of causes of death, in lower case and without signs."""
    return frozenset(Path(__file__).with_name("event_terms.txt").read_text(encoding="utf-8").splitlines())


def _is_event(plain: str) -> bool:
    parts = [part.strip(" .-") for part in _BETWEEN.split(_BEFORE.sub("", _GRADE.sub(" ", plain).strip()))]
    return any(parts) and all(_is_term(re.sub(r"[\W_]+", " ", part).strip()) for part in parts if part)


def _is_term(words: str) -> bool:
    while words not in event_terms():
        first, _, words = words.partition(" ")
        if first not in _QUALIFIERS.split():
            return False
    return True


def _is_regimen(plain: str) -> bool:
    if plain in CORTICOSTEROID_REGIMENS or re.sub(r"[\W_]+", "_", plain) in CORTICOSTEROID_REGIMENS:
        return True
    parts = _DOSE_PARTS.findall(plain)
    if "".join(parts) != re.sub(r"\s", "", plain):
        return False
    words = {part for part in parts if part.isalpha()}
    return (
        words <= {*_DOSE_WORDS.split(), *_UNITS.split()}
        and not words.isdisjoint(_UNITS.split())
        and all(part.isalpha() or part[0].isdigit() or part in _DOSE_SIGNS for part in parts)
    )


def _is_neutral_centre(plain: str) -> bool:
    return _CENTRE.fullmatch(plain) is not None


LISTS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("adverse_events", "term"): "a term of the list of adverse events, with its grade or how severe it was",
        ("patients", "death_cause"): "a term of the list of adverse events",
        ("treatments", "regimen"): "a dose or scheme in figures, units and words of time",
        ("patients", "centre"): "a neutral name such as Centre A or North",
    }
)
"""The columns of free text, and what a text of each may be without being confirmed."""


def is_listed(target: tuple[str, str], text: str) -> bool:
    """Tell whether a free text of a column is one that says nothing of a person."""
    plain = plain_text(text)
    match target[1]:
        case "term" | "death_cause":
            return _is_event(plain)
        case "regimen":
            return _is_regimen(plain)
        case _:
            return _is_neutral_centre(plain)
