"""Finding a browser, and the sentence where there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import chromium
import pytest

from itpbook import project
from itpbook.book.manuscript import chromium as of_the_system


def executable(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_browser_that_the_variable_names_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    executable(tmp_path, "chromium")
    chosen = executable(tmp_path, "own-browser")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(chromium.VARIABLE, str(chosen))
    assert chromium.chromium_path() == str(chosen)


def test_variable_that_names_nothing_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(chromium.VARIABLE, "/nowhere/chromium")
    with pytest.raises(chromium.NoChromium, match="CHROMIUM=/nowhere/chromium names no program"):
        chromium.chromium_path()


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_browser_on_the_path_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    placed = executable(tmp_path, name)
    assert chromium.chromium_path() == str(placed)


class Machine:
    """A machine on which nothing is installed; what is started on it is noted, and succeeds as it is told to."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, *, root: bool) -> None:
        self.folder = folder
        self.started: list[list[str]] = []
        self.node = self.apt = True
        executable(folder, "apt-get")
        monkeypatch.delenv(chromium.VARIABLE, raising=False)
        monkeypatch.setenv("PATH", str(folder))
        monkeypatch.setattr(chromium, "is_root", lambda: root)
        monkeypatch.setattr(chromium, "_succeeds", self.run)

    def run(self, command: list[str], environment: dict[str, str]) -> bool:
        name, *arguments = [Path(command[0]).name, *command[1:]]
        if name == "node":
            return self.node
        self.started.append([name, *arguments])
        if name == "apt-get" and "install" in arguments and self.apt:
            self.node = True
            executable(self.folder, "chromium")
        return name == "apt-get" and self.apt


def test_root_gets_the_browser_and_the_library_of_playwright_by_apt(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine = Machine(tmp_path, monkeypatch, root=True)
    machine.node = False
    assert chromium.chromium_path() == str(tmp_path / "chromium")
    assert machine.started == [
        ["apt-get", "update"],
        ["apt-get", "--yes", "install", "--no-install-recommends", "chromium", "libatomic1"],
    ]


def test_library_is_installed_where_only_it_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine = Machine(tmp_path, monkeypatch, root=True)
    executable(tmp_path, "chromium")
    machine.node = False
    assert chromium.chromium_path() == str(tmp_path / "chromium")
    assert "libatomic1" in machine.started[-1]


def test_nothing_is_installed_where_nothing_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine = Machine(tmp_path, monkeypatch, root=True)
    executable(tmp_path, "chromium")
    assert chromium.chromium_path() == str(tmp_path / "chromium")
    assert machine.started == []


@pytest.mark.parametrize("root", [True, False])
def test_playwright_is_asked_for_its_browser_where_apt_brings_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, root: bool
) -> None:
    machine = Machine(tmp_path, monkeypatch, root=root)
    machine.apt = False
    with pytest.raises(chromium.NoChromium):
        chromium.chromium_path()
    assert machine.started[0][0] == ("apt-get" if root else Path(sys.executable).name)
    assert machine.started[-1][1:] == ["-m", "playwright", "install", *(["--with-deps"] if root else []), "chromium"]


def test_without_root_the_message_is_the_line_of_the_readme(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine = Machine(tmp_path, monkeypatch, root=False)
    machine.node = False
    with pytest.raises(chromium.NoChromium) as caught:
        chromium.chromium_path()
    assert machine.started == []
    line = f"sudo {chromium.INSTALL}"
    assert str(caught.value).endswith(f": {line}")
    assert line in (project.ROOT / "README.md").read_text(encoding="utf-8").splitlines()


def test_continuous_integration_runs_the_commands_of_the_readme_and_nothing_else() -> None:
    script = (project.ROOT / ".ci" / "run").read_text(encoding="utf-8")
    commands = [line for line in script.splitlines() if line and not line.startswith("#")]
    assert commands == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "make book", "make test"]


@pytest.mark.parametrize("root", [True, False])
def test_sandbox_is_off_only_for_root(monkeypatch: pytest.MonkeyPatch, root: bool) -> None:
    monkeypatch.setattr(of_the_system, "is_root", lambda: root)
    assert ("--no-sandbox" in of_the_system.launch_flags()) == root
