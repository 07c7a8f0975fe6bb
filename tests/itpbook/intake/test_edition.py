"""A centre's edition file: read whole or refused with everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from itpbook.intake.own_edition import ORCID, TEXTS, TITLE, Author, Edition, EditionError, example_text, read_edition


def written(folder: Path, text: str) -> Path:
    path = folder / "edition.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_field_is_read(tmp_path: Path):
    text = """
title: "  Ours: the patients"
authors: [{name: Ann Author, orcid: 0000-0002-1825-0097}, {name: Bo}]
centre: A hospital
date: 2026-03-01
licence: CC BY 4.0
suppress_below: 5
texts: {discussion: "What we saw.\\n", ethics: "  "}
"""
    found = read_edition(written(tmp_path, text))
    assert found.authors == (Author("Ann Author", "0000-0002-1825-0097"), Author("Bo"))
    assert (found.centre, found.date, found.licence, found.suppress_below) == (
        "A hospital",
        "2026-03-01",
        "CC BY 4.0",
        5,
    )
    assert found.texts == {"discussion": "What we saw."}
    assert found.citation.line == "Ann Author, Bo.   Ours: the patients. A hospital; 2026."
    assert found.citation.edition == "A hospital, 1 March 2026"
    assert Edition.of_json(found.as_json()) == found


def test_an_empty_file_says_nothing(tmp_path: Path):
    assert read_edition(written(tmp_path, "")) == Edition()
    assert Edition().citation.line == f"{TITLE}."
    assert Edition().citation.edition == "Undated"


def test_the_example_is_read_and_shows_every_text(tmp_path: Path):
    found = read_edition(written(tmp_path, example_text()))
    assert found == Edition(authors=(Author("Given Family"),), suppress_below=0)
    assert all(f"\n  {name}: |\n" in example_text() for name in TEXTS)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path):
    text = "titel: Ours\nauthors: [{name: Ann, orcid: x}]\nsuppress_below: five\ndate: soon\ntexts: {results: Good}\n"
    path, names = written(tmp_path, text), ", ".join(TEXTS)
    with pytest.raises(EditionError) as caught:
        read_edition(path)
    assert caught.value.problems == (
        f"{path}, line 2: authors.0.orcid: String should match pattern '{ORCID}' (found 'x')",
        f"{path}, line 4: date: Input should be a valid date (found 'soon')",
        f"{path}, line 3: suppress_below: Input should be a valid integer (found 'five')",
        f"{path}, line 5: texts.results.[key]: no such text; there are {names} (found 'results')",
        f"{path}, line 1: titel: Extra inputs are not permitted (found 'Ours')",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: [", "is no YAML"),
        ("title: a\ntitle: b\n", "the key 'title' stands twice"),
        ("- title", "Input should be a valid dictionary"),
    ],
)
def test_what_is_no_edition_is_refused(tmp_path: Path, text: str, said: str):
    path = written(tmp_path, text)
    with pytest.raises(EditionError) as caught:
        read_edition(path)
    assert str(caught.value).startswith(f"{path}, line ")
    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(EditionError, match=r"nowhere\.yaml: cannot be read \(No such file or directory\)"):
        read_edition(tmp_path / "nowhere.yaml")
