"""One whole book with its PDF in which hostile strings stand wherever text is accepted: nothing runs, all is shown."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
import yaml
from bs4 import BeautifulSoup
from filelock import FileLock
from hostile import hostile_tables
from hostile_strings import SECRET
from playwright.sync_api import Browser, Route
from pypdf import PdfReader
from pypdf.generic import IndirectObject, NameObject
from records import write_files
from watched import WATCH

from itpbook.book import build
from itpbook.book.manuscript.chromium import VARIABLE, launch_flags
from itpbook.intake.own_edition import TEXTS

MARKS = (
    "<script>document.title='run'</script>",
    "<img src=x onerror=\"document.title='run'\">",
    '"><svg onload=alert(1365)>',
    "</title></textarea></style><script>alert(1365)</script>",
    "${7*195} #{7*195} <%= 7*195 %>",
    "$\\frac{1365}{2}$",
    "!!python/object/apply:os.system ['touch {canary}.run']",
    "<!ENTITY e SYSTEM 'file://{canary}'>",
    "../../../..{canary}",
    "javascript:alert(1365)",
    "A < B & C",
    "&lt;b&gt;&#60;",
)
"""Harmless in themselves; each shows when it is taken for more than text."""

PLAIN = ("{{7*195}}", "{% for x in [1] %}1365{% endfor %}", "`id` $(id)", "[words](javascript:alert(1365))", *MARKS)
IN_TEXT = tuple(mark.replace("<", "\\<").replace("&", "\\&").replace("$", "\\$") for mark in MARKS)


@dataclass(frozen=True)
class HostileBook:
    """The built pages, what the build printed, and what its processes did."""

    html: Path
    printed: str
    events: list[list[str]]
    names: str


@pytest.fixture(scope="session")
def hostile_book(canary: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str, chromium: str) -> HostileBook:
    """Build the book in processes that are watched; workers share one build."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    folder = shared / "hostile"
    words = [mark.replace("{canary}", str(canary)) for mark in PLAIN]
    names = " ".join(words)
    with FileLock(shared / "hostile.lock"):
        if not (folder / "done").exists():
            folder.mkdir()
            strings = [" ".join(mark.split()) for mark in words]
            ids = [f"{number} {mark}" for number, mark in enumerate(strings)]
            records = write_files(hostile_tables(strings, ids=ids), folder / "records")
            texts = " ".join(mark.replace("{canary}", str(canary)) for mark in IN_TEXT)
            edition = {
                "title": f"Title {names}",
                "authors": [{"name": f"Author {names}"}],
                "centre": f"Centre {names}",
                "licence": f"Licence {names}",
                "texts": {
                    name: f"# Of {name}\n\n{texts}[^1] {{cite}}`source2020` [a](https://ok.example/)\n\n[^1]: {texts}"
                    for name in TEXTS
                },
            }
            (folder / "edition.yaml").write_text(yaml.safe_dump(edition, allow_unicode=True), encoding="utf-8")
            watch = folder / "watch"
            watch.mkdir()
            module = WATCH.format(notes=str(folder / "events"), canary=str(canary))
            (watch / "sitecustomize.py").write_text(module, encoding="utf-8")
            command = [sys.executable, "-m", "itpbook.commands.command_line", "build", "--pdf", "--data", str(records)]
            command += ["--edition", str(folder / "edition.yaml"), "--out", str(folder / "book")]
            environment = {
                **os.environ,
                VARIABLE: chromium,
                "PYTHONPATH": str(watch),
            }
            run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=folder)
            (folder / "printed").write_text(run.stdout + run.stderr, encoding="utf-8")
            assert run.returncode == 0, run.stderr
            (folder / "done").touch()
    events = [json.loads(line) for line in (folder / "events").read_text(encoding="utf-8").splitlines()]
    printed = (folder / "printed").read_text(encoding="utf-8")
    return HostileBook(folder / "book" / "html", printed, events, names)


def test_no_process_is_started_but_the_project_s_own(hostile_book: HostileBook, chromium: str):
    started = {tuple(event[1:4]) for event in hostile_book.events if event[0] != "open"}
    own = {
        (sys.executable, "-m", "itpbook.book.execution.chapter_process"),
        (sys.executable, "-c", build.JUPYTER_BOOK),
        (chromium, "--headless", launch_flags()[0]),
        # The chapter that walks through the commands.
        (sys.executable, "-c", "from itpbook.commands.command_line import app; app(prog_name='itpbook')"),
    }
    # The standard library asks for the processor, Matplotlib for the system's fonts when its list of them is new.
    asked = {("uname", "-p"), ("fc-list", "--help"), ("fc-list", "--format=%{file}\\n")}
    others = {command for command in started - own - asked if command[:2] != ("git", "--no-optional-locks")}
    assert others == set()
    assert own <= started


def test_the_file_outside_is_neither_opened_nor_shown(hostile_book: HostileBook, canary: Path):
    assert [event for event in hostile_book.events if event[0] == "open"] == []
    assert not canary.with_name(f"{canary.name}.run").exists()
    for path in hostile_book.html.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
    assert SECRET not in hostile_book.printed


def test_pages_hold_no_element_and_no_attribute_of_a_hostile_string(hostile_book: HostileBook):
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


def test_names_read_as_they_were_written(hostile_book: HostileBook):
    names = hostile_book.names
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


def test_the_pdf_shows_them_as_text_and_runs_nothing(hostile_book: HostileBook):
    pdf = PdfReader(hostile_book.html / "manuscript.pdf")
    assert pdf.metadata.title == f"Title {hostile_book.names}"
    assert pdf.metadata.author == f"Author {hostile_book.names}"
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


def test_downloads_are_data(hostile_book: HostileBook):
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


def test_the_browser_runs_nothing_asks_for_nothing_and_has_nothing_to_report(
    hostile_book: HostileBook, browser: Browser
):
    """Every page, and the search for the title, under a policy that reports what it forbids."""
    said = ("error", "warning")
    complaints: list[str] = []
    outside: list[str] = []
    root = "https://book.example/"
    files = sorted(path for path in hostile_book.html.rglob("*.html") if "_static" not in path.parts)
    policy = policy_of(files)

    def answer(route: Route) -> None:
        address = urlsplit(route.request.url)
        path = hostile_book.html / unquote(address.path).lstrip("/")
        if not route.request.url.startswith(root) or not path.is_file():
            outside.append(route.request.url)
            route.abort()
            return
        route.fulfill(path=path, headers={"Content-Security-Policy": policy})

    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/*", answer)
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: message.type in said and complaints.append(f"{page.url}: {message.text}"))
        page.on("popup", lambda popup: complaints.append(popup.url))
        for address in (path.relative_to(hostile_book.html).as_posix() for path in files):
            page.goto(f"{root}{address}", wait_until="networkidle")
            assert page.title() != "run", address
        for words in ("Title", "onerror", "script"):
            page.goto(f"{root}search.html?q={words}", wait_until="networkidle")
            page.locator("#search-results ul.search > li").first.wait_for()
            shown = page.locator("#search-results")
            assert shown.locator("img, svg, script").count() == 0
            assert f"Title {hostile_book.names}" in shown.locator("li > a").all_inner_texts()
            assert page.title() != "run"
    assert complaints == []
    assert outside == []
