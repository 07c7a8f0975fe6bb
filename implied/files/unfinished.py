"""Files and folders that appear whole or not at all: written next to the target, swept when their process has died."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MARK = ".unfinished-"
_LOCK = ".lock"


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """Give a folder next to a file or folder to write it in, so that it can be moved into place in one step.

    The system gives the lock on it back however the process ends; :func:`sweep` removes folders without a lock.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # mkdtemp lets nobody but the owner in.
    work = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}{_MARK}"))
    lock = os.open(work / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.close(lock)


def write_private(path: Path, content: bytes) -> Path:
    """Write a new file that only its owner can read, and wait until the disk has it."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return path


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file that appears whole or not at all, in the place of one that may be there.

    It is written beside itself, as ``<stem>.part``: a process that is killed leaves that behind.
    """
    part = path.with_suffix(".part")
    try:
        part.write_bytes(content)
        return part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def sweep(folder: Path) -> None:
    """Remove what commands left in a folder that were killed, and nothing of those that are running."""
    for work in folder.glob(f".*{_MARK}*"):
        if work.is_symlink():
            continue
        # Another user's, or one that ends meanwhile.
        with contextlib.suppress(OSError):
            lock = os.open(work / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(work)
            finally:
                os.close(lock)
