"""Looking for texts in every file of a folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from itpbook.search.decoded import parts_of
from itpbook.search.wanted import Wanted, normalised

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
    """What a search found; ``unsearched`` has files, or places in them, by the reason why they were not searched."""

    files: int
    hits: tuple[Hit, ...]
    unsearched: dict[str, tuple[str, ...]]


def search_folder(folder: Path, texts: Sequence[str], *, anywhere: bool = False) -> Report:
    """Look for texts in the names and in the contents of all files of a folder, or in one file.

    Parameters
    ----------
    folder
        A finished book, or any other folder or file.
    texts
        What to look for; spaces, capitals and writings of the same letter do not count.
    anywhere
        Whether a text counts that is part of a longer word or number.
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

    paths = [folder] if folder.is_file() else sorted(folder.rglob("*"))
    files = 0
    for path in paths:
        name = path.name if path == folder else path.relative_to(folder).as_posix()
        look(name, "name", path.name)
        if path.is_symlink():
            unsearched["a link to another place"].append(name)
            continue
        if not path.is_file():
            continue
        files += 1
        try:
            data = path.read_bytes()
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
