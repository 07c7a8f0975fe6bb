"""Adverse events of a reconstructed patient: those the source names, and plain ones for whoever had others."""

from __future__ import annotations

from typing import Any

import numpy as np

from itpbook.reconstruct.patient import Patient

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


def adverse_events(patient: Patient, generator: np.random.Generator) -> list[dict[str, Any]]:
    """Return the events of a patient in the order of their days."""
    found = [
        _event(patient, term, category, severe=True, generator=generator)
        for attribute, term, category in _NAMED
        for _ in range(getattr(patient, attribute))
    ]
    if patient.any_adverse_event and not found:
        picked = generator.choice(len(_PLAIN), size=int(generator.integers(1, 3)), replace=False)
        found = [_event(patient, *_PLAIN[index], severe=False, generator=generator) for index in sorted(picked)]
    return sorted(found, key=lambda event: (event["day"], event["term"]))


def _event(
    patient: Patient, term: str, category: str, *, severe: bool, generator: np.random.Generator
) -> dict[str, Any]:
    latest = max(2, min(patient.combination_days, patient.followup_days - 1))
    return {
        "patient_id": patient.patient_id,
        "day": int(generator.integers(1, latest)),
        "term": term,
        "category": category,
        "severe": severe,
        "related": True,
    }
