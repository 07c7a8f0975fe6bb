"""Identifiers that say nothing of a record: drawn at random, and stored in a link file that stays in the hospital."""

from __future__ import annotations

import csv
import hashlib
import io
import random
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from implied.files.input_files import read_input
from implied.files.spreadsheets import csv_line, unshielded
from implied.files.unfinished import unfinished, write_private
from itpbook.records.problems import Problem, Problems, quoted, why_unreadable

TITLE = (
    "# Link file of itpbook: which record every patient identifier stands for. "
    "It stays in the hospital, apart from the tables. Not to be edited."
)
_CHECK = "# sha256 "
LARGEST = 100_000_000
"""Bytes of a link file."""
_EXPECTED = (
    "the link file as an earlier import wrote it: take it from a backup, or name a new file to draw new identifiers"
)


@dataclass(frozen=True)
class LinkFile:
    """The identifiers of records, and the file that they stand in.

    Attributes
    ----------
    path
        The file; None where nothing links identifiers to records once they are drawn.
    identifiers
        By record; records that are in the export no longer are among them.
    stored
        What the file holds now; None before the first import.
    """

    path: Path | None
    record_field: str
    identifiers: Mapping[str, str]
    stored: bytes | None = None

    def content(self) -> bytes:
        """Return the file's content: sorted by identifier, so that its order says nothing of the records either."""
        by_identifier = sorted((name, record) for record, name in self.identifiers.items())
        rows = [(self.record_field, "patient_id"), *((record, name) for name, record in by_identifier)]
        table = "".join(map(csv_line, rows))
        return f"{TITLE}\n{_CHECK}{_digest(table)}\n{table}".encode()

    def write(self) -> None:
        """Replace the file in one step, for its owner only as a new folder is; without new records it stays untouched.

        Raises
        ------
        OSError
            When it cannot be written, or was changed since it was read.
        """
        content = self.content()
        if self.path is None or content == self.stored:
            return
        target = self.path.resolve()
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with unfinished(target) as work:
            written = write_private(work / target.name, content)
            # Last: writing waits for the disk.
            if (target.read_bytes() if target.exists() else None) != self.stored:
                msg = f"{self.path} was changed by another import while this one ran: nothing was written; import again"
                raise OSError(msg)
            written.replace(target)


def draw_identifiers(
    records: Iterable[str],
    present: Mapping[str, str],
    prefix: str,
    digits: int,
    source: random.Random | None = None,
) -> dict[str, str]:
    """Give every record without an identifier a number that no record has, each free number being equally likely.

    So numbers say neither where in the export a record is, nor which records were added later. ``present`` are the
    identifiers drawn before; ``source`` is that of randomness, without one the system's.

    Raises
    ------
    ValueError
        When there are not enough numbers.
    """
    identifiers, taken = dict(present), set(present.values())
    new = [record for record in dict.fromkeys(records) if record not in present]
    if len(taken) + len(new) >= 10**digits:
        msg = f"{len(taken) + len(new)} patients, but {10**digits - 1} identifiers of {digits} digits"
        raise ValueError(msg)
    draw = (source or secrets.SystemRandom()).randrange
    for record in new:
        while (name := f"{prefix}{draw(1, 10**digits):0{digits}d}") in taken:
            pass
        identifiers[record] = name
        taken.add(name)
    return identifiers


def read_link(
    path: Path, record_field: str, records: Iterable[str], prefix: str, digits: int
) -> tuple[LinkFile, list[Problem]]:
    """Read the link file of previous imports, which is empty where there is none yet; and what is wrong with it."""
    problems, empty = Problems(), LinkFile(path, record_field, {})
    if not path.exists():
        return empty, []
    try:
        stored = read_input(path, LARGEST)
    except OSError as error:
        problems.add(path.name, why_unreadable(path, error), _EXPECTED)
        return empty, list(problems)
    title, check, table = [*stored.decode("utf-8", "replace").split("\n", 2), "", ""][:3]
    if title != TITLE or not check.startswith(_CHECK):
        problems.add(path.name, "a file that is no link file", "a link file of itpbook, or the name of a new file")
        return empty, list(problems)
    try:
        (field, *_), *rows = [list(map(unshielded, row)) for row in csv.reader(io.StringIO(table, newline=""))]
        valid = check.removeprefix(_CHECK) == _digest(table) and all(len(row) == 2 for row in rows)
    except (csv.Error, ValueError):
        valid = False
    if not valid:
        problems.add(path.name, "a link file that is damaged, or was edited or saved by another program", _EXPECTED)
        return empty, list(problems)
    identifiers = dict(rows)
    if field != record_field:
        observed = f"records numbered by the field {quoted(field)}"
        problems.add(path.name, observed, f"the link file of this project, whose field is {quoted(record_field)}")
    elif identifiers and not set(identifiers) & set(records):
        observed = f"{len(identifiers)} records, none of which is in the export"
        problems.add(path.name, observed, "the link file of this project, or the name of a new file")
    if len(set(identifiers.values())) < len(rows) or len(identifiers) < len(rows):
        problems.add(path.name, "a record or an identifier that stands twice", _EXPECTED)
    if other := [name for name in identifiers.values() if not _is_of(name, prefix, digits)]:
        example = f"{prefix}{1:0{digits}d}"
        expected = f"identifiers such as {example}, as patient_ids in the mapping says: use the same mapping"
        problems.add(path.name, f"the identifier {quoted(other[0])}", expected)
    return LinkFile(path, record_field, identifiers, stored), list(problems)


def _is_of(name: str, prefix: str, digits: int) -> bool:
    number = name.removeprefix(prefix)
    return name.startswith(prefix) and len(number) == digits and number.isascii() and number.isdigit()


def _digest(table: str) -> str:
    return hashlib.sha256(table.encode()).hexdigest()
