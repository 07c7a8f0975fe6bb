"""What ships, computed again and compared: stored chapters and answers, records, their envelope and the example.

A digest would settle nothing, as whoever alters a file can alter its digest, too. So each check computes what it
compares with, and names every place that differs.
"""

from __future__ import annotations

import json
import multiprocessing
import random
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from itpbook import project
from itpbook.cohort import load_cohort
from itpbook.determined.known import NotDetermined, load_determined
from itpbook.determined.readings import chosen_readings
from itpbook.determined.stored import asked, determine
from itpbook.envelope import DRAWS, curves, envelope_text
from itpbook.example import write_example
from itpbook.outcomes import derive
from itpbook.published import Ledger
from itpbook.questions import Questions
from itpbook.reconstructions import Reconstruction, folder_name
from itpbook.synthetic.records import SEED

CONFIRMED, DIFFERS, NOT_CHECKED = "as it should be", "differs", "not checked"
CHECKS = {
    "chapters": "stored outputs of the chapters",
    "questions": "the shipped records against the stored answers",
    "answers": "data/determined.json",
    "records": "data/cohort",
    "envelope": "data/envelope.csv",
    "example": "data/example",
}
"""What is compared besides the ledger, by name."""
SAMPLE = 5
"""Draws of the envelope that are made again where not all are, beside that of the shipped records."""
_AROUND = 30
"""Characters of both sides that are shown around the first difference of two texts."""


@dataclass(frozen=True)
class Check:
    """What was compared with what, and every difference.

    ``problems`` is None where nothing was compared; then ``subject`` says why.
    """

    name: str
    subject: str
    problems: tuple[str, ...] | None = ()

    @property
    def result(self) -> str:
        """The outcome in words."""
        if self.problems is None:
            return NOT_CHECKED
        return DIFFERS if self.problems else CONFIRMED


def check_chapters(executed: Path, stored: Path = project.CHAPTERS) -> Check:
    """Compare every stored output with that of the chapter executed now.

    Parameters
    ----------
    executed
        Folder of the chapters executed now, without parameters.
    stored
        Folder of the chapters that ship.
    """
    now, before = ({path.name: path for path in folder.glob("*.ipynb")} for folder in (executed, stored))
    problems = [
        f"{project.CHAPTERS.name}/{name}: not a chapter that is executed" for name in sorted({*before} - {*now})
    ]
    outputs = 0
    for name, path in sorted(now.items()):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        outputs += sum(len(cell.get("outputs", [])) for cell in notebook["cells"])
        shipped = json.loads(before[name].read_text(encoding="utf-8"))
        problems += differing_outputs(f"{project.CHAPTERS.name}/{name}", shipped, notebook)
    subject = f"{outputs} stored outputs of {len(now)} chapters against the chapters executed now"
    return Check("chapters", subject, tuple(problems))


def differing_outputs(name: str, stored: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Name the cells of a chapter whose stored outputs are not those of the cells executed now.

    Parameters
    ----------
    name
        File of the chapter, for the messages.
    stored, now
        Notebooks of the same cells. Texts, tables, data, pictures, alternative texts and the numbers of the cells are
        compared. Captions are source; one that holds a number was not computed and is named, too.
    """
    if len(stored["cells"]) != len(now["cells"]):
        yield f"{name}: {len(stored['cells'])} cells are stored, {len(now['cells'])} were executed"
    for number, (before, after) in enumerate(zip(stored["cells"], now["cells"], strict=False), 1):
        place = f"{name}, cell {number} ({before.get('id', 'without a name')})"
        old, new = _parts(before), _parts(after)
        yield from (
            f"{place}, {part}: {_difference(old.get(part), new.get(part))}"
            for part in dict.fromkeys([*old, *new])
            if old.get(part) != new.get(part)
        )
        shown = before["metadata"].get("mystnb", {})
        caption = shown.get("figure", {}).get("caption", "")
        if any(character.isdigit() for character in caption):
            yield f"{place}, caption: holds a typed number: {caption}"
        if "image" in shown:
            yield f"{place}, metadata: holds typed words for a picture; the figure computes its alternative text"


def _parts(cell: Mapping[str, Any]) -> dict[str, str]:
    """Return all that executing a cell left in it, by where it stands."""
    if cell["cell_type"] != "code":
        return {}
    parts = {"execution count": json.dumps(cell["execution_count"])}
    for number, output in enumerate(cell["outputs"], 1):
        parts |= {f"output {number}, {kind}": _text(kind, value) for kind, value in output.get("data", {}).items()}
        rest = {name: value for name, value in output.items() if name not in ("data", "metadata")}
        parts[f"output {number}, kind"] = json.dumps(rest, sort_keys=True, ensure_ascii=False)
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
    first = next(
        (place for place, (one, other) in enumerate(zip(stored, now, strict=False)) if one != other),
        min(len(stored), len(now)),
    )
    start = max(first - _AROUND, 0)
    shown = [text[start : first + _AROUND].replace("\n", " ") for text in (stored, now)]
    return f"stored …{shown[0]}…, now …{shown[1]}…"


def check_answers(ledger: Ledger, questions: Questions, *, jobs: int = 1, path: Path = project.DETERMINED) -> Check:
    """Compare all that is stored of what the ledger determines with what is worked out now.

    Parameters
    ----------
    ledger, questions
        The published figures, and what is asked besides.
    jobs
        Processes to share the work.
    path
        The stored answers.
    """
    now = json.loads(json.dumps(asdict(determine(ledger, questions, jobs=jobs))))
    sizes = ", ".join(f"{len(now[part])} {part}" for part in ("conflicts", "intervals", "patients"))
    subject = f"{_name(path)} ({sizes}) against what the ledger gives now"
    return Check("answers", subject, tuple(differing_answers(path, now)))


def differing_answers(path: Path, now: Mapping[str, Any]) -> Iterator[str]:
    """Name the places of a file of answers that differ from those worked out now."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        yield f"{_name(path)}: cannot be read ({error})"
        return
    yield from _differing(_name(path), stored, now)


def _differing(place: str, stored: Any, now: Any) -> Iterator[str]:
    """Name the innermost places at which two values of JSON differ."""
    if isinstance(stored, dict) and isinstance(now, dict):
        for name in dict.fromkeys([*now, *stored]):
            if name not in stored or name not in now:
                yield f"{place}, {name}: {'not stored' if name not in stored else 'not an answer'}"
            else:
                yield from _differing(f"{place}, {name}", stored[name], now[name])
    elif isinstance(stored, list) and isinstance(now, list) and len(stored) == len(now):
        for number, (old, new) in enumerate(zip(stored, now, strict=True), 1):
            yield from _differing(f"{place} {number}{_subject_of(new)}", old, new)
    elif type(stored) is not type(now) or stored != now:
        shown = (json.dumps(value, ensure_ascii=False) for value in (stored, now))
        yield f"{place}: stored {next(shown)}, worked out {next(shown)}"


def _subject_of(answer: Any) -> str:
    """Name what an answer is about."""
    if not isinstance(answer, dict):
        return ""
    names = [answer.get(name) for name in ("id", "reading", "statistic", "subject", "attribute")]
    words = [*filter(None, names), *(answer.get("entries", []) if "id" not in answer else [])]
    return f" ({', '.join(map(str, words))})" if words else ""


def check_questions(ledger: Ledger, questions: Questions, *, path: Path = project.DETERMINED) -> Check:
    """Ask the shipped records each question, and compare with what the stored answers allow.

    This takes another way than :func:`check_answers`: patients are counted, nothing is solved.
    """
    wanted = list(asked(ledger, questions, chosen_readings(ledger)))
    subject = f"{len(wanted)} figures of the shipped records against the limits that are stored for them"
    try:
        known = load_determined(ledger, questions, path)
    except (NotDetermined, LookupError, TypeError) as error:
        return Check("questions", subject, (f"{_name(path)}: cannot be read ({error})",))
    patients = derive(load_cohort(project.COHORT))[list(ledger.attributes)]
    problems = []
    for figure in wanted:
        name = f"{figure.figure.id} ({figure.reading} reading, {figure.figure.statistic})"
        interval = known.interval(figure.figure.id, figure.reading, figure.figure.statistic)
        value = figure.figure.value(patients)
        if interval is None:
            problems.append(f"{_name(path)}: no answer for {name}")
        elif value is not None and (
            interval.exact is None or not Fraction(interval.exact[0]) <= value <= Fraction(interval.exact[1])
        ):
            problems.append(f"{_name(path)}: {name} is {value} in the records, stored {interval.text}")
    return Check("questions", subject, tuple(problems))


def check_made(
    ledger: Ledger,
    folder: Path,
    *,
    draws: Sequence[int],
    jobs: int = 1,
    names: Sequence[str] = ("records", "envelope", "example"),
) -> list[Check]:
    """Make the shipped records, some draws of their envelope and the example again, and compare.

    Parameters
    ----------
    ledger
        The published figures.
    folder
        An empty folder for what is made.
    draws
        Numbers of the draws whose curves are compared; 0 is that of the shipped records.
    jobs
        Processes to share the work.
    names
        What is made.
    """
    numbers = sorted({*(draws if "envelope" in names else ()), *((0,) if "records" in names else ())})
    reconstruction = Reconstruction(ledger, chosen_readings(ledger)) if numbers else None
    with ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("fork"),  # what is prepared once is there in every process
        initializer=_Maker.start,
        initargs=(reconstruction, folder),
    ) as pool:
        example = pool.submit(write_example, folder / "example") if "example" in names else None
        rows = dict(zip(numbers, pool.map(_Maker.draw, numbers), strict=True))
        if example is not None:
            example.result()
    checks = []
    if "records" in names:
        subject = f"{_name(project.COHORT)} against the records made now with its seed"
        problems = differing_files(project.COHORT, folder / folder_name(0))
        checks.append(Check("records", subject, tuple(problems)))
    if "envelope" in names and len(draws) < DRAWS:
        left = f"{DRAWS - len(draws)} other rows of {_name(project.ENVELOPE)}: made again by --full"
        checks.append(Check("envelope", left, None))
    if "envelope" in names:
        problems = differing_curves(project.ENVELOPE, {number: rows[number] for number in draws})
        listed = "all" if len(draws) == DRAWS else ", ".join(map(str, draws))
        subject = f"{len(draws)} of {DRAWS} rows of {_name(project.ENVELOPE)} against draws made now: {listed}"
        checks.append(Check("envelope", subject, tuple(problems)))
    if "example" in names:
        problems = differing_files(project.EXAMPLE, folder / "example")
        checks.append(Check("example", f"{_name(project.EXAMPLE)} against the example made now", tuple(problems)))
    return checks


def draws_to_compare(*, full: bool) -> list[int]:
    """Choose draws of the envelope: all, or the first with others by chance, so that no row is never looked at."""
    chosen = range(1, DRAWS) if full else sorted(random.SystemRandom().sample(range(1, DRAWS), SAMPLE))
    return [0, *chosen]


class _Maker:
    """What a process needs to make any of the draws."""

    reconstruction: Reconstruction | None
    folder: Path

    @classmethod
    def start(cls, reconstruction: Reconstruction | None, folder: Path) -> None:
        cls.reconstruction, cls.folder = reconstruction, folder

    @classmethod
    def draw(cls, number: int) -> dict[str, float]:
        """Make a draw, and return its curves."""
        assert cls.reconstruction is not None
        target = cls.folder / folder_name(number)
        cls.reconstruction.write(SEED + number, target)
        return curves(load_cohort(target))


def differing_files(shipped: Path, made: Path) -> Iterator[str]:
    """Name the files of a folder that ships, and in each the first line, that differ from those made now."""
    before, now = ({path.name: path for path in folder.iterdir()} for folder in (shipped, made))
    for name in sorted({*before, *now}):
        place = f"{_name(shipped)}/{name}"
        if name not in now or name not in before:
            yield f"{place}: {'missing' if name in now else 'not a file that is made'}"
        elif before[name].read_bytes() != now[name].read_bytes():
            yield _first_line(place, *(path.read_text(encoding="utf-8") for path in (before[name], now[name])))


def differing_curves(path: Path, rows: Mapping[int, Mapping[str, float]]) -> Iterator[str]:
    """Name the rows of the envelope that differ from the curves of draws made now, by the number of the draw."""
    name = _name(path)
    heading, *stored = path.read_text(encoding="utf-8").split("\n")
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


def _first_line(place: str, stored: str, now: str) -> str:
    """Say in which line two texts differ first."""
    before, after = stored.split("\n"), now.split("\n")
    for number, (old, new) in enumerate(zip(before, after, strict=False), 1):
        if old != new:
            return f"{place}, line {number}: {_difference(old, new)}"
    return f"{place}: {len(before)} lines are stored, {len(after)} were made"


def _name(path: Path) -> str:
    """Return a path as the project names it."""
    return path.relative_to(project.ROOT).as_posix() if path.is_relative_to(project.ROOT) else str(path)
