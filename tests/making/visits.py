"""A page of the built book, open in a browser, with all that it complained of or asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from matplotlib import get_data_path
from playwright.sync_api import ConsoleMessage, Error, Page, Request

Scheme = Literal["light", "dark"]


@dataclass
class Visit:
    """A look at the book through a window; what its pages say in the console and ask for gathers here."""

    page: Page
    book: Path
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[Visit]:
        """Gather what the pages say and ask for; afterwards the window is as if it had not been used."""
        self.page.on("request", self._note)
        self.page.on("pageerror", self._catch)
        self.page.on("console", self._hear)
        try:
            yield self
        finally:
            self.page.remove_listener("request", self._note)
            self.page.remove_listener("pageerror", self._catch)
            self.page.remove_listener("console", self._hear)
            self.page.evaluate("localStorage.clear(), sessionStorage.clear()")
            self.page.mouse.move(0, 0)
            # An address that differs by its fragment alone would not load again.
            self.page.goto("about:blank")

    def _note(self, request: Request) -> None:
        self.requests.append(request.url)

    def _catch(self, error: Error) -> None:
        self.complaints.append(f"{self.page.url}: {error}")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def go(self, address: str) -> Page:
        """Open an address of the book, such as ``index.html#results``, and wait until it has loaded."""
        self.page.goto(f"{self.book.as_uri()}/{address}")
        return self.page

    def turn(self, scheme: Scheme) -> None:
        """Change the colour scheme of the system, and wait until the open page has followed."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)

    @contextmanager
    def set_in(self, stand_in: str) -> Iterator[None]:
        """Set the open page in other fonts than its own."""
        style = self.page.add_style_tag(content=STAND_INS[stand_in])
        assert self.page.evaluate(_LOADED) == ["loaded"] * 3
        yield
        style.evaluate("style => style.remove()")

    @property
    def outside(self) -> list[str]:
        """Return what was asked for beside files of the book."""
        inside = (f"{self.book.as_uri()}/", "data:", "blob:")
        return [address for address in self.requests if not address.startswith(inside)]


_DEJAVU = Path(get_data_path()) / "fonts" / "ttf"


def is_stand_in(address: str) -> bool:
    """Return whether an address is that of a font in which the tests set pages."""
    return address.startswith(f"{_DEJAVU.as_uri()}/")


def _stand_in(percent: int) -> str:
    faces = (
        ("Stand-in", "400", "DejaVuSans.ttf"),
        ("Stand-in", "600 700", "DejaVuSans-Bold.ttf"),
        ("Stand-in code", "400 700", "DejaVuSansMono.ttf"),
    )
    rules = [
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; size-adjust: {percent}%;'
        f' src: url("{(_DEJAVU / name).as_uri()}"); }}'
        for family, weight, name in faces
    ]
    names = {
        "--itp-serif": "Stand-in",
        "--pst-font-family-base": "Stand-in",
        "--pst-font-family-monospace": "Stand-in code",
    }
    variables = "".join(f'{name}: "{family}" !important; ' for name, family in names.items())
    return "\n".join([*rules, f"html {{ {variables} }}"])


STAND_INS = {"wide": _stand_in(100), "narrow": _stand_in(70)}
"""Style sheets that set a page in fonts as wide and as narrow as those of systems, in the place of the book's own."""

_LOADED = """() => Promise.all(
    ["400 16px Stand-in", "600 16px Stand-in", "16px Stand-in code"].map(font => document.fonts.load(font))
).then(faces => faces.flat().map(face => face.status))"""

Opener = Callable[..., AbstractContextManager[Visit]]
