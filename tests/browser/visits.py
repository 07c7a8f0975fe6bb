"""A page of the built book, open in a browser, with all that it complained of or asked for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page


@dataclass
class Visit:
    """A window on the book; what its pages say in the console and ask for gathers here."""

    page: Page
    book: Path
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def go(self, address: str) -> Page:
        """Open an address of the book, such as ``index.html#results``, and wait until it has loaded."""
        self.page.goto(f"{self.book.as_uri()}/{address}")
        return self.page

    @property
    def outside(self) -> list[str]:
        """Return what was asked for beside files of the book."""
        inside = (f"{self.book.as_uri()}/", "data:", "blob:")
        return [address for address in self.requests if not address.startswith(inside)]


Opener = Callable[..., AbstractContextManager[Visit]]
