"""The worked example runs the real commands, and shows nothing of the machine it was run on."""

from __future__ import annotations

import pytest

from itpbook import project
from itpbook.intake.walkthrough import Walkthrough


def test_a_refused_command_is_shown_with_its_first_lines():
    walk = Walkthrough()
    shown = walk.run("itpbook import-redcap redcap_export.csv --out mine", refused=True, lines=4)
    ((_, said),) = shown.parts
    assert repr(shown) == said
    assert shown._repr_markdown_() == f"```text\n{said}\n```"
    assert str(walk.folder) not in said
    lines = said.splitlines()
    assert lines[0] == "$ itpbook import-redcap redcap_export.csv --out mine"
    assert lines[1].endswith(" errors in the records:")
    assert lines[-1].endswith(" more lines")
    assert len(lines) == 6
    assert not (walk.folder / "mine").exists()
    walk.end()
    assert not walk.folder.exists()


def test_the_way_from_an_export_to_records_is_stored():
    """The chapter walks it; that its outputs are those of executing it now, `itpbook verify` checks."""
    chapter = (project.CHAPTERS / "example.ipynb").read_text(encoding="utf-8")
    for line in (
        "mine: 14 patients, no problem found",
        "Response or complete response: 12/14 (86%)",
        "Complete response: 10/14 (71%)",
    ):
        assert line in chapter


@pytest.mark.parametrize(
    ("command", "refused"), [("itpbook verify --no-such-option", False), ("itpbook --version", True)]
)
def test_a_command_that_ends_otherwise_than_expected_stops_the_page(command: str, refused: bool):
    with pytest.raises(RuntimeError, match=f"^{command} ended with {0 if refused else 2}: "):
        Walkthrough().run(command, refused=refused)
