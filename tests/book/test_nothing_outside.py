"""Nothing of a centre's patients is written outside of the folder of the book: not to the home folder, not to /tmp."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from itpbook import project
from itpbook.book.manuscript.chromium import VARIABLE
from itpbook.intake.example import EXPORT, LINK, MAPPING

_WATCH = """
import os, sys

def _note(event, arguments, log={log!r}):
    path = None
    if event == "open" and arguments[2] is not None and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        path = arguments[0]
    elif event in ("os.mkdir", "sqlite3.connect"):
        path = arguments[0]
    elif event in ("os.rename", "os.symlink", "os.link"):
        path = arguments[1]
    if isinstance(path, (str, bytes, os.PathLike)):
        path = os.path.abspath(os.fsdecode(path)) if path != ":memory:" else ":memory:"
        number = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT) if path != log else None
        if number is not None:
            os.write(number, (path + "\\n").encode())
            os.close(number)

sys.addaudithook(_note)
"""
"""What every Python process of a command notes in a file, named here: where it writes, even where nothing is left."""


class Watched(NamedTuple):
    """What a series of commands wrote, and the places that they should have written to."""

    writes: set[Path]
    left: dict[str, list[str]]
    allowed: tuple[Path, ...]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Watched:
    """Run all that a centre runs, with every other place of the system empty and watched."""
    base = tmp_path_factory.mktemp("watched")
    (base / "site").mkdir()
    (base / "site" / "sitecustomize.py").write_text(_WATCH.format(log=str(base / "writes.log")), encoding="utf-8")
    places = {name: base / name for name in ("home", "tmp", "cwd")}
    for folder in places.values():
        folder.mkdir()
    log, out = base / "writes.log", base / "out"
    out.mkdir()
    clear = ("XDG_", "IPYTHON", "JUPYTER_", "MPL", "PYTHON", "COV")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(clear)} | {
        "HOME": str(places["home"]), "TMPDIR": str(places["tmp"]), "PYTHONPATH": str(base / "site"),
        "PYTHONDONTWRITEBYTECODE": "1", VARIABLE: chromium,
    }  # fmt: skip
    example = {name: str(project.EXAMPLE / name) for name in (EXPORT, MAPPING, LINK)}
    link = out / "hospital" / "link.csv"
    for command in (
        ["template", out / "start"],
        ["import-redcap", example[EXPORT], "--mapping", example[MAPPING], "--link", link, "--out", out / "mine"],
        ["validate", out / "mine"],
        ["build", "--data", out / "mine", "--out", out / "book", "-p", "suppress_below=5", "--pdf"],
        ["reconstruct", "--out", out / "synthetic"],
    ):
        ran = subprocess.run(
            [str(Path(sys.executable).with_name("itpbook")), *map(str, command)],
            cwd=places["cwd"], env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
    left = {name: sorted(str(path) for path in folder.rglob("*")) for name, folder in places.items()}
    return Watched({Path(line) for line in log.read_text().splitlines()}, left, (out, Path("/dev")))


def test_nothing_is_left_in_the_home_folder_the_working_folder_or_that_for_temporary_files(watched: Watched) -> None:
    assert watched.left == {"home": [], "tmp": [], "cwd": []}


def test_nothing_is_written_elsewhere_even_for_a_moment(watched: Watched) -> None:
    outside = [path for path in watched.writes if not any(path.is_relative_to(place) for place in watched.allowed)]
    # IPython's history is in memory.
    assert [path for path in outside if path.name != ":memory:"] == []


def test_the_watch_sees_what_the_commands_write(watched: Watched) -> None:
    assert any(path.parent.name == "chapters" and path.suffix == ".part" for path in watched.writes)
    assert any(".scratch-" in str(path) for path in watched.writes)


def test_a_cell_leaves_no_trace_in_the_history_of_ipython(tmp_path: Path) -> None:
    program = (
        "import sys, nbformat\n"
        "from papermill import execute_notebook\n"
        "from itpbook.book.execution import in_process_engine\n"
        "in_process_engine.register()\n"
        "cell = nbformat.v4.new_code_cell('planted = 4711')\n"
        "notebook = nbformat.v4.new_notebook(cells=[cell], metadata={'kernelspec': {'name': 'python3', "
        "'display_name': 'Python 3', 'language': 'python'}})\n"
        "nbformat.write(notebook, 'in.ipynb')\n"
        "how = {'engine_name': in_process_engine.NAME, 'progress_bar': False}\n"
        "execute_notebook('in.ipynb', 'out.ipynb', **how)\n"
    )
    (tmp_path / "cwd").mkdir()
    environment = {**os.environ, "HOME": str(tmp_path / "home"), "IPYTHONDIR": str(tmp_path / "ipython")}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path / "cwd",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "4711" in json.dumps(json.loads((tmp_path / "cwd" / "out.ipynb").read_text(encoding="utf-8")))
    traces = [path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "cwd"]
    assert [path for path in traces if path.suffix == ".sqlite" or b"4711" in path.read_bytes()] == []
