"""Which Python the commands of the README take, and what they say to any other."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from itpbook import project


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a folder with what `make` needs before there is an environment."""
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(project.ROOT / name, tmp_path)
    return tmp_path


def write_python(clone: Path, version: str, fails_at: str) -> None:
    """Write a Python of some version that fails where its code holds some words, and makes empty environments."""
    path = clone / "python9"
    path.write_text(
        f'#!/bin/sh\ncase "$*" in --version) echo "Python {version}";; *"{fails_at}"*) exit 1;; esac\n',
        encoding="utf-8",
    )
    path.chmod(0o755)


def message_of(clone: Path) -> str:
    environment = {**os.environ, "PATH": f"{clone}{os.pathsep}{os.environ['PATH']}"}
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        environment.pop(name, None)
    run = subprocess.run(
        ["make", "PYTHON=python9", "book"], cwd=clone, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert not (clone / ".venv").exists()
    return run.stderr


def test_python_out_of_range_is_told_what_to_do(clone: Path) -> None:
    write_python(clone, "3.9.2", "version_info")
    message = message_of(clone)
    assert message.startswith("python9 is Python 3.9.2; Python 3.11, 3.12, 3.13 or 3.14 is needed.")
    for way in ("make PYTHON=python3.12 book", "apt-get install", "dnf install", "uv python install 3.12"):
        assert way in message


def test_python_that_is_not_there_is_told_what_to_do(clone: Path) -> None:
    assert message_of(clone).startswith("python9 is not to be found; Python 3.11, 3.12, 3.13 or 3.14 is needed.")


def test_python_without_venv_is_told_which_package_it_lacks(clone: Path) -> None:
    write_python(clone, "3.12.1", "ensurepip")
    assert "sudo apt-get install python9-venv" in message_of(clone)


def test_makefile_and_readme_name_the_range_of_the_package() -> None:
    metadata = tomllib.loads((project.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert metadata["project"]["requires-python"] == ">=3.11,<3.15"
    assert "(3, 11) <= sys.version_info[:2] <= (3, 14)" in (project.ROOT / "Makefile").read_text(encoding="utf-8")
    assert "Python 3.11 to 3.14" in (project.ROOT / "README.md").read_text(encoding="utf-8")
