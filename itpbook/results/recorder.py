"""Recording the results of a chapter: counts, sums and summaries are formatted here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from string import Formatter
from typing import Any, Literal

import pandas as pd

from implied.determine.stored_answers import Determined
from implied.ledger import Entry, Ledger
from implied.numbers.rounding import decimals, print_percent
from implied.numbers.units import months
from itpbook.definitions import Definitions
from itpbook.disclosure.small_numbers import WITHHELD, SmallNumbers
from itpbook.disclosure.suppression_plan import kind_of
from itpbook.results.recorded_result import NO_FIGURE, Result, ResultsError
from itpbook.results.recorded_values import (
    interval_of,
    members_of,
    missing_note,
    numbers_of,
    printed_thresholds,
    rounded,
    summarised,
    truth_of,
)
from itpbook.results.withheld import as_printed, without_ends, without_numbers
from itpbook.study.statistics import proportion

Statistics = Mapping[str, Mapping[str, Any]]

_EVERYBODY = "all patients"


class Recorder:
    """Records the results of one chapter and displays each, so that it is stored in the notebook.

    Methods return nothing, so that a cell may end with one; ``recorder[id]`` gives the result.

    Ids of the ledger take label, unit, layout and decimals from there. Any other id is recorded as not published and
    needs a ``label``: a number of all patients who meet a condition, or a value. What the ledger leaves possible of a
    claim is recorded with its result where ``known`` has it: give that when the records are but some of those that
    satisfy the ledger. Numbers that ``small`` does not admit are recorded as withheld.

    Raises
    ------
    ResultsError
        By every method: for an id that is recorded already, an id or a reading that the ledger does not have, and
        values that are not of the kind to be recorded.
    """

    def __init__(
        self,
        chapter: str,
        ledger: Ledger,
        known: Determined | None = None,
        small: SmallNumbers | None = None,
    ) -> None:
        self.small = small or SmallNumbers()
        self.chapter = chapter
        self.ledger = ledger
        self.known = known
        self.results: dict[tuple[str, str], Result] = {}

    def __getitem__(self, result_id: str) -> Result:
        """Return a recorded result in its literal reading."""
        return self.results[result_id, "literal"]

    def patients(
        self,
        result_id: str,
        condition: pd.Series[bool],
        *,
        among: pd.Series[bool] | None = None,
        reading: str = "literal",
        label: str | None = None,
    ) -> None:
        """Count the patients who meet ``condition`` among those of ``among`` (all, when left out).

        Patients in whom it is missing whether they meet it are in neither number; the note says how many they are.
        """
        entry = self._entry(result_id, label)
        truth = truth_of(result_id, condition)
        members = pd.Series(True, index=truth.index) if among is None else members_of(result_id, among, truth)
        inside = truth[members]
        inside_known = inside.dropna().astype(bool)
        n, total = int(inside_known.sum()), len(inside_known)
        places = decimals(entry.printed.get("percent", "0")) if entry else 0
        in_words = entry is not None and entry.printed.get("count") == "all" and n == total > 0
        statistics: Statistics = {
            "count": {"raw": n, "formatted": "all" if in_words else str(n)},
            "denominator": {"raw": total, "formatted": str(total)},
            "percent": {
                "raw": rounded(100 * n / total) if total else None,
                "formatted": print_percent(n, total, places) if total else NO_FIGURE,
            },
        }
        words = self._population(result_id, entry, reading, among is not None)
        result = self._result(result_id, entry, label, statistics, "{count}/{denominator} ({percent}%)")
        result = replace(result, reading=reading, population=words)
        part = truth.fillna(False).astype(bool), members & truth.notna(), kind_of(result_id, self.ledger)
        if self.small.small(len(inside) - total) or not self.small.admits(*part):
            self._record(without_numbers(result, self.small.printed_part(*part)))
            return
        interval, note = interval_of(proportion(n, total)), missing_note(len(inside) - total)
        self._record(replace(result, n=n, N=total, interval=interval, note=note))

    def events(self, result_id: str, counts: pd.Series[int]) -> None:
        """Add up events over patients; ``counts`` holds the number of events of each patient.

        Patients in whom it is missing add none; the note says how many they are.
        """
        entry = self._claim(result_id)
        numbers = numbers_of(result_id, counts).dropna()
        impossible = numbers[(numbers % 1 != 0) | (numbers < 0)]
        if not impossible.empty:
            msg = f"{result_id!r}: events are counted, found {impossible.iloc[0]}"
            raise ResultsError(msg)
        total = None if numbers.empty and not counts.empty else int(numbers.sum())
        statistics = {"count": {"raw": total, "formatted": NO_FIGURE if total is None else str(total)}}
        result = self._result(result_id, entry, None, statistics, entry.layout)
        affected, missing = int(numbers.gt(0).sum()), len(counts) - len(numbers)
        if total is not None and (
            any(self.small.small(number) for number in (total, affected, missing))
            or not self.small.admits_events(total)
        ):
            self._record(without_numbers(result, self.small.printed(total)))
            return
        self._record(replace(result, note=missing_note(missing)))

    def summary(self, result_id: str, values: pd.Series[float], *, among: pd.Series[bool] | None = None) -> None:
        """Summarise a number over patients: median, quartiles, minimum, maximum.

        Their mean, and of how many patients it is known, are given where the ledger prints them.
        ``values`` are in the records' unit; days are turned into months where the ledger says months.
        """
        entry = self._claim(result_id)
        numbers = numbers_of(result_id, values)
        selected = numbers if among is None else numbers[members_of(result_id, among, numbers)]
        quantity, statistics = summarised(
            months(selected) if entry.unit == "months" else selected,
            entry.printed,
            self.small.below if self.small.withholding else 0,
        )
        result = self._result(result_id, entry, None, statistics, entry.layout)
        result = replace(result, n=quantity.n, N=len(selected), note=missing_note(quantity.missing))
        everybody = pd.Series(True, index=numbers.index)
        members = everybody if among is None else members_of(result_id, among, numbers)
        self._record(without_ends(result, numbers, members, self.small) if self.small.withholding else result)

    def threshold(self, result_id: str, **values: str) -> None:
        """Record the threshold of a definition that applies, already printed, under its name in the ledger."""
        entry = self._claim(result_id)
        if not entry.is_threshold or set(values) != set(entry.printed):
            msg = f"{result_id!r} is no threshold that is printed as {', '.join(values)}"
            raise ResultsError(msg)
        statistics = {name: {"raw": value, "formatted": value} for name, value in values.items()}
        self._record(self._result(result_id, entry, None, statistics, entry.layout))

    def thresholds(self, definitions: Definitions) -> None:
        """Record every threshold of the ledger as the definitions that apply have it."""
        for name, values in printed_thresholds(definitions).items():
            self.threshold(name, **values)

    def value(
        self,
        result_id: str,
        raw: float | None,
        printed: str | None = None,
        *,
        label: str,
        unit: str | None = None,
        basis: Literal["records", "published"] = "records",
    ) -> None:
        """Record any other result; it is not published and is labelled so wherever it appears.

        It is printed as it is where no words are given for it. Where small numbers are withheld, one that rests on
        records is, too: it is not known which patients it is about.
        """
        if result_id in self.ledger:
            msg = f"{result_id!r} is a claim of the ledger: record the patients, events or values that it is made of"
            raise ResultsError(msg)
        words = str(raw) if printed is None else printed
        statistics = {"value": {"raw": None if raw is None else rounded(raw), "formatted": words}}
        result = self._result(result_id, None, label, statistics, "{value}")
        if basis == "records" and raw is not None and self.small.withholding:
            self._record(without_numbers(replace(result, unit=unit), WITHHELD))
            return
        self._record(replace(result, unit=unit, basis=basis))

    def derived(
        self, result_id: str, raw: float, printed: str | None = None, *, label: str, unit: str | None = None
    ) -> None:
        """Record a number that follows from the published ones alone, whatever the records."""
        self.value(result_id, raw, printed, label=label, unit=unit, basis="published")

    def _claim(self, result_id: str) -> Entry:
        if result_id not in self.ledger:
            msg = f"{result_id!r} is no claim of the ledger"
            raise ResultsError(msg)
        return self.ledger[result_id]

    def _entry(self, result_id: str, label: str | None) -> Entry | None:
        if result_id in self.ledger:
            return self.ledger[result_id]
        if label is None:
            msg = f"{result_id!r} is no claim of the ledger; what is not published needs a label"
            raise ResultsError(msg)
        return None

    def _population(self, result_id: str, entry: Entry | None, reading: str, part: bool) -> str:
        """Name the patients that a result is about; those of the ledger are named there."""
        if entry is None:
            if part:
                msg = f"{result_id!r} is no claim of the ledger; what is not published is counted among all patients"
                raise ResultsError(msg)
            return _EVERYBODY
        if reading not in [possible.name for possible in entry.readings]:
            msg = f"{result_id!r} has no {reading} reading in the ledger"
            raise ResultsError(msg)
        return entry.reading(reading).among

    def _result(
        self, result_id: str, entry: Entry | None, label: str | None, statistics: Statistics, layout: str
    ) -> Result:
        """Arrange statistics as the ledger does; where one of those shown is missing, a dash is shown for all."""
        arranged = entry.layout if entry else layout
        printed = {name: str(statistic["formatted"]) for name, statistic in statistics.items()}
        shown = [name for _, name, _, _ in Formatter().parse(arranged) if name is not None]
        if any(name not in printed for name in shown):
            msg = f"{result_id!r} is printed as {', '.join(shown)}; computed are {', '.join(printed)}"
            raise ResultsError(msg)
        is_missing = NO_FIGURE in [printed[name] for name in shown]
        return Result(
            id=result_id,
            label=entry.label if entry else str(label),
            population=entry.readings[0].among if entry else _EVERYBODY,
            n=None,
            N=None,
            statistics=statistics,
            printed=NO_FIGURE if is_missing else arranged.format(**printed),
            unit=entry.unit if entry else None,
            published=entry is not None,
            chapter=self.chapter,
        )

    def _record(self, result: Result) -> None:
        key = (result.id, result.reading)
        if key in self.results:
            msg = f"{result.id!r} ({result.reading} reading) is recorded twice in chapter {self.chapter!r}"
            raise ResultsError(msg)
        if self.known is not None:
            result = replace(result, possible=self.known.possible(result.id, result.reading))
        if self.small.withholding and result.basis == "records":
            result = as_printed(result)
        self.results[key] = result
        _display(result)


def _display(result: Result) -> None:
    from IPython.display import display

    display(result)  # type: ignore[no-untyped-call]
