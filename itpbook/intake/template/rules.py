"""Rules across columns and tables in the words of the messages that :mod:`itpbook.records` gives."""

from __future__ import annotations

RULES = (
    ("patients", "death_cause", "a cause exactly when died is true"),
    ("patients", "splenectomy_reason", "a reason exactly when splenectomy is contraindicated or refused"),
    ("patients", "splenectomy", "refused when splenectomy_reason is refusal"),
    ("patients", "splenectomy", "performed exactly when the treatments hold a prior course of splenectomy"),
    ("patients", "diagnosis_day", "a day within the patient's life"),
    (
        "patients",
        "patient_id",
        "one TPO receptor agonist and one immunosuppressant as combination on day 0 among the treatments",
    ),
    ("all others", "patient_id", "a patient of the table patients"),
    ("treatments", "drug_class", "the class of the agent"),
    ("treatments", "role", "combination for TPO receptor agonists and immunosuppressants alone"),
    ("treatments", "start_day", "before day 0 and not before the diagnosis for a prior course"),
    ("treatments", "start_day", "day 0 for the later drug of the combination, day 0 or earlier for the other"),
    (
        "treatments",
        "start_day",
        "for a drug that takes over from another of the combination, by the day after the end of that one",
    ),
    ("treatments", "start_day", "not after the last follow-up"),
    (
        "treatments",
        "end_day",
        "from the start of the course to the last follow-up; on day 0 or later for the combination",
    ),
    ("treatments", "regimen", "short_high_dose, long_low_dose or nothing for concomitant corticosteroids"),
    ("treatments", "at_maximal_dose", "for TPO receptor agonists only, and always for prior ones"),
    ("treatments", "response", "for prior courses only, and always for them"),
    ("platelets", "day", "one count a day for each patient, none after the last follow-up"),
    ("adverse_events", "day", "not after the last follow-up"),
)
"""Table, column and what must hold there, beyond what the column alone may be."""
