"""What is proven, held against all records of a small series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

import pandas as pd
from brute_force import AllRecords, Patient, one_set, patients_of, satisfy
from every_conflict import EveryConflict, Verdict

from implied.check.attribute_table import rows_of, unsatisfied
from implied.check.queries import Query
from implied.determine.bounds import bounds
from implied.determine.conflicts import conflicts
from implied.ledger import Ledger

MOST_SETTLING = 2
"""Figures that settle the number of patients, beyond which sets are not looked for (see :func:`conflicts`)."""


def as_multiset(patients: Iterable[Patient]) -> frozenset[tuple[tuple[tuple[str, str], ...], int]]:
    """Return patients without their order; what looks equal in Python (1 and True) stays apart."""
    kinds = Counter(tuple((name, repr(value)) for name, value in patient.items()) for patient in patients)
    return frozenset(kinds.items())


def keeping(ledger: Ledger, ids: Iterable[str]) -> Ledger:
    wanted = set(ids)
    return replace(ledger, entries=tuple(entry for entry in ledger if entry.id in wanted))


def assert_satisfies(ledger: Ledger, table: pd.DataFrame, ids: Sequence[str]) -> list[Patient]:
    """Check a table in two ways that share nothing, and return its patients."""
    patients = patients_of(ledger, table)
    assert satisfy(ledger, patients, ids)
    assert unsatisfied(keeping(ledger, ids), rows_of(table)) == []
    return patients


def assert_bounds_are_sharp(ledger: Ledger, figures: Sequence[Query], records: AllRecords | None = None) -> None:
    """Check the bounds of figures, their witnesses and what is said of figures without patients.

    ``records`` are all records of as many patients, where they have been tried already.
    """
    every = [entry.id for entry in ledger]
    records = records or AllRecords(ledger, [ledger.size])
    rows = records.solutions()
    for figure, bound in zip(figures, bounds(ledger, figures), strict=True):
        everywhere = records.values(figure)
        values = [everywhere[row] for row in rows]
        defined = [value for value in values if value is not None]
        assert bound.query == figure
        assert bound.proven
        if figure.statistic not in ("count", "events"):
            assert bound.may_be_empty == (None in values)
        assert bound.forced == (len(set(values)) == 1 and values[0] is not None)
        if not defined:
            assert (bound.low, bound.high, bound.low_witness, bound.high_witness) == (None, None, None, None)
            continue
        assert (bound.low, bound.high) == (min(defined), max(defined))
        assert isinstance(bound.low, Fraction)
        assert isinstance(bound.high, Fraction)
        for end, witness in ((bound.low, bound.low_witness), (bound.high, bound.high_witness)):
            assert witness is not None
            assert one_set(ledger, assert_satisfies(ledger, witness, every)).values(figure) == [end]


def assert_conflicts_are_the_smallest(ledger: Ledger) -> list[tuple[str, ...]]:
    """Check every conflict and its witnesses, and that none is missed; return their entries."""
    known = EveryConflict(ledger)
    order = [entry.id for entry in ledger]
    found = conflicts(ledger, others=1000)
    sets = [frozenset(conflict.entries) for conflict in found]
    assert len(sets) == len(set(sets))
    assert [len(each) for each in sets] == sorted(len(each) for each in sets)
    missed = set(known.smallest()) - set(sets)
    assert all(known.settled_by(ids) > MOST_SETTLING for ids in missed)
    if known.verdict(order) is Verdict.POSSIBLE:
        assert found == ()
    if known.verdict(order) is Verdict.IMPOSSIBLE:
        assert found != ()
    for conflict in found:
        assert list(conflict.entries) == [name for name in order if name in conflict.entries]
        assert known.verdict(conflict.entries) is not Verdict.POSSIBLE
        assert set(conflict.witnesses) == set(conflict.entries)
        for spared, witness in conflict.witnesses.items():
            others = [name for name in conflict.entries if name != spared]
            assert known.verdict(others) is not Verdict.IMPOSSIBLE
            assert_satisfies(ledger, witness, others)
    return [conflict.entries for conflict in found]
