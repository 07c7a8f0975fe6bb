"""Which modules of the project's packages a program can reach by its imports, wherever in a module an import stands."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

_MAGIC = ("%", "!", "?")
"""What begins a line of IPython that is no Python."""


class ImportGraph:
    """The import statements of all modules below some folders, each module parsed once and only when it is reached."""

    def __init__(self, *packages: Path) -> None:
        self.packages = {package.name: package for package in packages}
        self._imports: dict[str, frozenset[str]] = {}

    @cached_property
    def files(self) -> dict[str, Path]:
        """The file of each module, by its dotted name."""
        modules = {}
        files = [(path, package) for package in self.packages.values() for path in package.rglob("*.py")]
        for path, package in sorted(files, key=lambda of: of[0].name == "__init__.py"):
            parts = path.relative_to(package.parent).with_suffix("").parts
            # A package comes before a module of its name, as Python has it.
            modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
        return modules

    def reached(self, sources: Iterable[str], start: Iterable[str] = ()) -> dict[str, Path]:
        """Return the modules that can be reached from Python sources, or are named at the start, with their files.

        They are in order of their names. A source that cannot be parsed may import everything.
        """
        ahead = list(start)
        for source in sources:
            lines = ["pass" if line.lstrip().startswith(_MAGIC) else line for line in source.splitlines()]
            try:
                ahead += self._named(ast.parse("\n".join(lines)), "")
            except SyntaxError:
                ahead += self.files
        seen: set[str] = set()
        while ahead:
            name = ahead.pop()
            if name in seen or name not in self.files:
                continue
            seen.add(name)
            # Importing a module executes the packages around it.
            ahead += [name.rpartition(".")[0], *self._imported_by(name)]
        return {name: self.files[name] for name in sorted(seen)}

    def _imported_by(self, name: str) -> frozenset[str]:
        if name not in self._imports:
            path = self.files[name]
            package = name if path.name == "__init__.py" else name.rpartition(".")[0]
            try:
                self._imports[name] = frozenset(self._named(ast.parse(path.read_bytes()), package))
            except SyntaxError:
                self._imports[name] = frozenset()
        return self._imports[name]

    def _named(self, module: ast.Module, package: str) -> Iterator[str]:
        """Name the modules of the packages that import statements name."""
        for node in ast.walk(module):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names if alias.name.partition(".")[0] in self.packages)
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
                source = ".".join([*above, *([node.module] if node.module else [])])
                if source.partition(".")[0] in self.packages:
                    yield source
                    yield from (f"{source}.{alias.name}" for alias in node.names)
