"""What a build keeps beside the book for the next one: executed chapters, and what the pages were made from."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

FOLDER = ".kept"
_PAGES = "pages.json"


class Kept:
    """Executed chapters under their keys, one of each, and the key of the pages.

    Every file appears whole or not at all, so that a build may be killed at any moment.
    """

    def __init__(self, out: Path) -> None:
        self.folder = out / FOLDER

    def chapter(self, name: str, key: str) -> Path | None:
        """Return the executed chapter, if it was executed under this key."""
        path = self.folder / f"{name}.{key}.ipynb"
        return path if path.is_file() else None

    def keep_chapter(self, name: str, key: str, executed: Path) -> None:
        """Keep an executed chapter, in the place of the one that was kept before."""
        path = self.folder / f"{name}.{key}.ipynb"
        self._write(path, executed.read_text(encoding="utf-8"))
        for older in self.folder.glob(f"{name}.*"):
            if older != path:
                older.unlink()

    def made_from(self, html: Path, key: str) -> bool:
        """Return whether these pages, as they are now, were made under this key."""
        try:
            noted = json.loads((self.folder / _PAGES).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return noted == {"key": key, "pages": state(html)} and (html / "index.html").is_file()

    def note_pages(self, html: Path, key: str) -> None:
        """Note what the pages were made from."""
        self._write(self.folder / _PAGES, json.dumps({"key": key, "pages": state(html)}) + "\n")

    def forget_pages(self) -> None:
        """Forget it before the pages are replaced: whoever stops in between has to make them again."""
        (self.folder / _PAGES).unlink(missing_ok=True)

    def forget(self) -> None:
        """Forget everything: all is to be made again."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self, path: Path, text: str) -> None:
        self.folder.mkdir(exist_ok=True)
        whole = path.with_suffix(".part")
        whole.write_text(text, encoding="utf-8")
        whole.replace(path)


def state(html: Path) -> str:
    """Return a digest of names, sizes and times of all files of a folder: it changes when somebody changes a file."""
    found = sorted(
        (path.relative_to(html).as_posix(), known.st_size, known.st_mtime_ns)
        for path in html.rglob("*")
        if (known := path.stat()) and not path.is_dir()
    )
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()
