"""Compiling executed chapters and pages into the HTML book, moved into place only when it is whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from implied.files.input_files import digest_of_folder
from implied.files.unfinished import sweep, unfinished
from itpbook import project
from itpbook.book.chapter_sources import lay_out
from itpbook.book.children import disk_error_in
from itpbook.book.chromium import chromium_path
from itpbook.book.execute import chosen_parameters, execute_chapters
from itpbook.book.kept import Kept
from itpbook.book.keys import book_key, chapter_keys
from itpbook.book.observe import as_now, roots_of
from itpbook.book.place import (
    HTML,
    LOGS,
    RELEASE,
    PlaceError,
    check_place,
    has_release,
    held,
    left_behind,
    put_release_in_place,
)
from itpbook.book.progress import Progress
from itpbook.book.sphinx_ahead import Compile, sphinx_ahead
from itpbook.intake.own_edition import Edition
from itpbook.provenance import commit


class CompileError(RuntimeError):
    """Jupyter Book stopped or warned; the message is what it said."""


def build(
    out: Path,
    values: Mapping[str, Any],
    *,
    store: bool = False,
    jobs: int = 0,
    pdf: bool = False,
    edition: Edition | None = None,
    check: Callable[[], object] = lambda: None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Execute the chapters and compile the book, as far as that has not been done.

    Parameters
    ----------
    out
        Folder for the book; its ``html`` is replaced only by a whole new one.
    values
        Parameters for the chapters.
    store
        Whether to keep the executed chapters as the project's stored ones.
    jobs
        Chapters executed at a time; 0 for one per core, at most four.
    pdf
        Whether to print the manuscript, too, and to link it from the pages.
    edition
        Whose book it is, where the records are a centre's own; without one, the published series'.
    check
        Called when there is something to do, before anything is written: raises what is wrong with the records.
    fresh
        Whether to do everything again, even what has not changed.
    progress
        Told of every chapter, cell and step.

    Returns
    -------
    Path
        The folder of the built pages.

    Raises
    ------
    ParameterError, PlaceError, InvalidRecords, ChapterError, CompileError, NoChromium, ManuscriptError, PdfError
        When parameters, the folder, records, a chapter, the pages or the PDF are not as they should be; what was built
        before stays, and chapters that were executed are kept for the next build.
    """
    progress = progress or Progress()
    check_place(out, values)
    browser = chromium_path() if pdf else ""
    chosen = chosen_parameters(values)
    key = _key(chosen, browser, edition)
    kept, html = Kept(out, roots_of(values.get("data_dir"))), out / HTML
    withholding = bool(values.get("suppress_below"))
    unchanged = not fresh and has_release(out) == withholding and kept.made_from(key, html, out / RELEASE)
    if unchanged and not store:
        if left_behind(out):
            with held(out):
                pass
        progress.unchanged()
        return html
    check()
    with held(out) as work, ExitStack() as started:
        shutil.rmtree(out / LOGS, ignore_errors=True)
        if fresh:
            kept.forget()
        source, scratch = work / "source", work / "scratch"
        chapters = source / "chapters"
        chapters.mkdir(parents=True)
        scratch.mkdir()
        sphinx: list[Compile] = []
        keys = chapter_keys(chosen, project.CHAPTERS)
        inputs = execute_chapters(
            chapters,
            values,
            jobs=jobs,
            logs=out / LOGS,
            known=(kept, keys),
            progress=progress,
            idle=lambda: sphinx.append(started.enter_context(sphinx_ahead(scratch))),
        )
        if store:
            _store(chapters)
            # Storing changes the state of the repository, which a page shows.
            key = _key(chosen, browser, edition)
        if has_release(out) == withholding and kept.made_from(key, html, out / RELEASE):
            progress.unchanged()
            return html
        progress.step("compiling the pages")
        pages = compile_book(sphinx[0], source, work, pdf=pdf, edition=edition)
        if pdf:
            from itpbook.book.pdf import write_pdf

            progress.step("printing the manuscript")
            cover = edition.citation if edition else None
            write_pdf(pages, browser, toc=source / "_toc.yml", cover=cover, scratch=scratch)
        pack = work / RELEASE
        if withholding:
            from itpbook.book.release import write_release

            write_release(pack, pages, chapters, {"data_dir": str(project.COHORT), **values})
        made = [digest_of_folder(folder) for folder in (pages, pack)]
        put_release_in_place(pack if withholding else None, pages, out)
        if chapter_keys(chosen, project.CHAPTERS) != keys:
            # Somebody edited while this ran: nobody knows which of both states a chapter has imported.
            kept.forget()
        elif _key(chosen, browser, edition) == key and inputs is not None and as_now(inputs, kept.roots) == inputs:
            # Without the note the book is as whole; the next build compiles the pages again.
            with suppress(OSError):
                kept.note_pages(made, key, inputs)
    return html


def _key(chosen: Mapping[str, Mapping[str, Any]], browser: str, edition: Edition | None) -> str:
    """Return the key of the book."""
    told = edition.as_json() if edition is not None else None
    also = {"edition": told, "browser": browser, "commit": asdict(commit())}
    return book_key(chosen, project.CHAPTERS, also)


def _store(chapters: Path) -> None:
    """Keep executed chapters as the project's stored ones: all of them, or none when they cannot be written."""
    try:
        sweep(project.CHAPTERS)
        with unfinished(project.CHAPTERS / "stored") as folder:
            for path in sorted(chapters.glob("*.ipynb")):
                shutil.copyfile(path, folder / path.name)
            for path in sorted(folder.glob("*.ipynb")):
                path.replace(project.CHAPTERS / path.name)
    except OSError as error:
        msg = (
            f"{project.CHAPTERS}: the chapters cannot be stored ({error.strerror}): give write permission or free some"
            " space, or leave out --store; what was stored before is as it was"
        )
        raise PlaceError(msg) from error


def compile_book(
    sphinx: Compile, source: Path, work: Path, *, pdf: bool = False, edition: Edition | None = None
) -> Path:
    """Compile executed chapters in ``source/chapters`` with the pages of a book, with a link to a PDF if asked.

    With an ``edition`` the pages are those for other records; without one, the project's own. ``sphinx`` is what
    :func:`itpbook.book.sphinx_ahead.sphinx_ahead` gives.

    Raises
    ------
    CompileError
        When Jupyter Book fails or warns.
    OSError
        When the disk is full or read-only.
    """
    lay_out(source, edition, pdf=pdf)
    code, said = sphinx(["build", str(source), "--path-output", str(work), "--all", "-W", "--keep-going", "-q"])
    if code != 0:
        raise disk_error_in(said, work) or CompileError(said)
    pages = work / "_build" / "html"
    if not (pages / "index.html").is_file():
        msg = f"Jupyter Book wrote no pages: {said}"
        raise CompileError(msg)
    return pages
