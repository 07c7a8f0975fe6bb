"""A whole build: chapters executed, pages compiled and printed, and the book moved into place when it is complete."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from implied.files.input_files import digest_of_folder
from implied.files.unfinished import sweep, unfinished
from itpbook import project
from itpbook.book.book_folder import (
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
from itpbook.book.build_progress import Progress
from itpbook.book.execution.child_processes import disk_error_in, environment
from itpbook.book.execution.execute import chosen_parameters, execute_chapters
from itpbook.book.manuscript.chromium import chromium_path
from itpbook.book.page_sources import lay_out
from itpbook.book.reuse.build_keys import book_key, chapter_keys
from itpbook.book.reuse.build_store import BuildStore
from itpbook.book.reuse.observed_inputs import as_now, roots_of
from itpbook.intake.own_edition import Edition
from itpbook.provenance import commit

JUPYTER_BOOK = (
    "from itpbook.book.execution.child_processes import end_with_parent; end_with_parent();"
    "from jupyter_book.cli.main import main; main()"
)


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
    fresh: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Execute the chapters and compile the book, as far as that has not been done; return the folder of its pages.

    Parameters
    ----------
    out
        Folder for the book; its ``html`` is replaced only by a whole new one.
    values
        Parameters for the chapters; they are checked here and nowhere behind.
    store
        Whether to keep the executed chapters as the project's stored ones.
    jobs
        Chapters executed at a time; 0 for one per core, at most four.
    pdf
        Whether to print the manuscript, too, and to link it from the pages.
    edition
        Whose book it is, where the records are a centre's own; without one, the published series'.
    fresh
        Whether to do everything again, even what has not changed.
    progress
        Notified of every chapter, cell and step.

    Raises
    ------
    ParameterError, PlaceError, InvalidRecords, ChapterError, CompileError, NoChromium, ManuscriptError, PdfError
        When parameters, the folder, records, a chapter, the pages or the PDF are not as they should be; what was built
        before stays, and chapters that were executed are stored for the next build.
    """
    progress = progress or Progress()
    chosen = chosen_parameters(values)
    if edition is not None:
        # The comparison stands in its place.
        del chosen["verification"]
    check_place(out, values)
    browser = chromium_path() if pdf else ""
    key = _key(chosen, browser, edition)
    earlier, html = BuildStore(out, roots_of(values.get("data_dir"))), out / HTML
    withholding = bool(values.get("suppress_below"))

    def is_there() -> bool:
        return has_release(out) == withholding and earlier.made_from(key, html, out / RELEASE)

    if not fresh and is_there() and not store:
        if left_behind(out):
            with held(out):
                pass
        progress.unchanged()
        return html
    _check_records(values)
    with held(out) as work:
        shutil.rmtree(out / LOGS, ignore_errors=True)
        if fresh:
            earlier.forget()
        source, scratch = work / "source", work / "scratch"
        chapters = source / "chapters"
        chapters.mkdir(parents=True)
        scratch.mkdir()
        keys = chapter_keys(chosen, project.CHAPTERS)
        inputs = execute_chapters(
            chapters, chosen, jobs=jobs, logs=out / LOGS, reuse=(earlier, keys), progress=progress
        )
        if store:
            _store(chapters)
            # Storing changes the state of the repository, which a page shows.
            key = _key(chosen, browser, edition)
        if is_there():
            progress.unchanged()
            return html
        progress.step("compiling the pages")
        pages = compile_book(source, work, scratch, pdf=pdf, edition=edition)
        if pdf:
            from itpbook.book.manuscript.pdf import write_pdf

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
            earlier.forget()
        elif _key(chosen, browser, edition) == key and inputs is not None and as_now(inputs, earlier.roots) == inputs:
            # Without the note the book is as whole; the next build compiles the pages again.
            with suppress(OSError):
                earlier.note_pages(made, key, inputs)
    return html


def _check_records(values: Mapping[str, Any]) -> None:
    """Refuse records that no chapter can use, or that are too few for what may be printed."""
    if values.get("data_dir"):
        from itpbook.disclosure.small_numbers import check_enough
        from itpbook.records.cohort import load_cohort

        check_enough(len(load_cohort(Path(values["data_dir"]))), values.get("suppress_below", 0))


def _key(chosen: Mapping[str, Mapping[str, Any]], browser: str, edition: Edition | None) -> str:
    """Return the key of the book."""
    of_edition = None if edition is None else edition.as_json()
    return book_key(chosen, project.CHAPTERS, {"edition": of_edition, "browser": browser, "commit": asdict(commit())})


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


def compile_book(source: Path, work: Path, scratch: Path, *, pdf: bool = False, edition: Edition | None = None) -> Path:
    """Compile executed chapters in ``source/chapters`` with the pages of a book, with a link to a PDF if asked.

    With an ``edition`` the pages are those for other records; without one, the project's own. The book is written
    below ``work``, temporary files to ``scratch``.

    Raises
    ------
    CompileError
        When Jupyter Book fails or warns.
    OSError
        When the disk is full or read-only.
    """
    lay_out(source, edition, pdf=pdf)
    code, printed = jupyter_book(
        ["build", str(source), "--path-output", str(work), "--all", "-W", "--keep-going", "-q"], scratch
    )
    if code != 0:
        raise disk_error_in(printed, work) or CompileError(printed)
    return work / "_build" / "html"


def jupyter_book(arguments: Sequence[str], scratch: Path) -> tuple[int, str]:
    """Run Jupyter Book in a process that ends with this one; return its exit code and what it printed."""
    run = subprocess.run(
        [sys.executable, "-c", JUPYTER_BOOK, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        cwd=scratch,
        env=environment(scratch),
    )
    return run.returncode, run.stdout
