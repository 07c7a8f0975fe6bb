"""What may stand at the root of the project, and that its readers are told of it."""

from __future__ import annotations

import re

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


@pytest.mark.parametrize(
    ("package", "heading"),
    [("implied", "| room of `implied/` | what it does |"), ("itpbook", "| module | what it does |")],
)
def test_the_readme_has_every_module_on_its_map_and_no_other(package: str, heading: str):
    readme = (project.ROOT / "README.md").read_text(encoding="utf-8")
    rows = readme.partition(heading)[2].partition("\n\n")[0].splitlines()
    listed = [name for row in rows for name in re.findall(r"`(\w+/?)`", row.split("|")[1] if "|" in row else "")]
    folder = project.ROOT / package
    modules = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}
    packages = {f"{path.parent.name}/" for path in folder.glob("*/__init__.py")}
    bare = {name.removesuffix("/") for name in listed}
    assert bare == {name.removesuffix("/") for name in modules | packages}
    assert len(listed) == len(bare)
