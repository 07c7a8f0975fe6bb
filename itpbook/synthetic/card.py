"""The card that lies beside reconstructed records: what they are, how they were made, what may not be concluded."""

from __future__ import annotations

from pathlib import Path

from implied.files.spreadsheets import NOTICE
from implied.ledger import Ledger
from itpbook.records.cohort import SYNTHETIC_PREFIX, Cohort, write_cohort
from itpbook.records.schema import TABLES

CARD = "README.md"

_TEXT = """\
# Synthetic records

**None of these {patients} patients exists.** Their records were made by a program from figures printed in an abstract
({source}); no patient's data were seen. Every id begins with `{prefix}`.

| file | rows |
| --- | --- |
{files}

{notice}

## How they were made

`itpbook reconstruct --seed {seed} --out FOLDER` writes this folder, byte for byte, with the locked environment.

1. {patients} patients were drawn at random (seed {seed}) with the printed proportions, medians and ranges. Their values
   were exchanged until each patient was one whom a haematologist could meet.
2. A constraint solver moved them, by the least change it found, onto all published figures at once, each within what
   rounding leaves open.
3. Platelet counts by visit, courses of treatment and adverse events were written out to match, with the noise, the
   irregular visits and the single low counts of practice. Responses are not in the files: they follow from counts and
   courses.

## What in them is whose

- **Published:** counts, medians and ranges over the whole series and its printed groups, and nothing else.
- **Inferred:** the column `corticosteroid_free_inferred` of `patients.csv`.
{inferred}
- **Invented:** everything else, above all who has which value together with which other. The ledger fixes margins and
  a few groups; other patients would satisfy it as well. Invented outright are centres, the days of all earlier courses
  and their order, the lesser drugs among them, the responses recorded of them, every platelet count but for the days
  and levels that its patient's response asks for, the days of all events, and every event that is not severe.

## What may not be concluded

Nothing about ITP, its treatment or real patients: no association between two columns, no subgroup, no curve over time,
no rate beyond the printed ones. That a figure comes out again shows that the program computes what it says and that
the figure can hold together with the others. It does not confirm the figure. Do not pool these records with real ones.
"""
_MARKED = """\
  Some figures come without a denominator and cannot hold for all the patients whom their words name; the column marks
  patients for whom they do. Who those were, the source does not tell. The figures are {names}."""
_UNMARKED = "  No figure needed it here."


def card(cohort: Cohort, ledger: Ledger, seed: int) -> str:
    """Return the card of records made from a ledger, as it is read, with a seed, as Markdown."""
    names = ", ".join(f"`{entry.id}`" for entry in ledger if entry.read_as != "literal")
    return _TEXT.format(
        patients=len(cohort),
        source=ledger.source,
        prefix=SYNTHETIC_PREFIX,
        notice=NOTICE,
        files="\n".join(f"| `{name}.csv` | {len(cohort.tables[name])} |" for name in TABLES),
        seed=seed,
        inferred=_MARKED.format(names=names) if names else _UNMARKED,
    )


def write_with_card(cohort: Cohort, ledger: Ledger, seed: int, folder: Path) -> None:
    """Write the four tables and their card."""
    write_cohort(cohort, folder)
    (folder / CARD).write_text(card(cohort, ledger, seed), encoding="utf-8", newline="\n")
