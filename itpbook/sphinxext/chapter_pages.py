"""The executed chapters of a build: read and checked when it begins, found again by whoever renders a page."""

from __future__ import annotations

import hashlib
from pathlib import Path
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError

from itpbook.results import COMPARISON, RUN, VERDICTS, ResultsError, digest, read_data, read_outputs, read_results
from itpbook.sphinxext.record import GLYPHS, Record

_RECORDS: WeakKeyDictionary[Sphinx, Record] = WeakKeyDictionary()


class ChaptersError(SphinxError):
    """Executed chapters that no book may be made from."""

    category = "Executed chapters"


def read_record(folder: Path) -> Record:
    """Read the executed chapters of a folder.

    Raises
    ------
    itpbook.results.ResultsError
        When there are none, one stopped or was not executed, a result is recorded twice, has no verdict
        although it is published, or the verdicts were given on other results than the chapters hold.
    """
    results = read_results(folder)
    # A book has the one or the other; the project's chapters hold both.
    verdicts = read_outputs(folder, VERDICTS) or read_outputs(folder, COMPARISON)
    if len(verdicts) > 1:
        msg = f"{len(verdicts)} cells hold verdicts on the published figures; only one may"
        raise ResultsError(msg)
    for judged in verdicts:
        if judged["results"] != digest(results):
            msg = (
                "the verification chapter is older than the others: its verdicts were given on other figures"
                " than the chapters hold now; execute it again"
            )
            raise ResultsError(msg)
    lines = {line["id"]: line for judged in verdicts for line in judged["lines"]}
    unknown = {str(line["verdict"]) for line in lines.values()} - set(GLYPHS)
    if unknown:
        msg = f"unknown verdicts: {', '.join(sorted(unknown))}"
        raise ResultsError(msg)
    unjudged = sorted({result.id for result in results if result.published} - set(lines))
    if unjudged:
        msg = f"the verification chapter holds no verdict on {', '.join(unjudged)}"
        raise ResultsError(msg)
    content = hashlib.sha256()
    for path in sorted(folder.glob("*.ipynb")):
        content.update(path.read_bytes())
    by_id = {(result.id, result.reading): result for result in results}
    return Record(by_id, lines, tuple(read_outputs(folder, RUN)), content.hexdigest(), read_data(folder))


def record_of(app: Sphinx) -> Record:
    """Return the record that the build began with."""
    return _RECORDS[app]


def read_chapters(app: Sphinx) -> None:
    """Read the executed chapters when a build begins.

    Raises
    ------
    ChaptersError
        When they hold a traceback, a cell that never ran, a result twice, or verdicts on other results.
    """
    try:
        _RECORDS[app] = read_record(Path(app.srcdir) / "chapters")
    except ResultsError as error:
        raise ChaptersError(str(error)) from error


def changed_pages(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Return all pages when any chapter has changed: a result may be quoted on each of them."""
    current = record_of(app).digest
    before = getattr(env, "itpbook_digest", None)
    env.itpbook_digest = current  # type: ignore[attr-defined]
    return [] if before == current else sorted(env.found_docs - added - changed - removed)
