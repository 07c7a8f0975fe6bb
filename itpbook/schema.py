"""The record format: four tables, each a pandera model. The data dictionary is generated from these models.

Days count from the start of the combination (day 0); platelet counts are in 10^9/L.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

DRUG_CLASSES = MappingProxyType(
    {
        "corticosteroids": "corticosteroid",
        "ivig": "immunoglobulin",
        "anti_d": "immunoglobulin",
        "rituximab": "anti_cd20",
        "splenectomy": "surgery",
        "eltrombopag": "tpo_ra",
        "romiplostim": "tpo_ra",
        "mycophenolate": "immunosuppressant",
        "azathioprine": "immunosuppressant",
        "cyclophosphamide": "immunosuppressant",
        "ciclosporin": "immunosuppressant",
        "everolimus": "immunosuppressant",
        "hydroxychloroquine": "antimalarial",
        "dapsone": "other",
        "danazol": "other",
        "vincristine": "other",
        "other": "other",
    }
)
"""Each agent, and the class it belongs to."""

ROLES = ("prior", "combination", "concomitant", "rescue")
CATEGORIES = (
    "thromboembolic",
    "infection",
    "bleeding",
    "hepatic",
    "gastrointestinal",
    "haematological",
    "metabolic",
    "neurological",
    "other",
)
_TPO_RA_ONLY = "For TPO receptor agonists only: whether the highest approved dose was reached."


def _field(title: str, description: str, *, unit: str | None = None, inferred: bool = False, **rules: Any) -> Any:
    return pa.Field(title=title, description=description, metadata={"unit": unit, "inferred": inferred}, **rules)


class _Table(pa.DataFrameModel):
    class Config:
        strict = True
        coerce = False


class Patients(_Table):
    """One row per patient."""

    patient_id: Series[str] = _field("Patient", "Identifier without personal meaning.", unique=True)
    centre: Series[str] = _field("Centre", "Where the patient was treated.")
    sex: Series[str] = _field("Sex", "As recorded at birth.", isin=["female", "male"])
    age_years: Series[int] = _field("Age", "Whole years on day 0.", unit="years", ge=18, le=110)
    diagnosis_day: Series[int] = _field("Diagnosis", "Day on which ITP was diagnosed; negative.", unit="days", lt=0)
    itp_type: Series[str] = _field(
        "Type of ITP",
        "Primary, or the disease that it is secondary to.",
        isin=["primary", "evans", "sle_aps", "primary_aps", "waldenstrom", "other_secondary"],
    )
    mgus: Series[bool] = _field("Gammopathy", "Monoclonal gammopathy of undetermined significance.")
    ana_positive: Series[bool] = _field(
        "Antinuclear antibodies", "Above the titre of the definitions, without definite autoimmune disease."
    )
    bleeding_at_baseline: Series[bool] = _field("Bleeding", "Any bleeding when the combination began.")
    corticosteroid_refractory: Series[bool] = _field("Corticosteroid-refractory", "No response to corticosteroids.")
    splenectomy: Series[str] = _field(
        "Splenectomy", "Whether the spleen was removed.", isin=["performed", "contraindicated", "refused"]
    )
    splenectomy_reason: Series[str] = _field(
        "Reason for no splenectomy",
        "Given exactly when none was performed.",
        nullable=True,
        isin=["age_comorbidity", "aps", "refusal", "other"],
    )
    last_followup_day: Series[int] = _field("Last follow-up", "Day of the last contact.", unit="days", ge=0)
    died: Series[bool] = _field("Died", "Whether the patient died by the last follow-up.")
    death_cause: Series[str] = _field("Cause of death", "Given exactly when the patient died.", nullable=True)
    corticosteroid_free_inferred: Series[bool] | None = _field(
        "Inferred corticosteroid-free set",
        "Inferred, not recorded: member of the group whose size two published percentages require. Synthetic only.",
        inferred=True,
    )


class Treatments(_Table):
    """One row per course of a drug or procedure."""

    patient_id: Series[str] = _field("Patient", "A patient of the first table.")
    agent: Series[str] = _field("Agent", "Drug or procedure.", isin=list(DRUG_CLASSES))
    drug_class: Series[str] = _field("Class", "Class of the agent.", isin=sorted(set(DRUG_CLASSES.values())))
    role: Series[str] = _field("Role", "Earlier line, part of the combination, beside it, or rescue.", isin=list(ROLES))
    start_day: Series[int] = _field("Start", "Day on which it was started.", unit="days")
    end_day: Series[pd.Int64Dtype] = _field(
        "End",
        "Day on which it was stopped; missing while the course was going on at the last follow-up.",
        unit="days",
        nullable=True,
    )
    regimen: Series[str] = _field(
        "Regimen",
        "Dose or scheme; for corticosteroids beside the combination short_high_dose or long_low_dose.",
        nullable=True,
    )
    at_maximal_dose: Series[pd.BooleanDtype] = _field("Maximal dose", _TPO_RA_ONLY, nullable=True)
    response: Series[str] = _field(
        "Response",
        "For earlier lines only: what the centre recorded of the course.",
        nullable=True,
        isin=["CR", "R", "none", "lost"],
    )


class Platelets(_Table):
    """One row per platelet count."""

    patient_id: Series[str] = _field("Patient", "A patient of the first table.")
    day: Series[int] = _field("Day", "Day of the count; one count a day.", unit="days")
    count: Series[float] = _field("Platelet count", "As measured.", unit="10^9/L", ge=0, le=3000)
    bleeding: Series[bool] | None = _field("Bleeding", "Any bleeding at that visit.")


class AdverseEvents(_Table):
    """One row per adverse event; the table may be empty."""

    patient_id: Series[str] = _field("Patient", "A patient of the first table.")
    day: Series[int] = _field("Day", "First day of the event.", unit="days", ge=0)
    term: Series[str] = _field("Event", "Plain name of the event.")
    category: Series[str] = _field("Category", "Kind of event.", isin=list(CATEGORIES))
    severe: Series[bool] = _field("Severe", "Whether the centre called it severe.")
    related: Series[bool] = _field("Related", "Whether it may have been due to treatment.")


TABLES: MappingProxyType[str, type[pa.DataFrameModel]] = MappingProxyType(
    {"patients": Patients, "treatments": Treatments, "platelets": Platelets, "adverse_events": AdverseEvents}
)
"""The tables by name; each lies in a file of that name."""
