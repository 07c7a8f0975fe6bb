"""A small book, built once; tests that damage a book get one of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from handmade_book import Book, handmade


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Return a small book that was built; tests only read it."""
    built = handmade(tmp_path_factory.mktemp("book")).build()
    assert not built.failed, built.warnings
    return built


@pytest.fixture
def own_book(tmp_path: Path) -> Book:
    """Return a small book, not yet built, to be damaged."""
    return handmade(tmp_path)
