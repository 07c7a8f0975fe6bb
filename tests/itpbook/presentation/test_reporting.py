"""Guards the reporting checklist: no sub-item of the guidelines left out, each linked or explained, errors named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from itpbook.presentation.reporting import Guideline, ReportingError, load_checklist

PARTS = {1: "ab", 6: "ab", 12: "abcde", 13: "abc", 14: "abc", 16: "abc"}
STROBE = [f"{number}{part}" for number in range(1, 23) for part in PARTS.get(number, [""])]
RECORD = ["1.1", "1.2", "1.3", "6.1", "6.2", "6.3", "7.1", "12.1", "12.2", "12.3", "13.1", "19.1", "22.1"]

ITEM = {"id": "4", "section": "Methods", "topic": "Design", "asks": "Is it told?", "reason": "It is not."}
PLACE = {"page": "chapters/methods", "fragment": "design", "phrase": "Design"}


@pytest.fixture(scope="module")
def checklist() -> dict[str, Guideline]:
    return {guideline.name: guideline for guideline in load_checklist()}


def test_every_sub_item_stands_once_and_in_order(checklist: dict[str, Guideline]):
    assert len(STROBE) == 34
    assert {name: [item.id for item in guideline.items] for name, guideline in checklist.items()} == {
        "STROBE": STROBE,
        "RECORD": RECORD,
    }


def test_every_item_is_either_linked_or_explained(checklist: dict[str, Guideline]):
    for guideline in checklist.values():
        for item in guideline.items:
            assert bool(item.where) != bool(item.reason), item.id


def test_no_words_of_the_checklist_hold_a_typed_figure(checklist: dict[str, Guideline]):
    for guideline in checklist.values():
        for item in guideline.items:
            words = [item.section, item.topic, item.asks, item.gap, item.reason, *(a.phrase for a in item.where)]
            assert not re.search(r"\d", " ".join(words)), item.id


def written(folder: Path, *items: object) -> Path:
    path = folder / "reporting.yaml"
    path.write_text(yaml.safe_dump([{"name": "G", "title": "A guideline", "items": list(items)}]), encoding="utf-8")
    return path


def test_all_problems_are_named_at_once_with_their_entry(tmp_path: Path):
    both = {**ITEM, "id": "5", "where": [PLACE]}
    neither = {key: value for key, value in ITEM.items() if key != "reason"} | {"id": "6"}
    without_topic = {key: value for key, value in ITEM.items() if key != "topic"} | {"id": "7"}
    no_page = {**ITEM, "id": "8", "where": [{**PLACE, "page": ""}]}
    gap = {**ITEM, "id": "9", "gap": "Something is."}
    with pytest.raises(ReportingError) as caught:
        load_checklist(written(tmp_path, ITEM, ITEM, both, neither, without_topic, no_page, gap, "words"))
    said = str(caught.value)
    for problem in (
        "G 4: is given twice",
        "G 5: give either where",
        "G 6: give either where",
        "G 7: topic: Field required",
        "G 8: where.0.page:",
        "G 9: a gap belongs",
        "G entry 8: Input should be a valid dictionary",
    ):
        assert problem in said


@pytest.mark.parametrize("content", ["", "name: G", "- [", "- {name: G}"])
def test_file_that_is_no_checklist_is_refused(tmp_path: Path, content: str):
    path = tmp_path / "reporting.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ReportingError, match=r"reporting\.yaml"):
        load_checklist(path)
    with pytest.raises(ReportingError):
        load_checklist(tmp_path / "missing.yaml")
