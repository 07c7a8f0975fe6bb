"""The worked example runs the real commands, and shows nothing of the machine it was run on."""

from __future__ import annotations

import pytest

from itpbook.intake.walkthrough import Walkthrough


def _said(walk: Walkthrough, command: str, **how: object) -> list[str]:
    ((_, lines),) = walk.run(command, **how).parts  # type: ignore[arg-type]
    assert str(walk.folder) not in lines
    return lines.splitlines()


def test_the_way_from_an_export_to_records():
    walk = Walkthrough()
    refused = _said(walk, "itpbook import-redcap redcap_export.csv --out mine", refused=True, lines=4)
    assert refused[0] == "$ itpbook import-redcap redcap_export.csv --out mine"
    assert refused[1].endswith(" errors in the records:")
    assert refused[-1].endswith(" more lines")
    assert len(refused) == 6
    assert not (walk.folder / "mine").exists()
    imported = _said(walk, "itpbook import-redcap redcap_export.csv --mapping mapping.yaml --link link.csv --out mine")
    assert imported[-1] == "mine: 14 patients, no problem found"
    ((_, lines),) = walk.responses("mine").parts
    assert lines.splitlines() == ["Response or complete response: 12/14 (86%)", "Complete response: 10/14 (71%)"]
    walk.end()
    assert not walk.folder.exists()


@pytest.mark.parametrize(("command", "refused"), [("itpbook validate nowhere", False), ("itpbook --help", True)])
def test_a_command_that_ends_otherwise_than_expected_stops_the_page(command: str, refused: bool):
    with pytest.raises(RuntimeError, match=f"^{command} ended with {0 if refused else 1}: "):
        Walkthrough().run(command, refused=refused)
