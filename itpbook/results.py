"""Recorded figures: each is formatted once, in the chapter that computes it, and stored in the chapter's own output.

A chapter calls a :class:`Recorder`; the executed notebook then holds the figure as JSON under :data:`RESULT`, and
everybody else (verification, prose, tables) reads it from there with :func:`read_results`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from itpbook.definitions import Definitions
from itpbook.formatting import decimals, print_number, print_percent
from itpbook.published import Entry, Ledger
from itpbook.statistics import median_range, proportion
from itpbook.units import months

RESULT = "application/vnd.itpbook.result+json"
RUN = "application/vnd.itpbook.run+json"
VERDICTS = "application/vnd.itpbook.verdicts+json"

NO_FIGURE = "–"
"""Printed where records give no figure: a median of nobody, a percentage of nobody."""


class ResultsError(ValueError):
    """Executed chapters that hold no usable results; the message names chapter and cell."""


@dataclass(frozen=True)
class Result:
    """One recorded figure.

    ``statistics`` maps a statistic (count, percent, median …) to its raw number and its printed characters;
    ``printed`` arranges those as the source does. ``n`` of ``N`` are patients (``N`` alone for a summary);
    ``interval`` is the exact 95% interval of a proportion. ``published`` is false for what the source does not print;
    ``basis`` tells whether it rests on ``records`` or follows from the ``published`` figures by arithmetic.
    """

    id: str
    label: str
    population: str
    n: int | None
    N: int | None
    statistics: Mapping[str, Mapping[str, Any]]
    printed: str
    reading: str = "literal"
    interval: Mapping[str, Any] | None = None
    unit: str | None = None
    published: bool = True
    chapter: str = ""
    note: str = ""
    basis: str = "records"

    def formatted(self, statistic: str) -> str | None:
        """Return the printed characters of a statistic, or None when it was not computed."""
        found = self.statistics.get(statistic)
        return None if found is None else str(found["formatted"])

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        words = f"{self.id}{'' if self.reading == 'literal' else f' ({self.reading} reading)'}: {self.printed}"
        return {RESULT: asdict(self), "text/plain": words}


def anchor(result_id: str) -> str:
    """Return the fragment of a figure's row in the ledger table, such as ``efficacy-cr``."""
    return result_id.replace(".", "-").replace("_", "-")


def result_anchor(result_id: str, reading: str = "literal") -> str:
    """Return the fragment of a recorded figure in its chapter, such as ``result-efficacy-cr``."""
    return f"result-{anchor(result_id)}" + ("" if reading == "literal" else f"-{reading}")


class Recorder:
    """Records the figures of one chapter and displays each, so that it is stored in the notebook.

    Methods return nothing, so that a cell may end with one; ``recorder[id]`` gives the figure.

    Ids of the ledger take label, unit, layout and decimals from there; any other id is recorded as not published and
    needs a ``label``.
    """

    def __init__(self, chapter: str, ledger: Ledger) -> None:
        self.chapter = chapter
        self.ledger = ledger
        self.results: dict[tuple[str, str], Result] = {}

    def __getitem__(self, result_id: str) -> Result:
        """Return the literal reading of a recorded figure."""
        return self.results[result_id, "literal"]

    def patients(
        self,
        result_id: str,
        condition: pd.Series[bool],
        *,
        among: pd.Series[bool] | None = None,
        reading: str = "literal",
        label: str | None = None,
        population: str | None = None,
    ) -> None:
        """Count the patients who meet ``condition`` among those of ``among`` (all, when left out)."""
        inside = condition if among is None else condition[among]
        n, total = int(inside.sum()), len(inside)
        entry = self._entry(result_id, label)
        places = decimals(entry.printed.get("percent", "0")) if entry else 0
        exact = proportion(n, total)
        percent = print_percent(n, total, places) if total else NO_FIGURE
        in_words = entry is not None and entry.printed.get("count") == "all" and n == total
        interval = None
        if exact.low is not None and exact.high is not None:
            low, high = (print_number(Fraction(str(bound)) * 100) for bound in (exact.low, exact.high))
            interval = {
                "low": _rounded(exact.low),
                "high": _rounded(exact.high),
                "formatted": f"{low}-{high}",
                "level": 0.95,
                "method": "Clopper-Pearson",
            }
        statistics = {
            "count": {"raw": n, "formatted": "all" if in_words else str(n)},
            "denominator": {"raw": total, "formatted": str(total)},
            "percent": {"raw": _rounded(100 * n / total) if total else None, "formatted": percent},
        }
        layout = "{count}/{denominator} ({percent}%)"
        self._record(
            result_id,
            entry,
            label,
            layout,
            statistics,
            n=n,
            N=total,
            reading=reading,
            interval=interval,
            population=population,
        )

    def events(self, result_id: str, counts: pd.Series[int], *, label: str | None = None) -> None:
        """Add up events over patients; ``counts`` holds the number of events of each patient."""
        entry = self._entry(result_id, label)
        total = int(counts.sum())
        statistics = {"count": {"raw": total, "formatted": str(total)}}
        self._record(result_id, entry, label, "{count}", statistics, n=None, N=None)

    def summary(
        self,
        result_id: str,
        values: pd.Series[float],
        *,
        among: pd.Series[bool] | None = None,
        label: str | None = None,
        unit: str | None = None,
        places: int = 0,
    ) -> None:
        """Summarise a number over patients: median, quartiles, minimum, maximum.

        ``values`` are in the records' unit; days are turned into months where the ledger (or ``unit``) says months.
        """
        entry = self._entry(result_id, label)
        unit = entry.unit if entry else unit
        selected = (values if among is None else values[among]).astype(float)
        if unit == "months":
            selected = months(selected)
        found = median_range(selected)
        numbers = {
            "median": found.median,
            "q1": found.q1,
            "q3": found.q3,
            "minimum": found.minimum,
            "maximum": found.maximum,
        }
        statistics = {}
        for name, value in numbers.items():
            shown = decimals(entry.printed[name]) if entry and name in entry.printed else places
            printed = NO_FIGURE if value is None else print_number(value, shown)
            statistics[name] = {"raw": None if value is None else _rounded(value), "formatted": printed}
        note = f"missing in {found.missing}" if found.missing else ""
        layout = "{median} [{minimum}-{maximum}]"
        self._record(result_id, entry, label, layout, statistics, n=found.n, N=len(selected), unit=unit, note=note)

    def threshold(self, result_id: str, **values: str) -> None:
        """Record the threshold of a definition in force, already printed, under its name in the ledger."""
        entry = self.ledger[result_id]
        statistics = {name: {"raw": value, "formatted": value} for name, value in values.items()}
        self._record(result_id, entry, None, entry.layout, statistics, n=None, N=None)

    def value(
        self,
        result_id: str,
        raw: float | None,
        printed: str,
        *,
        label: str,
        N: int | None = None,
        unit: str | None = None,
        basis: Literal["records", "published"] = "records",
    ) -> None:
        """Record any other computed figure; it is not published and is labelled so wherever it appears."""
        statistics = {"value": {"raw": None if raw is None else _rounded(raw), "formatted": printed}}
        self._record(result_id, None, label, "{value}", statistics, n=None, N=N, unit=unit, basis=basis)

    def thresholds(self, definitions: Definitions) -> None:
        """Record every threshold of the ledger as the definitions in force have it."""
        above = "≥" if definitions.cr_inclusive else ">"
        in_force = {
            "methods.chronic": {"threshold": f">{_plainly(definitions.chronic_months)}"},
            "methods.persistent": {"threshold": f">{_plainly(definitions.persistent_months)}"},
            "methods.tpo_ra_failed": {"threshold": _plainly(definitions.tpo_ra_failed)},
            "methods.cr": {"threshold": f"{above}{_plainly(definitions.cr_threshold)}"},
            "methods.r_range": {
                "minimum": _plainly(definitions.response_lower),
                "maximum": _plainly(definitions.cr_threshold),
            },
            "methods.r_fold": {"threshold": _plainly(definitions.response_fold)},
            "cohort.ana_titer": {"threshold": f">1/{_plainly(definitions.ana_titre)}"},
        }
        for name, values in in_force.items():
            self.threshold(name, **values)

    def _entry(self, result_id: str, label: str | None) -> Entry | None:
        if result_id in self.ledger:
            return self.ledger[result_id]
        if label is None:
            msg = f"{result_id!r} is no figure of the ledger; what is not published needs a label"
            raise ResultsError(msg)
        return None

    def _record(
        self,
        result_id: str,
        entry: Entry | None,
        label: str | None,
        layout: str,
        statistics: dict[str, dict[str, Any]],
        *,
        n: int | None,
        N: int | None,
        reading: str = "literal",
        interval: dict[str, Any] | None = None,
        unit: str | None = None,
        population: str | None = None,
        note: str = "",
        basis: str = "records",
    ) -> None:
        if (result_id, reading) in self.results:
            msg = f"{result_id!r} ({reading} reading) is recorded twice in chapter {self.chapter!r}"
            raise ResultsError(msg)
        printed = {name: found["formatted"] for name, found in statistics.items()}
        result = Result(
            id=result_id,
            label=entry.label if entry else str(label),
            population=population or (entry.reading(reading).among if entry else "all patients"),
            n=n,
            N=N,
            statistics=statistics,
            printed=(entry.layout if entry else layout).format(**printed),
            reading=reading,
            interval=interval,
            unit=entry.unit if entry else unit,
            published=entry is not None,
            chapter=self.chapter,
            note=note,
            basis=basis,
        )
        self.results[result_id, reading] = result
        _display(result)


def _display(result: Result) -> None:
    from IPython.display import display

    display(result)  # type: ignore[no-untyped-call]


def _plainly(value: float) -> str:
    return f"{value:g}"


def _rounded(value: float) -> float:
    """Keep twelve significant digits: enough for any use, and the same on every processor."""
    return float(f"{value:.12g}")


def read_outputs(folder: Path, kind: str, *, without: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Collect the JSON outputs of one MIME type from the notebooks of a folder, in order of name and cell.

    Chapters named in ``without`` are not looked at.

    Raises
    ------
    ResultsError
        When the folder holds no notebooks, or one holds a traceback or a cell that never ran.
    """
    notebooks = [path for path in sorted(folder.glob("*.ipynb")) if path.stem not in without]
    if not notebooks:
        msg = f"no executed chapters in {folder}"
        raise ResultsError(msg)
    found = []
    for path in notebooks:
        for position, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], start=1):
            if cell["cell_type"] != "code":
                continue
            if cell.get("execution_count") is None and "".join(cell["source"]).strip():
                msg = f"{path.name}: cell {position} was never executed"
                raise ResultsError(msg)
            for output in cell["outputs"]:
                if output["output_type"] == "error":
                    msg = f"{path.name}: cell {position} stopped with {output['ename']}: {output['evalue']}"
                    raise ResultsError(msg)
                payload = output.get("data", {}).get(kind)
                if payload is not None:
                    found.append(payload)
    return found


def read_results(folder: Path, *, without: Sequence[str] = ()) -> list[Result]:
    """Read every recorded figure from the executed chapters of a folder.

    Raises
    ------
    ResultsError
        As :func:`read_outputs`, and when two chapters record the same figure.
    """
    results = [Result(**payload) for payload in read_outputs(folder, RESULT, without=without)]
    seen: dict[tuple[str, str], str] = {}
    for result in results:
        key = (result.id, result.reading)
        if key in seen:
            msg = f"{result.id} ({result.reading} reading) is recorded by both {seen[key]} and {result.chapter}"
            raise ResultsError(msg)
        seen[key] = result.chapter
    return results


def digest(results: Iterable[Result]) -> str:
    """Return a SHA-256 over recorded figures, whatever their order."""
    payloads = sorted(json.dumps(asdict(result), sort_keys=True) for result in results)
    return hashlib.sha256("\n".join(payloads).encode()).hexdigest()
