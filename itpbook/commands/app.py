"""The application that all verbs belong to."""

from __future__ import annotations

from typing import Annotated

import typer

from itpbook import __version__

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The living manuscript: reconstruct records, execute the chapters, verify every figure, build the book.",
)


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
    from itpbook.book.observe import join

    del version
    join()
