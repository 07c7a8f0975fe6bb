"""What the commands of both packages share: how words of a file are printed, and how errors are said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec

import typer

from implied.files.characters import visible
from implied.usage import WrongUsage

if TYPE_CHECKING:
    from rich.text import Text

P = ParamSpec("P")


def say(words: str, *, err: bool = False) -> None:
    """Print words, of which some may come from a file: what would steer the terminal is printed as an escape."""
    typer.echo(visible(words), err=err)


def cell(words: str) -> Text:
    """Return words as a cell of a printed table, in the same way."""
    from rich.text import Text

    return Text(visible(words))


def said_plainly(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what a user can cause into a message on standard error: exit 2 for wrong usage, 1 for wrong content."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except typer.Exit:
            raise  # it is a RuntimeError, too
        except WrongUsage as error:
            _fail(error.problems, code=2)
        except (ValueError, RuntimeError, OSError) as error:
            _fail([str(error)], code=1)

    return wrapped


def _fail(messages: Sequence[str], *, code: int) -> None:
    for message in messages:
        say(message, err=True)
    raise typer.Exit(code)
