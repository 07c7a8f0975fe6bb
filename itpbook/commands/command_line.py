"""The command ``itpbook``: one verb for each thing that a person wants, gathered from :mod:`itpbook.commands`.

Exit codes: 0 done and as expected; 1 the data, the ledger or a result is not as it should be; 2 wrong usage.
Heavy modules are imported by the verb that needs them.
"""

from __future__ import annotations

from typing import Annotated

import typer

from implied.cli.terminal import said_plainly
from itpbook import __version__
from itpbook.commands.build_commands import build, verify
from itpbook.commands.implied_commands import bounds, conflicts, envelope
from itpbook.commands.import_commands import import_redcap, template
from itpbook.commands.record_commands import reconstruct, validate
from itpbook.commands.search_command import search_book

_VERBS = (build, verify, conflicts, bounds, envelope, template, import_redcap, validate, reconstruct, search_book)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"itpbook {__version__}")
        raise typer.Exit


def _before_any_verb(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    from itpbook.book.reuse.observed_inputs import join

    del version
    join()


def _application() -> typer.Typer:
    application = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        callback=_before_any_verb,
        help="The living manuscript: reconstruct records, execute the chapters, verify every claim, build the book.",
    )
    for verb in _VERBS:
        application.command()(said_plainly(verb))
    return application


app = _application()

if __name__ == "__main__":
    app()
