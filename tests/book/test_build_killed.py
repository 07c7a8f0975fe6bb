"""Builds that are stopped, with real signals: never half a book, nothing left running, and the next one finishes."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from book.small_project import files, small_project


def session(leader: int) -> set[int]:
    """Return the processes of a session that are still running."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, of = (path / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(of) == leader and state != "Z":
            found.add(int(path.name))
    return found


def ended(leader: int) -> bool:
    """Wait until no process of a session is left; return whether that came to pass."""
    end = time.monotonic() + 20
    while session(leader) and time.monotonic() < end:
        time.sleep(0.05)
    return not session(leader)


def until(process: subprocess.Popen[str], beginning: str) -> None:
    """Read what a build says up to a line with this beginning."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(beginning):
            return
    pytest.fail(f"the build never said {beginning!r}")


def test_killed_at_ten_random_moments_the_book_is_the_old_or_the_new_one(tmp_path: Path):
    """Words change each time, and a chapter has to be executed, too, in every third turn."""
    project = small_project(tmp_path)
    assert project.build().returncode == 0
    moments = random.Random(5)
    seconds: dict[bool, float] = {}
    old = files(project.html)
    for turn in range(-2, 10):
        project.edit("_config.yml", lambda text: re.sub("(?m)^title:.*", f"title: Edition {turn}", text))  # noqa: B023
        executes = turn % 3 == 1
        if executes:
            project.chapter("safety", f"print('edition {turn}')")
        begin = time.monotonic()
        process = project.start()
        if turn < 0:
            _, said = process.communicate()
            assert process.returncode == 0, said
            seconds[executes] = time.monotonic() - begin
            new = files(project.html)
        else:
            # Up to a tenth beyond the end: it may be whole by then.
            time.sleep(moments.uniform(0, 1.1) * seconds[executes])
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            found = files(project.html)
            run = project.build()
            assert run.returncode == 0, run.stderr
            new = files(project.html)
            assert found in (old, new)
        assert f"Edition {turn}".encode() in new["index.html"]
        assert not executes or f"edition {turn}".encode() in new["chapters/safety.html"]
        assert set(old) == set(new)
        assert sorted(path.name for path in project.out.iterdir()) == [".kept", ".lock", "html"]
        old = new


def test_ctrl_c_ends_all_of_it_and_the_next_build_goes_on(tmp_path: Path):
    project = small_project(tmp_path)
    project.chapter("efficacy", "import time", "time.sleep(60)")
    process = project.start()
    until(process, "executed: ")
    second = project.build()
    assert second.returncode == 1
    assert second.stderr == (
        f"another build into {project.out} is running (process {process.pid}): wait until it has ended, or choose"
        " another folder with --out\n"
    )
    # As a terminal does it.
    os.killpg(process.pid, signal.SIGINT)
    said, complained = process.communicate()
    assert process.returncode == 130
    assert said == ""
    sentence = "stopped: the chapters that were executed are kept, and the next build goes on from there"
    assert complained.splitlines()[-1] == sentence
    assert "Traceback" not in complained
    assert ended(process.pid)
    assert sorted(path.name for path in project.out.iterdir()) == [".kept", ".lock"]

    project.chapter("efficacy", "print('awake')")
    process = project.start()
    until(process, "kept from an earlier build: ")
    until(process, "executed: ")
    # Told to terminate, the same; nobody else is told.
    process.terminate()
    process.communicate()
    assert process.returncode == 143
    assert ended(process.pid)


def test_children_of_a_build_that_is_killed_end_with_it_and_its_folders_are_swept(tmp_path: Path):
    project = small_project(tmp_path)
    project.chapter("efficacy", "import time", "time.sleep(60)")
    process = project.start()
    until(process, "executed: ")
    assert len(session(process.pid)) > 2
    process.kill()
    process.communicate()
    assert ended(process.pid)
    assert len(list(project.out.glob(".building-*"))) == 1
    project.chapter("efficacy", "1 / 0")
    run = project.build()
    assert run.returncode == 1
    assert run.stderr.startswith("kept from an earlier build: ")
    assert sorted(path.name for path in project.out.iterdir()) == [".kept", ".lock", "logs"]
