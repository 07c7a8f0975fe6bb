"""Compiling executed chapters and pages into the HTML book, moved into place only when it is whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from itpbook import project
from itpbook.book.chromium import chromium_path
from itpbook.book.execute import chosen_parameters, execute_chapters
from itpbook.book.kept import Kept
from itpbook.book.keys import book_key, chapter_keys
from itpbook.book.place import HTML, LOGS, RELEASE, check_place, has_release, held, put_release_in_place
from itpbook.book.progress import Progress
from itpbook.book.sources import lay_out
from itpbook.book.sphinx_ahead import Compile, sphinx_ahead
from itpbook.edition import Edition
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
    keys, key = _keys(values, browser, edition)
    kept, html = Kept(out), out / HTML
    withholding = bool(values.get("suppress_below"))
    unchanged = not fresh and has_release(out) == withholding and kept.made_from(html, key)
    if unchanged and not store:
        progress.unchanged()
        return html
    check()
    with held(out) as work, ExitStack() as started:
        shutil.rmtree(out / LOGS, ignore_errors=True)
        if fresh:
            kept.forget()
        source = work / "source"
        chapters = source / "chapters"
        chapters.mkdir(parents=True)
        sphinx: list[Compile] = []
        execute_chapters(
            chapters,
            values,
            jobs=jobs,
            logs=out / LOGS,
            known=(kept, keys),
            progress=progress,
            idle=lambda: sphinx.append(started.enter_context(sphinx_ahead())),
        )
        if store:
            for path in sorted(chapters.glob("*.ipynb")):
                shutil.copyfile(path, project.CHAPTERS / path.name)
            # Storing changes the state of the repository, which a page shows.
            key = _keys(values, browser, edition)[1]
        if has_release(out) == withholding and kept.made_from(html, key):
            progress.unchanged()
            return html
        progress.step("compiling the pages")
        pages = compile_book(sphinx[0], source, work, pdf=pdf, edition=edition)
        if pdf:
            from itpbook.book.pdf import write_pdf

            progress.step("printing the manuscript")
            write_pdf(pages, browser, toc=source / "_toc.yml", cover=edition.citation if edition else None)
        pack = None
        if withholding:
            from itpbook.release import write_release

            pack = work / RELEASE
            write_release(pack, pages, chapters, {"data_dir": str(project.COHORT), **values})
        kept.forget_pages()
        put_release_in_place(pack, pages, out)
        if _keys(values, browser, edition) == (keys, key):
            kept.note_pages(html, key)
        else:
            # Somebody edited while this ran: nobody knows which of both states a chapter has read.
            kept.forget()
    return html


def _keys(values: Mapping[str, Any], browser: str, edition: Edition | None) -> tuple[dict[str, str], str]:
    """Return the keys of the chapters, and that of the book."""
    keys = chapter_keys(chosen_parameters(values), project.CHAPTERS)
    told = edition.as_json() if edition is not None else None
    also = {"edition": told, "browser": browser, "commit": asdict(commit())}
    return keys, book_key(keys, project.CHAPTERS, also)


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
    """
    lay_out(source, edition, pdf=pdf)
    code, said = sphinx(["build", str(source), "--path-output", str(work), "--all", "-W", "--keep-going", "-q"])
    if code != 0:
        raise CompileError(said)
    pages = work / "_build" / "html"
    if not (pages / "index.html").is_file():
        msg = f"Jupyter Book wrote no pages: {said}"
        raise CompileError(msg)
    return pages
