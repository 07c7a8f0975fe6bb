"""Treatment courses of a reconstructed patient: earlier lines, the combination and what was given beside it.

The order of the earlier lines is the field's usual one: corticosteroids and immunoglobulin within weeks of the
diagnosis, then rituximab, splenectomy (before rituximab in those ill longest), an immunosuppressant, and last the two
TPO receptor agonists one after the other at maximal dose.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from itpbook.reconstruct.patient import Patient
from itpbook.schema import DRUG_CLASSES

_LONG_DISEASE_DAYS = 3650
"""Patients ill for longer were mostly splenectomised before rituximab was used in ITP."""
_PRIOR_IMMUNOSUPPRESSANTS = (
    ("azathioprine", 0.45),
    ("mycophenolate", 0.3),
    ("ciclosporin", 0.15),
    ("cyclophosphamide", 0.1),
)
_SECOND_LINE_EXTRAS = (("dapsone", 0.45), ("danazol", 0.35), ("hydroxychloroquine", 0.2))

Course = dict[str, Any]


def courses(patient: Patient, generator: np.random.Generator) -> list[Course]:
    """Write out all courses of a patient, earlier lines first."""
    return [
        *_earlier_lines(patient, generator),
        *_combination(patient, generator),
        *_beside(patient, generator),
    ]


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


def _earlier_lines(patient: Patient, generator: np.random.Generator) -> list[Course]:
    """Place each line at a share of the time from diagnosis to the combination, and give it an end before day 0."""
    ill = patient.itp_duration_days
    lines: list[tuple[float, str, int, str | None]] = []
    first = min(0.02, 10 / ill)
    if patient.prior_corticosteroids:
        response = "none" if patient.corticosteroid_refractory else "lost"
        lines.append((first * generator.random(), "corticosteroids", int(generator.integers(21, 90)), response))
    if patient.prior_ivig:
        response = "lost" if generator.random() < 0.7 else "none"
        lines.append((first + min(0.06, 30 / ill) * generator.random(), "ivig", 2, response))
    early_surgery = ill > _LONG_DISEASE_DAYS and generator.random() < 0.7
    lines.append(
        (generator.uniform(0.42, 0.55) if early_surgery else generator.uniform(0.16, 0.3), "rituximab", 21, "none")
    )
    if patient.splenectomy == "performed":
        share = generator.uniform(0.1, 0.25) if early_surgery else generator.uniform(0.34, 0.5)
        lines.append((share, "splenectomy", 0, "none"))
    if patient.prior_immunosuppressant:
        agent = _pick(_PRIOR_IMMUNOSUPPRESSANTS, generator)
        lines.append((generator.uniform(0.56, 0.66), agent, int(generator.integers(90, 240)), "none"))
    if generator.random() < 0.4:
        agent = _pick(_SECOND_LINE_EXTRAS, generator)
        lines.append((generator.uniform(0.31, 0.34), agent, int(generator.integers(40, 150)), "none"))
    recent = min(1.0, 1500 / ill)
    agonists = ["eltrombopag", "romiplostim"]
    if generator.random() < 0.5:
        agonists.reverse()
    for position, agent in enumerate(agonists):
        share = 1 - recent * (0.32 - 0.16 * position) * generator.uniform(0.9, 1.0)
        lines.append((share, agent, int(generator.integers(35, 160)), "none"))
    found = []
    for share, agent, length, response in sorted(lines):
        start = -ill + round(share * ill)
        limit = _next_agonist(lines, share, ill) if DRUG_CLASSES[agent] == "tpo_ra" else -1
        end = min(start + length, limit)
        found.append(
            _course(
                patient,
                agent,
                "prior",
                start,
                max(end, start),
                at_maximal_dose=True if DRUG_CLASSES[agent] == "tpo_ra" else None,
                response=response,
            )
        )
    return found


def _next_agonist(lines: list[tuple[float, str, int, str | None]], share: float, ill: int) -> int:
    """Day before which a TPO receptor agonist has to end: the start of the next one, or the combination."""
    later = [other for other, agent, _, _ in lines if DRUG_CLASSES[agent] == "tpo_ra" and other > share]
    return -ill + round(min(later) * ill) - 1 if later else -1


def _pick(weighted: tuple[tuple[str, float], ...], generator: np.random.Generator) -> str:
    agents, weights = zip(*weighted, strict=True)
    return str(generator.choice(agents, p=np.array(weights) / sum(weights)))


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
    doses = {"eltrombopag": "75 mg a day", "romiplostim": "10 ug/kg a week"}
    return [
        _course(
            patient,
            agent,
            "combination",
            0,
            end,
            regimen=doses.get(agent),
            at_maximal_dose=True if agent in doses else None,
        )
        for agent, end in zip(agents, ends, strict=True)
    ]


def _beside(patient: Patient, generator: np.random.Generator) -> list[Course]:
    """Corticosteroids and hydroxychloroquine given beside the combination."""
    found = []
    kept = max(patient.combination_days, 10)
    if patient.concomitant_corticosteroids == "short_high_dose":
        start = int(generator.integers(0, min(kept, 60) // 2 + 1))
        length = int(generator.integers(4, 22))
        end = min(start + length, patient.followup_days)
        found.append(_course(patient, "corticosteroids", "concomitant", start, end, regimen="short_high_dose"))
    if patient.concomitant_corticosteroids == "long_low_dose":
        start = int(generator.integers(0, 8))
        end = min(start + int(kept * generator.uniform(0.5, 0.95)), patient.followup_days)
        found.append(_course(patient, "corticosteroids", "concomitant", start, end, regimen="long_low_dose"))
    if patient.hydroxychloroquine:
        start = int(generator.integers(0, 15))
        end = min(start + int(kept * generator.uniform(0.6, 1.0)), patient.followup_days)
        found.append(_course(patient, "hydroxychloroquine", "concomitant", start, end))
    return found
