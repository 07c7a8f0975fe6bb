"""Data goes one way: no room imports from a later one, and what must not know each other does not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

import implied
from itpbook import project

ROOMS = (
    "implied.processors",
    "implied.usage",
    "implied.numbers",
    "implied.files",
    "implied.ledger",
    "implied.check",
    "implied.determine",
    "implied.reconstruct",
    "implied.cli",
    "itpbook.project",
    "itpbook.definitions",
    "itpbook.parameters",
    "itpbook.provenance",
    "itpbook.shipped",
    "itpbook.records",
    "itpbook.synthetic",
    "itpbook.study",
    "itpbook.disclosure",
    "itpbook.results",
    "itpbook.presentation",
    "itpbook.intake",
    "itpbook.sphinxext",
    "itpbook.book",
    "itpbook.commands",
)
"""Rooms of both packages, from first to last: a room uses only those before it. The README's map has the same order."""

TOPS = tuple(package.name for package in project.PACKAGES)
RANK = {name: rank for rank, name in enumerate(ROOMS)}

APART = (
    ("itpbook.synthetic", "itpbook.study"),
    ("implied.determine", "implied.reconstruct"),
    ("itpbook.study.outcomes", "implied.reconstruct"),
    ("itpbook.study.outcomes", "implied.determine"),
    ("itpbook.study.outcomes", "implied.ledger"),
    ("itpbook.records", "implied.ledger"),
    ("implied.check", "implied.determine"),
    ("itpbook.results.remarks", "itpbook.results.recorder"),
    ("itpbook.results.remarks", "itpbook.records"),
    ("itpbook.results", "implied.reconstruct"),
    ("itpbook.sphinxext", "implied.reconstruct"),
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


def is_in(name: str, place: str) -> bool:
    """Say whether a module is, or lies in, a module or package."""
    return f"{name}.".startswith(f"{place}.")


def room(name: str) -> str:
    """Return the room that a module belongs to: a module or package of the first level."""
    return ".".join(name.split(".")[:2])


def inner() -> list[str]:
    return [name for name in modules() if name not in TOPS]


def test_every_module_has_a_room():
    assert {room(name) for name in inner()} == set(ROOMS)
    assert [list(imports(top)) for top in TOPS] == [[], []]


@pytest.mark.parametrize("package", project.PACKAGES, ids=lambda package: package.name)
def test_the_map_in_the_readme_has_every_room_in_order_and_says_what_its_module_says(package: Path):
    rows = []
    for name in (place.rpartition(".")[2] for place in ROOMS if is_in(place, package.name)):
        is_module = (package / f"{name}.py").exists()
        docstring = ast.get_docstring(modules()[f"{package.name}.{name}"]) or ""
        purpose = docstring.splitlines()[0].removesuffix(".").replace("``", "`")
        rows.append(f"| `{name}{'' if is_module else '/'}` | {purpose} |")
    table = "\n".join([f"| `{package.name}/` | what is there |", "| --- | --- |", *rows, ""])
    assert table in (project.ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", inner())
def test_a_module_imports_only_from_its_room_and_those_before(name: str):
    later = [other for other in imports(name) if other not in TOPS and RANK[room(other)] > RANK[room(name)]]
    assert later == []


def reached(start: str) -> set[str]:
    """Return the modules that a module or package needs when it runs, directly or through others."""
    seen = {name for name in inner() if is_in(name, start)}
    ahead = list(seen)
    while ahead:
        new = set(imports(ahead.pop(), annotations=False)) - seen - set(TOPS)
        seen |= new
        ahead.extend(new)
    return seen


@pytest.mark.parametrize(("first", "second"), APART, ids=lambda name: name)
def test_what_must_not_know_each_other_does_not_even_through_others(first: str, second: str):
    assert [name for name in inner() if is_in(name, first)]
    assert [name for name in inner() if is_in(name, second)]
    assert [name for name in reached(first) if is_in(name, second)] == []


def test_the_engine_knows_nothing_of_the_manuscript():
    assert not [
        (name, other)
        for name in inner()
        if name.startswith("implied.")
        for other in imports(name)
        if "itpbook" in other
    ]


ENGINE = ("implied.ledger", "implied.check", "implied.determine", "implied.reconstruct")
"""Rooms of the engine of which the manuscript uses some names; the others are tools of both packages."""


def test_the_manuscript_uses_the_names_of_the_engine_that_its_package_lists():
    nodes = [node for name in inner() if is_in(name, "itpbook") for node in ast.walk(modules()[name])]
    parts = [(str(node.module), part.name) for node in nodes if isinstance(node, ast.ImportFrom) for part in node.names]
    wholes = [whole.name for node in nodes if isinstance(node, ast.Import) for whole in node.names]
    # Through the package itself the walk would not see what is used.
    assert not [whole for whole in wholes if is_in(whole, "implied")]
    assert not [part for part in parts if part[0] == "implied"]
    listed = {(module, name) for module, names in implied.NAMES.items() for name in names}
    assert {part for part in parts if any(is_in(part[0], room) for room in ENGINE)} == listed


def test_modules_import_each_other_in_no_circle():
    ahead = {name: {other for other in imports(name, annotations=False) if other not in TOPS} for name in inner()}
    settled: set[str] = set()
    while len(settled) < len(ahead):
        ready = {name for name, needed in ahead.items() if name not in settled and needed - {name} <= settled}
        assert ready, f"a circle among {sorted(set(ahead) - settled)}"
        settled |= ready


def test_no_two_modules_share_a_name():
    names = sorted(name.rpartition(".")[2] for name in inner())
    assert [name for name, following in pairwise(names) if name == following] == []


def test_no_two_classes_share_a_name():
    nodes = [node for module in modules().values() for node in ast.walk(module)]
    names = sorted(node.name for node in nodes if isinstance(node, ast.ClassDef))
    assert [name for name, following in pairwise(names) if name == following] == []


def test_the_walk_sees_imports_in_functions_and_in_annotations():
    assert "implied.determine.contradicted" in list(imports("itpbook.results.verify"))
    assert "itpbook.book.build" in list(imports("itpbook.commands.build_commands"))
    assert "itpbook.project" in list(imports("itpbook.book.chapter"))


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


def test_tests_share_helpers_and_no_tests():
    tests = project.ROOT / "tests"
    imported = {
        str(path.relative_to(tests)): name
        for path in tests.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
        if any(part.startswith("test_") for part in name.split("."))
    }
    assert imported == {}
