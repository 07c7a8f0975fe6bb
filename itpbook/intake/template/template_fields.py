"""What a centre is asked for: every column of the schema but those that no hospital records."""

from __future__ import annotations

import pandera.pandas as pa

from itpbook.records.schema import columns_of, is_inferred


def asked_columns(table: str) -> dict[str, pa.Column]:
    """Return the columns of an empty table in their order, each with its rules."""
    return {name: rules for name, rules in columns_of(table).items() if not is_inferred(rules)}
