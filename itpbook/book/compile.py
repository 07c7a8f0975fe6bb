"""Compiling executed chapters and pages into the HTML book, moved into place only when it is whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from itpbook import project
from itpbook.book.chromium import chromium_path
from itpbook.book.execute import execute_chapters
from itpbook.book.pdf import write_pdf
from itpbook.book.sources import lay_out
from itpbook.edition import Edition


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
) -> Path:
    """Execute the chapters and compile the book.

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

    Returns
    -------
    Path
        The folder of the built pages.

    Raises
    ------
    ParameterError, ChapterError, CompileError, NoChromium, ManuscriptError, PdfError
        When parameters, a chapter, the pages or the PDF are not as they should be; what was built before stays.
    """
    browser = chromium_path() if pdf else ""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".building-") as folder:
        source = Path(folder) / "source"
        chapters = source / "chapters"
        chapters.mkdir(parents=True)
        execute_chapters(chapters, values, jobs=jobs)
        if store:
            for path in sorted(chapters.glob("*.ipynb")):
                shutil.copyfile(path, project.CHAPTERS / path.name)
        pages = compile_book(source, Path(folder), pdf=pdf, edition=edition)
        if pdf:
            write_pdf(pages, browser, toc=source / "_toc.yml", cover=edition.citation if edition else None)
        return _moved_into_place(pages, out / "html")


def compile_book(source: Path, work: Path, *, pdf: bool = False, edition: Edition | None = None) -> Path:
    """Compile executed chapters in ``source/chapters`` with the pages of a book, with a link to a PDF if asked.

    With an ``edition`` the pages are those for other records; without one, the project's own.

    Raises
    ------
    CompileError
        When Jupyter Book fails or warns.
    """
    lay_out(source, edition)
    command = [
        *(sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", str(source)),
        *("--path-output", str(work), "--all", "-W", "--keep-going", "-q"),
    ]
    environment = {**os.environ, project.PDF_VARIABLE: project.PDF if pdf else ""}
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if run.returncode != 0:
        raise CompileError(run.stdout + run.stderr)
    pages = work / "_build" / "html"
    if not (pages / "index.html").is_file():
        msg = f"Jupyter Book wrote no pages: {run.stdout}{run.stderr}"
        raise CompileError(msg)
    return pages


def _moved_into_place(pages: Path, target: Path) -> Path:
    """Put the new pages where the old ones are; the old ones are whole until then."""
    old = target.with_name(".replaced-html")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    pages.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return target
