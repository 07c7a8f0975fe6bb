"""Every chapter on records of other centres: whatever is not there is said in words, and nothing stops."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from other_cohorts import TOGETHER, other_records

from itpbook.book.execution.execute import chosen_parameters, execute_chapters
from itpbook.results import COMPARISON, read_outputs, read_results
from tests.notebooks.test_stored_outputs import FIGURES

NO_RESPONDER = "The records hold no responder; there is no {} to draw."
WORDS: Mapping[str, Mapping[str, str]] = {
    "fourteen, of whom all respond": {},
    "nobody eligible, none with an earlier immunosuppressant": {},
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


def shown(folder: Path) -> dict[str, str]:
    """Return what stands in the place of each figure: the beginning of a picture, or words."""
    found = {}
    for name, figures in FIGURES.items():
        cells = json.loads((folder / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
        for cell in (cell for cell in cells if cell["id"] in figures):
            (output,) = [each["data"] for each in cell["outputs"]]
            found[cell["id"]] = _plain(output)
    return found


def _plain(output: dict[str, Any]) -> str:
    return "<svg" if "image/svg+xml" in output else "".join(output["text/plain"])


@pytest.mark.parametrize("name", TOGETHER)
def test_every_chapter_runs_and_says_what_is_not_there(name: str, tmp_path: Path):
    records, chapters = other_records(name, tmp_path / "records"), tmp_path / "chapters"
    chapters.mkdir()
    execute_chapters(chapters, chosen_parameters({"data_dir": str(records)}))
    assert len(read_results(chapters)) > 63
    (pairs,) = read_outputs(chapters, COMPARISON)
    assert all(line["statement"] for line in pairs["lines"] if line["verdict"] == "not available")
    found = shown(chapters)
    assert set(found) == {figure for figures in FIGURES.values() for figure in figures}
    words = {figure: said for figure, said in found.items() if said != "<svg"}
    expected = WORDS.get(name)
    if expected is not None:
        assert words == expected
    assert all(said.startswith("The records hold no ") for said in words.values())


def test_no_figure_of_single_patients_is_left_where_small_numbers_are_withheld(tmp_path: Path):
    records, chapters = other_records("fourteen, of whom all respond", tmp_path / "records"), tmp_path / "chapters"
    chapters.mkdir()
    execute_chapters(chapters, chosen_parameters({"data_dir": str(records), "suppress_below": 5}))
    drawn = {figure for figure, said in shown(chapters).items() if said == "<svg"}
    assert drawn == {figure for figure in FIGURES["determined"] if figure != "figure-envelope"}
    text = "".join(path.read_text(encoding="utf-8") for path in chapters.glob("*.ipynb"))
    assert "C-0" not in text
    for result in read_results(chapters):
        if result.basis == "records" and result.n is not None and result.N is not None:
            assert not 0 < result.n < 5, result.id
            assert not 0 < result.N - result.n < 5, result.id
