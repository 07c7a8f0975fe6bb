"""What a build keeps for the next one: used only as it was written, and pages only as they were made."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
import stopped_build
from rich.console import Console

from implied.files.input_files import digest_of_file, digest_of_folder
from itpbook.book import build
from itpbook.book.build_progress import Progress
from itpbook.book.execution.execute import _Run
from itpbook.book.reuse.build_store import AlteredError, BuildStore
from itpbook.book.reuse.observed_inputs import Inputs
from itpbook.parameters import CHAPTERS

NOTEBOOK = {"cells": [{"source": "a", "cell_type": "code", "outputs": ["24/31, 77%"]}]}


@pytest.fixture
def kept(tmp_path: Path) -> BuildStore:
    made = BuildStore(tmp_path, {"project": tmp_path})
    made.store_chapter("safety", "key", {}, NOTEBOOK)
    return made


def _edited(text: bytes) -> bytes:
    return text.replace(b"77%", b"94%")


def _of_another_chapter(text: bytes) -> bytes:
    return text.partition(b"\n")[0] + b"\n{}"


DAMAGES = {
    "edited": _edited,
    "cut off": lambda text: text[: len(text) // 2],
    "emptied": lambda _: b"",
    "without its last byte": lambda text: text[:-1],
    "no JSON": lambda _: b"\xff\x00 not JSON at all",
    "the digest of other contents": _of_another_chapter,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_chapter_is_not_used(damage: str, kept: BuildStore):
    path = kept.folder / "safety.json"
    assert kept.chapter("safety", "key") == (NOTEBOOK, {})
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    with pytest.raises(AlteredError, match=r"safety\.json: was changed since it was written"):
        kept.chapter("safety", "key")


def test_damaged_chapter_is_executed_again_with_a_word(kept: BuildStore, tmp_path: Path):
    class Words(Progress):
        words: list[str]

        def altered(self, chapter: str, words: str) -> None:
            self.words = [chapter, words]

    path = kept.folder / "safety.json"
    path.write_bytes(_edited(path.read_bytes()))
    progress = Words()
    run = _Run(tmp_path, tmp_path, {}, 1, (kept, {"safety": "key"}), progress)
    assert run._before("safety") is None
    assert progress.words == ["safety", f"{path}: was changed since it was written"]


def test_what_is_no_file_any_more_is_not_used(tmp_path: Path):
    (tmp_path / ".kept" / "safety.json").mkdir(parents=True)
    with pytest.raises(AlteredError, match=r"safety\.json: a folder and not a file"):
        BuildStore(tmp_path, {}).chapter("safety", "key")


def test_chapter_whose_inputs_are_not_known_is_not_kept(kept: BuildStore, tmp_path: Path):
    run = _Run(tmp_path, tmp_path, {}, 1, (kept, {"cohort": "key"}), Progress(Console(file=(said := io.StringIO()))))
    run.scratch = tmp_path
    run._keep(kept, "cohort")
    assert run.unobserved
    assert said.getvalue().startswith("not kept: cohort started a program that cannot be observed")
    assert kept.chapter("cohort", "key") is None


def test_chapter_of_another_key_is_not_used(kept: BuildStore):
    assert kept.chapter("safety", "another") is None
    assert kept.chapter("cohort", "key") is None


def _input(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("first", "second"), [("one", "two"), ("one", None), (None, "one")], ids=["changed", "removed", "created"]
)
def test_chapter_is_not_used_once_what_it_read_is_another(first: str | None, second: str | None, tmp_path: Path):
    outside, roots = tmp_path / "outside.csv", {"project": tmp_path / "project"}
    if first is not None:
        _input(outside, first)
    inputs: Inputs = {f":{outside}": digest_of_file(outside)}
    kept = BuildStore(tmp_path, roots)
    kept.store_chapter("safety", "key", inputs, NOTEBOOK)
    assert kept.chapter("safety", "key") is not None
    _input(outside, second)
    assert kept.chapter("safety", "key") is None


def test_finished_page_that_was_edited_is_made_again_though_size_and_time_are_the_same(tmp_path: Path):
    with pytest.MonkeyPatch.context() as patched:
        stopped_build.stand_in("77%", patched.setattr)
        html = build.build(tmp_path, {})
        page, before = html / "index.html", digest_of_folder(html)
        times = page.stat()
        page.write_text(page.read_text(encoding="utf-8").replace("77%", "94%"), encoding="utf-8")
        os.utime(page, ns=(times.st_atime_ns, times.st_mtime_ns))
        assert page.stat().st_size == times.st_size
        assert page.stat().st_mtime_ns == times.st_mtime_ns
        build.build(tmp_path, {})
        assert "77%" in page.read_text(encoding="utf-8")
        assert digest_of_folder(html) == before


@pytest.mark.parametrize(
    ("key", "kept"), [("chapter_keys", []), ("book_key", ["cohort.json", "methods.json"])], ids=["chapters", "pages"]
)
def test_what_changes_while_it_is_made_is_not_kept(
    key: str, kept: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    stopped_build.stand_in("77%", monkeypatch.setattr)
    states = iter(["before", "after"])
    monkeypatch.setattr(build, key, lambda *_: dict.fromkeys(stopped_build.CHAPTERS, next(states)))
    html = build.build(tmp_path, {})
    assert (html / "index.html").read_text(encoding="utf-8") == "<p>77%</p>"
    assert sorted(path.name for path in tmp_path.glob(".kept/*")) == kept


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_note_of_the_pages_makes_them_again(damage: str, tmp_path: Path):
    with pytest.MonkeyPatch.context() as patched:
        stopped_build.stand_in("77%", patched.setattr)
        build.build(tmp_path, {})
        note = tmp_path / ".kept" / "pages.json"
        whole = note.read_bytes()
        note.write_bytes(DAMAGES[damage](whole))
        build.build(tmp_path, {})
        assert note.read_bytes() == whole


def test_an_added_file_changes_the_digest_of_pages(tmp_path: Path):
    (tmp_path / "index.html").write_text("one", encoding="utf-8")
    before = digest_of_folder(tmp_path)
    (tmp_path / "index2.html").write_text("", encoding="utf-8")
    assert digest_of_folder(tmp_path) != before


def test_every_chapter_can_be_kept_beside_the_note_of_the_pages():
    assert "pages" not in CHAPTERS
