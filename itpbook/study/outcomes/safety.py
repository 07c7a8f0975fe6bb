"""Adverse events of each patient that may be related to the treatment."""

from __future__ import annotations

import pandas as pd

from itpbook.study.outcomes.treatment_courses import anyone, how_many

KINDS = {
    "thromboembolic_events": ("category", "thromboembolic"),
    "dvt_pe_events": ("term", "deep vein thrombosis or pulmonary embolism"),
    "cvt_events": ("term", "cerebral venous thrombosis"),
    "infections": ("category", "infection"),
    "cholecystitis": ("term", "cholecystitis"),
    "herpes_zoster": ("term", "herpes zoster"),
    "dental_abscess": ("term", "dental abscess"),
}
"""Kinds of events that are counted, and the category or term by which they are recorded."""


def safety(adverse_events: pd.DataFrame, patients: int) -> pd.DataFrame:
    """Count events per patient; only those recorded as related to the treatment, as the source reports them.

    Parameters
    ----------
    adverse_events
        The table of events with ``patient``, the position of the patient.
    patients
        Number of patients.
    """
    related = adverse_events[adverse_events["related"].astype(bool)]
    return pd.DataFrame(
        {
            "any_adverse_event": anyone(related, patients),
            "severe_events": how_many(related[related["severe"].astype(bool)], patients),
            **{
                kind: how_many(related[related[column] == recorded], patients)
                for kind, (column, recorded) in KINDS.items()
            },
        }
    )
