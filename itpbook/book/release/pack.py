"""The release pack as files: rules, every number in words and as CSV, and a checklist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from implied.files.characters import visible
from implied.files.input_files import digest_of_folder
from implied.files.spreadsheets import csv_line
from implied.files.unfinished import write_private
from itpbook import parameters
from itpbook.book.release.rows import HIDDEN, ReleaseRow, release_rows
from itpbook.disclosure.counted import beyond_ledger
from itpbook.disclosure.suppression_plan import planned
from itpbook.provenance import commit, software
from itpbook.records.cohort import load_cohort
from itpbook.results import read_results
from itpbook.shipped import shipped_ledger
from itpbook.study.outcomes import derive

NUMBERS = "numbers.csv"
README = "README.md"

_MARKUP = re.compile(r"<(?=[A-Za-z/!?])|&(?=[#A-Za-z])|\](?=\()|:(?=//)|(?<=www)\.|[|*\\@]", re.IGNORECASE)
"""Characters that begin or make a tag, an entity, a link, an image or a column."""

INTRODUCTION = Path(__file__).with_name("introduction.md")
"""The text of the pack, with names in braces for what is known only of a book."""


def write_release(folder: Path, pages: Path, chapters: Path, values: Mapping[str, Any]) -> None:
    """Write the release pack of a book: the same book always as the same bytes, readable by its owner alone.

    It goes to a new ``folder``; the ``pages`` were made from the executed ``chapters``, and ``values`` are the
    parameters of these, ``suppress_below`` and ``data_dir`` among them.
    """
    below = int(values["suppress_below"])
    cohort, ledger = load_cohort(Path(values["data_dir"])), shipped_ledger()
    definitions = parameters.definitions_in_force(values)
    patients = derive(cohort, definitions)
    beyond = beyond_ledger(cohort, patients)
    small = planned(below, patients, ledger, (item.count for item in beyond))
    rows = release_rows(patients, ledger, read_results(chapters, without=parameters.AFTERWARDS), beyond, small)
    state = commit()
    chosen = {name: value for name, value in values.items() if name not in parameters.PLACES}
    book = {
        "Patients": str(len(cohort)),
        "Definitions": definitions.name,
        **{f"Parameter {name}": str(value) for name, value in sorted(chosen.items())},
        **{f"Records, {name}, SHA-256": digest for name, digest in cohort.digests.items()},
        "`html`, SHA-256 (names and contents of all files)": digest_of_folder(pages),
        "Ledger, SHA-256": ledger.digest,
        "Commit of the project": " ".join(filter(None, [state.name, state.remark])),
        **software(),
    }
    text = INTRODUCTION.read_text(encoding="utf-8").format(
        numbers=NUMBERS,
        book=_table(("", ""), book.items()),
        below=below,
        more=below + 1,
        twice=2 * below,
        fourfold=4 * below,
        withheld=_withheld(rows),
    )
    folder.mkdir(mode=0o700)
    write_private(folder / README, text.encode())
    write_private(folder / NUMBERS, numbers_csv(rows).encode())


def numbers_csv(rows: Iterable[ReleaseRow]) -> str:
    """Return the rows as CSV."""
    headings = [field.name for field in fields(ReleaseRow)]
    return "".join(map(csv_line, [headings, *(asdict(row).values() for row in rows)]))


def _withheld(rows: Sequence[ReleaseRow]) -> str:
    hidden = [row for row in rows if row.decision == HIDDEN]
    if not hidden:
        return "Nothing."
    cells = [
        (row.place, row.label, row.statistic, row.true, row.printed, row.low, row.high, row.why)
        for row in hidden
        if row.statistic not in ("minimum", "maximum")
    ]
    ends = len(hidden) - len(cells)
    headings = ("place", "of whom or what", "statistic", "true", "printed", "at least", "at most", "why")
    return f"{_table(headings, cells)}\n\nBesides, {ends} minima and maxima, each the value of a single patient."


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(map(_as_text, line))} |" for line in lines)


def _as_text(words: str) -> str:
    """Return words for a cell in which no viewer of Markdown finds a tag, a link or an image."""
    plain = visible(words).replace("\n", " ").replace("\t", " ")
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", plain)
