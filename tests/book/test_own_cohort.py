"""From empty tables and an export to a finished book, by the commands that the worked example tells."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bs4 import BeautifulSoup

from itpbook import project
from itpbook.intake.example import EXPORT, LINK, MAPPING


def itpbook(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("itpbook")
    ran = subprocess.run([str(program), *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran


def test_a_centre_gets_from_its_export_to_its_book(tmp_path: Path) -> None:
    itpbook(tmp_path, "template", "start")
    export, mapping, link = (str(project.EXAMPLE / name) for name in (EXPORT, MAPPING, LINK))
    itpbook(tmp_path, "import-redcap", export, "--mapping", mapping, "--link", link, "--out", "mine")
    itpbook(tmp_path, "validate", "mine")
    command = ("build", "--data", "mine", "--edition", "start/edition.yaml", "--out", "my-book")
    built = itpbook(tmp_path, *command)
    index = tmp_path / "my-book" / "html" / "index.html"
    assert built.stdout == f"{Path('my-book') / 'html' / 'index.html'}\n"

    pages = index.parent
    beside = BeautifulSoup((pages / "chapters" / "verification.html").read_text(encoding="utf-8"), "html.parser")
    assert str(beside.h1.get_text()).startswith("Published and ours")  # type: ignore[union-attr]
    row = beside.select_one("#efficacy-response")
    assert row is not None
    assert "81% (25/31)" in row.get_text()
    assert "12/14" in row.get_text()
    run = (pages / "pages" / "this-run.html").read_text(encoding="utf-8")
    assert str(tmp_path) not in run
    assert not any(str(tmp_path).encode() in path.read_bytes() for path in pages.rglob("*") if path.is_file())

    again = itpbook(tmp_path, *command)
    assert again.stdout == built.stdout
    assert again.stderr == "nothing to do: nothing has changed since the last build\n"
