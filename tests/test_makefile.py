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
    for name in ("Makefile", "requirements.txt", "requirements-book.txt", "pyproject.toml"):
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


def make(clone: Path, target: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{clone}{os.pathsep}{os.environ['PATH']}"}
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        environment.pop(name, None)
    command = ["make", "PYTHON=python9", target]
    return subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=False)


def message_of(clone: Path) -> str:
    run = make(clone, "book")
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


_MAKES_ENVIRONMENTS = """#!/bin/sh
case "$*" in
-m\\ venv*)
    mkdir -p .venv/bin
    for name in python uv itpbook ruff mypy; do
        printf '#!/bin/sh\\necho "$(basename "$0") $*" >> ran.txt\\n' > .venv/bin/$name
        chmod +x .venv/bin/$name
    done;;
esac
"""


@pytest.fixture
def fresh(clone: Path) -> Path:
    """Return such a folder with a Python whose environments hold programs that note how they were called."""
    (clone / "python9").write_text(_MAKES_ENVIRONMENTS, encoding="utf-8")
    (clone / "python9").chmod(0o755)
    return clone


def installed_by(clone: Path, target: str) -> list[str]:
    """Return the locks from which a target installs packages."""
    (clone / "ran.txt").write_text("", encoding="utf-8")
    run = make(clone, target)
    assert run.returncode == 0, run.stderr
    commands = (clone / "ran.txt").read_text(encoding="utf-8").splitlines()
    return [command.rpartition(" ")[2] for command in commands if "--require-hashes" in command]


def test_the_book_is_made_without_the_packages_of_the_tests_and_these_join_them_later(fresh: Path) -> None:
    assert installed_by(fresh, "book") == ["requirements-book.txt"]
    assert installed_by(fresh, "check") == ["requirements.txt"]
    assert [installed_by(fresh, target) for target in ("book", "test")] == [[], []]


def test_the_tests_can_come_first(fresh: Path) -> None:
    assert installed_by(fresh, "test") == ["requirements-book.txt", "requirements.txt"]
    assert installed_by(fresh, "book") == []


def locked(name: str) -> set[str]:
    lines = (project.ROOT / name).read_text(encoding="utf-8").splitlines()
    return {line.removesuffix(" \\") for line in lines if "==" in line and line[0].isalnum()}


def test_packages_that_make_the_book_are_locked_in_the_same_version_for_the_tests() -> None:
    book, tests = locked("requirements-book.txt"), locked("requirements.txt")
    assert {line.partition(" ")[0] for line in book} <= {line.partition(" ")[0] for line in tests}
    for name in ("playwright", "ruff", "mypy", "pytest"):
        assert any(line.startswith(f"{name}==") for line in tests)
        assert not any(line.startswith(f"{name}==") for line in book)


def test_makefile_and_readme_name_the_range_of_the_package() -> None:
    metadata = tomllib.loads((project.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert metadata["project"]["requires-python"] == ">=3.11,<3.15"
    assert "(3, 11) <= sys.version_info[:2] <= (3, 14)" in (project.ROOT / "Makefile").read_text(encoding="utf-8")
    assert "Python 3.11 to 3.14" in (project.ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("failing", ["", "ruff", "mypy", "pytest"])
def test_every_part_of_the_tests_is_run_and_fails_the_whole(clone: Path, failing: str) -> None:
    programs = clone / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "ruff", "mypy"):
        shows = 'case "$*" in *pytest*) echo "= 9 passed ="; name=pytest;; *) name=' + name + ";; esac"
        (programs / name).write_text(f'#!/bin/sh\n{shows}\ntest "$name" != "{failing}"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    for installed in (".installed-book", ".installed"):
        (clone / ".venv" / installed).touch()
    run = make(clone, "test")
    assert run.returncode == (2 if failing else 0)
    # Without pytest's closing line nobody knows that the tests ran.
    assert ("= 9 passed =" in run.stdout) == (failing != "ruff")
