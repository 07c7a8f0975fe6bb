"""Processes that are killed, each forked from one that has imported everything, so that they cost next to nothing.

A module whose function is to be killed calls :func:`serve` with it when it is run; a test starts that module by
:func:`forks_of`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol


class Ended(NamedTuple):
    """How a process ended, and what it printed."""

    returncode: int
    printed: str


class Forks(Protocol):
    """Calls the function in a process group of its own, whose temporary files lie in a folder."""

    def __call__(self, temporary: Path, *arguments: Any) -> Ended: ...


@contextmanager
def forks_of(module: str) -> Iterator[Forks]:
    """Start a module that serves; its process ends with the block."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:

        def call(temporary: Path, *arguments: Any) -> Ended:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps([str(temporary), *arguments]) + "\n")
            process.stdin.flush()
            return Ended(*json.loads(process.stdout.readline()))

        yield call


def serve(function: Callable[..., None]) -> None:
    """Call a function, in a fork, for each line of arguments on standard input, and write how that ended."""
    for line in sys.stdin:
        print(json.dumps(_in_a_fork(function, *json.loads(line))), flush=True)


def _in_a_fork(function: Callable[..., None], temporary: str, *arguments: Any) -> Ended:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            os.dup2(writing, 1)
            os.dup2(writing, 2)
            tempfile.tempdir = os.environ["TMPDIR"] = temporary
            function(*arguments)
            sys.stdout.flush()
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as printed:
        said = printed.read()
    return Ended(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said)
