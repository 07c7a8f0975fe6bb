"""What many tests share: the book, built once for the whole run, and the browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from made_once import MadeOnce, in_folder

from implied.determine.stored_answers import Determined
from implied.ledger import Ledger
from implied.ledger.questions import Questions
from itpbook.shipped import shipped_determined, shipped_ledger, shipped_questions

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from whole_books import WatchedBook

# The same examples in every run, however slow the machine.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")

_SLOW = (
    "attacks",
    "book",
    "browser",
    "damage",
    "implied/determine/test_against_brute_force.py",
    "implied/determine/test_cases_once_wrong.py",
    "implied/determine/test_contradicted.py",
    "implied/determine/test_garfinkel.py",
    "implied/determine/test_ledgers_of_others.py",
    "implied/files/test_input_files.py",
    "implied/reconstruct/test_constraints.py",
    "implied/reconstruct/test_many.py",
    "itpbook/commands/test_command_line.py",
    "itpbook/disclosure",
    "itpbook/intake/test_example.py",
    "itpbook/intake/test_redcap_import.py",
    "itpbook/intake/test_refusals.py",
    "itpbook/presentation/test_figures.py",
    "itpbook/presentation/test_figures_alternative.py",
    "itpbook/presentation/test_figures_determined.py",
    "itpbook/presentation/test_figures_download.py",
    "itpbook/presentation/test_figures_palette.py",
    "itpbook/presentation/test_figures_patients.py",
    "itpbook/results/test_verify.py",
    "itpbook/study/test_outcomes_properties.py",
    "itpbook/synthetic",
    "notebooks",
)
"""Folders and files of tests that take many seconds: they build, execute, draw or solve for real."""

_BOOKS = {"built_book", "centre_book", "hostile_book", "built_small_project"}
"""What is built for the whole run, by the first who asks for it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what takes long, and let it go first: at the end no process waits for the last of another.

    Of that, one file for each book goes before all, and the others last, so that no process waits for a book.
    """
    folder = Path(__file__).parent
    slow = {folder / name for name in _SLOW}
    missing = sorted(str(path) for path in slow if not path.exists())
    if missing:
        msg = f"no such tests: {', '.join(missing)}"
        raise pytest.UsageError(msg)
    slow.add(folder.parent / "chapters")
    for item in items:
        if slow & {item.path, *item.path.parents}:
            item.add_marker("slow")
    readers: dict[str, list[Path]] = {}
    for item in items:
        for name in _BOOKS & {*getattr(item, "fixturenames", ())}:
            readers.setdefault(name, []).append(item.path)
    first = {paths[0] for paths in readers.values()}
    waiting = {path for paths in readers.values() for path in paths}
    items.sort(
        key=lambda item: (
            item.get_closest_marker("slow") is None,
            item.path not in first,
            item.path in waiting,
        )
    )


@pytest.fixture(scope="session")
def ledger() -> Ledger:
    """Return the ledger that ships."""
    return shipped_ledger()


@pytest.fixture(scope="session")
def questions(ledger: Ledger) -> Questions:
    """Return what is asked beyond the ledger."""
    return shipped_questions(ledger)


@pytest.fixture(scope="session")
def known(ledger: Ledger, questions: Questions) -> Determined:
    """Return what is kept of all that the ledger determines."""
    return shipped_determined(ledger, questions)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> MadeOnce:
    """Return what makes a folder once for the whole run; workers share it, and only read it."""
    own = tmp_path_factory.getbasetemp()
    return in_folder(own if worker_id == "master" else own.parent)


@pytest.fixture(scope="session")
def built_book(made_once: MadeOnce, chromium: str) -> Path:
    """Return the pages of the book and its PDF, made as `itpbook build --pdf` does."""
    from itpbook.book.build import build
    from itpbook.book.manuscript.chromium import VARIABLE

    def make(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv(VARIABLE, chromium)
            build(folder, {}, pdf=True)

    return made_once("book", make) / "html"


@pytest.fixture(scope="session")
def centre_book(made_once: MadeOnce) -> WatchedBook:
    """Return the book that a centre builds of its export, which withholds small numbers."""
    from whole_books import WatchedBook, make_centre_book

    return WatchedBook(made_once("centre", make_centre_book))


@pytest.fixture(scope="session")
def canary(made_once: MadeOnce) -> Path:
    """Return the path of a file that nothing may open or show."""
    from hostile_strings import SECRET

    def make(folder: Path) -> None:
        (folder / "canary.txt").write_text(f"{SECRET}\n", encoding="utf-8")

    return made_once("outside", make) / "canary.txt"


@pytest.fixture(scope="session")
def hostile_book(made_once: MadeOnce, chromium: str, canary: Path) -> WatchedBook:
    """Return the book in which hostile strings stand wherever text is accepted."""
    from whole_books import WatchedBook, make_hostile_book

    return WatchedBook(made_once("hostile", lambda folder: make_hostile_book(folder, chromium, canary)))


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium or Chrome; where none can be had, the tests fail."""
    from chromium import chromium_path

    from itpbook.book.manuscript.chromium import NoChromium

    try:
        return chromium_path()
    except NoChromium as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Return the browser, started once: a process can start only one."""
    from playwright.sync_api import sync_playwright

    from itpbook.book.manuscript.chromium import launch_flags

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=launch_flags())
        yield started
        started.close()
