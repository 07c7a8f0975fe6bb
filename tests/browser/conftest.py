"""The built pages in the system's own browser, opened from disk and without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from chromium import NoChromium, chromium_path, launch_flags
from playwright.sync_api import Browser, Page, sync_playwright


@dataclass
class Visit:
    """A page of the book as it is open in the browser, with all that it complained of or asked for."""

    page: Page
    book: Path
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def go(self, address: str) -> Page:
        """Open an address of the book, such as ``index.html#results``, and wait until the page is at rest."""
        self.page.goto(f"{self.book.as_uri()}/{address}")
        self.page.wait_for_load_state("networkidle")
        return self.page

    @property
    def outside(self) -> list[str]:
        """Return what was asked for beside files of the book."""
        inside = (f"{self.book.as_uri()}/", "data:", "blob:")
        return [address for address in self.requests if not address.startswith(inside)]


Opener = Callable[..., AbstractContextManager[Visit]]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium or Chrome; where there is none and none can be installed, the tests fail."""
    try:
        return chromium_path()
    except NoChromium as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Return the browser, started once."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=launch_flags())
        yield started
        started.close()


@pytest.fixture(scope="session")
def pages(built_book: Path) -> list[str]:
    """Return the addresses of all pages of the book."""
    files = (path.relative_to(built_book) for path in built_book.rglob("*.html"))
    found = sorted(path.as_posix() for path in files if not path.parts[0].startswith("_"))
    assert "index.html" in found
    return found


@pytest.fixture
def visit(browser: Browser, built_book: Path) -> Opener:
    """Return a way to open the book in a window of some width, in a colour scheme, cut off from the network."""

    @contextmanager
    def opened(width: int = 1280, scheme: str = "light") -> Iterator[Visit]:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            offline=True,
        )
        page = context.new_page()
        found = Visit(page, built_book)
        page.on("request", lambda request: found.requests.append(request.url))
        page.on("pageerror", lambda error: found.complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                found.complaints.append(f"{page.url}: {message.text}")
                if message.type in {"error", "warning"}
                else None
            ),
        )
        yield found
        context.close()

    return opened
