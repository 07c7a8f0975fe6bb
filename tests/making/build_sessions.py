"""Builds that run in a session of their own: which processes are left of it, and how far it has got."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest


def session(leader: int) -> set[int]:
    """Return the processes of a session that are still running."""
    running = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, of = (path / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(of) == leader and state != "Z":
            running.add(int(path.name))
    return running


def wait_until(condition: Callable[[], bool]) -> bool:
    """Wait up to twenty seconds for a condition; return whether it was met."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def ended(leader: int) -> bool:
    """Wait until no process of a session is left; return whether that came to pass."""
    return wait_until(lambda: not session(leader))


def until(process: subprocess.Popen[str], beginning: str) -> list[str]:
    """Read what a build prints up to a line with this beginning, and return the lines."""
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line.rstrip("\n"))
        if line.startswith(beginning):
            return lines
    pytest.fail(f"the build never said {beginning!r}")
