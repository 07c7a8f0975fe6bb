"""Data goes one way: no module imports from one to its right."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from itpbook import project

LAYERS = (
    ("implied.numbers", "implied.files", "implied.processors", "implied.usage"),
    ("implied.ledger",),
    ("implied.check",),
    ("implied.determine",),
    ("implied.reconstruct",),
    ("implied.cli",),
    ("project", "formatting", "definitions", "palette", "provenance", "unfinished"),
    ("shipped", "schema", "records"),
    ("cohort", "dictionary", "reporting", "citation", "edition", "edition_texts", "edition_limits", "edition_markdown"),
    ("redcap", "template", "synthetic", "outcomes", "refusals"),
    ("statistics", "reconstructions", "disclosure", "disclosure_bounds", "disclosure_control", "disclosure_values"),
    ("envelope", "example", "walkthrough"),
    ("subgroups", "sensitivity", "results", "remarks", "counted"),
    ("verify", "comparison", "recomputed", "differences"),
    ("tables", "figures"),
    ("parameters", "chapter", "release"),
    ("book", "search"),
    ("sphinxext", "commands"),
    ("cli",),
)
"""Rooms of both packages from left to right; those of one layer may use each other, but never in a circle.

What makes records must not know how outcomes are derived from them; only who checks records knows both.
"""

TOPS = tuple(package.name for package in project.PACKAGES)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}

APART = (
    ("synthetic", "outcomes"),
    ("implied.determine", "implied.reconstruct"),
    ("outcomes", "implied.reconstruct"),
    ("outcomes", "implied.determine"),
    ("outcomes", "implied.ledger"),
    ("cohort", "implied.ledger"),
    ("implied.check", "implied.determine"),
    ("remarks", "results"),
    ("remarks", "cohort"),
    ("results", "implied.reconstruct"),
    ("sphinxext", "book"),
    ("sphinxext", "implied.reconstruct"),
)
"""Pairs of which the first must not reach the second, not even through others: recomputing has to be a test."""


def files() -> list[Path]:
    return sorted(path for package in project.PACKAGES for path in package.rglob("*.py"))


@cache
def modules() -> dict[str, ast.Module]:
    """Parse every module of the packages, by its dotted name."""
    found = {}
    for path in files():
        parts = path.relative_to(project.ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return found


def imports(name: str, *, annotations: bool = True) -> Iterator[str]:
    """Name the modules of the packages that a module imports, wherever in it the import stands."""
    only_annotations = {
        id(statement)
        for node in ast.walk(modules()[name])
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for statement in ast.walk(node)
    }
    for node in ast.walk(modules()[name]):
        if not annotations and id(node) in only_annotations:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] in TOPS)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            if (node.module or "").partition(".")[0] in TOPS:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    yield inner if inner in modules() else str(node.module)


def layer(name: str) -> str:
    """Return the room that a module belongs to: a module or package of the first level."""
    top, room, *_ = name.split(".")
    return room if top == "itpbook" else f"{top}.{room}"


def inner() -> list[str]:
    return [name for name in modules() if name not in TOPS]


def test_every_module_has_a_place():
    assert {layer(name) for name in inner()} == set(RANK)
    assert [list(imports(top)) for top in TOPS] == [[], []]


@pytest.mark.parametrize("name", inner())
def test_no_module_imports_from_its_right(name: str):
    to_the_right = [other for other in imports(name) if other not in TOPS and RANK[layer(other)] > RANK[layer(name)]]
    assert to_the_right == []


def reached(start: str, *, annotations: bool) -> set[str]:
    """Return the first levels that a first level imports, directly or through others."""
    seen: set[str] = set()
    ahead = [name for name in inner() if layer(name) == start]
    while ahead:
        name = ahead.pop()
        for other in imports(name, annotations=annotations):
            for each in inner():
                if each == other and each not in seen and layer(each) != start:
                    seen.add(each)
                    ahead.append(each)
    return {layer(name) for name in seen}


@pytest.mark.parametrize(("first", "second"), APART, ids=lambda name: name)
def test_what_must_not_know_each_other_does_not_even_through_others(first: str, second: str):
    assert second not in reached(first, annotations=False)


def test_the_engine_knows_nothing_of_the_manuscript():
    assert not [
        (name, other)
        for name in inner()
        if name.startswith("implied.")
        for other in imports(name)
        if "itpbook" in other
    ]


def test_first_levels_import_each_other_in_no_circle():
    ahead = {
        name: {
            layer(other)
            for each in inner()
            if layer(each) == name
            for other in imports(each)
            if other not in TOPS  # the version, which the package itself tells
        }
        for name in RANK
    }
    settled: set[str] = set()
    while len(settled) < len(ahead):
        ready = {name for name, needed in ahead.items() if name not in settled and needed - {name} <= settled}
        assert ready, f"a circle among {sorted(set(ahead) - settled)}"
        settled |= ready


def test_the_walk_sees_imports_in_functions_and_in_annotations():
    assert "implied.determine.contradicted" in list(imports("itpbook.verify"))
    assert "itpbook.book.compile" in list(imports("itpbook.commands.book"))
    assert "itpbook.project" in list(imports("itpbook.chapter"))


def test_no_module_does_work_at_import():
    allowed = (
        ast.Import,
        ast.ImportFrom,
        ast.FunctionDef,
        ast.ClassDef,
        ast.Assign,
        ast.AnnAssign,
        ast.Expr,
        ast.If,
    )
    for name, module in modules().items():
        for node in module.body:
            assert isinstance(node, allowed), f"{name}, line {node.lineno}"
            if isinstance(node, ast.Expr):
                assert isinstance(node.value, ast.Constant), f"{name}, line {node.lineno}"
            if isinstance(node, ast.If):
                assert ast.unparse(node.test) in ("TYPE_CHECKING", "__name__ == '__main__'"), (
                    f"{name}, line {node.lineno}"
                )


def test_no_module_is_named_after_nothing():
    vague = {"utils", "util", "helpers", "common", "core", "misc"}
    assert not [path for path in files() if path.stem in vague]


def test_modules_can_be_read_in_one_sitting():
    longest = {
        str(path.relative_to(project.ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in files()
    }
    assert {name: lines for name, lines in longest.items() if lines > 280} == {}
