"""The card that lies next to reconstructed records: what they are, how they were made, what may not be concluded."""

from __future__ import annotations

from pathlib import Path

from implied.files.spreadsheets import NOTICE
from implied.ledger import Ledger
from itpbook.records.cohort import SYNTHETIC_PREFIX, Cohort, write_cohort
from itpbook.records.schema import TABLES

CARD = "README.md"

_MARKED = """\
  Some figures come without a denominator and cannot hold for all the patients whom their words name; the column marks
  patients for whom they do. Who those were, the source does not tell. The figures are {names}."""
_UNMARKED = "  No figure needed it here."


def card(cohort: Cohort, ledger: Ledger, seed: int) -> str:
    """Return the card of records made from a ledger, as it is read, with a seed: ``card.md``, filled in."""
    names = ", ".join(f"`{entry.id}`" for entry in ledger if entry.read_as != "literal")
    text = Path(__file__).with_name("card.md").read_text(encoding="utf-8")
    return text.format(
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
