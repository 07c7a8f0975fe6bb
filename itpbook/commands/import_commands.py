"""The verbs by which a centre's records come in: empty tables to fill, and the export of a REDCap project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from implied.cli.terminal import say


def template(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the empty tables; it is made.")],
) -> None:
    """Write empty tables (CSV and a workbook), a REDCap data dictionary, and a guide to them."""
    from itpbook.intake.template.template_files import write_template

    for path in write_template(folder):
        say(str(path))


def import_redcap(
    export: Annotated[Path, typer.Argument(metavar="EXPORT.csv", help="Flat export with raw codes.")],
    out: Annotated[Path, typer.Option("--out", help="New folder for the four tables.")],
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="FILE.yaml", help="Names of fields, codes, units, date order.")
    ] = None,
    dictionary: Annotated[
        Path | None,
        typer.Option("--dictionary", metavar="FILE.csv", help="The project's data dictionary; else the template's."),
    ] = None,
    link: Annotated[
        Path | None,
        typer.Option(
            "--link",
            metavar="FILE.csv",
            help="Which record every identifier stands for; made by the first import, read by the next. Keep it apart.",
        ),
    ] = None,
) -> None:
    """Turn a REDCap export into the four tables: dates become days, identifiers are refused."""
    from itpbook.intake.redcap.importer import import_export, prepare_places, write_import

    prepare_places(out, link)
    imported = import_export(export, mapping, dictionary, link)
    write_import(imported, out)
    for line in imported.lines():
        say(line)
    say(f"{out}: {len(imported.cohort)} patients{'' if imported.warnings else ', no problem found'}")
