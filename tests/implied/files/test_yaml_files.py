"""Guards that no YAML file of a person expands, recurses or makes objects: it is read, or refused with its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from implied.files.input_files import BY_HAND
from implied.files.yaml_files import DEPTH, NODES, YamlError, read_yaml
from implied.files.yaml_lines import value_finder
from implied.ledger import load_ledger
from implied.ledger.questions import load_questions
from itpbook import project
from itpbook.intake.own_edition import EditionError, read_edition
from itpbook.intake.redcap.importer import import_export
from itpbook.parameters import read_parameters
from itpbook.records.cohort import InvalidRecords
from itpbook.shipped import shipped_ledger

NINE_LEVELS = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    + [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 9)]
)
MERGED = "\n".join(
    ["m0: &m0 {k: 1}"] + [f"m{level}: &m{level} {{<<: [{', '.join([f'*m{level - 1}'] * 9)}]}}" for level in range(1, 9)]
)
BOMBS = {
    "anchors nine deep": (NINE_LEVELS, f"line 4: more than {NODES:,} values, counting those that aliases repeat"),
    "merged keys nine deep": (MERGED, f"line 5: more than {NODES:,} values"),
    "3,000 opening brackets": ("[" * 3_000, f"line 1: more than {DEPTH} levels within each other"),
    "opening braces": ("\n" + "{" * 100_000, f"line 2: more than {DEPTH} levels"),
    "lists by dashes": ("- " * 100_000, f"line 1: more than {DEPTH} levels"),
    "keys by question marks": ("? " * 100_000, f"line 1: more than {DEPTH} levels"),
    "an anchor inside itself": ("a: 1\nb: &b [*b]", "line 2: the anchor &b stands within itself"),
    "an anchor inside its own key": ("&a\n? *a\n: 1", "line 2: the anchor &a stands within itself"),
    "a mapping merged into itself": ("a: &a\n  <<: *a", "line 2: the anchor &a stands within itself"),
    "many values": ("\n".join(f"k{number}: v" for number in range(NODES)), f"more than {NODES:,} values"),
    "a call of Python": ("a: !!python/object/apply:os.system [x]", "line 1: the tag !!python/object/apply:os.system"),
    "bytes": ("a:\n  - !!binary aGk=", "line 2: the tag !!binary"),
    "a tag of its own": ("%TAG ! tag:example.org,2000:\n---\na: !x 1", "line 3: the tag tag:example.org,2000:x"),
    "two documents": ("a: 1\n---\na: 2\n", "line 2: a second document"),
    "a number of 5,000 digits": ("a: " + "9" * 5_000, "line 1: a number of more than 100 characters"),
    "a number to the base 60": ("a: 1" + ":10" * 50_000, "line 1: a number of more than 100 characters"),
    "no such day": ("a: 1\ndate: 2021-02-30", "line 2: the value '2021-02-30' (day is out of range for month)"),
    "an alias of nothing": ("a: *b", "line 1: found undefined alias 'b'"),
    "a list for a key": ("a: 1\n? [x]\n: 1", "line 2: found unhashable key"),
    "a zero byte": ("a: 1\nb: \0", "line 2: the character U+0000"),
    "a control byte": ("a: \x1b[2J", "line 1: the character U+001B"),
    "a surrogate of JSON": ('a: "\\ud800"\nb: [', "line 2: expected the node content"),
}


@pytest.mark.parametrize(("text", "said"), BOMBS.values(), ids=BOMBS)
def test_what_expands_recurses_or_makes_objects_is_refused_with_its_line(text: str, said: str):
    with pytest.raises(YamlError, match=re.escape(said)):
        read_yaml(text.encode())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: 1\nb: \xe9", "line 2: the byte 0xe9; expected text encoded as UTF-8"),
        (b"\xff\xfea\x00:", "the byte 0x3a; expected text encoded as UTF-8"),
        ("a: e".encode("utf-16-be"), "line 1: the character U+0000"),
        ("a: é".encode("utf-32"), "line 1: the character U+0000"),
    ],
)
def test_other_encodings_are_named(content: bytes, said: str):
    with pytest.raises(YamlError, match=re.escape(said)):
        read_yaml(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks_are_no_text(encoding: str):
    assert read_yaml("a: é\n".encode(encoding)) == {"a": "é"}


def test_aliases_within_the_limits_are_read():
    assert read_yaml(b"a: &a [1, 2]\nb: [*a, *a]\nc: {<<: {d: 1}}") == {"a": [1, 2], "b": [[1, 2]] * 2, "c": {"d": 1}}


def test_a_key_that_overrides_a_merged_one_is_no_key_twice():
    later = b"a: &a {x: 1}\nb: {c: &c {<<: *a, x: 2}}\nd: {<<: *c}"
    assert read_yaml(later) == {"a": {"x": 1}, "b": {"c": {"x": 2}}, "d": {"x": 2}}


@pytest.mark.parametrize(
    ("place", "line"),
    [((), 1), (("a",), 1), (("a", "b"), 2), (("a", "b", 1), 4), (("a", "c"), 1), (("a", "b", 7), 2), (("d",), 1)],
)
def test_a_value_is_found_by_its_keys(place: tuple[str | int, ...], line: int):
    assert value_finder(b"a:\n  b:\n  - 1\n  - 2\n")(place) == line


@pytest.mark.parametrize(("separator", "line"), [("\x85", 2), ("\u2028", 2), ("\r\n", 3), ("\n", 3)])
def test_lines_are_counted_as_an_editor_counts_them(separator: str, line: int):
    assert value_finder(f"a: '1{separator} 2'\nb: 3\n".encode())(("b",)) == line


def test_thousands_of_unknown_fields_are_refused_in_a_few_sentences(tmp_path: Path):
    path = tmp_path / "edition.yaml"
    path.write_text("".join(f"k{number}: 1\n" for number in range(4_000)), encoding="utf-8")
    with pytest.raises(EditionError) as refused:
        read_edition(path)
    assert len(refused.value.problems) == 51
    assert refused.value.problems[49].startswith(f"{path}, line 50: k49: ")
    assert refused.value.problems[50] == f"{path}: and 3,950 more"


def _mapping(path: Path) -> None:
    import_export(project.EXAMPLE / "redcap_export.csv", mapping=path)


READERS: dict[str, Callable[[Path], object]] = {
    "ledger": load_ledger,
    "questions": lambda path: load_questions(shipped_ledger(), path),
    "parameters": read_parameters,
    "edition": read_edition,
    "mapping": _mapping,
}


@pytest.mark.parametrize("bomb", ["anchors nine deep", "3,000 opening brackets", "an anchor inside itself"])
@pytest.mark.parametrize("kind", READERS)
def test_every_file_of_yaml_is_read_by_the_one_reader(kind: str, bomb: str, tmp_path: Path):
    path = tmp_path / "given.yaml"
    path.write_text(BOMBS[bomb][0], encoding="utf-8")
    with pytest.raises((ValueError, InvalidRecords)) as refused:
        READERS[kind](path)
    assert re.search(r"given\.yaml[\s\S]*line \d", str(refused.value))
    assert BOMBS[bomb][1].partition(": ")[2] in str(refused.value)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("kind", READERS)
def test_a_file_larger_than_a_person_writes_is_refused_unread(kind: str, tmp_path: Path):
    path = tmp_path / "given.yaml"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises((ValueError, InvalidRecords), match=f"files of up to {BY_HAND:,} are read"):
        READERS[kind](path)
