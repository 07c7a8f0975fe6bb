"""An import of a REDCap export that kills its process at a named point."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from forked import serve

from itpbook.intake.redcap import importer

POINTS = ("before the rows", "after the rows", "before the link", "after the link", "before the move", "after the move")


def kill(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def after(function: Callable[..., object]) -> Callable[..., None]:
    def both(*arguments: Any, **how: Any) -> None:
        function(*arguments, **how)
        kill()

    return both


def import_into(folder: str, point: str) -> None:
    """Import the export of a folder, and be killed."""
    moment, what = point.split(" the ")
    owner, name = {"rows": (importer, "write_cohort"), "link": (Path, "replace"), "move": (Path, "rename")}[what]
    setattr(owner, name, kill if moment == "before" else after(getattr(owner, name)))
    export, mapping, link = (Path(folder) / file for file in ("export.csv", "mapping.yaml", "safe/link.csv"))
    importer.write_import(importer.import_export(export, mapping, link=link), Path(folder) / "out" / "mine")


if __name__ == "__main__":
    serve(import_into)
