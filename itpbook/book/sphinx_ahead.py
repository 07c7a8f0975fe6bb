"""Jupyter Book in a process of its own, started while chapters are still being executed.

Much of a short compilation is imports. ``python -m itpbook.book.sphinx_ahead`` does them, waits for a line of
JSON with the arguments of ``jupyter-book`` on standard input, and goes on as that command would.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from itpbook.book.children import end_with_parent, environment

Compile = Callable[[Sequence[str]], tuple[int, str]]
"""Runs ``jupyter-book`` with some arguments, and returns its exit code and what it said."""

_IMPORTED_AHEAD = (
    "jupyter_book.cli.main",
    "jupyter_book.sphinx",
    "myst_nb.sphinx_ext",
    "pydata_sphinx_theme",
    "sphinx_book_theme",
    "sphinx.builders.html",
    "sphinx.writers.html5",
    "sphinxcontrib.bibtex",
    "sphinx_copybutton",
    "sphinx_togglebutton",
    "sphinx_external_toc",
    "sphinx_comments",
    "itpbook.sphinxext",
)


def main() -> None:
    """Import, wait, and compile; without a line there is nothing to compile."""
    end_with_parent()
    for name in _IMPORTED_AHEAD:
        importlib.import_module(name)
    line = sys.stdin.readline()
    if line:
        sys.argv[1:] = json.loads(line)
        importlib.import_module("jupyter_book.cli.main").main()


@contextmanager
def sphinx_ahead(scratch: Path) -> Iterator[Compile]:
    """Start the process, and give what makes it compile, once; it ends with the block.

    Its temporary files go to ``scratch``.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "itpbook.book.sphinx_ahead"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd=scratch,
        env=environment(scratch),
    ) as process:

        def compile_with(arguments: Sequence[str]) -> tuple[int, str]:
            printed, _ = process.communicate(json.dumps(list(arguments)) + "\n")
            return process.returncode, printed

        try:
            yield compile_with
        finally:
            process.kill()


if __name__ == "__main__":
    main()
