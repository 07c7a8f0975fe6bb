"""What may stand at the root of the project, and that its readers are told of it."""

from __future__ import annotations

import pytest

from itpbook import project

TRACKED = {
    ".ci",
    ".gitattributes",
    ".gitignore",
    ".pre-commit-config.yaml",
    "CITATION.cff",
    "LICENSE",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "_config.yml",
    "_static",
    "_toc.yml",
    "benchmarks",
    "chapters",
    "data",
    "implied",
    "index.md",
    "itpbook",
    "pages",
    "pyproject.toml",
    "references.bib",
    "requirements-book.txt",
    "requirements.txt",
    "tests",
}
GENERATED = {
    ".git",
    ".hypothesis",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "__pycache__",
    "_build",
}


def test_nothing_else_stands_at_the_root():
    assert {path.name for path in project.ROOT.iterdir()} - GENERATED == TRACKED


@pytest.mark.parametrize("name", sorted(GENERATED - {".git"}))
def test_what_is_generated_is_ignored_by_git(name: str):
    assert f"{name}/" in (project.ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", sorted(name for name in TRACKED if not name.startswith(".")))
def test_the_readme_names_it(name: str):
    path = project.ROOT / name
    written = f"`{name}/`" if path.is_dir() else f"`{name}`"
    assert name == "README.md" or written in (project.ROOT / "README.md").read_text(encoding="utf-8")
