"""Disks that are full and folders that cannot be written to, at each step: one sentence, and the old book as it was."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stopped_build
from small_project import files, small_project
from typer.testing import CliRunner

from itpbook import parameters
from itpbook.book import book_folder, build
from itpbook.book.execution.child_processes import disk_error_in
from itpbook.book.execution.execute import chosen_parameters, execute_chapters
from itpbook.book.execution.stopped_chapters import failures_in
from itpbook.book.reuse.build_store import BuildStore
from itpbook.commands.command_line import app

Patch = Callable[[Any, str, Any], None]
COMPILE_BOOK = build.compile_book


def _raising(number: int, path: Path | None = None) -> Callable[..., Any]:
    def stop(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), None if path is None else str(path))

    return stop


def _writing(patch: Patch, number: int, name: str) -> None:
    """Let writing a file fail when half of it is written."""
    write = Path.write_bytes

    def half(path: Path, content: bytes) -> int:
        if path.name != name:
            return write(path, content)
        write(path, content[: len(content) // 2])
        raise OSError(number, os.strerror(number), str(path))

    patch(Path, "write_bytes", half)


def _compiling(patch: Patch, number: int) -> None:
    def stop(*_: object) -> tuple[int, str]:
        warnings = "WARNING: something else\n" * 112
        return 2, f"{warnings}OSError: [Errno {number}] {os.strerror(number)}\n"

    patch(build, "jupyter_book", stop)
    patch(build, "compile_book", COMPILE_BOOK)
    patch(build, "lay_out", lambda *_, **__: None)


STEPS: dict[str, Callable[[Patch, int], None]] = {
    "holding the folder": lambda patch, number: patch(book_folder.tempfile, "mkdtemp", _raising(number)),
    "noting who holds it": lambda patch, number: patch(os, "pwrite", _raising(number)),
    "keeping a chapter": lambda patch, number: _writing(patch, number, "methods.part"),
    "laying out the pages": lambda patch, number: patch(build, "compile_book", _raising(number)),
    "compiling": _compiling,
    "the exchange": lambda patch, number: patch(book_folder, "exchanged", _raising(number)),
}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES], ids=errno.errorcode.get)
@pytest.mark.parametrize("step", STEPS)
def test_one_sentence_with_the_folder_and_the_old_book_as_it_was(
    step: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    if (step, number) == ("compiling", errno.EACCES):
        number = errno.EROFS  # a process that is refused a file says so by itself
    out = tmp_path / "out"
    stopped_build.stand_in("old", monkeypatch.setattr)
    build.build(out, {})
    before = files(out / "html")
    stopped_build.stand_in("new", monkeypatch.setattr)
    STEPS[step](monkeypatch.setattr, number)
    run = CliRunner().invoke(app, ["build", "--out", str(out)])
    assert run.exit_code == 1
    lines = run.stderr.splitlines()
    assert lines[-1].startswith(str(out))
    assert re.search("free some|give write permission", lines[-1])
    assert lines[-1].endswith("or choose another folder with --out; what was built before is as it was")
    assert lines[:-1] in ([], ["compiling the pages"])
    assert files(out / "html") == before
    assert sorted(path.name for path in out.iterdir()) == [".kept", ".lock", "html"]
    assert not list(out.rglob("*.part"))


def test_a_fresh_build_uses_nothing_that_it_could_not_remove(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    stopped_build.stand_in("new", monkeypatch.setattr)
    build.build(tmp_path, {})
    unlink = os.unlink

    def refuse(path: Any, **how: Any) -> None:
        if Path(path).name == "cohort.json":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        unlink(path, **how)

    monkeypatch.setattr(os, "unlink", refuse)
    with pytest.raises(book_folder.PlaceError, match="give write permission"):
        build.build(tmp_path, {}, fresh=True)


def test_book_is_whole_when_only_its_note_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    stopped_build.stand_in("new", monkeypatch.setattr)
    with monkeypatch.context() as full:
        _writing(full.setattr, errno.ENOSPC, "pages.part")
        html = build.build(tmp_path, {})
    assert "new" in (html / "index.html").read_text(encoding="utf-8")
    assert sorted(path.name for path in (tmp_path / ".kept").iterdir()) == ["cohort.json", "methods.json"]
    build.build(tmp_path, {})
    assert (tmp_path / ".kept" / "pages.json").is_file()


def test_disk_that_is_full_while_a_chapter_is_written_is_said_by_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """`/dev/full` refuses what is written to it, as a full disk does."""
    small = small_project(tmp_path)
    monkeypatch.setattr(build.project, "ROOT", small.root)
    monkeypatch.setattr(parameters, "CHAPTERS", {"methods": ()})
    monkeypatch.setattr(parameters, "AFTERWARDS", ())
    for step in ("the executed chapter", "what a cell writes"):
        target = tmp_path / step
        target.mkdir()
        if step == "the executed chapter":
            (target / "methods.running").symlink_to("/dev/full")
        else:
            small.chapter("methods", "with open('/dev/full', 'w') as file: file.write('too much')")
        with pytest.raises(OSError, match="No space left on device") as error:
            execute_chapters(target, chosen_parameters({}), source=small.root / "chapters", logs=tmp_path / "logs")
        assert error.value.errno == errno.ENOSPC
        assert not (tmp_path / "logs").exists()
        assert not list(target.glob(".scratch-*"))


def test_half_a_log_is_not_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "safety.failure").write_text(
        '{"cell": 1, "source": "", "error": "an error", "traceback": ""}', encoding="utf-8"
    )
    monkeypatch.setattr(Path, "write_text", _raising(errno.ENOSPC))
    with pytest.raises(OSError, match="No space left"):
        failures_in(tmp_path, tmp_path / "logs")
    assert [path.name for path in tmp_path.iterdir()] == ["safety.failure"]
    (tmp_path / "cohort.failure").mkdir()
    with pytest.raises(IsADirectoryError):
        failures_in(tmp_path, None)


def test_storing_replaces_all_chapters_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for folder in ("stored", "executed"):
        (tmp_path / folder).mkdir()
        for name in ("cohort", "methods"):
            (tmp_path / folder / f"{name}.ipynb").write_text(folder, encoding="utf-8")
    monkeypatch.setattr(build.project, "CHAPTERS", tmp_path / "stored")
    copy, copied = shutil.copyfile, list[Path]()

    def full_at_the_second(source: Path, target: Path) -> None:
        copy(source, target)
        copied.append(target)
        if len(copied) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))

    with monkeypatch.context() as full:
        full.setattr(shutil, "copyfile", full_at_the_second)
        with pytest.raises(book_folder.PlaceError, match=r"cannot be stored \(No space left on device\)"):
            build._store(tmp_path / "executed")
    assert set(files(tmp_path / "stored").values()) == {b"stored"}
    (tmp_path / "stored" / ".stored.unfinished-killed").mkdir()
    build._store(tmp_path / "executed")
    assert [path.name for path in (tmp_path / "stored").glob(".*")] == []
    assert files(tmp_path / "stored") == dict.fromkeys(["cohort.ipynb", "methods.ipynb"], b"executed")


@pytest.mark.parametrize(
    "message", ["OSError: [Errno 28] somewhere", "write failed: No space left on device (os error)"]
)
def test_full_disk_is_recognised_in_what_a_process_prints(message: str, tmp_path: Path):
    error = disk_error_in(message, tmp_path)
    assert error is not None
    assert (error.errno, error.filename) == (errno.ENOSPC, str(tmp_path))


def test_other_messages_are_no_full_disk(tmp_path: Path):
    assert disk_error_in("[Errno 2] No such file or directory: '28'", tmp_path) is None
    assert BuildStore(tmp_path, {}).chapter("safety", "key") is None
