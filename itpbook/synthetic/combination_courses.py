"""Treatment courses of a reconstructed patient: prior lines, the combination and concomitant treatment."""

from __future__ import annotations

from typing import Any

import numpy as np

from itpbook.records.schema import DRUG_CLASSES
from itpbook.synthetic.patient import Patient
from itpbook.synthetic.prior_lines import prior_lines

_MAXIMAL_DOSES = {"eltrombopag": "75 mg a day", "romiplostim": "10 ug/kg a week"}

Course = dict[str, Any]


def courses(patient: Patient, generator: np.random.Generator) -> list[Course]:
    """Write out all courses of a patient, prior lines first."""
    prior = [
        _course(patient, line.agent, "prior", line.start, line.end, line.response, maximal=line.agent in _MAXIMAL_DOSES)
        for line in prior_lines(patient, generator)
    ]
    return [*prior, *_combination(patient, generator), *_concomitant(patient, generator)]


def _course(
    patient: Patient,
    agent: str,
    role: str,
    start: int,
    end: int | None,
    response: str | None = None,
    *,
    regimen: str | None = None,
    maximal: bool = False,
) -> Course:
    return {
        "patient_id": patient.patient_id,
        "agent": agent,
        "drug_class": DRUG_CLASSES[agent],
        "role": role,
        "start_day": start,
        "end_day": end,
        "regimen": regimen,
        "at_maximal_dose": True if maximal else None,
        "response": response,
    }


def _combination(patient: Patient, generator: np.random.Generator) -> list[Course]:
    """Both drugs of the combination; the one stopped last may go on alone, and both may be going on."""
    together, followed = patient.combination_days, patient.followup_days
    ends: list[int | None] = [together, together]
    if together == followed:
        ends = [None, None]
    elif generator.random() < 0.5:
        longer = int(generator.random() < 0.4)
        later = together + int(generator.integers(14, 400))
        ends[longer] = later if later < followed else None
    doses = [_MAXIMAL_DOSES.get(agent) for agent in (patient.tpo_ra, patient.immunosuppressant)]
    return [
        _course(patient, agent, "combination", 0, end, regimen=dose, maximal=dose is not None)
        for agent, end, dose in zip((patient.tpo_ra, patient.immunosuppressant), ends, doses, strict=True)
    ]


def _concomitant(patient: Patient, generator: np.random.Generator) -> list[Course]:
    """Corticosteroids and hydroxychloroquine as concomitant treatment."""
    longest = min(max(patient.combination_days, 120), patient.followup_days)
    regimen = patient.concomitant_corticosteroids
    taken: list[tuple[str, str | None, int, int]] = []
    if regimen == "short_high_dose":
        start = int(generator.integers(0, 15))
        taken.append(("corticosteroids", regimen, start, int(generator.choice([4, 4, 7, 10, 14, 21]))))
    if regimen == "long_low_dose":
        start = int(generator.integers(0, 8))
        taken.append(("corticosteroids", regimen, start, int(longest * generator.uniform(0.6, 0.95))))
    if patient.hydroxychloroquine:
        start = int(generator.integers(0, 15))
        taken.append(("hydroxychloroquine", None, start, int(longest * generator.uniform(0.6, 1.0))))
    return [
        _course(patient, agent, "concomitant", start, min(start + days, patient.followup_days), regimen=scheme)
        for agent, scheme, start, days in taken
    ]
