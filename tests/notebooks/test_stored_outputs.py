"""The stored outputs of the chapters, where nbval does not look.

nbval compares nothing of a cell that was never run, and lets a changed picture pass. So what a chapter must hold is
said here.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from stored_chapters import FIGURES, assert_ran_in_order, code_cells, notebook

from itpbook import project
from itpbook.parameters import AFTERWARDS, CHAPTERS
from itpbook.results import RESULT, RUN, VERDICTS, ResultsError, read_outputs, read_results
from itpbook.shipped import shipped_ledger


def outputs(name: str) -> list[dict[str, Any]]:
    return [output for cell in code_cells(name) for output in cell["outputs"]]


def test_the_chapters_are_those_that_are_known():
    assert {path.stem for path in project.CHAPTERS.glob("*.ipynb")} == set(CHAPTERS) == set(FIGURES)


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_code_cell_ran_and_in_order(name: str):
    assert_ran_in_order(name)


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_cell_failed_or_wrote_a_stream(name: str):
    assert {output["output_type"] for output in outputs(name)} <= {"display_data", "execute_result"}


@pytest.mark.parametrize("name", CHAPTERS)
def test_cells_have_names_and_exactly_one_holds_the_parameters(name: str):
    ids = [cell["id"] for cell in notebook(name)["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", each) for each in ids)
    tagged = [cell["id"] for cell in code_cells(name) if "parameters" in cell["metadata"]["tags"]]
    assert tagged == ["parameters"]


@pytest.mark.parametrize("name", CHAPTERS)
def test_figures_are_there_and_say_what_they_show(name: str):
    drawn = {
        cell["id"]: cell
        for cell in code_cells(name)
        if any("image/svg+xml" in output.get("data", {}) for output in cell["outputs"])
    }
    assert list(drawn) == FIGURES[name]
    for cell in drawn.values():
        assert len(cell["metadata"]["mystnb"]["figure"]["caption"]) > 40
        (output,) = cell["outputs"]
        # In one piece: as a list of lines a chapter would be a quarter larger.
        assert output["data"]["image/svg+xml"].count("<path") > 20
        # The plain text is compared by nbval, too, which looks at no metadata.
        assert output["metadata"]["image/svg+xml"]["alt"] == "".join(output["data"]["text/plain"])
        assert len("".join(output["data"]["text/plain"])) > 60


OF_THE_LEDGER = ("figure-conflicts", "figure-printed", "figure-possible")
"""Figures that show no records, so that none of them is withheld or called synthetic."""


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_run_shows_the_figures_of_the_records_and_no_others(name: str):
    for cell in code_cells(name):
        if cell["id"] in FIGURES[name]:
            source = "".join(cell["source"])
            assert source.startswith("figures." if cell["id"] in OF_THE_LEDGER else "run.show(figures.")
            assert source.endswith(".display()" if cell["id"] in OF_THE_LEDGER else "))")


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_alternative_text_is_typed(name: str):
    for cell in code_cells(name):
        assert "itpbook" not in cell["metadata"]
        assert "image" not in cell["metadata"].get("mystnb", {})


@pytest.mark.parametrize("name", CHAPTERS)
def test_nothing_of_the_machine_or_the_moment_is_stored(name: str):
    text = (project.CHAPTERS / f"{name}.ipynb").read_text(encoding="utf-8")
    assert not re.search(r"/home/|/root/|/tmp/|/work/|/Users/|site-packages", text)
    assert not re.search(r"0x[0-9a-f]{8,}", text)
    assert not re.search(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", text)
    assert set(notebook(name)["metadata"]) == {"kernelspec", "language_info"}
    assert "injected-parameters" not in text


def test_every_published_figure_is_recorded_and_both_readings_where_there_are_two():
    recorded = {(result.id, result.reading) for result in read_results(project.CHAPTERS) if result.published}
    assert recorded == {(entry.id, reading.name) for entry in shipped_ledger() for reading in entry.readings}


def test_every_analysis_chapter_says_that_its_records_are_synthetic():
    runs = read_outputs(project.CHAPTERS, RUN)
    assert [run["chapter"] for run in runs] == sorted(set(CHAPTERS) - set(AFTERWARDS))
    assert all(run["records"]["synthetic"] and run["records"]["patients"] == 31 for run in runs)


def test_the_verdicts_are_stored_once():
    (verdicts,) = read_outputs(project.CHAPTERS, VERDICTS)
    assert [line["id"] for line in verdicts["lines"]] == [entry.id for entry in shipped_ledger()]
    assert verdicts["ledger"] == shipped_ledger().digest


def written(folder: Path, cell: dict[str, Any]) -> Path:
    folder.joinpath("one.ipynb").write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    return folder


def test_a_stripped_notebook_is_refused(tmp_path: Path):
    cell = {"cell_type": "code", "source": ["1"], "execution_count": None, "outputs": []}
    with pytest.raises(ResultsError, match=re.escape("one.ipynb: cell 1 was never executed")):
        read_outputs(written(tmp_path, cell), RESULT)


def test_a_stored_traceback_is_refused(tmp_path: Path):
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}
    cell = {"cell_type": "code", "source": ["1"], "execution_count": 1, "outputs": [error]}
    with pytest.raises(ResultsError, match=re.escape("one.ipynb: cell 1 stopped with ValueError: no")):
        read_outputs(written(tmp_path, cell), RESULT)
