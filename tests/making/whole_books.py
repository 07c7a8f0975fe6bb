"""Whole books of a centre's own records, built by the commands in processes that are watched.

Two serve all tests: one of the example's patients that withholds small numbers, from the export to the release pack;
and one, with its PDF, in which hostile strings stand wherever text is accepted.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml
from hostile import hostile_tables
from light_chapters import light_chapters
from project_copy import ProjectCopy, copy_parts
from records import write_files
from small_ledger import NINE
from watched import WATCH

from itpbook import project
from itpbook.book.manuscript.chromium import VARIABLE
from itpbook.intake.example import EXPORT, MAPPING
from itpbook.intake.own_edition import TEXTS

ELSEWHERE = ("home", "tmp", "cwd")
"""Folders that commands may use, and should not write to."""

OWN = {
    "title": "Our *own* patients",
    "authors": [{"name": "Ann Author", "orcid": "0000-0002-1825-0097"}, {"name": "Bo Other"}],
    "centre": "A hospital",
    "date": dt.date(2026, 3, 1),
    "licence": "CC BY 4.0",
}
OWN_TEXTS = {
    "background": "Little was known here.",
    "discussion": "# What we saw\n\nOf all, {claim}`efficacy.response` responded.\n\n## And more\n\nThe end.",
    "methods_setting": "Patients were found in our files.",
}


@dataclass(frozen=True)
class WatchedBook:
    """A book in a folder, with what its commands printed and did."""

    folder: Path

    @property
    def out(self) -> Path:
        """Return the folder that all commands should write to."""
        return self.folder / "out"

    @property
    def html(self) -> Path:
        """Return the built pages."""
        return self.out / "book" / "html"

    @property
    def records(self) -> Path:
        """Return the records that the book is of."""
        return self.out / "mine"

    @property
    def printed(self) -> str:
        """Return what the commands printed."""
        return (self.folder / "printed").read_text(encoding="utf-8")

    @property
    def events(self) -> list[list[str]]:
        """Return what the watch noted in their processes."""
        return [json.loads(line) for line in (self.folder / "events").read_text(encoding="utf-8").splitlines()]

    @property
    def writes(self) -> set[Path]:
        """Return all places that were written to."""
        return {Path(event[1]) for event in self.events if event[0] == "write"}

    def run(self, copy: ProjectCopy, canary: Path, *arguments: str | Path, **more: str) -> None:
        """Run a command with every other place of the system empty and watched."""
        watch = self.folder / "watch"
        watch.mkdir(exist_ok=True)
        text = WATCH.format(notes=str(self.folder / "events"), canary=str(canary))
        (watch / "sitecustomize.py").write_text(text, encoding="utf-8")
        home, temporary, here = (self.folder / name for name in ELSEWHERE)
        for place in (home, temporary, here, self.out):
            place.mkdir(exist_ok=True)
        clear = ("XDG_", "IPYTHON", "JUPYTER_", "MPL", "PYTHON", "COV")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(clear)}
        environment |= {
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "PYTHONPATH": os.pathsep.join([str(copy.root), str(watch)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            **more,
        }
        command = [sys.executable, *map(str, arguments)]
        run = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        with (self.folder / "printed").open("a", encoding="utf-8") as printed:
            printed.write(run.stdout + run.stderr)


ITPBOOK = ("-m", "itpbook.commands.command_line")
IMPLIED = ("-c", "from implied.cli import app; app()")


def light_project(root: Path) -> ProjectCopy:
    """Copy the project with chapters that execute only what depends on the records."""
    copy = copy_parts(root)
    light_chapters(root / "chapters")
    return copy


def make_centre_book(folder: Path) -> None:
    """Go all the way of a centre, from empty tables and the example's export to a book that withholds small numbers."""
    book, copy, canary = WatchedBook(folder), light_project(folder / "project"), folder / "canary"
    out, start = book.out, book.out / "start"
    book.run(copy, canary, *ITPBOOK, "template", start)
    # Identifiers that are not those of synthetic patients.
    mapping = (project.EXAMPLE / MAPPING).read_text(encoding="utf-8").replace("prefix: SYN-", "prefix: C-")
    (out / "mapping.yaml").write_text(mapping, encoding="utf-8")
    ours = ("--mapping", out / "mapping.yaml", "--link", out / "hospital" / "link.csv", "--out", book.records)
    book.run(copy, canary, *ITPBOOK, "import-redcap", project.EXAMPLE / EXPORT, *ours)
    book.run(copy, canary, *ITPBOOK, "validate", book.records)
    edition = yaml.safe_load((start / "edition.yaml").read_text(encoding="utf-8"))
    edition = {**edition, **OWN, "suppress_below": 5, "texts": {**edition["texts"], **OWN_TEXTS}}
    (start / "edition.yaml").write_text(yaml.safe_dump(edition, sort_keys=False), encoding="utf-8")
    told = ("--data", book.records, "--edition", start / "edition.yaml", "--out", out / "book")
    book.run(copy, canary, *ITPBOOK, "build", *told)
    (out / "ledger.yaml").write_text(NINE, encoding="utf-8")
    book.run(copy, canary, *IMPLIED, "reconstruct", out / "ledger.yaml", "--out", out / "synthetic")


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


def hostile_names(canary: Path) -> list[str]:
    """Return the strings that stand wherever a name is expected."""
    return [mark.replace("{canary}", str(canary)) for mark in PLAIN]


def make_hostile_book(folder: Path, chromium: str, canary: Path) -> None:
    """Build the book with its PDF."""
    book, copy = WatchedBook(folder), light_project(folder / "project")
    words = hostile_names(canary)
    names, strings = " ".join(words), [" ".join(mark.split()) for mark in words]
    ids = [f"{number} {mark}" for number, mark in enumerate(strings)]
    write_files(hostile_tables(strings, ids=ids), book.records)
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
    file = book.out / "edition.yaml"
    file.write_text(yaml.safe_dump(edition, allow_unicode=True), encoding="utf-8")
    told = ("--data", book.records, "--edition", file, "--out", book.out / "book", "--pdf")
    book.run(copy, canary, *ITPBOOK, "build", *told, **{VARIABLE: chromium})
