"""The manuscript as a PDF: the built pages joined, printed by Chromium, with the page numbers of its contents.

The browser prints twice: first to learn on which page each heading lands, then with these numbers in the contents.
What it writes of the moment (dates, ids) is replaced, so that the same pages give the same bytes.
"""

from __future__ import annotations

import datetime
import io
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from pypdf import PdfReader, PdfWriter
from pypdf.generic import BooleanObject, DictionaryObject, NameObject, PdfObject, TextStringObject

from itpbook import project
from itpbook.book.execution.child_processes import disk_error_in
from itpbook.book.execution.child_processes import environment as child_environment
from itpbook.book.manuscript.chromium import launch_flags
from itpbook.book.manuscript.print_page import join, pages_in_order, print_page
from itpbook.intake.citation import Citation, read_citation

_STYLE = ("fonts.css", "pygments.css", "paper.css", "itpbook.css", "verification.css", "print.css")
_SECONDS = 300
_ELEMENT = re.compile(rb"\(node(\d{8})\)")


class PdfError(RuntimeError):
    """The manuscript could not be printed; the message says what the browser said, or what is wrong with the result."""


def write_pdf(
    html: Path,
    browser: str,
    *,
    toc: Path = project.ROOT / "_toc.yml",
    cover: Citation | None = None,
    scratch: Path | None = None,
) -> Path:
    """Print the built book into one PDF next to its pages, and return its path.

    Parameters
    ----------
    html
        Folder of the built book; the PDF is written into it as :data:`itpbook.project.PDF`.
    browser
        Path of Chromium or Chrome.
    toc, cover
        The contents and what the cover says, where they are not those of the project.
    scratch
        Folder for temporary files, where it is not the system's.

    Raises
    ------
    ManuscriptError, PdfError
        When a page is missing, the browser fails, or the page numbers do not settle.
    OSError
        When the disk is full or read-only.
    """
    cover = cover or read_citation(project.CITATION)
    manuscript = join(html, pages_in_order(toc))
    style = [_sheet(html / "_static" / name) for name in _STYLE]
    targets = [heading.target for heading in manuscript.headings]
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        page, printed = Path(folder) / "manuscript.html", Path(folder) / "printed.pdf"
        numbers: dict[str, int] = {}
        for _ in range(3):
            page.write_text(print_page(cover, manuscript, style, numbers), encoding="utf-8")
            _print(browser, page, printed)
            before, numbers = numbers, page_numbers(printed, targets)
            if numbers == before:
                headings = ["Contents", *(heading.words for heading in manuscript.headings)]
                return _finished(printed, html / project.PDF, cover, headings)
    msg = "the page numbers of the contents do not settle"
    raise PdfError(msg)


def _sheet(path: Path) -> str:
    """Return a style sheet that finds its fonts wherever the printed page lies."""
    return path.read_text(encoding="utf-8").replace('url("fonts/', f'url("{path.parent.resolve().as_uri()}/fonts/')


def _print(browser: str, page: Path, target: Path) -> None:
    command = [
        str(Path(browser).absolute()),
        "--headless",
        *launch_flags(),
        f"--user-data-dir={page.parent / 'profile'}",
        "--no-pdf-header-footer",
        "--generate-pdf-document-outline",
        f"--print-to-pdf={target}",
        page.as_uri(),
    ]
    target.unlink(missing_ok=True)
    # The browser writes next to the page. Its socket has a path of at most 107 bytes, so that a short one is named.
    folder = page.parent
    environment = {**child_environment(folder), "HOME": str(folder), "TMPDIR": "."}
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_SECONDS, env=environment, cwd=folder
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        msg = f"{browser} could not print the manuscript: {error}"
        raise PdfError(msg) from error
    if run.returncode != 0 or not target.is_file():
        msg = f"{browser} did not print the manuscript: {run.stderr.strip()}"
        raise disk_error_in(run.stderr, page.parent) or PdfError(msg)


def page_numbers(pdf: Path, targets: list[str]) -> dict[str, int]:
    """Return on which page, counted from one, each of the targets lies.

    Raises
    ------
    PdfError
        When a target is not in the PDF.
    """
    reader = PdfReader(pdf)
    # Chromium writes them as PDF names, with their slash.
    destinations = {name.removeprefix("/"): destination for name, destination in reader.named_destinations.items()}
    missing = [target for target in targets if target not in destinations]
    if missing:
        msg = f"the PDF lacks {', '.join(missing)}"
        raise PdfError(msg)
    pages = {target: reader.get_destination_page_number(destinations[target]) for target in targets}
    return {target: number + 1 for target, number in pages.items() if number is not None}


def _finished(printed: Path, target: Path, cover: Citation, headings: list[str]) -> Path:
    """Write the PDF with title, authors and language, and without dates and ids of the moment."""
    writer = PdfWriter(clone_from=printed)
    # Tags, language and transparency are not of the version that pypdf names by itself.
    writer.pdf_header = "%PDF-1.7"
    writer.metadata = _information(cover)
    writer._ID = None
    writer.root_object[NameObject("/Lang")] = TextStringObject("en")
    shown = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
    writer.root_object[NameObject("/ViewerPreferences")] = shown
    if "/Outlines" in writer.root_object:
        _mend_titles(writer.root_object["/Outlines"], {"".join(words.split()): words for words in headings})
    _mend_quotation_marks(writer)
    written = io.BytesIO()
    writer.write(written)
    target.write_bytes(_renumbered(written.getvalue()))
    return target


def _mend_titles(parent: PdfObject, headings: Mapping[str, str]) -> None:
    """Give the entries of the outline the words of their headings, found by them without their spaces.

    Chromium leaves out the space at which a heading goes on to a new line, and writes the words of a heading twice that
    it has first laid at the end of a page.
    """
    reference = cast(DictionaryObject, parent.get_object()).get("/First")
    while reference is not None:
        entry = cast(DictionaryObject, reference.get_object())
        bare = "".join(str(entry["/Title"]).split())
        words = headings.get(bare, headings.get(bare[: (bare + bare).find(bare, 1)]))
        if words is not None:
            entry[NameObject("/Title")] = TextStringObject(words)
        _mend_titles(entry, headings)
        reference = entry.get("/Next")


def _mend_quotation_marks(writer: PdfWriter) -> None:
    """Let quotation marks be copied and found as such.

    Source Serif draws two letters of phonetics with the same glyphs, and Chromium says that these were written.
    """
    for page in writer.pages:
        for font in cast(DictionaryObject, page["/Resources"]).get("/Font", {}).values():
            if "/ToUnicode" in font.get_object():
                letters = font.get_object()["/ToUnicode"]
                text = letters.get_data().replace(b" <02BB>\n", b" <2018>\n").replace(b" <02BC>\n", b" <2019>\n")
                letters.set_data(text)


def _renumbered(pdf: bytes) -> bytes:
    """Number the ids of tagged elements anew, in their order: the browser counts them from elsewhere each time."""
    numbers = {element: number for number, element in enumerate(sorted(set(_ELEMENT.findall(pdf))), start=1)}
    return _ELEMENT.sub(lambda element: b"(node%08d)" % numbers[element[1]], pdf)


def _information(cover: Citation) -> dict[str, str]:
    released = cover.released or datetime.date(1970, 1, 1)
    moment = f"D:{released:%Y%m%d}000000Z"
    return {
        "/Title": cover.title,
        "/Author": ", ".join(cover.authors),
        "/Creator": "itpbook",
        "/Producer": "Chromium",
        "/CreationDate": moment,
        "/ModDate": moment,
    }
