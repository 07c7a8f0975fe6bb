"""Guards that whatever stands in the place of a file ends every command at once, with a sentence and no traceback."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from records import small_cohort_files
from typer.testing import CliRunner

from implied.cli import app as engine
from implied.files.input_files import BY_HAND, UnusableFile, open_input, read_input
from itpbook import project
from itpbook.commands.command_line import app

EXPORT = str(project.EXAMPLE / "redcap_export.csv")


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """End a test that waits for a file which nobody writes, and so would wait for ever."""

    def waits(*_: object) -> None:
        raise AssertionError("waits for a file")

    before = signal.signal(signal.SIGALRM, waits)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def open_pipe(path: Path) -> Path:
    """Return the name under which a shell hands over what another command prints."""
    reads, _ = os.pipe()
    return Path(f"/dev/fd/{reads}")


def socket(path: Path) -> Path:
    os.mknod(path, stat.S_IFSOCK | 0o600)
    return path


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def empty(path: Path) -> Path:
    path.touch()
    return path


def cut_short(path: Path) -> Path:
    path.write_bytes(b'{"a": [1, "')
    return path


def huge(path: Path) -> Path:
    with path.open("wb") as file:
        file.truncate(1 << 43)
    return path


def linked_to_itself(path: Path) -> Path:
    path.symlink_to(path.name)
    return path


KINDS: dict[str, Callable[[Path], Path]] = {
    "pipe": pipe,
    "pipe of a shell": open_pipe,
    "socket": socket,
    "device without end": lambda _: Path("/dev/zero"),
    "device without anything": lambda _: Path("/dev/null"),
    "file that gives no byte": lambda _: Path("/proc/self/mem"),
    "folder": folder,
    "missing": lambda path: path,
    "missing in a file": lambda path: empty(path) / "below",
    "link to itself": linked_to_itself,
    "empty": empty,
    "cut short": cut_short,
    "huge": huge,
}
COMMANDS: dict[str, Callable[[str, str], list[str]]] = {
    "validate": lambda given, _: ["validate", given],
    "build --data": lambda given, out: ["build", "--data", given, "--out", out],
    "build --edition": lambda given, out: ["build", "--data", f"{out}-records", "--edition", given, "--out", out],
    "build --parameters": lambda given, out: ["build", "--parameters", given, "--out", out],
    "import-redcap": lambda given, out: ["import-redcap", given, "--out", out],
    "import-redcap --mapping": lambda given, out: ["import-redcap", EXPORT, "--mapping", given, "--out", out],
    "import-redcap --dictionary": lambda given, out: ["import-redcap", EXPORT, "--dictionary", given, "--out", out],
    "verify": lambda given, _: ["verify", given],
    "envelope": lambda given, _: ["envelope", given],
}
COMMANDS_OF_THE_ENGINE: dict[str, Callable[[str, str], list[str]]] = {
    "conflicts": lambda given, _: ["conflicts", given],
    "bounds": lambda given, _: ["bounds", given],
    "bounds --questions": lambda given, _: ["bounds", str(project.LEDGER), "--questions", given],
    "solutions": lambda given, _: ["solutions", given],
    "reconstruct": lambda given, out: ["reconstruct", given, "--out", out],
}
OF_ALL = ("pipe", "folder", "missing", "empty", "cut short", "huge")
"""What each command is given: nothing to wait for, to read, to parse or to hold. All of them open a file in one way."""
SAY_NOTHING = {"build --edition", "build --parameters", "import-redcap --mapping", "bounds --questions"}
"""What an empty file is good for: nothing stands in it that differs from what holds anyway."""


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        *product([*COMMANDS, *COMMANDS_OF_THE_ENGINE], OF_ALL),
        *product(["validate", "conflicts"], [kind for kind in KINDS if kind not in OF_ALL]),
    ],
)
def test_what_is_no_file_is_refused_at_once_in_a_sentence(command: str, kind: str, tmp_path: Path) -> None:
    if kind == "empty" and command in SAY_NOTHING:
        kind = "missing"
    out = tmp_path / "out"
    if command == "build --edition":
        small_cohort_files(tmp_path / "out-records")
    of_engine = command in COMMANDS_OF_THE_ENGINE
    arguments = COMMANDS_OF_THE_ENGINE[command] if of_engine else COMMANDS[command]
    given = str(KINDS[kind](tmp_path / "given"))
    run = CliRunner().invoke(engine if of_engine else app, arguments(given, str(out)))
    assert run.exit_code in (1, 2)
    assert isinstance(run.exception, SystemExit)
    # A sentence; of an empty folder, one for each of its tables.
    assert 1 <= len(run.stderr.splitlines()) <= 10
    assert not out.exists()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("missing", "missing in a file")])
@pytest.mark.parametrize("name", ["platelets.csv", "platelets.parquet", "records.xlsx"])
def test_what_is_no_table_is_refused_at_once_in_a_sentence(name: str, kind: str, tmp_path: Path) -> None:
    records = tmp_path / "records"
    records.mkdir()
    made = KINDS[kind](records / name)
    if made != records / name:
        (records / name).symlink_to(made)
    run = CliRunner().invoke(app, ["validate", str(records)])
    assert run.exit_code == 1
    assert isinstance(run.exception, SystemExit)
    assert name in run.stderr


@pytest.mark.parametrize("kind", ["pipe", "socket", "device without end", "empty", "link to itself"])
def test_empty_tables_are_not_written_in_the_place_of_something_else(kind: str, tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["template", str(KINDS[kind](tmp_path / "given"))])
    assert (run.exit_code, isinstance(run.exception, SystemExit)) == (1, True)


@pytest.mark.parametrize("kind", ["pipe", "empty", "folder", "cut short", "huge", "device without end"])
def test_a_chapter_that_is_none_is_named(kind: str, tmp_path: Path) -> None:
    made = KINDS[kind](tmp_path / "methods.ipynb")
    if made.parent != tmp_path:
        (tmp_path / "methods.ipynb").symlink_to(made)
    run = CliRunner().invoke(app, ["verify", str(tmp_path)])
    assert run.exit_code == 1
    assert run.stderr.startswith("methods.ipynb: ")


def test_a_chapter_of_brackets_is_named(tmp_path: Path) -> None:
    (tmp_path / "methods.ipynb").write_text("[" * 100_000, encoding="utf-8")
    run = CliRunner().invoke(app, ["verify", str(tmp_path)])
    assert (run.exit_code, run.stderr) == (1, "methods.ipynb: is no notebook\n")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("pipe", "a pipe and not a file"),
        ("socket", "a socket and not a file"),
        ("device without end", "a device and not a file"),
        ("folder", "a folder and not a file"),
        ("huge", f"8,796,093,022,208 bytes, and files of up to {BY_HAND:,} are read"),
    ],
)
def test_the_reason_is_named(kind: str, said: str, tmp_path: Path) -> None:
    path = KINDS[kind](tmp_path / "given")
    with pytest.raises(UnusableFile) as refused:
        read_input(path)
    assert str(refused.value) == f"{path}: {said}"


def test_what_becomes_a_pipe_after_it_was_looked_at_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at, opened = empty(tmp_path / "file").stat(), pipe(tmp_path / "pipe")
    monkeypatch.setattr(Path, "stat", lambda *_, **__: looked_at)
    with pytest.raises(UnusableFile, match="a pipe and not a file"):
        open_input(opened, BY_HAND)


def test_a_file_that_grows_is_read_up_to_the_limit(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert read_input(tmp_path / "file", 5) == b"12345"
    with pytest.raises(UnusableFile, match="5 bytes, and files of up to 4 are read"):
        read_input(tmp_path / "file", 4)
    # Its size is said to be 0.
    with pytest.raises(UnusableFile, match="more than 4 bytes"):
        read_input(Path("/proc/self/status"), 4)


def test_a_file_from_the_standard_input_is_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    with (tmp_path / "file").open("rb") as opened:
        assert read_input(Path(f"/dev/fd/{opened.fileno()}")) == b"12345"
