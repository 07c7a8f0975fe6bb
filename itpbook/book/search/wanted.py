"""The texts that are looked for: given, one on each line of a file, or those of a centre's own records."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from implied.files.characters import without_unseen
from implied.files.input_files import read_input
from itpbook import project
from itpbook.intake.redcap.pseudonyms import TITLE
from itpbook.intake.redcap.terms import LISTS
from itpbook.records.cohort import load_cohort

_SHORTEST = 2
_DASHES = re.compile("[\u2010-\u2015\u2212]")


def normalised(text: str) -> str:
    """Return a text in which writings of the same look the same: NFKC, no capitals, one kind of dash and of space."""
    if not text.isascii():
        text = _DASHES.sub("-", without_unseen(unicodedata.normalize("NFKC", text)))
    return " ".join(text.casefold().split())


class Wanted:
    """A text to be found: spaces in it may be missing, and a line may break after any sign that is no letter.

    Unless ``anywhere``, it must not be part of a longer word or number: 27 is in no 127, 27.5 or A27.
    """

    def __init__(self, text: str, *, anywhere: bool = False) -> None:
        self.text = text
        plain = normalised(text)
        # Regular expressions are slow; for nearly every text the longest word shows that this one is not in it.
        self._longest = max(re.split(r"[\W_]+", plain), key=len)
        signs = [r"\s*" if sign == " " else re.escape(sign) + ("" if sign.isalnum() else r"\s?") for sign in plain]
        self._pattern = re.compile("".join(signs).removesuffix(r"\s?"))
        self._ends = () if anywhere else (plain[0], plain[-1])

    def find(self, plain: str) -> tuple[int, int] | None:
        """Return where the text is first found in a normalised one; None where it is not."""
        if self._longest not in plain:
            return None
        spans = (match.span() for match in self._pattern.finditer(plain))
        return next((span for span in spans if self._alone(plain, *span)), None)

    def _alone(self, plain: str, start: int, end: int) -> bool:
        if not self._ends:
            return True
        first, last = self._ends
        before, after = plain[max(start - 2, 0) : start], plain[end : end + 2]
        if (first.isalnum() and before[-1:].isalnum()) or (last.isalnum() and after[:1].isalnum()):
            return False
        # A point between digits belongs to the number.
        within = first.isdigit() and before[-1:] == "." and before[:1].isdigit() and len(before) == 2
        return not within and not (last.isdigit() and after[:1] == "." and after[1:].isdigit())


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
        When it cannot be read as UTF-8, or is a link file, each line of which is no text of its own.
    """
    try:
        lines = read_input(path, 10_000_000).decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot be read ({error}); expected a text file in UTF-8, one text on each line"
        raise ValueError(msg) from error
    if lines and lines[0].startswith(TITLE):
        msg = (
            f"{path}: is the link file of an import, whose lines stand in no book; expected one text on each line: "
            "copy the numbers of the records, its first column, into a file of their own"
        )
        raise ValueError(msg)
    return [line.strip() for line in lines if line.strip()]


def texts_of_records(folder: Path) -> tuple[list[str], list[str]]:
    """Return the identifiers and free texts of records to look for, and those that are too short or in any book.

    Raises
    ------
    InvalidRecords
        When the records cannot be read.
    """
    cohort = load_cohort(folder)
    identifiers = [str(name) for name in cohort.patients["patient_id"]]
    written = [str(text) for table, column in LISTS for text in cohort.tables[table][column].dropna().unique()]
    own = normalised("\n".join(_own_texts()))
    # Identifiers are looked for though a page of any book may have them.
    left_out = {text: None for text in dict.fromkeys(identifiers) if len(normalised(text)) < _SHORTEST}
    for text in dict.fromkeys(written):
        if len(normalised(text)) < _SHORTEST or Wanted(text).find(own):
            left_out[text] = None
    return [text for text in dict.fromkeys([*identifiers, *written]) if text not in left_out], list(left_out)


def _own_texts() -> Iterator[str]:
    """Go through what the pages of any book say, whoever's patients they are about."""
    yield (project.ROOT / "itpbook" / "records" / "schema.py").read_text(encoding="utf-8")
    for path in [project.LEDGER, project.QUESTIONS, project.ROOT / "index.md", *(project.ROOT / "pages").rglob("*.md")]:
        yield path.read_text(encoding="utf-8")
    for path in sorted(project.CHAPTERS.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            yield "".join(cell["source"])
