"""The link to the PDF: there when the build makes one, and only then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from handmade_book import handmade

from itpbook.project import BOOK_FILE, PDF

PAGE = "# Below\n\n```{pdf-link}\n```\n"


@pytest.mark.parametrize(("name", "expected"), [(PDF, [f"../../{PDF}"]), ("", [])])
def test_link_follows_the_build(tmp_path: Path, name: str, expected: list[str]) -> None:
    told = json.dumps({"pdf": name})
    built = handmade(tmp_path).write(BOOK_FILE, told).write("pages/deeper/below.md", PAGE).build()
    assert not built.failed, built.warnings
    links = built.get_html("pages/deeper/below").select("p.pdf-link a")
    assert [link["href"] for link in links] == expected
    assert all(link.get_text() == "PDF of the whole manuscript" for link in links)
