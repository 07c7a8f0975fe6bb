"""Subgroups of patients and how many of each responded, for the table and the figure of responses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from implied.ledger.conditions import attributes_of, holds
from itpbook.shipped import shipped_ledger, shipped_questions
from itpbook.study.statistics import Proportion, known_true, proportion


@dataclass(frozen=True)
class Subgroup:
    """Patients who have something in common: ``members`` is true for them in the frame of patients.

    ``id`` is that of the subgroup among the questions, empty for any other.
    """

    heading: str
    label: str
    members: pd.Series
    id: str = ""


@dataclass(frozen=True)
class SubgroupResponse:
    """Overall and complete responses in a subgroup, among all of its patients."""

    heading: str
    label: str
    response: Proportion
    complete: Proportion
    id: str = ""


def usual_subgroups(patients: pd.DataFrame) -> list[Subgroup]:
    """Return the subgroups that the manuscript looks at, each pair under one heading, all patients first.

    They are those of :mod:`implied.ledger.questions`. One whose attribute the records lack is left out; one without
    patients is kept: that there is nobody is worth knowing.
    """
    subgroups = [Subgroup("", "All patients", pd.Series(True, index=patients.index))]
    for group in shipped_questions(shipped_ledger()).subgroups:
        if set(attributes_of(group.condition)) <= set(patients.columns):
            subgroups.append(Subgroup(group.heading, group.label, holds(group.condition, patients), group.id))
    return subgroups


def count_responses(patients: pd.DataFrame, subgroups: Sequence[Subgroup]) -> list[SubgroupResponse]:
    """Count the responses in each subgroup, with Clopper-Pearson intervals."""
    response = patients["response"].astype(str)
    responses = []
    for group in subgroups:
        members = known_true(group.members)
        total = int(members.sum())
        responses.append(
            SubgroupResponse(
                group.heading,
                group.label,
                proportion(int((members & response.isin(["R", "CR"])).sum()), total),
                proportion(int((members & response.eq("CR")).sum()), total),
                group.id,
            )
        )
    return responses
