"""The data dictionary, generated from the schema so that it cannot say anything else."""

from __future__ import annotations

import pandas as pd

from itpbook.columns import allowed
from itpbook.schema import TABLES

COLUMNS = ["column", "type", "unit", "allowed values", "missing", "meaning"]
_TYPES = {"str": "text", "int": "whole number", "Int": "whole number", "float": "number", "bool": "true or false"}


def dictionary_table(name: str) -> pd.DataFrame:
    """Describe the columns of a record table.

    Returns
    -------
    DataFrame
        One row per column of the table, with the columns of :data:`COLUMNS`, all text.
    """
    rows = []
    for column, rules in TABLES[name].to_schema().columns.items():
        kind = next(words for start, words in _TYPES.items() if str(rules.dtype).startswith(start))
        known = dict(rules.metadata or {})
        words = allowed(rules.dtype, rules.checks)
        missing = "column may be left out" if not rules.required else "allowed" if rules.nullable else "no"
        rows.append(
            {
                "column": column,
                "type": kind,
                "unit": str(known.get("unit") or ""),
                "allowed values": words.removeprefix("one of ")
                if words.startswith("one of") or "at " in words
                else "any",
                "missing": missing,
                "meaning": f"{rules.title}. {rules.description}",
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def table_meaning(name: str) -> str:
    """Say what a row of a record table is."""
    return str(TABLES[name].__doc__).strip()
