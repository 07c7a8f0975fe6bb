"""Solved patients as a file: one table, one column per attribute of the ledger, and a card that says what it is."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from implied.files.spreadsheets import NOTICE, csv_of_table
from implied.ledger import Ledger

TABLE, CARD = "patients.csv", "README.md"

_TEXT = """\
# Synthetic records

**None of these {patients} patients exists.** The table was made by a program from published figures ({source}); no
patient's data were seen.

`implied reconstruct LEDGER --seed {seed} --out FOLDER` writes this folder, byte for byte, with the locked
environment. The ledger is the file with the SHA-256 digest `{digest}`.

| column | meaning | unit | known of |
| --- | --- | --- | --- |
{columns}

A cell is empty where an attribute does not apply to a patient, or where the published figures leave it unknown.
{notice}

- **Published:** counts, means, quantiles and ranges over the whole series and its printed groups, and nothing else.
{readings}
- **Invented:** everything else, above all who has which value together with which other. Other patients satisfy the
  figures as well.

Nothing may be concluded from the table about real patients: no association between two columns, no rate beyond the
printed ones. Do not pool it with real records.
"""
_INFERRED = "- **Read in an inferred way**, as they cannot be read literally together with the others: {names}."
_LITERAL = "- **Inferred:** nothing; every figure is read literally."


def write_table(table: pd.DataFrame, ledger: Ledger, seed: int, folder: Path) -> None:
    """Write solved patients and their card, making the folder: the same patients always as the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    digits = len(str(len(table)))
    names = [f"SYN-{number:0{digits}d}" for number in range(1, len(table) + 1)]
    written = {name: table[name].map(_cell, na_action="ignore") for name in ledger.attributes}
    text = csv_of_table(pd.DataFrame({"patient_id": names, **written}))
    (folder / TABLE).write_text(text, encoding="utf-8", newline="")
    (folder / CARD).write_text(_card(table, ledger, seed), encoding="utf-8", newline="\n")


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _card(table: pd.DataFrame, ledger: Ledger, seed: int) -> str:
    rows = [
        f"| `{name}` | {attribute.label} | {attribute.unit or '–'} | {int(table[name].notna().sum())} |"
        for name, attribute in ledger.attributes.items()
    ]
    names = ", ".join(f"`{entry.id}`" for entry in ledger if entry.read_as != "literal")
    return _TEXT.format(
        patients=len(table),
        source=ledger.source,
        seed=seed,
        digest=ledger.digest,
        notice=NOTICE,
        columns="\n".join(rows),
        readings=_INFERRED.format(names=names) if names else _LITERAL,
    )
