"""What a book was made from, in words that name no moment and no place."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pandas as pd
import pytest

from itpbook import project
from itpbook.provenance import PACKAGES, Commit, commit, software


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=n", "-c", "user.email=e"]
    (tmp_path / "file").write_text("one")
    for arguments in (["init", "-q"], ["add", "file"], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *arguments], check=True)
    return tmp_path


def test_commit_is_that_of_the_repository(repository: Path):
    found = commit(repository)
    assert found.name is not None
    assert (len(found.name), found.changed, found.remark) == (40, False, "")


def test_changed_files_are_told_but_not_new_ones(repository: Path):
    (repository / "new").write_text("two")
    assert not commit(repository).changed
    (repository / "file").write_text("two")
    assert commit(repository).remark == "with changes that are not committed"


def test_a_folder_inside_another_repository_has_no_commit_of_its_own(repository: Path):
    (repository / "inner").mkdir()
    assert commit(repository / "inner") == Commit(None)


def test_without_git_the_commit_is_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit(project.ROOT).remark == "not known: this copy of the project is no git repository"


def test_versions_are_those_installed():
    found = software()
    assert list(found) == ["Python", *PACKAGES]
    assert found["pandas"] == pd.__version__
