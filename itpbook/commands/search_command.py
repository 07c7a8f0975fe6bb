"""The verb that looks for texts in a finished book."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from implied.cli.terminal import say

_NAMED = 3
"""Files named for each reason why something was not searched."""


def search_book(
    book: Annotated[Path, typer.Argument(metavar="BOOK", help="Folder of a finished book (its html), or one file.")],
    text: Annotated[
        list[str] | None, typer.Option("--for", metavar="TEXT", help="Text to look for; may be repeated.")
    ] = None,
    strings: Annotated[
        Path | None, typer.Option("--strings", metavar="FILE", help="Text file with a text to look for on each line.")
    ] = None,
    records: Annotated[
        Path | None,
        typer.Option("--records", metavar="DIR", help="Look for the identifiers and free texts of these records."),
    ] = None,
    anywhere: Annotated[
        bool, typer.Option("--anywhere", help="Also within longer words and numbers: 27 in 127.")
    ] = False,
) -> None:
    """Look for names, numbers and dates in every file of a finished book, whatever its kind.

    Read are pages, scripts and tables, PDF, pictures' descriptions, archives, workbooks, Parquet and gzip files, with
    escapes, entities, percent signs and base64 decoded. Exit code 0: nothing found; 1: something; 2: wrong usage.
    """
    from itpbook.book.search import search_folder, texts_of_file, texts_of_records
    from itpbook.book.search.wanted import check_texts
    from itpbook.parameters import ParameterError
    from itpbook.records.report import number

    if not book.exists():
        raise ParameterError([f"{book}: no such folder or file; expected the html folder of a finished book"])
    try:
        of_file = [] if strings is None else texts_of_file(strings)
        of_records, left_out = ([], []) if records is None else texts_of_records(records)
        wanted = check_texts([*(text or []), *of_file, *of_records])
    except ValueError as error:
        raise ParameterError([str(error)]) from error
    report = search_folder(book, wanted, anywhere=anywhere)
    if not report.files:
        raise ParameterError([f"{book}: holds no file; expected the html folder of a finished book"])
    for hit in report.hits:
        say(f"{hit.file}{f' ({hit.location})' if hit.location else ''}: {hit.text}: …{hit.context}…")
    if left_out:
        say(f"not looked for, since they are too short or the pages of any book have them: {', '.join(left_out)}")
    for reason, names in report.unsearched.items():
        more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        say(f"not searched, {reason}: {', '.join(names[:_NAMED])}{more}")
    locations = {(hit.file, hit.location) for hit in report.hits}
    hits = f"{len({hit.text for hit in report.hits}):,} found, in {number(len(locations), 'place')}"
    say(
        f"{number(len(wanted), 'text')} looked for in {number(report.files, 'file')}:"
        f" {hits if locations else 'none found'}"
    )
    if locations:
        raise typer.Exit(1)
