"""Looking for texts in every file of a folder, and what was found and not searched."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from implied.files.input_files import read_input
from itpbook.book.search.decoded import parts_of
from itpbook.book.search.wanted import Wanted, normalised

LARGEST = 1_000_000_000
"""Bytes of a file that is searched."""
_BESIDE = 30
"""Characters shown on either side of a text that was found."""


@dataclass(frozen=True)
class Hit:
    """A text that was found: in which file, where in it, and with what around it."""

    file: str
    location: str
    text: str
    context: str


@dataclass(frozen=True)
class Report:
    """The hits of a search; ``unsearched`` has files, or locations in them, by the reason why nobody searched them."""

    files: int
    hits: tuple[Hit, ...]
    unsearched: dict[str, tuple[str, ...]]


def _below(folder: Path, unreadable: Callable[[str, str], None]) -> Iterator[Path]:
    """Go through all that lies below a folder; links are named and not followed."""

    def refused(error: OSError) -> None:
        name = Path(error.filename).relative_to(folder).as_posix()
        unreadable(name, f"cannot be opened ({error.strerror})")

    for parent, folders, files in os.walk(folder, onerror=refused):
        yield from (Path(parent) / name for name in (*folders, *files))


def search_folder(folder: Path, texts: Sequence[str], *, anywhere: bool = False) -> Report:
    """Look for texts in the names and contents of all files of a folder, such as a finished book, or of one file.

    Spaces, capitals and writings of the same letter do not count; part of a longer word or number counts ``anywhere``.
    """
    sought = [Wanted(text, anywhere=anywhere) for text in texts]
    hits: dict[tuple[str, str, str], Hit] = {}
    unsearched: dict[str, list[str]] = defaultdict(list)

    def look(file: str, location: str, text: str) -> None:
        plain = normalised(text)
        for wanted in sought:
            span = wanted.find(plain)
            if span is not None:
                context = plain[max(span[0] - _BESIDE, 0) : span[1] + _BESIDE]
                hits.setdefault((file, location, wanted.text), Hit(file, location, wanted.text, context))

    paths = sorted(_below(folder, lambda name, why: unsearched[why].append(name))) if folder.is_dir() else [folder]
    files = 0
    for path in paths:
        name = path.name if path == folder else path.relative_to(folder).as_posix()
        look(name, "name", path.name)
        if path.is_symlink() and path != folder:
            unsearched["a link to another place"].append(name)
            continue
        if path.is_dir():
            continue
        files += 1
        try:
            data = read_input(path, LARGEST)
        except OSError as error:
            unsearched[f"cannot be opened ({error.strerror})"].append(name)
            continue
        for part in parts_of(data, path.name):
            if part.text is not None:
                look(name, part.location, part.text)
            else:
                location = f"{name} ({part.location})" if part.location else name
                unsearched[part.problem].append(location)
    return Report(files, tuple(hits.values()), {why: tuple(dict.fromkeys(names)) for why, names in unsearched.items()})
