"""The record of a build: read when it begins, found again by whoever renders a page."""

from __future__ import annotations

from pathlib import Path
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError

from itpbook.results import ResultsError
from itpbook.sphinxext.record import Record, read_record

_RECORDS: WeakKeyDictionary[Sphinx, Record] = WeakKeyDictionary()


class ChaptersError(SphinxError):
    """Executed chapters that no book may be made from."""

    category = "Executed chapters"


def record_of(app: Sphinx) -> Record:
    """Return the record that the build began with."""
    return _RECORDS[app]


def read_chapters(app: Sphinx) -> None:
    """Read the executed chapters when a build begins.

    Raises
    ------
    ChaptersError
        When they hold a traceback, a cell that never ran, a figure twice, or verdicts on other figures.
    """
    try:
        _RECORDS[app] = read_record(Path(app.srcdir) / "chapters")
    except ResultsError as error:
        raise ChaptersError(str(error)) from error


def changed_pages(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Return all pages when any chapter has changed: a figure may stand on each of them."""
    current = record_of(app).digest
    before = getattr(env, "itpbook_digest", None)
    env.itpbook_digest = current  # type: ignore[attr-defined]
    return [] if before == current else sorted(env.found_docs - added - changed - removed)
