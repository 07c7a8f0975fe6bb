"""Definitions: their published values, and that impossible ones are refused with what is allowed."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from itpbook.definitions import IWG2009, NAMED, SOURCE, Definitions, ImpossibleDefinitions


def test_source_is_the_default_and_iwg_differs_only_where_it_should() -> None:
    assert Definitions() == SOURCE
    differing = {
        field.name
        for field in dataclasses.fields(Definitions)
        if getattr(SOURCE, field.name) != getattr(IWG2009, field.name)
    }
    assert differing == {
        "name",
        "cr_inclusive",
        "confirmation_days",
        "loss_by_category",
        "require_no_bleeding",
        "corticosteroid_dependence_days",
    }
    assert (IWG2009.confirmation_days, IWG2009.corticosteroid_dependence_days) == (7, 61)


def test_source_holds_the_published_thresholds() -> None:
    assert (SOURCE.cr_threshold, SOURCE.cr_inclusive, SOURCE.response_lower, SOURCE.response_fold) == (
        100,
        False,
        30,
        2,
    )
    assert (SOURCE.persistent_months, SOURCE.chronic_months, SOURCE.tpo_ra_failed, SOURCE.ana_titre) == (
        3,
        12,
        2,
        160,
    )


def test_named_definitions_are_found_by_the_name_they_print() -> None:
    assert list(NAMED) == ["source", "iwg2009"]
    assert all(definitions.name == name for name, definitions in NAMED.items())


def test_definitions_cannot_be_altered_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        SOURCE.cr_threshold = 50  # type: ignore[misc]
    with pytest.raises(TypeError):
        NAMED["source"] = IWG2009  # type: ignore[index]


def test_changed_definitions_do_not_keep_the_name_of_the_published_ones() -> None:
    assert SOURCE.replace(cr_threshold=50).name == "source, changed"
    assert SOURCE.replace(cr_threshold=50).replace(confirmation_days=7).name == "source, changed"
    assert SOURCE.replace(cr_threshold=100.0) == SOURCE
    assert SOURCE.replace(cr_threshold=50, name="lenient").name == "lenient"
    assert SOURCE.cr_threshold == 100


IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"cr_threshold": 0}, "cr_threshold must be a count above 0"),
    ({"cr_threshold": -100}, "cr_threshold must be a count above 0"),
    ({"cr_threshold": math.nan}, "cr_threshold must be a count above 0"),
    ({"cr_threshold": math.inf}, "cr_threshold must be a count above 0"),
    ({"cr_threshold": "100"}, "cr_threshold must be a count above 0"),
    ({"cr_threshold": True}, "cr_threshold must be a count above 0"),
    ({"cr_threshold": 30}, "response_lower must be below cr_threshold"),
    ({"response_lower": 0}, "response_lower must be a count above 0"),
    ({"response_lower": 100}, "response_lower must be below cr_threshold"),
    ({"response_fold": 0.99}, "response_fold must be a ratio of at least 1"),
    ({"response_fold": math.nan}, "response_fold must be a ratio of at least 1"),
    ({"cr_inclusive": 1}, "cr_inclusive must be True or False"),
    ({"loss_by_category": "no"}, "loss_by_category must be True or False"),
    ({"require_no_bleeding": None}, "require_no_bleeding must be True or False"),
    ({"confirmation_days": -1}, "confirmation_days must be a whole number of days, 0 or more"),
    ({"confirmation_days": 7.5}, "confirmation_days must be a whole number of days, 0 or more"),
    ({"loss_confirmation_days": -1}, "loss_confirmation_days must be a whole number of days"),
    ({"rescue_washout_days": -1}, "rescue_washout_days must be a whole number of days"),
    ({"baseline_window_days": -28}, "baseline_window_days must be a whole number of days"),
    ({"corticosteroid_dependence_days": 0}, "corticosteroid_dependence_days must be None or a whole number"),
    ({"persistent_months": 0}, "persistent_months must be a number of months above 0"),
    ({"chronic_months": 0}, "chronic_months must be a number of months above 0"),
    ({"persistent_months": 12}, "persistent_months must be below chronic_months"),
    ({"chronic_months": 3}, "persistent_months must be below chronic_months"),
    ({"tpo_ra_failed": 3}, "tpo_ra_failed must be 0, 1 or 2 drugs"),
    ({"tpo_ra_failed": -1}, "tpo_ra_failed must be 0, 1 or 2 drugs"),
    ({"ana_titre": 0}, "ana_titre must be a whole reciprocal titre"),
    ({"name": " "}, "name must be a text"),
    ({"name": None}, "name must be a text"),
]


@pytest.mark.parametrize(("changes", "said"), IMPOSSIBLE, ids=lambda part: str(part) if isinstance(part, dict) else "")
def test_impossible_values_are_refused_saying_what_is_allowed_and_found(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match="must be") as refused:
        SOURCE.replace(**changes)
    assert said in str(refused.value)
    assert "found" in str(refused.value)


def test_every_threshold_has_an_impossible_value_that_is_refused() -> None:
    assert {name for changes, _ in IMPOSSIBLE for name in changes} == {
        field.name for field in dataclasses.fields(Definitions)
    }


def test_all_impossible_values_are_told_at_once() -> None:
    with pytest.raises(ImpossibleDefinitions) as refused:
        Definitions(cr_threshold=-1, confirmation_days=-7, tpo_ra_failed=5)
    assert str(refused.value).count("must be") == 3


def test_an_unknown_threshold_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ImpossibleDefinitions, match=r"unknown: cr_treshold; definitions have name, cr_threshold"):
        SOURCE.replace(cr_treshold=50)


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Definitions)])
def test_every_threshold_is_documented(field: str) -> None:
    assert f"\n    {field}\n" in str(Definitions.__doc__)


def test_boundary_values_are_allowed() -> None:
    assert SOURCE.replace(response_fold=1, confirmation_days=0, loss_confirmation_days=0, baseline_window_days=0)
    assert SOURCE.replace(corticosteroid_dependence_days=1, tpo_ra_failed=0, ana_titre=1, cr_threshold=30.5)
