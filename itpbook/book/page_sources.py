"""The sources that a book is compiled from besides its executed chapters: the project's pages, or a centre's own."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import yaml

from itpbook import project
from itpbook.book.notebooks import notebook_text, read_notebook
from itpbook.intake.own_edition import Edition

PAGES = ("_config.yml", "_toc.yml", "index.md", "references.bib", "_static", "pages")
"""What the book consists of besides its chapters."""

_OWN = Path("pages") / "own"
"""Pages for other records, in the place of those of the same name; ``chapters`` has what chapters say otherwise."""

_OTHERWISE = re.compile(r"^\+\+\+ (.+) (\S+)$", re.MULTILINE)
_VERBS = ("instead of", "after", "without")
"""How a page begins what stands instead of a cell of its chapter or after it, or which cell it leaves out."""


def lay_out(source: Path, edition: Edition | None, *, pdf: bool = False) -> None:
    """Put the pages of a book next to its executed chapters in ``source/chapters``.

    They are those of the published series, or of the ``edition`` of a centre; with ``pdf`` they link to the printed
    manuscript.
    """
    for name in PAGES:
        _copy(project.ROOT / name, source / name)
    chapters = source / "chapters"
    if edition is None:
        (chapters / "comparison.ipynb").unlink(missing_ok=True)
    else:
        _own_pages(source, edition)
        # Links to a claim's row lead to the same page in either kind of book.
        (chapters / "comparison.ipynb").replace(chapters / "verification.ipynb")
    shutil.rmtree(source / _OWN)
    of_edition = None if edition is None else json.loads(edition.as_json())
    book = {"edition": of_edition, "pdf": project.PDF if pdf else ""}
    text = json.dumps(book, indent=1, ensure_ascii=False, sort_keys=True)
    (source / project.BOOK_FILE).write_text(f"{text}\n", encoding="utf-8")


def _copy(path: Path, target: Path) -> None:
    """Copy a file or a folder without its permissions: the project may be one that nobody can write to."""
    if path.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        return
    for inner in sorted(path.iterdir()):
        _copy(inner, target / inner.name)


def _own_pages(source: Path, edition: Edition) -> None:
    """Set the pages for other records in the place of the published ones, and take away what has no such page."""
    own = source / _OWN
    for page in sorted(own.glob("*.md")):
        target = source / page.name if page.stem == "index" else source / "pages" / page.name
        shutil.copyfile(page, target)
    for page in sorted((own / "chapters").glob("*.md")):
        _change_cells(source / "chapters" / f"{page.stem}.ipynb", page)
    shutil.copyfile(own / "_toc.yml", source / "_toc.yml")
    for name in ("checklist", "editions", "synthetic-records"):
        (source / "pages" / f"{name}.md").unlink()
    config = yaml.safe_load((source / "_config.yml").read_text(encoding="utf-8"))
    authors = ", ".join(edition.citation.authors)
    config |= {"title": edition.title, "author": authors, "copyright": edition.date[:4]}
    text = yaml.safe_dump(config, allow_unicode=True, sort_keys=False)
    (source / "_config.yml").write_text(text, encoding="utf-8")


def _change_cells(chapter: Path, page: Path) -> None:
    """Let a chapter say of other records what its page says.

    Raises
    ------
    ValueError
        When the page says something else, or names a cell of words that the chapter does not have.
    """
    notebook = read_notebook(chapter)
    cells = {cell["id"]: [cell] for cell in notebook["cells"]}
    _, *parts = _OTHERWISE.split(page.read_text(encoding="utf-8"))
    for verb, name, words in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if verb not in _VERBS or name not in cells or cells[name][0]["cell_type"] != "markdown":
            msg = f"{page.name}: +++ {verb} {name}: expected {', '.join(_VERBS)} and a cell of words of {chapter.name}"
            raise ValueError(msg)
        before = cells[name] if verb == "after" else []
        own: dict[str, Any] = {"cell_type": "markdown", "id": f"own-{name}", "metadata": {}, "source": words.strip()}
        cells[name] = [*before, *([own] if verb != "without" else [])]
    notebook["cells"] = [cell for group in cells.values() for cell in group]
    chapter.write_text(notebook_text(notebook), encoding="utf-8")
