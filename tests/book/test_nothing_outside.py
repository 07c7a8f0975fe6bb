"""Nothing of a centre's patients is written outside of the folder of the book: not to the home folder, not to /tmp."""

from __future__ import annotations

from pathlib import Path

import pytest
from whole_books import ELSEWHERE, WatchedBook

IN_MEMORY = Path(":memory:")


@pytest.fixture(scope="module", params=["centre_book", "hostile_book"])
def book(request: pytest.FixtureRequest) -> WatchedBook:
    """Return a book that was made with every other place of the system empty and watched; one has a PDF."""
    return request.getfixturevalue(request.param)


def test_nothing_is_left_in_the_home_folder_the_working_folder_or_that_for_temporary_files(book: WatchedBook) -> None:
    assert {name: list((book.folder / name).rglob("*")) for name in ELSEWHERE} == {name: [] for name in ELSEWHERE}


def test_nothing_is_written_elsewhere_even_for_a_moment(book: WatchedBook) -> None:
    allowed = (book.out, Path("/dev"))
    outside = [path for path in book.writes if not any(path.is_relative_to(place) for place in allowed)]
    assert [path for path in outside if path != IN_MEMORY] == []


def test_the_watch_sees_what_the_commands_write(book: WatchedBook) -> None:
    assert any(path.parent.name == "chapters" and path.suffix == ".part" for path in book.writes)
    assert any(".scratch-" in str(path) for path in book.writes)


def test_cells_leave_no_trace_in_the_history_of_ipython(book: WatchedBook) -> None:
    assert IN_MEMORY in book.writes
    assert [path for path in book.writes if path.suffix == ".sqlite"] == []
