"""The link to the PDF: there when the build makes one, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest
from book.handmade_book import handmade

from itpbook.project import PDF, PDF_VARIABLE

PAGE = "# Below\n\n```{pdf-link}\n```\n"


@pytest.mark.parametrize(("name", "expected"), [(PDF, [f"../../{PDF}"]), ("", [])])
def test_link_follows_the_build(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, expected: list[str]
) -> None:
    monkeypatch.setenv(PDF_VARIABLE, name)
    built = handmade(tmp_path).write("pages/deeper/below.md", PAGE).build()
    assert not built.failed, built.warnings
    links = built.get_html("pages/deeper/below").select("p.pdf-link a")
    assert [link["href"] for link in links] == expected
    assert all(link.get_text() == "PDF of the whole manuscript" for link in links)
