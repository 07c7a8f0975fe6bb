"""One reconstructed patient, as the solver leaves it and the writers of raw records take it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Patient:
    """Attributes of the ledger for one patient; durations in days, counts in 10^9/L, events as numbers of events.

    Without a response ``time_to_response_days`` and ``response_duration_days`` are None, and nothing reads them.
    """

    patient_id: str
    sex: str
    age_years: int
    itp_type: str
    mgus: bool
    ana_positive: bool
    itp_duration_days: int
    prior_corticosteroids: bool
    corticosteroid_refractory: bool
    prior_ivig: bool
    prior_immunosuppressant: bool
    splenectomy: str
    splenectomy_reason: str | None
    bleeding_at_baseline: bool
    baseline_count: int
    tpo_ra: str
    immunosuppressant: str
    followup_days: int
    combination_days: int
    concomitant_corticosteroids: str
    hydroxychloroquine: bool
    corticosteroid_free_inferred: bool
    response: str
    time_to_response_days: int
    response_duration_days: int
    any_adverse_event: bool
    dvt_pe_events: int
    cvt_events: int
    cholecystitis: int
    herpes_zoster: int
    dental_abscess: int
    severe_events: int
    died: bool
