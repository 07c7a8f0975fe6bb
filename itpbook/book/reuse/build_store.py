"""What a build stores next to the book for the next one: executed chapters, and what the pages were made from."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from implied.files.input_files import OF_RECORDS, UnusableFile, digest_of_folder, read_input
from implied.files.unfinished import write_whole
from itpbook.book.reuse.observed_inputs import Inputs, as_now

FOLDER = ".kept"
_PAGES = "pages"


class AlteredError(ValueError):
    """A file of this folder is not as a build wrote it."""


class BuildStore:
    """One executed chapter of each name with its key and what it read, and the same of the pages.

    Every file appears whole or not at all, so that a build may be killed at any moment. Its first line is the digest
    of what follows, so that a file which was changed or cut off afterwards is not used.

    Parameters
    ----------
    out
        Folder of the book.
    roots
        Folders below which inputs are named, as :func:`itpbook.book.reuse.observed_inputs.roots_of` gives them.
    """

    def __init__(self, out: Path, roots: Mapping[str, Path]) -> None:
        self.folder, self.roots = out / FOLDER, roots
        self.fonts = self.folder.absolute() / "fonts"
        """Folder for Matplotlib's list of the system's fonts, which takes a second to make."""

    def chapter(self, name: str, key: str) -> tuple[dict[str, Any], Inputs] | None:
        """Return the executed chapter and what it read, if key and inputs are the same now.

        Raises
        ------
        AlteredError
            When the file was changed since.
        """
        entry = self._read(name)
        return (entry["notebook"], entry["inputs"]) if self._holds(entry, key) else None

    def store_chapter(self, name: str, key: str, inputs: Inputs, notebook: Mapping[str, Any]) -> None:
        """Store an executed chapter, in the place of an earlier one."""
        self._write(name, {"key": key, "inputs": inputs, "notebook": notebook})

    def made_from(self, key: str, *folders: Path) -> bool:
        """Return whether these folders, as they are now, were made under this key from what is there now."""
        try:
            entry = self._read(_PAGES)
        except AlteredError:
            return False
        return self._holds(entry, key) and entry["pages"] == [digest_of_folder(folder) for folder in folders]

    def note_pages(self, digests: Sequence[str], key: str, inputs: Inputs) -> None:
        """Note the digests of the folders of pages and release pack, and what they were made from."""
        self._write(_PAGES, {"key": key, "inputs": inputs, "pages": digests})

    def forget(self) -> None:
        """Forget everything: all is to be made again.

        Raises
        ------
        OSError
            When something cannot be removed: what is left would be used.
        """
        with suppress(FileNotFoundError):
            shutil.rmtree(self.folder)

    def _holds(self, entry: Mapping[str, Any], key: str) -> bool:
        """Return whether an entry was made under this key from what is there now."""
        return entry.get("key") == key and as_now(entry["inputs"], self.roots) == entry["inputs"]

    def _read(self, name: str) -> dict[str, Any]:
        """Return what a file holds; nothing where there is none."""
        path = self.folder / f"{name}.json"
        try:
            digest, _, text = read_input(path, OF_RECORDS).partition(b"\n")
        except FileNotFoundError:
            return {}
        except UnusableFile as error:
            raise AlteredError(str(error)) from error
        if hashlib.sha256(text).hexdigest().encode() != digest:
            msg = f"{path}: was changed since it was written"
            raise AlteredError(msg)
        return dict(json.loads(text))

    def _write(self, name: str, entry: Mapping[str, Any]) -> None:
        self.folder.mkdir(exist_ok=True)
        text = json.dumps(entry, ensure_ascii=False).encode()
        write_whole(self.folder / f"{name}.json", hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
