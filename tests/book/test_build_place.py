"""The folder of a book: refused when no book can go there, held by one build, exchanged in one step or put right."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from itpbook import project
from itpbook.book import book_folder
from itpbook.book.book_folder import (
    PlaceError,
    check_place,
    exchanged,
    has_release,
    held,
    put_in_place,
    put_release_in_place,
)
from itpbook.commands.command_line import app
from itpbook.parameters import ParameterError


def itpbook(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def pages(folder: Path, words: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(words, encoding="utf-8")
    return folder


def test_file_is_no_place_for_a_book(tmp_path: Path):
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    for out in (tmp_path / "taken", tmp_path / "taken" / "deeper"):
        run = itpbook("build", "--out", str(out))
        assert run.exit_code == 2
        assert run.stderr == f"--out {out}: {tmp_path / 'taken'} is a file; expected a folder\n"
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


def test_folder_that_is_read_is_no_place_either(tmp_path: Path):
    (tmp_path / "records").mkdir()
    out = tmp_path / "records" / "book"
    run = itpbook("build", "--data", str(tmp_path / "records"), "--out", str(out))
    assert run.exit_code == 2
    words = f"--out {out}: lies in {tmp_path / 'records'}, which the build reads; choose another folder\n"
    assert run.stderr == words
    assert list((tmp_path / "records").iterdir()) == []
    with pytest.raises(ParameterError, match="chapters, which the build reads"):
        check_place(project.CHAPTERS, {})
    check_place(tmp_path / "book", {"data_dir": str(tmp_path / "records")})


def test_folder_that_cannot_be_written_to_is_said():
    run = itpbook("build", "--out", "/proc/book")
    assert run.exit_code == 1
    assert run.stderr == (
        "/proc/book: no book can be written there (No such file or directory); choose another folder with --out\n"
    )


def test_full_disk_is_said_and_the_working_folder_is_gone(tmp_path: Path):
    pages(tmp_path / "html", "old")
    with pytest.raises(PlaceError) as error, held(tmp_path):  # noqa: PT012
        assert len(list(tmp_path.glob(".building-*"))) == 1
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert str(error.value) == (
        f"{tmp_path}: no space is left on the disk: free some, or choose another folder with --out;"
        " what was built before is as it was"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "html"]


def test_an_error_that_is_not_about_the_disk_stays_as_it_is(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"No such file or directory: 'a page'"), held(tmp_path):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "a page")


def test_one_build_holds_the_folder_until_it_ends(tmp_path: Path):
    with held(tmp_path), pytest.raises(PlaceError, match=rf"is running \(process {os.getpid()}\)"), held(tmp_path):
        pass
    with held(tmp_path):
        pass


@pytest.mark.parametrize("able", ["system and disk", "disk alone", "system alone"])
def test_new_pages_replace_the_old_ones(able: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    if able == "disk alone":
        monkeypatch.setattr(sys, "platform", "another")
    elif able == "system alone":
        # A disk says of what it does not know that it is invalid.
        monkeypatch.setattr(book_folder, "_EXCHANGE", 1 << 30)
    for words in ("first", "second"):
        with held(tmp_path) as work:
            assert put_in_place(pages(work / "pages", words), tmp_path) == tmp_path / "html"
        assert (tmp_path / "html" / "index.html").read_text(encoding="utf-8") == words
        assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "html"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot exchange two folders in one step")
def test_two_folders_change_places_in_one_step(tmp_path: Path):
    one, other = pages(tmp_path / "one", "one"), pages(tmp_path / "other", "other")
    assert exchanged(one, other)
    assert (one / "index.html").read_text(encoding="utf-8") == "other"
    assert (other / "index.html").read_text(encoding="utf-8") == "one"
    with pytest.raises(FileNotFoundError):
        exchanged(one, tmp_path / "nothing")


def release(folder: Path, words: str) -> Path:
    folder.mkdir(parents=True)
    for name in ("README.md", "numbers.csv"):
        (folder / name).write_text(words, encoding="utf-8")
    return folder


def test_release_pack_changes_with_the_pages_and_goes_with_the_last_book_that_has_one(tmp_path: Path):
    assert not has_release(tmp_path)
    for words in ("first", "second"):
        with held(tmp_path) as work:
            put_release_in_place(release(work / "release", words), pages(work / "pages", words), tmp_path)
        assert has_release(tmp_path)
        assert (tmp_path / "release" / "README.md").read_text(encoding="utf-8") == words
    with held(tmp_path) as work:
        put_release_in_place(None, pages(work / "pages", "third"), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "html"]


def test_no_pack_lies_beside_a_book_that_it_is_not_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    release(tmp_path / "release", "old")
    monkeypatch.setattr(book_folder, "put_in_place", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        put_release_in_place(release(tmp_path / "new", "new"), pages(tmp_path / "pages", "new"), tmp_path)
    assert not (tmp_path / "release").exists()


def test_a_folder_of_that_name_that_is_somebody_s_own_is_left_alone(tmp_path: Path):
    (tmp_path / "release").mkdir()
    (tmp_path / "release" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(PlaceError, match="is no release pack of a build; move it away"):
        has_release(tmp_path)
    assert (tmp_path / "release" / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_what_stopped_between_two_moves_is_put_right(tmp_path: Path):
    pages(tmp_path / ".replaced-html", "old")
    pages(tmp_path / ".building-dead" / "pages", "new")
    with held(tmp_path):
        assert (tmp_path / "html" / "index.html").read_text(encoding="utf-8") == "old"
    pages(tmp_path / ".replaced-html", "older")
    with held(tmp_path):
        assert (tmp_path / "html" / "index.html").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "html"]


@pytest.mark.parametrize("name", [".lock", "html", "logs", "release", ".kept", ".kept/fonts"])
def test_a_link_out_of_the_folder_is_refused_and_what_it_leads_to_is_untouched(name: str, tmp_path: Path) -> None:
    outside, out = tmp_path / "outside", tmp_path / "book"
    outside.write_text("somebody's own", encoding="utf-8")
    (out / name).parent.mkdir(parents=True)
    (out / name).symlink_to(outside)
    with pytest.raises(ParameterError, match=f"{name} in it is a link; remove it, or choose another folder"):
        check_place(out, {})
    if name == ".lock":
        with pytest.raises(PlaceError), held(out):
            pass
    assert outside.read_text(encoding="utf-8") == "somebody's own"
