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

_INTRODUCTION = """\
# Release pack: for the data protection officer only

**This folder holds the true small numbers of the records. It belongs to the hospital. Do not publish it, and never copy
it into `html`, the folder of the book.** Only `html` is meant to leave; what else lies beside it stays, too: `.kept`
and `logs` are made from the records.

`{numbers}` lists every number of patients, of events and every summary in the book: the true one, what is printed, why
it is withheld, and the least and the greatest value that can be inferred from all that is printed and the rules.

| column | says |
| --- | --- |
| place | where the number is printed: its name in `html/downloads/results.csv`, or the table |
| label, group | what is counted or summarised, and in which patients; in a table the group is part of the label |
| statistic | patients or events (a count), or what of a measurement: its median, its quartiles (q1 and q3), … |
| true | the number in the records; of a count of patients n/N |
| printed | what the book prints in its place |
| decision, why | printed or withheld, and the reason; of a printed median or quartile, which values were averaged |
| low, high | the least and the greatest number that can be inferred; empty where none is worked out |

## The book and its records

{book}

A digest is a check sum: it changes with every change of what it is taken of. To compute it again with the usual tools:
of the records `sha256sum *.csv`, in the folder of tables that `itpbook import-redcap` wrote (tables of another origin
may have been written in another way, and then have another digest); of the book, in `html`,
`find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum`.

## Rules in force

1. A count above zero and below {below} is not printed, nor a group of fewer than {below} patients.
2. Nor is a count printed that gives such a number away: all others of the group; who is left by other printed parts of
   the group; the difference of two printed groups of which one holds the other. Groups are compared patient by patient.
3. Where “<{below}” and “withheld” would leave a small number but one value, “withheld” is printed for every part.
4. Minimum and maximum are withheld. A median is the mean of the {below} values around it ({more} where so many lie
   evenly about it), a quartile the mean of the {below} values next to its rank, away from the median if it lies between
   two. A median needs {twice} patients, quartiles {fourfold}. To check: sort the column, take the mean of the values at
   the ranks that `{numbers}` names, and round it. The true median or quartile stands beside it, and so the error.
5. Of one measurement each patient is in one summary only, in whatever unit; of two measurements that put all patients
   into one order, likewise.
6. Numbers have the digits that are printed and no others (`raw` in the downloads), and intervals whole per cents.
7. Figures drawn from records, Kaplan-Meier curves among them, tables of single patients, digests of the records and
   the number of warnings about them are left out. Numbers of events are withheld when few patients had one.

## What the rules do not do

- Who knows all but one of the patients behind a mean knows the last one, up to rounding. No threshold prevents that.
- Zero is printed, and so is “all”: both say something of every patient of a group. So does a mean at the end of what
  can be, such as an age of 18 years in adults: the values behind it are all alike, those of {below} patients or more.
- Limits are worked out from this book alone. Another publication about the same patients can narrow them.
- Measurements that are sums or differences of others are judged one by one.
- Nobody has read the texts of the edition: they may name a patient. Search the book for your own identifiers.

## Withheld

{withheld}

## Checklist

- [ ] The digests above are those of the records that were approved, and of the `html` that is to leave.
- [ ] The threshold, {below}, is the one that your institution asks for.
- [ ] No line under *Withheld* has equal limits (`at least` and `at most`) below {below}.
- [ ] Three medians of `{numbers}` were computed again from the records by hand.
- [ ] `itpbook search-book html --records RECORDS` and `--strings FILE` with names, hospital numbers and dates (a
      line for each form of a date) find nothing, and what they could not search was looked at.
- [ ] The texts of the edition were read: title, authors, background, setting, discussion, declarations.
- [ ] Earlier books of the same patients: no number differs by fewer than {below} patients from one printed there.
- [ ] `html` was copied without this folder.
"""


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
    text = _INTRODUCTION.format(
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
