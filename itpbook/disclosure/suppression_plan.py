"""Which of all numbers that a book prints must be withheld together, settled before the first is printed.

The chapters print one after the other and know nothing of each other. So each begins by going through everything that
the ledger has counted, in its order, and takes the same decisions. Where what is left could still be worked out from
``<5``, which says that a count is not zero, nothing of that kind of parts is printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from implied.ledger import Entry, Ledger, Reading
from implied.ledger.conditions import attributes_of, holds
from itpbook.disclosure.small_numbers import Family, Members, SmallNumbers, as_members
from itpbook.disclosure.withheld_limits import Count, solved_families


def planned(below: int, patients: pd.DataFrame, ledger: Ledger, more: Iterable[Count] = ()) -> SmallNumbers:
    """Return the judge of small numbers for a chapter, having gone through all that the book counts and summarises.

    Parameters
    ----------
    below
        The threshold; 0 lets every count be printed.
    patients
        One row per patient, as :func:`itpbook.study.outcomes.derive` returns it.
    more
        What the book counts beyond the ledger.
    """
    if not below:
        return SmallNumbers()
    judge = settled(below, planned_counts(patients, ledger, more))
    for entry in ledger:
        population = entry.readings[0].population
        if entry.quantity in patients and set(attributes_of(population)) <= set(patients):
            judge.admits_values(patients[entry.quantity].astype("float64").where(holds(population, patients)))
        # Events are compared with the patients who had them: one each, as often as not.
        if entry.condition is not None and any(
            name in patients and is_numeric_dtype(patients[name]) and not is_bool_dtype(patients[name])
            for name in attributes_of(entry.condition)
        ):
            judge.admits_events(int(holds(entry.condition, patients).sum()))
    return judge


def planned_counts(patients: pd.DataFrame, ledger: Ledger, more: Iterable[Count] = ()) -> list[Count]:
    """Return everything that the book counts, in the order in which it is judged."""
    return [*_responses(patients), *(count for _, _, count in ledger_counts(ledger, patients)), *more]


def settled(below: int, counts: Sequence[Count]) -> SmallNumbers:
    """Return a judge who lets those of the counts be printed from which none of the others can be worked out."""
    hidden: set[Members] = set()
    masked: set[Family] = set()
    while True:
        judge = SmallNumbers(below, hidden, masked)
        shown = [judge.admits_part(count.counted, count.group, count.kind) for count in counts]
        refused = {count for count, yes in zip(counts, shown, strict=True) if not yes}
        # What one chapter withholds no other may print under another name.
        more = {count.counted for count in refused if count.counted.bit_count() >= below}
        solved = solved_families(below, counts, refused, masked) - masked
        if more <= hidden and not solved:
            return judge
        hidden |= more
        masked |= solved


def kind_of(entry_id: str, ledger: Ledger) -> str:
    """Tell of what kind a counted claim is as a part of its group: parts of one kind may make up the whole.

    These are claims below the same claim, and claims that ask for the same attribute of patients.
    """
    above = entry_id.rpartition(".")[0]
    if entry_id not in ledger or above in ledger:
        return above if above in ledger else entry_id
    condition = ledger[entry_id].condition
    return entry_id if condition is None else " ".join(sorted(set(attributes_of(condition)))) or entry_id


def _responses(patients: pd.DataFrame) -> Iterator[Count]:
    """Count the kinds of response first: they are what a reader looks for, and other counts hang on them."""
    response = patients["response"].astype(str)
    everybody = as_members(pd.Series(True, index=patients.index))
    for counted in (["R", "CR"], ["CR"], ["R"]):
        yield Count(as_members(response.isin(counted)), everybody, f"response {counted}")


def ledger_counts(ledger: Ledger, patients: pd.DataFrame) -> Iterator[tuple[Entry, Reading, Count]]:
    """Go through what each entry of the ledger counts under each of its readings, as far as the records tell."""
    for entry in ledger:
        for reading in entry.readings:
            if entry.condition is None:
                continue
            counted_by = set(attributes_of(entry.condition))
            if counted_by.union(attributes_of(reading.population)) <= set(patients.columns):
                decided = patients[sorted(counted_by)].notna().all(axis="columns")
                group = as_members(holds(reading.population, patients) & decided)
                counted = as_members(holds(entry.condition, patients)) & group
                yield entry, reading, Count(counted, group, kind_of(entry.id, ledger))
