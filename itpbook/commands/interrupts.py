"""Ends of a build that a person or the system asks for: a sentence, and the exit code that a shell expects."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import typer


class _Asked(BaseException):
    """A signal asked this process to end."""

    def __init__(self, number: int) -> None:
        self.number = number


def _ask(number: int, _frame: FrameType | None) -> None:
    # Once is enough: what is under way is put away without being interrupted again.
    for other in _ENDS:
        signal.signal(other, signal.SIG_IGN)
    raise _Asked(number)


_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let a build end in order on Ctrl-C, or when the system ends it.

    Raises
    ------
    typer.Exit
        With the signal's number above 128, as shells give it: 130 for Ctrl-C.
    """
    before = {number: signal.signal(number, _ask) for number in _ENDS}
    try:
        yield
    except _Asked as asked:
        typer.echo("stopped: the chapters that were executed are kept, and the next build goes on from there", err=True)
        raise typer.Exit(128 + asked.number) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
