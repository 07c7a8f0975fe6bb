"""Treatment courses of a reconstructed patient: earlier lines, the combination and what was given beside it."""

from __future__ import annotations

from typing import Any

import numpy as np

from itpbook.records.schema import DRUG_CLASSES
from itpbook.synthetic.earlier_lines import earlier_lines
from itpbook.synthetic.patient import Patient

_MAXIMAL_DOSES = {"eltrombopag": "75 mg a day", "romiplostim": "10 ug/kg a week"}

Course = dict[str, Any]


def courses(patient: Patient, generator: np.random.Generator) -> list[Course]:
    """Write out all courses of a patient, earlier lines first."""
    earlier = [
        _course(
            patient,
            line.agent,
            "prior",
            line.start,
            line.end,
            at_maximal_dose=True if line.agent in _MAXIMAL_DOSES else None,
            response=line.response,
        )
        for line in earlier_lines(patient, generator)
    ]
    return [*earlier, *_combination(patient, generator), *_beside(patient, generator)]


def _course(patient: Patient, agent: str, role: str, start: int, end: int | None, **more: Any) -> Course:
    return {
        "patient_id": patient.patient_id,
        "agent": agent,
        "drug_class": DRUG_CLASSES[agent],
        "role": role,
        "start_day": start,
        "end_day": end,
        "regimen": more.get("regimen"),
        "at_maximal_dose": more.get("at_maximal_dose"),
        "response": more.get("response"),
    }


def _combination(patient: Patient, generator: np.random.Generator) -> list[Course]:
    """Both drugs of the combination; the one stopped last may go on alone, and both may be going on."""
    together, followed = patient.combination_days, patient.followup_days
    agents = [patient.tpo_ra, patient.immunosuppressant]
    ends: list[int | None] = [together, together]
    if together == followed:
        ends = [None, None]
    elif generator.random() < 0.5:
        longer = int(generator.random() < 0.4)
        later = together + int(generator.integers(14, 400))
        ends[longer] = later if later < followed else None
    return [
        _course(
            patient,
            agent,
            "combination",
            0,
            end,
            regimen=_MAXIMAL_DOSES.get(agent),
            at_maximal_dose=True if agent in _MAXIMAL_DOSES else None,
        )
        for agent, end in zip(agents, ends, strict=True)
    ]


def _beside(patient: Patient, generator: np.random.Generator) -> list[Course]:
    """Corticosteroids and hydroxychloroquine given beside the combination."""
    found = []
    kept = min(max(patient.combination_days, 120), patient.followup_days)
    if patient.concomitant_corticosteroids == "short_high_dose":
        start = int(generator.integers(0, 15))
        end = min(start + int(generator.choice([4, 4, 7, 10, 14, 21])), patient.followup_days)
        found.append(_course(patient, "corticosteroids", "concomitant", start, end, regimen="short_high_dose"))
    if patient.concomitant_corticosteroids == "long_low_dose":
        start = int(generator.integers(0, 8))
        end = min(start + int(kept * generator.uniform(0.6, 0.95)), patient.followup_days)
        found.append(_course(patient, "corticosteroids", "concomitant", start, end, regimen="long_low_dose"))
    if patient.hydroxychloroquine:
        start = int(generator.integers(0, 15))
        end = min(start + int(kept * generator.uniform(0.6, 1.0)), patient.followup_days)
        found.append(_course(patient, "hydroxychloroquine", "concomitant", start, end))
    return found
