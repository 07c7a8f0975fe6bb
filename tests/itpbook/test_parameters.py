"""Parameters of the chapters: every name, type and range is checked before anything runs."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from papermill.translators import PythonTranslator

from itpbook import project
from itpbook.definitions import IWG2009, NAMED, SOURCE
from itpbook.parameters import (
    AFTERWARDS,
    CHAPTERS,
    Parameter,
    ParameterError,
    analysis,
    check,
    definitions_in_force,
    given,
    read_parameters,
)

DEFAULTS = {
    "data_dir": "",
    "definitions": "source",
    "cr_threshold": None,
    "response_lower": None,
    "response_fold": None,
    "confirmation_days": None,
    "suppress_below": 0,
}


def problems(values: dict[str, Any], chapter: str = "efficacy") -> tuple[str, ...]:
    with pytest.raises(ParameterError) as caught:
        check(chapter, values)
    assert str(caught.value) == "; ".join(caught.value.problems)
    return caught.value.problems


def test_defaults_are_filled_in():
    assert check("efficacy", {}) == DEFAULTS
    assert check("efficacy", {"confirmation_days": 7, "data_dir": "mine"}) == {
        **DEFAULTS,
        "confirmation_days": 7,
        "data_dir": "mine",
    }
    assert check("verification", {}) == {"results_dir": ""}


def test_a_whole_number_will_do_for_a_number_and_becomes_one():
    found = check("efficacy", {"cr_threshold": 150, "confirmation_days": 7})
    assert type(found["cr_threshold"]) is float
    assert type(found["confirmation_days"]) is int


def test_none_stands_for_what_the_definitions_say():
    assert check("efficacy", dict.fromkeys(("cr_threshold", "confirmation_days"))) == DEFAULTS
    (problem,) = problems({"data_dir": None})
    assert problem.startswith("data_dir must be text (folder of the four tables")


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("cr_threshold", "100", "a number above 0"),
        ("cr_threshold", True, "a number above 0"),
        ("cr_threshold", 0, "a number above 0"),
        ("cr_threshold", -5.0, "a number above 0"),
        ("cr_threshold", float("nan"), "a number above 0"),
        ("cr_threshold", float("inf"), "a number above 0"),
        ("cr_threshold", 10**400, "a number above 0"),
        ("cr_threshold", [100], "a number above 0"),
        ("response_lower", 0.0, "a number above 0"),
        ("response_fold", 0.5, "a number of at least 1"),
        ("confirmation_days", True, "a whole number of at least 0"),
        ("confirmation_days", False, "a whole number of at least 0"),
        ("confirmation_days", 7.0, "a whole number of at least 0"),
        ("confirmation_days", "7", "a whole number of at least 0"),
        ("confirmation_days", -1, "a whole number of at least 0"),
        ("definitions", "who", "one of source, iwg2009"),
        ("definitions", 2009, "one of source, iwg2009"),
        ("definitions", ["source"], "one of source, iwg2009"),
        ("data_dir", 7, "text"),
        ("data_dir", False, "text"),
    ],
)
def test_a_wrong_type_or_an_impossible_value_says_what_is_allowed(name: str, value: Any, allowed: str):
    (problem,) = problems({name: value})
    assert problem.startswith(f"{name} must be {allowed} (")
    assert problem.endswith(f"found {value!r}")


def test_an_unknown_name_says_which_are_known():
    assert problems({"cr_treshold": 100.0}) == (
        f"unknown parameter 'cr_treshold'; chapter efficacy knows {', '.join(DEFAULTS)}",
    )
    assert problems({"data_dir": "mine"}, "verification") == (
        "unknown parameter 'data_dir'; chapter verification knows results_dir",
    )


def test_all_problems_come_at_once():
    found = problems(
        {"treshold": 1, "confirmation_days": True, "cr_threshold": "100", "other": 2, "definitions": "who"}
    )
    assert [re.findall(r"'?(\w+)'? must|parameter '(\w+)'", problem)[0] for problem in found] == [
        ("", "treshold"),
        ("", "other"),
        ("confirmation_days", ""),
        ("cr_threshold", ""),
        ("definitions", ""),
    ]


def test_values_that_are_impossible_together_are_found_also_beside_unknown_names():
    (problem,) = problems({"response_lower": 120})
    assert "response_lower must be below cr_threshold" in problem
    found = problems({"response_lower": 120, "cr_treshold": 150})
    assert len(found) == 2
    assert "response_lower must be below cr_threshold" in found[1]
    check("efficacy", {"response_lower": 120, "cr_threshold": 150})


@for_all(st.floats(30.5, 1e6), st.integers(0, 400), st.sampled_from(sorted(NAMED)))
def test_what_is_given_is_in_force_and_the_rest_is_as_named(cr_threshold: float, days: int, name: str):
    values = check("efficacy", {"cr_threshold": cr_threshold, "confirmation_days": days, "definitions": name})
    found = definitions_in_force(values)
    assert (found.cr_threshold, found.confirmation_days) == (cr_threshold, days)
    named = NAMED[name]
    assert found.replace(cr_threshold=named.cr_threshold, confirmation_days=named.confirmation_days, name=name) == named


def test_definitions_without_changes_keep_their_name():
    assert definitions_in_force(check("efficacy", {})) is SOURCE
    assert definitions_in_force(check("efficacy", {"definitions": "iwg2009"})) is IWG2009
    assert definitions_in_force(check("efficacy", {"cr_threshold": 150})).name == "source, changed"


INJECTED = '# Parameters\ncr_threshold = 150\ncr_treshold = 100\nnested = {"a": 1}\n'


def test_names_that_papermill_injected_are_given_also_when_the_chapter_does_not_know_them():
    namespace = {
        **DEFAULTS,
        "cr_threshold": 150,
        "cr_treshold": 100,
        "nested": {"a": 1},
        "tables": object(),
        "In": ["", 'data_dir: str = ""\ntables = 3', INJECTED, "# Parametersx\nother = 1", "run = start()"],
    }
    found = given(namespace, "efficacy")
    assert found == {**DEFAULTS, "cr_threshold": 150, "cr_treshold": 100, "nested": {"a": 1}}
    assert [problem.partition(";")[0] for problem in problems(found)] == [
        "unknown parameter 'cr_treshold'",
        "unknown parameter 'nested'",
    ]


def test_outside_a_notebook_the_names_of_the_chapter_are_given():
    assert given({"cr_threshold": 150, "other": 1}, "efficacy") == {"cr_threshold": 150}
    assert given({"In": [""]}, "verification") == {}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_papermill_finds_the_registry_in_the_parameters_cell_of_a_chapter(chapter: str):
    notebook = json.loads((project.CHAPTERS / f"{chapter}.ipynb").read_text(encoding="utf-8"))
    (cell,) = [cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", [])]
    # Papermill finds what its pattern allows alone: it would pass over "float | None".
    written = [
        (each.name, each.inferred_type_name, ast.literal_eval(each.default), each.help)
        for each in PythonTranslator.inspect({"source": "".join(cell["source"])})
    ]
    assert written == [(each.name, type_of(each), each.default, help_of(each)) for each in CHAPTERS[chapter]]


def type_of(parameter: Parameter) -> str:
    kind = parameter.kind.__name__
    return f"Optional[{kind}]" if parameter.default is None else kind


def help_of(parameter: Parameter) -> str:
    choices = f": {' or '.join(parameter.choices)}" if parameter.choices else ""
    none = "; None for what the definitions say" if parameter.default is None else ""
    return f"{parameter.meaning}{choices}{none}"


def test_every_parameter_is_explained_and_every_default_allowed():
    for declared in CHAPTERS.values():
        for parameter in declared:
            assert len(parameter.meaning) > 10
            assert parameter.problem(parameter.default) is None
    assert tuple(CHAPTERS)[-2:] == AFTERWARDS == ("verification", "comparison")


def test_what_decides_the_analysis_is_every_parameter_but_the_places_of_files():
    assert {parameter.name for parameter in analysis()} == set(DEFAULTS) - {"data_dir"}


def test_parameters_come_from_a_file(tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text("definitions: iwg2009\ncr_threshold: 120  # as the centre does\n", encoding="utf-8")
    assert read_parameters(file) == {"definitions": "iwg2009", "cr_threshold": 120}
    file.write_text("", encoding="utf-8")
    assert read_parameters(file) == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"- cr_threshold\n", ": expected a line NAME: VALUE for each parameter"),
        (b"7: 8\n", ": expected a line NAME: VALUE for each parameter"),
        (b"a: 1\nb: [\n", ", line 3: is no YAML: expected the node content, but found"),
        (b"a: 1\na: 2\n", ", line 2: is no YAML: the key 'a' stands twice"),
        (b"a: \xff\n", ", line 1: is no YAML: the byte 0xff"),
    ],
)
def test_a_file_that_holds_no_parameters_is_refused(content: bytes, said: str, tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_bytes(content)
    with pytest.raises(ParameterError) as caught:
        read_parameters(file)
    assert str(caught.value).startswith(f"{file}{said}")


@pytest.mark.parametrize("below", [0, 5, 11])
def test_small_numbers_are_withheld_below_five_or_more_or_not_at_all(below: int):
    assert check("cohort", {"suppress_below": below})["suppress_below"] == below


@pytest.mark.parametrize("below", [-1, 1, 4, True, 5.0])
def test_a_lower_limit_of_small_numbers_is_refused(below: Any):
    (problem,) = problems({"suppress_below": below})
    assert problem.startswith("suppress_below must be 0 or a whole number of at least 5 (")
    assert problem.endswith(f"found {below!r}")
