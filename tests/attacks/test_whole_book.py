"""One whole book with its PDF in which hostile strings stand wherever text is accepted: nothing runs, all is shown."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from hostile_strings import SECRET
from playwright.sync_api import Browser
from pypdf import PdfReader
from pypdf.generic import IndirectObject, NameObject
from whole_books import PLAIN, WatchedBook, hostile_names

from itpbook.book import build
from itpbook.book.manuscript.chromium import launch_flags


@pytest.fixture(scope="session")
def names(canary: Path) -> str:
    return " ".join(hostile_names(canary))


def test_no_process_is_started_but_the_project_s_own(hostile_book: WatchedBook, chromium: str):
    started = {tuple(event[1:4]) for event in hostile_book.events if event[0] not in ("open", "write")}
    own = {
        (sys.executable, "-m", "itpbook.book.execution.chapter_process"),
        (sys.executable, "-c", build.JUPYTER_BOOK),
        (chromium, "--headless", launch_flags()[0]),
    }
    # The standard library asks for the processor, Matplotlib for the system's fonts when its list of them is new.
    asked = {("uname", "-p"), ("fc-list", "--help"), ("fc-list", "--format=%{file}\\n")}
    others = {command for command in started - own - asked if command[:2] != ("git", "--no-optional-locks")}
    assert others == set()
    assert own <= started


def test_the_file_outside_is_neither_opened_nor_shown(hostile_book: WatchedBook, canary: Path):
    assert [event for event in hostile_book.events if event[0] == "open"] == []
    assert not canary.with_name(f"{canary.name}.run").exists()
    for path in hostile_book.html.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
    assert SECRET not in hostile_book.printed


def test_pages_hold_no_element_and_no_attribute_of_a_hostile_string(hostile_book: WatchedBook):
    for path in sorted(hostile_book.html.rglob("*.html")):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        handlers = {tag[name] for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")}
        # A button of the theme.
        assert handlers <= {"window.print()"}, path.name
        assert not [tag for tag in page.find_all("script") if "1365" in tag.get_text() or "'run'" in tag.get_text()]
        addresses = [str(tag[name]) for name in ("src", "href") for tag in page.find_all(attrs={name: True})]
        schemes = {urlsplit(address).scheme for address in addresses}
        assert schemes <= {"", "https", "mailto"}, path.name
        assert not page.select('img[src="x"], svg[onload]'), path.name


def test_names_read_as_they_were_written(hostile_book: WatchedBook, names: str):
    index = BeautifulSoup((hostile_book.html / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert index.select_one("title").get_text() == f"Title {names} \N{EM DASH} Title {names}"
    assert index.select_one("article h1").get_text() == f"Title {names}#"
    assert f"Author {names}. " in index.select_one(".title-block").get_text()
    assert "1365</" not in str(index).replace("alert(1365)</", "")


def names_in(value: object) -> Iterator[str]:
    """Go through the keys and names of an object of a PDF; in its compressed bytes any letters may stand by chance."""
    if isinstance(value, dict):
        yield from map(str, value)
        value = [inner for inner in value.values() if not isinstance(inner, IndirectObject)]
    if isinstance(value, list):
        for inner in value:
            if not isinstance(inner, IndirectObject):
                yield from names_in(inner)
    elif isinstance(value, NameObject):
        yield str(value)


def test_the_pdf_shows_them_as_text_and_runs_nothing(hostile_book: WatchedBook, names: str):
    pdf = PdfReader(hostile_book.html / "manuscript.pdf")
    assert pdf.metadata.title == f"Title {names}"
    assert pdf.metadata.author == f"Author {names}"
    used = {name for number in range(1, int(pdf.trailer["/Size"])) for name in names_in(pdf.get_object(number))}
    assert {"/Catalog", "/Page"} <= used
    assert not used & {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/SubmitForm"}
    # Extracted text has spaces where the type is spaced.
    cover = "".join("".join(page.extract_text() for page in pdf.pages[:3]).split())
    for words in (*PLAIN[:4], "A < B & C", "<script>document.title='run'</script>", "&lt;b&gt;"):
        assert words.replace(" ", "") in cover
    addresses = {
        str(annotation.get_object()["/A"]["/URI"])
        for page in pdf.pages
        for annotation in page.get("/Annots") or ()
        if "/URI" in annotation.get_object().get("/A", {})
    }
    assert {urlsplit(address).scheme for address in addresses} <= {"http", "https", "mailto"}


def test_downloads_are_data(hostile_book: WatchedBook):
    for path in hostile_book.html.rglob("*"):
        if path.suffix in (".json", ".ipynb"):
            json.loads(path.read_text(encoding="utf-8"))
        elif path.suffix == ".svg":
            names = {element.tag.rpartition("}")[2] for element in ElementTree.parse(path).iter()}
            assert not names & {"script", "foreignObject", "a"}, path.name


def policy_of(files: list[Path]) -> str:
    """Return a policy that allows the scripts of the theme, which hold no hostile string, and reports all others."""
    scripts = {"window.print()"}
    for path in files:
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        scripts |= {tag.string or "" for tag in page.find_all("script") if not tag.has_attr("src")}
    assert not [script for script in scripts if "1365" in script or "'run'" in script]
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in sorted(hashes))
    return (
        f"default-src 'self' data:; script-src 'self' 'unsafe-hashes' {allowed}; style-src 'self' 'unsafe-inline';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'"
    )


@pytest.fixture
def served(hostile_book: WatchedBook) -> Iterator[str]:
    """Serve the pages under a policy that reports what it forbids; a browser keeps the fonts and scripts it has."""
    policy = policy_of(pages_of(hostile_book))

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Cache-Control", "max-age=3600")
            super().end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=hostile_book.html)) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def pages_of(book: WatchedBook) -> list[Path]:
    return sorted(path for path in book.html.rglob("*.html") if "_static" not in path.parts)


_IDLE = "() => new Promise(done => requestIdleCallback(() => setTimeout(done)))"
"""Scripts that wait until the page has loaded have run by then."""


def test_the_browser_runs_nothing_asks_for_nothing_and_has_nothing_to_report(
    hostile_book: WatchedBook, served: str, names: str, browser: Browser
):
    """Every page, and the search for the title."""
    said = ("error", "warning")
    complaints: list[str] = []
    outside: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("request", lambda request: request.url.startswith(served) or outside.append(request.url))
        page.on("response", lambda response: response.ok or complaints.append(f"{response.url}: {response.status}"))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: message.type in said and complaints.append(f"{page.url}: {message.text}"))
        page.on("popup", lambda popup: complaints.append(popup.url))
        for address in (path.relative_to(hostile_book.html).as_posix() for path in pages_of(hostile_book)):
            page.goto(f"{served}{address}")
            page.evaluate(_IDLE)
            assert page.title() != "run", address
        for words in ("Title", "onerror", "script"):
            page.goto(f"{served}search.html?q={words}")
            page.locator("#search-results ul.search > li").first.wait_for()
            # All that was found, with its quotations.
            page.locator("#search-results .search-summary", has_text="found").wait_for()
            page.evaluate(_IDLE)
            shown = page.locator("#search-results")
            assert shown.locator("img, svg, script").count() == 0
            assert f"Title {names}" in shown.locator("li > a").all_inner_texts()
            assert page.title() != "run"
    assert complaints == []
    assert outside == []
