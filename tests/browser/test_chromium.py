"""Finding a browser, and the sentence where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import chromium

from itpbook.book import chromium as of_the_system


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


def test_without_a_browser_one_is_installed_by_apt_then_by_playwright(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tried: list[list[str]] = []

    def refuse(command: list[str], environment: dict[str, str]) -> bool:
        tried.append([Path(command[0]).name, *command[1:]])
        return False

    apt = executable(tmp_path, "apt-get")
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "is_root", lambda: True)
    monkeypatch.setattr(chromium, "_succeeds", refuse)
    with pytest.raises(chromium.NoChromium, match=r"need Chromium or Chrome: none of .* set CHROMIUM to its path"):
        chromium.chromium_path()
    assert tried[0] == [apt.name, "update"]
    assert tried[-1][1:4] == ["-m", "playwright", "install"]


def test_without_root_apt_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tried: list[list[str]] = []

    def refuse(command: list[str], environment: dict[str, str]) -> bool:
        tried.append(command)
        return False

    executable(tmp_path, "apt-get")
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "is_root", lambda: False)
    monkeypatch.setattr(chromium, "_succeeds", refuse)
    with pytest.raises(chromium.NoChromium):
        chromium.chromium_path()
    assert [command[1:] for command in tried] == [["-m", "playwright", "install", "chromium"]]


@pytest.mark.parametrize("root", [True, False])
def test_sandbox_is_off_only_for_root(monkeypatch: pytest.MonkeyPatch, root: bool) -> None:
    monkeypatch.setattr(of_the_system, "is_root", lambda: root)
    assert ("--no-sandbox" in of_the_system.launch_flags()) == root
