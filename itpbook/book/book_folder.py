"""The folder that a book is built into: one build at a time, and the old pages whole until the new ones are.

Next to ``html`` the folder holds what the next build can use again (:mod:`itpbook.book.reuse.build_store`), the logs of
chapters that failed, and, while a build runs, its working folder.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from itpbook import project
from itpbook.book.reuse.build_store import FOLDER
from itpbook.parameters import ParameterError

HTML = "html"
LOGS = "logs"
RELEASE = "release"
"""The pack for a data protection officer, next to the pages and never among them."""
RELEASE_FILES = frozenset({"README.md", "numbers.csv"})
_LOCK = ".lock"
_WORK = ".building-"
_REPLACED = ".replaced-html"
_UNFINISHED = f"{FOLDER}/*.part"
"""What :mod:`itpbook.book.reuse.build_store` was writing."""
_OWN = (HTML, LOGS, RELEASE, FOLDER, f"{FOLDER}/fonts", _LOCK, _REPLACED)
"""What a build makes in the folder of a book."""
_READ = ("chapters", "data", "implied", "itpbook", "pages", "_static")
"""Folders of the project that a build reads."""

_EXCHANGE = 2
"""Number of ``RENAME_EXCHANGE`` among the flags of Linux's ``renameat2``."""
_HERE = -100
"""Number of ``AT_FDCWD``: paths count from the working folder."""


class PlaceError(RuntimeError):
    """The folder cannot be built into; the message says why, and what was built before is as it was."""


def check_place(out: Path, values: Mapping[str, Any]) -> None:
    """Refuse a folder that no book can go to, before anything is written; ``values`` are the chapters' parameters.

    Raises
    ------
    itpbook.parameters.ParameterError
        When the folder is a file, lies in one or in a folder that the build reads, or a link leads out of it.
    """
    for path in (out, *out.absolute().parents):
        if path.exists() and not path.is_dir():
            raise ParameterError([f"--out {out}: {path} is a file; expected a folder"])
    for name in _OWN:
        # Whoever passes on the folder of a book could have what a build writes or empties lead anywhere.
        if (out / name).is_symlink():
            raise ParameterError([f"--out {out}: {name} in it is a link; remove it, or choose another folder"])
    read = [project.ROOT / name for name in _READ]
    if values.get("data_dir"):
        read.append(Path(values["data_dir"]))
    for folder in read:
        if out.resolve().is_relative_to(folder.resolve()):
            raise ParameterError([f"--out {out}: lies in {folder}, which the build reads; choose another folder"])


@contextmanager
def held(out: Path) -> Iterator[Path]:
    """Hold the folder of a book for one build, and give a working folder in it.

    What builds that were killed have left there is put right first.

    Raises
    ------
    PlaceError
        When another build holds the folder, it cannot be written to, or the disk is full.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = os.open(out / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        msg = f"{out}: no book can be written there ({error.strerror}); choose another folder with --out"
        raise PlaceError(msg) from error
    try:
        with _explaining_disk_errors(out):
            _take(lock, out)
            _put_right(out)
            # Absolute: programs that make pages run in folders of their own.
            with tempfile.TemporaryDirectory(dir=out.absolute(), prefix=_WORK, ignore_cleanup_errors=True) as work:
                yield Path(work)
    finally:
        # Closing gives the lock back, and so does the end of the process, however it comes.
        os.close(lock)


def has_release(out: Path) -> bool:
    """Return whether a release pack lies in the folder of a book.

    Raises
    ------
    PlaceError
        When there is something else under its name: nothing of somebody's own is replaced.
    """
    names = {path.name for path in (out / RELEASE).iterdir()} if (out / RELEASE).is_dir() else set()
    if (out / RELEASE).exists() and not names <= RELEASE_FILES:
        msg = f"{out / RELEASE}: is no release pack of a build; move it away, or choose another folder with --out"
        raise PlaceError(msg)
    return names == RELEASE_FILES


def put_release_in_place(pack: Path | None, pages: Path, out: Path) -> Path:
    """Put new pages and their release pack where the old ones are; a book that withholds nothing has no pack.

    At no moment does a pack lie next to a book that it is not of.
    """
    if has_release(out) or (out / RELEASE).exists():
        shutil.rmtree(out / RELEASE)
    html = put_in_place(pages, out)
    if pack is not None:
        pack.rename(out / RELEASE)
    return html


def _take(lock: int, out: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(lock, 32, 0).decode("ascii", "replace").strip()
        by = f" (process {holder})" if holder else ""
        msg = f"another build into {out} is running{by}: wait until it has ended, or choose another folder with --out"
        raise PlaceError(msg) from error
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode("ascii"), 0)


def left_behind(out: Path) -> bool:
    """Return whether a build is running in the folder, or was killed there and left something to put right."""
    return any(path for pattern in (f"{_WORK}*", _REPLACED, _UNFINISHED) for path in out.glob(pattern))


def _put_right(out: Path) -> None:
    """Remove what builds left that were killed; put the old pages back if one stopped between two moves."""
    for folder in out.glob(f"{_WORK}*"):
        shutil.rmtree(folder, ignore_errors=True)
    for part in out.glob(_UNFINISHED):
        part.unlink()
    replaced = out / _REPLACED
    if replaced.exists():
        if (out / HTML).exists():
            shutil.rmtree(replaced)
        else:
            replaced.rename(out / HTML)


@contextmanager
def _explaining_disk_errors(out: Path) -> Iterator[None]:
    """Turn an error of the disk while a book is made into a sentence about the book's folder."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            msg = f"{out}: no space is left on the disk: free some, or choose another folder with --out"
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            msg = (
                f"{error.filename or out}: cannot be written ({os.strerror(error.errno)}):"
                " give write permission, or choose another folder with --out"
            )
        else:
            raise
        raise PlaceError(f"{msg}; what was built before is as it was") from error


def put_in_place(pages: Path, out: Path) -> Path:
    """Put new pages where the old ones are, in one step where the system can: nobody finds half a book.

    ``pages`` lies in the working folder, where the old pages are afterwards. Returns where the new ones are.
    """
    target = out / HTML
    if not target.exists():
        pages.rename(target)
    elif not exchanged(pages, target):
        # Two moves: whoever stops between them leaves the old pages under another name, for the next build to find.
        target.rename(out / _REPLACED)
        pages.rename(target)
        shutil.rmtree(out / _REPLACED, ignore_errors=True)
    return target


def exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; return whether system and disk can do that."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None or rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return rename is not None
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(other))
