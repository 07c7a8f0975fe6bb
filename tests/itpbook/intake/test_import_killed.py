"""Imports that are killed leave patients' rows in a folder of their owner's at most, until the next one sweeps it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from redcap_exports import CONFIRMED, SmallExport

from implied.files.unfinished import sweep, unfinished
from itpbook.intake.redcap.importer import import_export, write_import

_KILLED = """
import os, signal, sys
from pathlib import Path
from itpbook.intake.redcap import importer, pseudonyms

def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def after(function):
    def both(*arguments, **how):
        function(*arguments, **how)
        kill()
    return both

point, folder = sys.argv[1], Path(sys.argv[2])
rename, replace = Path.rename, Path.replace
{
    "before the rows": lambda: setattr(importer, "write_cohort", kill),
    "after the rows": lambda: setattr(importer, "write_cohort", after(importer.write_cohort)),
    "before the link": lambda: setattr(Path, "replace", kill),
    "after the link": lambda: setattr(Path, "replace", after(replace)),
    "before the move": lambda: setattr(Path, "rename", kill),
    "after the move": lambda: setattr(Path, "rename", after(rename)),
}[point]()
imported = importer.import_export(folder / "export.csv", folder / "mapping.yaml", link=folder / "safe" / "link.csv")
importer.write_import(imported, folder / "out" / "mine")
"""
POINTS = ("before the rows", "after the rows", "before the link", "after the link", "before the move", "after the move")


@pytest.fixture
def export(tmp_path: Path) -> SmallExport:
    made = SmallExport(tmp_path)
    made.write()
    (tmp_path / "mapping.yaml").write_text(CONFIRMED, encoding="utf-8")
    return made


def import_again(folder: Path) -> None:
    link = folder / "safe" / "link.csv"
    write_import(import_export(folder / "export.csv", folder / "mapping.yaml", link=link), folder / "out" / "again")


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_import_is_swept_by_the_next_whatever_the_moment(point: str, export: SmallExport) -> None:
    folder = export.folder
    program = [sys.executable, "-c", _KILLED, point, str(folder)]
    killed = subprocess.run(
        program, capture_output=True, check=False, env={**os.environ, "TMPDIR": str(folder / "tmp")}
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    left = [path for path in (folder / "out").iterdir() if path.name != "mine"]
    assert left
    for path in left:
        assert path.name.startswith(".mine.unfinished-")
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    whole = sorted(path.name for path in (folder / "out" / "mine").glob("*"))
    assert whole == (
        ["adverse_events.csv", "patients.csv", "platelets.csv", "treatments.csv"] if point == "after the move" else []
    )
    import_again(folder)
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["again", "mine"][: 1 + bool(whole)]
    assert [path.name for path in (folder / "safe").iterdir()] == ["link.csv"]
    if whole:
        again = {path.name: path.read_bytes() for path in (folder / "out" / "again").iterdir()}
        assert {path.name: path.read_bytes() for path in (folder / "out" / "mine").iterdir()} == again


def test_a_refused_import_sweeps_as_well(export: SmallExport) -> None:
    left = export.folder / ".other.unfinished-abc"
    left.mkdir()
    (left / "patients.csv").write_text("rows", encoding="utf-8")
    export.row("1")["sex"] = "7"
    program = [str(Path(sys.executable).with_name("itpbook")), "import-redcap", str(export.write()), "--out"]
    refused = subprocess.run([*program, str(export.folder / "mine")], capture_output=True, check=False)
    assert refused.returncode == 1
    assert not left.exists()


def test_one_that_is_alive_is_never_swept(tmp_path: Path) -> None:
    with unfinished(tmp_path / "mine") as work:
        (work / "patients.csv").write_text("rows", encoding="utf-8")
        sweep(tmp_path)
        assert (work / "patients.csv").read_text(encoding="utf-8") == "rows"
    assert list(tmp_path.iterdir()) == []


def test_only_what_imports_leave_is_swept(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    others = [tmp_path / ".mine-backup", tmp_path / "mine.unfinished-1", tmp_path / ".git"]
    for folder in others:
        folder.mkdir()
    (tmp_path / ".x.unfinished-1").symlink_to(tmp_path / "records")
    (tmp_path / "records" / "patients.csv").write_text("rows", encoding="utf-8")
    sweep(tmp_path)
    assert all(folder.is_dir() for folder in others)
    assert [path.name for path in (tmp_path / "records").iterdir()] == ["patients.csv"]


def test_a_failure_on_the_way_leaves_nothing(export: SmallExport, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("itpbook.intake.redcap.importer.write_cohort", full)
    with pytest.raises(OSError, match="No space left"):
        import_again(export.folder)
    assert list((export.folder / "out").iterdir()) == []
    assert not (export.folder / "safe").exists() or list((export.folder / "safe").iterdir()) == []
