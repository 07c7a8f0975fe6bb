"""Adverse events of a reconstructed patient: those the source names, and plain ones for whoever had others."""

from __future__ import annotations

from typing import Any

import numpy as np

from itpbook.synthetic.patient import Patient

_NAMED = (
    ("dvt_pe_events", "deep vein thrombosis or pulmonary embolism", "thromboembolic"),
    ("cvt_events", "cerebral venous thrombosis", "thromboembolic"),
    ("cholecystitis", "cholecystitis", "infection"),
    ("herpes_zoster", "herpes zoster", "infection"),
    ("dental_abscess", "dental abscess", "infection"),
)
_PLAIN = (
    ("raised liver enzymes", "hepatic"),
    ("diarrhoea", "gastrointestinal"),
    ("nausea", "gastrointestinal"),
    ("leukopenia", "haematological"),
    ("headache", "neurological"),
    ("fatigue", "other"),
)
_APART = 30
"""Days at least between two events of one kind."""


def adverse_events(patient: Patient, generator: np.random.Generator) -> list[dict[str, Any]]:
    """Return the events of a patient in the order of their days."""
    events = []
    for attribute, term, category in _NAMED:
        days = _days(patient, getattr(patient, attribute), category, generator)
        events += [_event(patient, day, term, category, severe=True) for day in days]
    if patient.any_adverse_event and not events:
        picked = generator.choice(len(_PLAIN), size=int(generator.integers(1, 3)), replace=False)
        for term, category in (_PLAIN[index] for index in sorted(picked)):
            (day,) = _days(patient, 1, category, generator)
            events.append(_event(patient, day, term, category, severe=False))
    return sorted(events, key=lambda event: (event["day"], event["term"]))


def _days(patient: Patient, number: int, category: str, generator: np.random.Generator) -> list[int]:
    """Days of events of one kind: thromboses once counts have risen, all others from the first week on."""
    risen = patient.response != "none" and category == "thromboembolic"
    first = patient.time_to_response_days if risen else 7
    last = min(patient.combination_days + 30, patient.followup_days)
    if risen:
        last = min(last, patient.time_to_response_days + patient.response_duration_days)
    room = max(last - first - (number - 1) * _APART, 0)
    early = np.sort(generator.beta(1, 1.8, number)) * room
    return [min(first + int(day) + event * _APART, patient.followup_days) for event, day in enumerate(early)]


def _event(patient: Patient, day: int, term: str, category: str, *, severe: bool) -> dict[str, Any]:
    event = {"patient_id": patient.patient_id, "day": day, "term": term, "category": category}
    return {**event, "severe": severe, "related": True}
