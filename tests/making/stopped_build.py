"""A build that kills its process group at a named point, or at a call of a given number; what it makes is tiny.

Everything that puts a book in place is real: only executing, compiling and working out keys are stood in for.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from forked import serve

from itpbook.book import book_folder, build
from itpbook.book.reuse import build_store

CHAPTERS = ("cohort", "methods")
PAGES = {"index.html": "<p>{}</p>", "chapters/cohort.html": "<p>{}, cohort</p>", "_static/style.css": "p {{}}"}


def stand_in(words: str, setattr: Callable[[Any, str, Any], None]) -> None:
    """Let a build of some words do in an instant what takes long."""

    def execute(target: Path, _chosen: object, *, reuse: Any, **_: object) -> dict[str, str]:
        store, keys = reuse
        for name in CHAPTERS:
            (target / f"{name}.ipynb").write_text(words, encoding="utf-8")
            store.store_chapter(name, keys[name], {}, {"cells": [words]})
        return {}

    def compile_pages(_source: Path, work: Path, _scratch: Path, **_: object) -> Path:
        pages = work / "_build" / "html"
        for name, text in PAGES.items():
            (pages / name).parent.mkdir(parents=True, exist_ok=True)
            (pages / name).write_text(text.format(words), encoding="utf-8")
        return pages

    setattr(build, "execute_chapters", execute)
    setattr(build, "compile_book", compile_pages)
    setattr(build, "chapter_keys", lambda *_: dict.fromkeys(CHAPTERS, words))
    setattr(build, "book_key", lambda *_: words)


WITHHOLDING = {"suppress_below": 5}
"""Parameters of a build that writes a release pack."""


def stand_in_pack(words: str, setattr: Callable[[Any, str, Any], None]) -> None:
    """Let the release pack of such a build hold these words."""
    from itpbook.book import release

    def write(pack: Path, *_: object) -> None:
        pack.mkdir()
        for name in book_folder.RELEASE_FILES:
            (pack / name).write_text(words, encoding="utf-8")

    setattr(release, "write_release", write)


def kill() -> None:
    os.killpg(os.getpgid(0), signal.SIGKILL)


def before(owner: Any, name: str, *, calls: int = 1, when: Callable[..., bool] = lambda *_: True) -> None:
    """Kill before a function is called for a certain time."""
    _stop(owner, name, calls, when, first=True)


def after(owner: Any, name: str, *, calls: int = 1, when: Callable[..., bool] = lambda *_: True) -> None:
    """Kill when a function has returned for a certain time."""
    _stop(owner, name, calls, when, first=False)


def _stop(owner: Any, name: str, calls: int, when: Callable[..., bool], *, first: bool) -> None:
    function, left = getattr(owner, name), [calls]

    def stopping(*arguments: Any, **named: Any) -> Any:
        left[0] -= bool(when(*arguments))
        if left[0] == 0 and first:
            kill()
        result = function(*arguments, **named)
        if left[0] == 0:
            kill()
        return result

    setattr(owner, name, stopping)


def half_written(file: str) -> None:
    """Kill when half of a file is written."""
    write = Path.write_bytes

    def half(path: Path, content: bytes) -> int:
        if path.name == file:
            write(path, content[: len(content) // 2])
            kill()
        return write(path, content)

    Path.write_bytes = half


def half_removed(beginning: str) -> None:
    """Kill when one file of a folder is removed that is being removed."""
    remove = shutil.rmtree

    def half(path: Any, *arguments: Any, **named: Any) -> None:
        if Path(path).name.startswith(beginning):
            next(inner for inner in sorted(Path(path).rglob("*")) if inner.is_file()).unlink()
            kill()
        remove(path, *arguments, **named)

    shutil.rmtree = half


def in_two_moves() -> None:
    book_folder.exchanged = lambda *_: False


def _file(name: str) -> Callable[..., bool]:
    return lambda path, *_: path.name == name


def _two_moves(stop: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        in_two_moves()
        stop()

    return both


FRESH = "when all is forgotten, to be made again"
"""The point in a build that takes nothing over."""

POINTS: dict[str, Callable[[], None]] = {
    "before the lock": lambda: before(book_folder, "_take"),
    "when the lock is taken": lambda: after(book_folder, "_take"),
    "when the working folder is made": lambda: after(tempfile, "mkdtemp"),
    FRESH: lambda: after(build_store.BuildStore, "forget"),
    "when the first chapter is half kept": lambda: half_written("cohort.part"),
    "when the second chapter is half kept": lambda: half_written("methods.part"),
    "before a chapter is kept": lambda: before(Path, "replace", when=_file("methods.part")),
    "when a chapter is kept": lambda: after(Path, "replace", when=_file("cohort.part")),
    "when the pages are compiled": lambda: after(build, "compile_book"),
    "before the exchange": lambda: before(build, "put_release_in_place"),
    "before the one step": lambda: before(book_folder, "exchanged"),
    "after the one step": lambda: after(book_folder, "exchanged"),
    "before the first of two moves": _two_moves(lambda: before(Path, "rename", when=_file("html"))),
    "between two moves": _two_moves(lambda: after(Path, "rename", when=lambda path, *_: path.parent.name != "_build")),
    "after the second of two moves": _two_moves(lambda: after(Path, "rename", calls=2, when=_file("html"))),
    "while the old pages are removed after two moves": _two_moves(lambda: half_removed(".replaced-html")),
    "before the pages are noted": lambda: before(build_store.BuildStore, "note_pages"),
    "when the note of the pages is half written": lambda: half_written("pages.part"),
    "when the pages are noted": lambda: after(build_store.BuildStore, "note_pages"),
    "while the working folder is removed": lambda: half_removed(".building-"),
}


POINTS_OF_A_PACK: dict[str, Callable[[], None]] = {
    "before the old pack is removed": lambda: before(book_folder, "has_release"),
    "while the old pack is removed": lambda: half_removed("release"),
    "before the pages are exchanged": lambda: before(book_folder, "exchanged"),
    "before the new pack is moved": lambda: before(Path, "rename", when=_file("release")),
    "after the new pack is moved": lambda: after(Path, "rename", when=_file("release")),
}


def at_call(number: int) -> list[int]:
    """Kill at a call of that number among the functions of `itpbook.book`; return the list that counts them."""
    count, folder = [0], str(Path(build.__file__).parent)

    def watch(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(folder):
            count[0] += 1
            if count[0] == number:
                kill()

    sys.setprofile(watch)
    return count


def stopped(out: str, words: str, point: str, withholding: bool) -> None:
    """Build, and be killed at a point; at no call print how many there are."""
    stand_in(words, setattr)
    if withholding:
        stand_in_pack(words, setattr)
    count, points = [0], POINTS_OF_A_PACK if withholding else POINTS
    if point in points:
        points[point]()
    else:
        count = at_call(int(point))
    build.build(Path(out), WITHHOLDING if withholding else {}, fresh=point == FRESH)
    sys.setprofile(None)
    print(count[0])


if __name__ == "__main__":
    serve(stopped)
