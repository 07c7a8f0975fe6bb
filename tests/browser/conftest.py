"""The built pages in the system's own browser, opened from disk and without a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from visits import Opener, Scheme, Visit

_PATIENCE = 60_000
"""Milliseconds after which what a test waits for is taken not to come."""


@pytest.fixture(scope="session")
def window(browser: Browser) -> Iterator[Page]:
    """Return a window without a network, the same for all visits: opening one costs as much as three pages."""
    # A colour that is still changing has a contrast of its own.
    context = browser.new_context(reduced_motion="reduce", offline=True)
    # However busy the machine is.
    context.set_default_timeout(_PATIENCE)
    expect.set_options(timeout=_PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture
def visit(window: Page, built_book: Path) -> Opener:
    """Return a way to look at the book in a window of some width and colour scheme."""

    @contextmanager
    def opened(width: int = 1280, scheme: Scheme = "light") -> Iterator[Visit]:
        window.set_viewport_size({"width": width, "height": 900})
        window.emulate_media(color_scheme=scheme)
        with Visit(window, built_book).listening() as visit:
            yield visit

    return opened
