"""What a chapter reads, observed while it runs: the files it opens, the folders it lists, the programs it starts.

Python reports every file that it opens, for libraries as well (audit events). Each process that reads for a chapter
appends what it sees to one file of notes, with the digest of the contents before they are read. A command of
``itpbook`` that a chapter starts finds that file by :data:`VARIABLE` and joins; any other program cannot be observed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from implied.files.input_files import digest_of_file
from itpbook import project

VARIABLE = "ITPBOOK_OBSERVED"
"""Environment variable that names the file of notes to the commands that a chapter starts."""

Inputs = dict[str, str | None]
"""Digests of files and, with ``/`` at the end of the name, of listings; None where nothing is there.

A name is the path below a root, as ``project:data/published.yaml``, or an absolute path as ``:/etc/hosts``.
"""

_NO_INPUT = ("/proc/", "/sys/", "/dev/")
_INSTALLED = tuple(sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib"))
"""Folders of Python and its packages: their versions are in every key."""
_IMPORT_SYSTEM = ("<frozen importlib", str(Path(importlib.util.__file__).parent))
"""Beginnings of the names of modules that list folders to find modules: which they find is in every key."""
_RELATIVE_TO_DESCRIPTOR = (os.__file__, shutil.__file__)
"""Modules that open names relative to the descriptor of a folder, which the event does not report."""


def observe(notes: Path) -> None:
    """Append from now on to a file what this process and its forks read, make and start."""
    os.environ[VARIABLE] = str(notes)
    sys.addaudithook(_Observer(notes))


def join() -> None:
    """Observe this process, too, if a chapter started it that is observed; what it has imported counts as read."""
    notes = os.environ.get(VARIABLE)
    if not notes:
        return
    observer = _Observer(Path(notes))
    observer.note("joined", str(os.getpid()), None)
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None):
            observer.read(module.__file__)
    sys.addaudithook(observer)


class _Observer:
    """An audit hook; it notes each path once."""

    def __init__(self, notes: Path) -> None:
        self.descriptor = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.seen: set[tuple[str, str]] = set()
        self.busy = threading.local()

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _EVENTS or getattr(self.busy, "now", False):
            return
        # What observing opens is no input.
        self.busy.now = True
        try:
            _EVENTS[event](self, sys._getframe(1).f_code.co_filename, arguments)
        finally:
            self.busy.now = False

    def note(self, kind: str, name: str, digest: str | None) -> None:
        if kind in ("started", "joined") or (kind, name) not in self.seen:
            self.seen.add((kind, name))
            os.write(self.descriptor, (json.dumps([kind, name, digest]) + "\n").encode())

    def read(self, path: Any) -> None:
        name = _real(path)
        if name is None or name.startswith((*_NO_INPUT, *_INSTALLED)) or ("read", name) in self.seen:
            return
        if name.endswith(".pyc"):
            name = importlib.util.source_from_cache(name)
        # Reading a pipe or a device here would take away what is in it.
        if not Path(name).exists() or Path(name).is_file():
            self.note("read", name, digest_of_file(name))

    def made(self, path: Any) -> None:
        name = _real(path)
        if name is not None:
            self.note("made", name, None)

    def opened(self, caller: str, arguments: tuple[Any, ...]) -> None:
        name, mode, flags = arguments
        if isinstance(name, int):
            return
        path = Path(os.fsdecode(name))
        if mode is None and caller in _RELATIVE_TO_DESCRIPTOR and not path.is_absolute():
            return
        writes = flags & (os.O_WRONLY | os.O_RDWR)
        if writes and (flags & (os.O_TRUNC | os.O_EXCL) or not path.exists()):
            self.made(path)
        else:
            self.read(path)

    def listed(self, caller: str, arguments: tuple[Any, ...]) -> None:
        name = _real(arguments[0] if arguments[0] is not None else ".")
        if name is None or caller.startswith(_IMPORT_SYSTEM):
            return
        if not (name + os.sep).startswith((*_NO_INPUT, *_INSTALLED)):
            self.note("read", name + os.sep, digest_of_listing(name))

    def folder(self, _caller: str, arguments: tuple[Any, ...]) -> None:
        if not os.path.lexists(arguments[0]):
            self.made(arguments[0])

    def renamed(self, _caller: str, arguments: tuple[Any, ...]) -> None:
        self.made(arguments[1])

    def linked(self, _caller: str, arguments: tuple[Any, ...]) -> None:
        self.read(arguments[0])
        self.made(arguments[1])

    def started(self, caller: str, arguments: tuple[Any, ...]) -> None:
        # The module subprocess reports by itself what it starts.
        if caller != subprocess.__file__ or len(arguments) == 4:
            self.note("started", str(arguments[0]), None)


_EVENTS = {
    "open": _Observer.opened,
    "os.listdir": _Observer.listed,
    "os.scandir": _Observer.listed,
    "os.mkdir": _Observer.folder,
    "os.rename": _Observer.renamed,
    "os.link": _Observer.linked,
    "subprocess.Popen": _Observer.started,
    "os.posix_spawn": _Observer.started,
    "os.exec": _Observer.started,
    "os.system": _Observer.started,
    "pty.spawn": _Observer.started,
    "socket.connect": _Observer.started,
}


def _real(path: Any) -> str | None:
    """Return the path without symbolic links; None for a descriptor."""
    return None if isinstance(path, int) else os.path.realpath(os.fsdecode(path))


def digest_of_listing(path: str | Path) -> str | None:
    """Return the digest of the names in a folder, None where there is none."""
    try:
        names = sorted(inner.name for inner in Path(path).iterdir() if inner.name != "__pycache__")
    except OSError:
        return None
    return hashlib.sha256("\0".join(names).encode("utf-8", "surrogateescape")).hexdigest()


def roots_of(data: str | Path | None) -> dict[str, Path]:
    """Return the folders below which inputs are named: the project, and the records (else those that ship)."""
    return {"project": project.ROOT, "data": Path(data or project.COHORT).resolve()}


def inputs_in(notes: Path, roots: Mapping[str, Path], own: Sequence[Path]) -> Inputs | None:
    """Return what the observed processes read and had not made; None when they started what could not be observed.

    Parameters
    ----------
    notes
        File of :func:`observe`.
    roots
        Folders below which inputs are named. A file below several is named below each, so that other records in the
        place of the shipped ones count as other records.
    own
        Folders that belong to the run; nothing in them is an input.
    """
    try:
        lines = notes.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    made, unobserved = [os.path.realpath(path) for path in own], 0
    inputs: Inputs = {}
    for kind, path, digest in map(json.loads, lines):
        unobserved += {"started": 1, "joined": -1}.get(kind, 0)
        if kind == "made":
            made.append(path)
        elif kind == "read" and not _lies_in(path, made):
            for name in _names(path, roots):
                inputs.setdefault(name, digest)
    return None if unobserved else inputs


def _lies_in(path: str, folders: Sequence[str]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


def _names(path: str, roots: Mapping[str, Path]) -> Iterator[str]:
    listing = "/" if path.endswith(os.sep) else ""
    below = {root: folder for root, folder in roots.items() if Path(path).is_relative_to(folder)}
    for root, folder in below.items():
        yield f"{root}:{Path(path).relative_to(folder).as_posix()}{listing}"
    if not below:
        yield f":{path}"


def as_now(inputs: Inputs, roots: Mapping[str, Path]) -> Inputs:
    """Return the digests of the same inputs as they are now."""
    return {name: _digest_now(name, roots) for name in inputs}


def _digest_now(name: str, roots: Mapping[str, Path]) -> str | None:
    root, _, below = name.partition(":")
    path = roots[root] / below if root else Path(below)
    return digest_of_listing(path) if name.endswith("/") else digest_of_file(path)
