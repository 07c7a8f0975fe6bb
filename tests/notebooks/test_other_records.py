"""Every chapter on records of other centres: whatever is not there is said in words, and nothing stops."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from executed_cohorts import execute_on_each
from light_chapters import EXECUTED, light_chapters
from other_cohorts import TOGETHER, other_records
from stored_chapters import FIGURES

from itpbook.parameters import CHAPTERS
from itpbook.results import COMPARISON, read_outputs, read_results

WITHHELD = "fourteen, of whom all respond"
"""Records of which small numbers are not printed."""
NO_RESPONDER = "The records hold no responder; there is no {} to draw."
WORDS: Mapping[str, Mapping[str, str]] = {
    "three hundred, nobody eligible, none with an earlier immunosuppressant, all respond": {},
    "nothing earlier, no responder, no event, all primary": {
        "figure-time": NO_RESPONDER.format("time to a response"),
        "figure-duration": NO_RESPONDER.format("duration of response"),
        "figure-prior": "The records hold no earlier treatment; there are no lines to draw.",
        "figure-combinations": "The records hold no earlier treatment; there are no sets of agents to draw.",
        "figure-events": "The records hold no adverse event related to treatment in 31 patients;"
        " there is nothing to count by category.",
    },
}
"""What stands in the place of figures, where it is known in every detail."""
LEFT_OUT = {name: ("example", "refusals") for name in TOGETHER if name not in (WITHHELD, "as little as allowed")}
"""Chapters that show of the records only whether they are valid: two sets have all there is to show."""


def shown(folder: Path) -> dict[str, str]:
    """Return what stands in the place of each figure: the beginning of a picture, or words."""
    found = {}
    for name, figures in FIGURES.items():
        if not figures:
            continue
        cells = json.loads((folder / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
        for cell in (cell for cell in cells if cell["id"] in figures):
            (output,) = [each["data"] for each in cell["outputs"]]
            found[cell["id"]] = _plain(output)
    return found


def _plain(output: dict[str, Any]) -> str:
    return "<svg" if "image/svg+xml" in output else "".join(output["text/plain"])


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the chapters executed on each set of records."""
    folder = tmp_path_factory.mktemp("others")
    values: dict[str, dict[str, Any]] = {
        name: {"data_dir": str(other_records(name, folder / "records" / name))} for name in TOGETHER
    }
    values[WITHHELD]["suppress_below"] = 5
    execute_on_each(light_chapters(folder / "light"), folder / "executed", values, LEFT_OUT)
    return folder / "executed"


@pytest.mark.parametrize("name", TOGETHER)
def test_every_chapter_runs(name: str, executed: Path):
    assert [path.read_text(encoding="utf-8") for path in (executed / name).glob("*.failure")] == []
    assert {path.stem for path in (executed / name).glob("*.ipynb")} == set(CHAPTERS) - set(LEFT_OUT.get(name, ()))
    assert len(read_results(executed / name)) > 63


@pytest.mark.parametrize("name", sorted(set(TOGETHER) - {WITHHELD}))
def test_what_is_not_there_is_said(name: str, executed: Path):
    (pairs,) = read_outputs(executed / name, COMPARISON)
    assert all(line["statement"] for line in pairs["lines"] if line["verdict"] == "not available")
    found = shown(executed / name)
    assert set(found) == {figure for figures in FIGURES.values() for figure in figures}
    words = {figure: said for figure, said in found.items() if said != "<svg"}
    expected = WORDS.get(name)
    if expected is not None:
        assert words == expected
    assert all(said.startswith("The records hold no ") for said in words.values())


def test_no_figure_of_single_patients_is_left_where_small_numbers_are_withheld(executed: Path):
    chapters = executed / WITHHELD
    drawn = {figure for figure, said in shown(chapters).items() if said == "<svg"}
    assert drawn == {figure for figure in FIGURES["determined"] if figure not in EXECUTED["determined"]}
    text = "".join(path.read_text(encoding="utf-8") for path in chapters.glob("*.ipynb"))
    assert "C-0" not in text
    for result in read_results(chapters):
        if result.basis == "records" and result.n is not None and result.N is not None:
            assert not 0 < result.n < 5, result.id
            assert not 0 < result.N - result.n < 5, result.id
