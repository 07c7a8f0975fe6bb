"""The texts that are looked for: given, one on each line of a file, or those of a centre's own records."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from itpbook import project
from itpbook.cohort import load_cohort

_SHORTEST = 2
_FREE_TEXTS = (
    ("patients", "centre"),
    ("patients", "death_cause"),
    ("treatments", "regimen"),
    ("adverse_events", "term"),
)
"""Columns that hold whatever a centre wrote."""


def normalised(text: str) -> str:
    """Return a text in which writings of the same look the same: NFKC, no capitals, one kind of dash and of space."""
    if not text.isascii():
        text = "".join(map(_plain, unicodedata.normalize("NFKC", text)))
    return " ".join(text.casefold().split())


def _plain(letter: str) -> str:
    """Leave out what nobody sees, and make any dash a hyphen."""
    if letter.isascii():
        return letter
    category = unicodedata.category(letter)
    return "" if category == "Cf" else "-" if category == "Pd" or letter == "\N{MINUS SIGN}" else letter


def pattern_of(wanted: str, *, anywhere: bool = False) -> str:
    """Return the regular expression that finds a text in a normalised one.

    Spaces may be missing, and a line may break after any sign that is no letter. Unless ``anywhere``, the text must not
    be part of a longer word or number: 27 is in no 127, 27.5 or A27.
    """
    letters = [
        r"\s*" if letter == " " else re.escape(letter) + ("" if letter.isalnum() else r"\s?")
        for letter in normalised(wanted)
    ]
    found = "".join(letters).removesuffix(r"\s?")
    if anywhere:
        return found
    alone = normalised(wanted)
    before = (r"(?<![^\W_])" if alone[0].isalnum() else "") + (r"(?<!\d\.)" if alone[0].isdigit() else "")
    after = (r"(?![^\W_])" if alone[-1].isalnum() else "") + (r"(?!\.\d)" if alone[-1].isdigit() else "")
    return f"{before}{found}{after}"


def check_texts(texts: list[str]) -> list[str]:
    """Return the texts without repetitions.

    Raises
    ------
    ValueError
        When there is none, or one is too short to mean anything.
    """
    chosen = list(dict.fromkeys(text.strip() for text in texts))
    if not chosen:
        msg = "nothing to search for: give --for TEXT, --strings FILE or --records DIR"
        raise ValueError(msg)
    for text in chosen:
        if len(normalised(text)) < _SHORTEST:
            msg = f"{text!r} is too short to search for; expected {_SHORTEST} characters or more"
            raise ValueError(msg)
    return chosen


def texts_of_file(path: Path) -> list[str]:
    """Return the lines of a file that are not empty.

    Raises
    ------
    ValueError
        When it cannot be read as UTF-8.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot be read ({error}); expected a text file in UTF-8, one text on each line"
        raise ValueError(msg) from error
    return [line.strip() for line in lines if line.strip()]


def texts_of_records(folder: Path) -> tuple[list[str], list[str]]:
    """Return the identifiers and free texts of records, and the free texts that the pages of any book have.

    Raises
    ------
    InvalidRecords
        When the records cannot be read.
    """
    cohort = load_cohort(folder)
    identifiers = [str(name) for name in cohort.patients["patient_id"]]
    written = [
        str(text)
        for table, column in _FREE_TEXTS
        for text in cohort.tables[table][column].dropna().unique()
        if len(normalised(str(text))) >= _SHORTEST
    ]
    own = normalised("\n".join(_own_texts()))
    usual = [text for text in dict.fromkeys(written) if re.search(pattern_of(text), own)]
    return [*identifiers, *(text for text in dict.fromkeys(written) if text not in usual)], usual


def _own_texts() -> Iterator[str]:
    """Go through what the pages of any book say, whoever's patients they are about."""
    yield (project.ROOT / "itpbook" / "schema.py").read_text(encoding="utf-8")
    for path in [project.LEDGER, project.QUESTIONS, project.ROOT / "index.md", *(project.ROOT / "pages").rglob("*.md")]:
        yield path.read_text(encoding="utf-8")
    for path in sorted(project.CHAPTERS.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            yield "".join(cell["source"])
