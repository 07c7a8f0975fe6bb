"""What the book counts of patients beyond the ledger: subgroups, adverse events by category, other definitions.

The chapters count these one by one; here they stand together, so that what must be withheld is settled for all of them
before the first is printed, and so that a data protection officer can be shown each with its number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from itpbook.definitions import IWG2009, SOURCE, Definitions
from itpbook.disclosure.small_numbers import as_members
from itpbook.disclosure.withheld_limits import Count
from itpbook.records.cohort import Cohort
from itpbook.records.schema import CATEGORIES
from itpbook.study.outcomes import derive
from itpbook.study.statistics import known_true
from itpbook.study.subgroups import usual_subgroups

SUBGROUPS = "table-subgroups"
EVENTS = "table-adverse-events"


@dataclass(frozen=True)
class LabelledCount:
    """A number of patients in the book: where it is printed, its row or label there, and who is counted."""

    printed_in: str
    label: str
    count: Count


def beyond_ledger(cohort: Cohort, patients: pd.DataFrame) -> list[LabelledCount]:
    """Return what the chapters count of patients that is no entry of the ledger, in the order of the chapters.

    ``patients`` has one row per patient, as :func:`itpbook.study.outcomes.derive` returns it.
    """
    return [*_other_definitions(cohort, patients), *_by_subgroup(patients), *_by_category(cohort, patients)]


def category_kind(category: str) -> str:
    """Return the kind of part that patients with an event of a category are; empty for an event of any."""
    return f"events {category}"


BY_CATEGORY = "events by category"
"""The kind of parts into which the patients with any adverse event fall."""


def _other_definitions(cohort: Cohort, patients: pd.DataFrame) -> Iterator[LabelledCount]:
    for result_id, label, truth in (
        ("methods.eligible", "Eligible as the source reports its series", patients["eligible"]),
        ("methods.eligible_strict", "Eligible by the stated definition", patients["eligible_strict"]),
        ("remarks.cr_source", "Complete response by the source's definition", _complete(cohort, SOURCE)),
        ("remarks.cr_iwg", "Complete response by the working group's definition", _complete(cohort, IWG2009)),
    ):
        yield LabelledCount(result_id, label, Count(_members(truth), as_members(truth.notna()), result_id))


def _complete(cohort: Cohort, definitions: Definitions) -> pd.Series[bool]:
    return derive(cohort, definitions)["response"].eq("CR")


def _by_subgroup(patients: pd.DataFrame) -> Iterator[LabelledCount]:
    response, everybody = patients["response"].astype(str), _everybody(patients)
    for group in usual_subgroups(patients):
        members, label = _members(group.members), ": ".join(filter(None, [group.heading, group.label]))
        yield LabelledCount(SUBGROUPS, label, Count(members, everybody, group.heading))
        for words, kinds in (("response or complete response", ["R", "CR"]), ("complete response", ["CR"])):
            counted = members & _members(response.isin(kinds))
            yield LabelledCount(SUBGROUPS, f"{label}, {words}", Count(counted, members, group.heading))


def _by_category(cohort: Cohort, patients: pd.DataFrame) -> Iterator[LabelledCount]:
    events, everybody = cohort.adverse_events, _everybody(patients)
    related = events[events["related"].astype(bool)]
    anything = _members(patients["patient_id"].isin(related["patient_id"]))
    yield LabelledCount(EVENTS, "Any adverse event", Count(anything, everybody, category_kind("")))
    for category in CATEGORIES:
        inside = related.loc[related["category"].eq(category), "patient_id"]
        affected = _members(patients["patient_id"].isin(inside))
        if affected:
            yield LabelledCount(EVENTS, category, Count(affected, everybody, category_kind(category)))
            yield LabelledCount(EVENTS, f"{category}, among those with any", Count(affected, anything, BY_CATEGORY))


def _members(truth: pd.Series[bool]) -> int:
    return as_members(known_true(truth))


def _everybody(patients: pd.DataFrame) -> int:
    return as_members(pd.Series(True, index=patients.index))
