"""Records in which every typed text is a hostile string: one patient for each."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from records import Tables, small_cohort_tables

COLUMNS = (
    ("patients", "patient_id"),
    ("patients", "centre"),
    ("patients", "death_cause"),
    ("treatments", "patient_id"),
    ("treatments", "regimen"),
    ("platelets", "patient_id"),
    ("adverse_events", "patient_id"),
    ("adverse_events", "term"),
)
"""Every column that holds what somebody typed."""


def hostile_tables(strings: Sequence[str], *, ids: Sequence[str] = ()) -> Tables:
    """Return tables of texts with the second patient of the small records once for each string.

    Parameters
    ----------
    strings
        What stands in every column of texts.
    ids
        What stands in their place in the column of identifiers.
    """
    chosen = pd.DataFrame({"hostile": strings, "id": ids or strings})
    typed = {(table, column) for table, column in COLUMNS if column != "patient_id"}
    tables: Tables = {}
    for name, table in small_cohort_tables().items():
        rows = table[table["patient_id"] == "P2"].merge(chosen, how="cross")
        rows["patient_id"] = rows["id"]
        for column in rows.columns:
            if (name, column) in typed:
                # A regimen of corticosteroids is one of two words; other agents have any.
                rows[column] = rows["hostile"]
        tables[name] = rows[table.columns].reset_index(drop=True)
    return tables
