"""Subgroups of patients and how many of each responded, for the table and the figure of responses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from itpbook.statistics import Proportion, proportion


@dataclass(frozen=True)
class Subgroup:
    """Patients who have something in common: ``members`` is true for them in the frame of patients."""

    heading: str
    label: str
    members: pd.Series


@dataclass(frozen=True)
class SubgroupResponse:
    """Patients of a subgroup with at least a response and with a complete one.

    ``not_evaluable`` of them had no count to judge a response by; they stay in both denominators.
    """

    heading: str
    label: str
    response: Proportion
    complete: Proportion
    not_evaluable: int


def usual_subgroups(patients: pd.DataFrame) -> list[Subgroup]:
    """Return the subgroups that the manuscript looks at, each pair under one heading, all patients first.

    A subgroup without patients is kept: that there is nobody is worth knowing.
    """
    steroids = patients["concomitant_corticosteroids"].astype(str)
    agent = patients["immunosuppressant"].astype(str)
    common = ["mycophenolate", "azathioprine"]
    groups = [
        Subgroup("", "All patients", pd.Series(True, index=patients.index)),
        Subgroup("Corticosteroids beside the combination", "None", steroids.eq("none")),
        Subgroup("Corticosteroids beside the combination", "Any", steroids.ne("none")),
        Subgroup("Earlier immunosuppressant", "Yes", _true(patients["prior_immunosuppressant"])),
        Subgroup("Earlier immunosuppressant", "No", ~_true(patients["prior_immunosuppressant"])),
        Subgroup("TPO receptor agonist", "Eltrombopag", patients["tpo_ra"].eq("eltrombopag")),
        Subgroup("TPO receptor agonist", "Romiplostim", patients["tpo_ra"].eq("romiplostim")),
        Subgroup("Immunosuppressant", "Mycophenolate mofetil", agent.eq("mycophenolate")),
        Subgroup("Immunosuppressant", "Azathioprine", agent.eq("azathioprine")),
        Subgroup("Immunosuppressant", "Other", ~agent.isin(common)),
        Subgroup("Splenectomy", "Performed", patients["splenectomy"].eq("performed")),
        Subgroup("Splenectomy", "Not performed", patients["splenectomy"].ne("performed")),
        Subgroup("Type of ITP", "Primary", patients["itp_type"].eq("primary")),
        Subgroup("Type of ITP", "Secondary", patients["itp_type"].ne("primary")),
    ]
    if "corticosteroid_free_inferred" in patients:
        inferred = _true(patients["corticosteroid_free_inferred"])
        groups.insert(3, Subgroup("Corticosteroids beside the combination", "None, inferred set", inferred))
    return groups


def count_responses(patients: pd.DataFrame, subgroups: Sequence[Subgroup]) -> list[SubgroupResponse]:
    """Count the responses in each subgroup, with Clopper-Pearson intervals."""
    response = patients["response"].astype(str)
    evaluable = _true(patients["evaluable"])
    found = []
    for group in subgroups:
        members = _true(group.members)
        total = int(members.sum())
        found.append(
            SubgroupResponse(
                group.heading,
                group.label,
                proportion(int((members & response.isin(["R", "CR"])).sum()), total),
                proportion(int((members & response.eq("CR")).sum()), total),
                int((members & ~evaluable).sum()),
            )
        )
    return found


def _true(values: pd.Series) -> pd.Series:
    """Return plain booleans; a missing value belongs to no subgroup."""
    return values.astype("boolean").fillna(False).astype(bool)
