"""Imports that are killed leave patients' rows in a folder of their owner's at most, until the next one sweeps it."""

from __future__ import annotations

import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import stopped_import
from forked import Forks, forks_of
from redcap_exports import CONFIRMED, SmallExport
from typer.testing import CliRunner

from implied.files.unfinished import sweep, unfinished
from itpbook.commands.command_line import app
from itpbook.intake.redcap.importer import import_export, write_import


@pytest.fixture
def export(tmp_path: Path) -> SmallExport:
    made = SmallExport(tmp_path)
    made.write()
    (tmp_path / "mapping.yaml").write_text(CONFIRMED, encoding="utf-8")
    return made


def import_again(folder: Path) -> None:
    link = folder / "safe" / "link.csv"
    write_import(import_export(folder / "export.csv", folder / "mapping.yaml", link=link), folder / "out" / "again")


@pytest.fixture(scope="module")
def import_stopped() -> Iterator[Forks]:
    """Return what imports into a folder and is killed at a point."""
    with forks_of(stopped_import.__file__) as forks:
        yield forks


@pytest.mark.parametrize("point", stopped_import.POINTS)
def test_a_killed_import_is_swept_by_the_next_whatever_the_moment(
    point: str, export: SmallExport, import_stopped: Forks
) -> None:
    folder = export.folder
    killed = import_stopped(folder / "tmp", str(folder), point)
    assert killed.returncode == -signal.SIGKILL, killed.printed
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
    refused = CliRunner().invoke(app, ["import-redcap", str(export.write()), "--out", str(export.folder / "mine")])
    assert refused.exit_code == 1
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
