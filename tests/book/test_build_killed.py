"""Builds that are stopped, with real signals: never half a book, nothing left running, and the next one finishes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
import stopped_build
from build_sessions import ended, session, until, wait_until
from forked import Ended, forks_of
from small_project import SmallProject, files, small_project

from itpbook.book import build
from itpbook.book.book_folder import RELEASE_FILES
from itpbook.parameters import AFTERWARDS, CHAPTERS

LEFT = [
    ".kept",
    ".kept/cohort.json",
    ".kept/methods.json",
    ".kept/pages.json",
    ".lock",
    "html",
    *sorted(["html/_static", "html/chapters", *(f"html/{name}" for name in stopped_build.PAGES)]),
]
"""All that may stand in the folder of a book, once a build has ended."""


def pages(words: str) -> dict[str, bytes]:
    return {name: text.format(words).encode() for name, text in stopped_build.PAGES.items()}


def build_here(out: Path, words: str, *, withholding: bool = False) -> None:
    """Build in this process, without being stopped."""
    with pytest.MonkeyPatch.context() as patched:
        stopped_build.stand_in(words, patched.setattr)
        if withholding:
            stopped_build.stand_in_pack(words, patched.setattr)
        build.build(out, stopped_build.WITHHOLDING if withholding else {})


class Builds(Protocol):
    def __call__(self, out: Path, words: str, point: str, *, withholding: bool = False) -> Ended: ...


@pytest.fixture(scope="module")
def build_stopped() -> Iterator[Builds]:
    """Return what builds and is killed at a point."""
    with forks_of(stopped_build.__file__) as forks:

        def run(out: Path, words: str, point: str, *, withholding: bool = False) -> Ended:
            return forks(out.parent, str(out), words, point, withholding)

        yield run


def check_put_right(out: Path, words: str) -> None:
    """Build again, and compare what is there, to the last file."""
    build_here(out, words)
    assert files(out / "html") == pages(words)
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*")) == sorted(LEFT)
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize("point", stopped_build.POINTS)
def test_killed_at_each_point_the_next_build_puts_it_right(point: str, build_stopped: Builds, tmp_path: Path):
    out = tmp_path / "out"
    build_here(out, "old")
    run = build_stopped(out, "new", point)
    assert run.returncode == -signal.SIGKILL, run.printed
    # Whoever looks at the pages now finds those of one book or, between two moves, none.
    assert files(out / "html") in (pages("old"), pages("new"), {})
    assert (files(out / "html") == {}) == (point == "between two moves")
    check_put_right(out, "new")


@pytest.mark.parametrize("point", stopped_build.POINTS_OF_A_PACK)
def test_killed_while_a_release_pack_changes_the_next_build_puts_it_right(
    point: str, build_stopped: Builds, tmp_path: Path
):
    out = tmp_path / "out"
    build_here(out, "old", withholding=True)
    run = build_stopped(out, "new", point, withholding=True)
    assert run.returncode == -signal.SIGKILL, run.printed
    # No pack lies beside pages that it is not of.
    packs = set(files(out / "release").values()) if (out / "release").exists() else set()
    (page,) = {text for text in ("old", "new") if files(out / "html") == pages(text)}
    assert packs <= {page.encode()}
    build_here(out, "new", withholding=True)
    assert files(out / "html") == pages("new")
    assert files(out / "release") == dict.fromkeys(RELEASE_FILES, b"new")
    pack = ["release", *(f"release/{name}" for name in RELEASE_FILES)]
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*")) == sorted([*LEFT, *pack])


def test_a_release_pack_that_was_edited_is_made_again(tmp_path: Path):
    build_here(tmp_path, "words", withholding=True)
    (tmp_path / "release" / "README.md").write_text("edited", encoding="utf-8")
    build_here(tmp_path, "words", withholding=True)
    assert files(tmp_path / "release") == dict.fromkeys(RELEASE_FILES, b"words")


@pytest.mark.parametrize("point", ["before the exchange", "before the pages are noted", "when the pages are noted"])
def test_first_build_that_is_killed_is_put_right(point: str, build_stopped: Builds, tmp_path: Path):
    run = build_stopped(tmp_path / "out", "new", point)
    assert run.returncode == -signal.SIGKILL, run.printed
    check_put_right(tmp_path / "out", "new")


def test_killed_at_any_call_the_next_build_puts_it_right(build_stopped: Builds, tmp_path: Path):
    run = build_stopped(tmp_path / "counted", "new", "0")
    assert run.returncode == 0, run.printed
    shutil.rmtree(tmp_path / "counted")
    out, calls = tmp_path / "out", random.Random(5)
    for turn, number in enumerate(calls.sample(range(1, int(run.printed) + 1), 3)):
        run = build_stopped(out, f"turn {turn}", str(number))
        assert run.returncode == -signal.SIGKILL, run.printed
        check_put_right(out, f"turn {turn}")


def test_what_was_swept_half_is_swept_by_the_next(build_stopped: Builds, tmp_path: Path):
    out = tmp_path / "out"
    assert build_stopped(out, "new", "when the pages are noted").returncode == -signal.SIGKILL
    assert build_stopped(out, "new", "while the working folder is removed").returncode == -signal.SIGKILL
    check_put_right(out, "new")


*_, LAST = (name for name in CHAPTERS if name not in AFTERWARDS)
"""The last chapter that reads no other: when it sleeps, all before it have been executed or are about to be."""
PATIENCE = 30
"""Seconds within which a build ends that was told to; the chapter would sleep for twice as long."""


def start_until_asleep(project: SmallProject, asleep: Path) -> subprocess.Popen[str]:
    """Build until nothing but the chapter that sleeps is left: as it says nothing, it cannot notice who has ended."""
    asleep.unlink(missing_ok=True)
    process = project.start()
    assert wait_until(asleep.exists)
    # The build, the process that executes chapters, and one that it forked for the chapter that sleeps.
    assert wait_until(lambda: len(session(process.pid)) == 3)
    return process


def test_the_build_goes_on_after_each_signal_and_nothing_is_left_running(tmp_path: Path):
    project = small_project(tmp_path)
    asleep = tmp_path / "asleep"
    sleep = f"import pathlib, time; pathlib.Path({str(asleep)!r}).touch(); time.sleep({2 * PATIENCE})"
    project.chapter(LAST, sleep)
    process = start_until_asleep(project, asleep)
    # Killed by itself, it takes its children with it, but leaves its folder.
    process.kill()
    process.communicate()
    assert ended(process.pid)
    assert len(list(project.out.glob(".building-*"))) == 1

    process = start_until_asleep(project, asleep)
    second = project.build()
    assert second.returncode == 1
    assert second.stderr == (
        f"another build into {project.out} is running (process {process.pid}): wait until it has ended, or choose"
        " another folder with --out\n"
    )
    # As a terminal does it.
    os.killpg(process.pid, signal.SIGINT)
    said, complained = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert said == ""
    sentence = "stopped: the chapters that were executed are kept, and the next build goes on from there"
    assert complained.splitlines()[-1] == sentence
    assert "Traceback" not in complained
    assert ended(process.pid)
    assert sorted(path.name for path in project.out.iterdir()) == [".kept", ".lock"]

    process = start_until_asleep(project, asleep)
    # As a terminal does it that is closed; nobody else is told.
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 129
    assert ended(process.pid)
    assert sorted(path.name for path in project.out.iterdir()) == [".kept", ".lock"]

    project.chapter(LAST, "print('awake')")
    process = project.start()
    until(process, "kept from an earlier build: ")
    until(process, "executed: ")
    # Told to terminate, the same.
    process.terminate()
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 143
    assert ended(process.pid)
    assert sorted(path.name for path in project.out.iterdir()) == [".kept", ".lock"]
