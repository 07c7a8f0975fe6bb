"""Tables as a page shows them: parsed, their rows, their headings."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag


def parsed(table: object) -> BeautifulSoup:
    return BeautifulSoup(table._repr_html_(), "html.parser")  # type: ignore[attr-defined]


def rows(table: object) -> list[list[str]]:
    """Cells of the body, row by row; a group's heading is a row of one cell."""
    found = [row for body in parsed(table).find_all("tbody") for row in body.find_all("tr")]
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in found]


def headings(table: object) -> list[str]:
    head = parsed(table).find("thead")
    assert isinstance(head, Tag)
    return [cell.get_text() for cell in head.find_all("th")]
