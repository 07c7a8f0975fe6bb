"""The built pages in the system's own browser, opened from disk and without a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from visits import Opener, Visit


@pytest.fixture(scope="session")
def pages(built_book: Path) -> list[str]:
    """Return the addresses of all pages of the book."""
    files = (path.relative_to(built_book) for path in built_book.rglob("*.html"))
    found = sorted(path.as_posix() for path in files if not path.parts[0].startswith("_"))
    assert "index.html" in found
    return found


@pytest.fixture
def visit(browser: Browser, built_book: Path) -> Opener:
    """Return a way to open the book in a window, of some width, colour scheme and font, without a network."""

    @contextmanager
    def opened(width: int = 1280, scheme: str = "light", stand_in: str = "") -> Iterator[Visit]:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            # A colour that is still changing has a contrast of its own.
            reduced_motion="reduce",
            offline=True,
        )
        context.set_default_timeout(10_000)
        yield Visit(context.new_page(), built_book, stand_in=stand_in)
        context.close()

    return opened
