"""Opening the files that a person gives: regular files only, and none that is larger than its reader can take."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from io import BufferedReader
from pathlib import Path

BY_HAND = 500_000
"""Bytes of a file that a person writes by hand."""
OF_RECORDS = 8_000_000_000
"""Bytes of a file of records."""
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class UnusableFile(OSError):
    """What is found instead of a file and cannot be read as one; ``strerror`` has the reason."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(errno.EINVAL, reason, str(path))

    def __str__(self) -> str:
        """Return the path and the reason."""
        return f"{self.filename}: {self.strerror}"


def open_input(path: Path, at_most: int) -> BufferedReader:
    """Open a file for reading bytes; never waits for one that has nothing to read.

    Parameters
    ----------
    at_most
        Size in bytes from which on the file is refused.

    Raises
    ------
    UnusableFile
        When it is a folder, pipe, socket or device, or larger than ``at_most``.
    OSError
        When the system does not let it be read.
    """
    # A device is not even opened: opening one can have effects. What is there now may be gone when it is opened.
    _check(path, path.stat(), at_most)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        _check(path, os.fstat(descriptor), at_most)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_input(path: Path, at_most: int = BY_HAND) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    OSError
        As :func:`open_input`.
    """
    with open_input(path, at_most) as file:
        content = file.read(at_most + 1)
    # Some of the system's own files say that they are empty.
    if len(content) > at_most:
        raise _too_large(path, f"more than {at_most:,}", at_most)
    return content


def digest_of_file(path: str | Path) -> str | None:
    """Return the digest of a file's contents, None where there is none; what cannot be read is named so."""
    try:
        with open_input(Path(path), OF_RECORDS) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return f"cannot be read: {os.strerror(error.errno or 0)}"


def digest_of_folder(folder: Path) -> str:
    """Return the digest of the names and contents of all files of a folder, as the release pack has it computed."""
    names = sorted(os.fsencode(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())
    lines = (b"%s  %s\n" % (str(digest_of_file(folder / os.fsdecode(name))).encode(), name) for name in names)
    return hashlib.sha256(b"".join(lines)).hexdigest()


def _check(path: Path, status: os.stat_result, at_most: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = next((words for is_kind, words in _KINDS if is_kind(status.st_mode)), "something else")
        raise UnusableFile(path, f"{kind} and not a file")
    if status.st_size > at_most:
        raise _too_large(path, f"{status.st_size:,}", at_most)


def _too_large(path: Path, size: str, at_most: int) -> UnusableFile:
    return UnusableFile(path, f"{size} bytes, and files of up to {at_most:,} are read")
