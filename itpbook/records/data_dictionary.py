"""The data dictionary, generated from the schema so that it cannot say anything else."""

from __future__ import annotations

import pandas as pd

from itpbook.records.schema import DRUG_CLASSES, TABLES, ColumnRules, columns_of

COLUMNS = ("column", "type", "unit", "allowed values", "missing", "meaning")


def dictionary_table(table_name: str) -> pd.DataFrame:
    """Describe the columns of a record table.

    Returns
    -------
    DataFrame
        One row per column of the table, in its order, with the columns of :data:`COLUMNS`; all of it text,
        empty where there is nothing to say.

    Raises
    ------
    ValueError
        For a name that is none of the four tables'.
    """
    if table_name not in TABLES:
        msg = f"no table {table_name!r}; there are {', '.join(TABLES)}"
        raise ValueError(msg)
    rows = [
        (name, rules.kind, rules.unit, _allowed(rules), _missing(rules), _meaning(rules))
        for name, rules in columns_of(table_name).items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def table_meaning(table_name: str) -> str:
    """Say what a row of a record table is."""
    return TABLES[table_name].meaning


def drug_class_table() -> pd.DataFrame:
    """Return the agents and the class that each belongs to."""
    return pd.DataFrame(list(DRUG_CLASSES.items()), columns=["agent", "drug_class"])


def dictionary_markdown() -> str:
    """Return the whole dictionary as Markdown: a section for each table, then the classes of agents."""
    parts = []
    for name in TABLES:
        parts += [f"## {name}.csv", table_meaning(name), _markdown(dictionary_table(name))]
    parts += ["## Agents and their classes", _markdown(drug_class_table())]
    return "\n\n".join(parts) + "\n"


def _allowed(rules: ColumnRules) -> str:
    if rules.limits:
        return f"{rules.limits[0]} to {rules.limits[1]}"
    return ", ".join(rules.listed) or ("any, each once" if rules.unique else "any")


def _missing(rules: ColumnRules) -> str:
    if not rules.required:
        return "column may be left out"
    return "allowed" if rules.nullable else "not allowed"


def _meaning(rules: ColumnRules) -> str:
    inferred = "Inferred, not recorded. " if rules.inferred else ""
    return f"{rules.title}. {inferred}{rules.description}"


def _markdown(table: pd.DataFrame) -> str:
    rows = [list(table.columns), ["---"] * table.shape[1], *table.to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
