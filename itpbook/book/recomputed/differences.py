"""The differences between what ships and what computing it again gives: cells, answers, files and curves by name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from os.path import commonprefix
from pathlib import Path
from typing import Any

from itpbook import project
from itpbook.study.envelope import DRAWS, envelope_text

_AROUND = 30
"""Characters of both sides that are shown around the first difference of two texts."""


def differing_outputs(name: str, stored: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Name the cells of a chapter whose stored outputs are not those of the cells executed now.

    Texts, tables, data, pictures, alternative texts and the numbers of the cells are compared. Captions are source; one
    that holds a number was not computed and is named, too. ``name`` is the file of the chapter.
    """
    if len(stored["cells"]) != len(now["cells"]):
        yield f"{name}: {len(stored['cells'])} cells are stored, {len(now['cells'])} were executed"
    for number, (before, after) in enumerate(zip(stored["cells"], now["cells"], strict=False), 1):
        subject = f"{name}, cell {number} ({before.get('id', 'without a name')})"
        old, new = _parts(before), _parts(after)
        yield from (
            f"{subject}, {part}: {_difference(old.get(part), new.get(part))}"
            for part in dict.fromkeys([*old, *new])
            if old.get(part) != new.get(part)
        )
        shown = before["metadata"].get("mystnb", {})
        caption = shown.get("figure", {}).get("caption", "")
        if any(character.isdigit() for character in caption):
            yield f"{subject}, caption: holds a typed number: {caption}"
        if "image" in shown:
            yield f"{subject}, metadata: holds typed words for a picture; the figure computes its alternative text"


def _parts(cell: Mapping[str, Any]) -> dict[str, str]:
    """Return all that executing a cell left in it, by where it stands."""
    if cell["cell_type"] != "code":
        return {}
    parts = {"execution count": json.dumps(cell.get("execution_count"))}
    for number, output in enumerate(cell.get("outputs", []), 1):
        parts |= {f"output {number}, {kind}": _text(kind, value) for kind, value in output.get("data", {}).items()}
        kind_of_output = {name: value for name, value in output.items() if name not in ("data", "metadata")}
        parts[f"output {number}, kind"] = json.dumps(kind_of_output, sort_keys=True, ensure_ascii=False)
        for kind, value in output.get("metadata", {}).items():
            words = "alternative text" if isinstance(value, dict) and [*value] == ["alt"] else f"metadata of {kind}"
            parts[f"output {number}, {words}"] = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return parts


def _text(kind: str, value: Any) -> str:
    """Return a value of an output as text; a text may be stored as a list of its lines."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and not kind.endswith("json"):
        return "".join(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _difference(stored: str | None, now: str | None) -> str:
    """Say how two texts differ, with what stands around the first difference."""
    if stored is None:
        return "not stored"
    if now is None:
        return "stored, but the cell does not give it"
    first = len(commonprefix([stored, now]))  # noqa: RUF071 - characters are meant
    start = max(first - _AROUND, 0)
    shown = [text[start : first + _AROUND].replace("\n", " ") for text in (stored, now)]
    return f"stored …{shown[0]}…, now …{shown[1]}…"


def differing_answers(path: Path, now: Mapping[str, Any]) -> Iterator[str]:
    """Name the places of a file of answers that differ from those worked out now."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        yield f"{name_of(path)}: cannot be read ({error})"
        return
    yield from _differing(name_of(path), stored, now)


def _differing(subject: str, stored: Any, now: Any) -> Iterator[str]:
    """Name the innermost places at which two values of JSON differ."""
    if isinstance(stored, dict) and isinstance(now, dict):
        for name in dict.fromkeys([*now, *stored]):
            if name not in stored or name not in now:
                yield f"{subject}, {name}: {'not stored' if name not in stored else 'not an answer'}"
            else:
                yield from _differing(f"{subject}, {name}", stored[name], now[name])
    elif isinstance(stored, list) and isinstance(now, list) and len(stored) == len(now):
        for number, (old, new) in enumerate(zip(stored, now, strict=True), 1):
            yield from _differing(f"{subject} {number}{_subject_of(new)}", old, new)
    elif type(stored) is not type(now) or stored != now:
        shown = (json.dumps(value, ensure_ascii=False) for value in (stored, now))
        yield f"{subject}: stored {next(shown)}, worked out {next(shown)}"


def _subject_of(answer: Any) -> str:
    """Name what an answer is about."""
    if not isinstance(answer, dict):
        return ""
    names = [answer.get(name) for name in ("id", "reading", "statistic", "subject", "attribute")]
    words = [*filter(None, names), *(answer.get("entries", []) if "id" not in answer else [])]
    return f" ({', '.join(map(str, words))})" if words else ""


def differing_files(shipped: Path, made: Path) -> Iterator[str]:
    """Name the files of a folder that ships, and in each the first line, that differ from those made now."""
    before, now = ({path.name: path for path in folder.iterdir()} for folder in (shipped, made))
    for name in sorted({*before, *now}):
        subject = f"{name_of(shipped)}/{name}"
        if name not in now or name not in before:
            yield f"{subject}: {'missing' if name in now else 'not a file that is made'}"
        elif before[name].read_bytes() != now[name].read_bytes():
            yield _first_line(subject, _read(before[name]), _read(now[name]))


def differing_curves(path: Path, rows: Mapping[int, Mapping[str, float]]) -> Iterator[str]:
    """Name the rows of the envelope that differ from the curves of draws made now, by the number of the draw."""
    name = name_of(path)
    heading, *stored = _read(path).split("\n")
    numbers = [line.partition(",")[0] for line in stored]
    if numbers != [*map(str, range(DRAWS)), ""]:
        yield f"{name}: the rows are not those of draws 0 to {DRAWS - 1}, in this order"
        return
    expected, *lines, _ = envelope_text(rows).split("\n")
    if heading != expected:
        yield f"{name}, line 1: {_difference(heading, expected)}"
    for number, line in zip(rows, lines, strict=True):
        if stored[number] != line:
            yield f"{name}, line {number + 2} (draw {number}): {_difference(stored[number], line)}"


def _read(path: Path) -> str:
    """Return a text to its last byte: carriage returns as they are, and what is no UTF-8 as escapes."""
    return path.read_bytes().decode("utf-8", "backslashreplace")


def _first_line(subject: str, stored: str, now: str) -> str:
    """Say in which line two texts differ first."""
    before, after = stored.split("\n"), now.split("\n")
    for number, (old, new) in enumerate(zip(before, after, strict=False), 1):
        if old != new:
            return f"{subject}, line {number}: {_difference(old, new)}"
    return f"{subject}: {len(before)} lines are stored, {len(after)} were made"


def name_of(path: Path) -> str:
    """Return a path as the project names it."""
    return path.relative_to(project.ROOT).as_posix() if path.is_relative_to(project.ROOT) else str(path)
