"""What all verbs share: the application they belong to, the options they have in common, and how errors are said."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec

import typer

from itpbook import __version__
from itpbook.characters import visible

if TYPE_CHECKING:
    from rich.text import Text

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The living manuscript: reconstruct records, execute the chapters, verify every figure, build the book.",
)

P = ParamSpec("P")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"itpbook {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before any verb; the help of the application is given above."""
    del version


LedgerOption = Annotated[Path, typer.Option("--ledger", help="Ledger of published figures.")]


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
        from itpbook.book.observe import join
        from itpbook.parameters import ParameterError

        join()
        try:
            command(*args, **kwargs)
        except typer.Exit:
            raise  # it is a RuntimeError, too
        except ParameterError as error:
            _fail(error.problems, code=2)
        except (ValueError, RuntimeError, OSError) as error:
            _fail([str(error)], code=1)

    return wrapped


def _fail(messages: list[str] | tuple[str, ...], *, code: int) -> None:
    for message in messages:
        say(message, err=True)
    raise typer.Exit(code)
