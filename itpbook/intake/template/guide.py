"""The guide that lies next to the empty tables."""

from __future__ import annotations

from pathlib import Path

from itpbook.intake.redcap.date_forms import MONTHS, grammar_markdown
from itpbook.intake.redcap.fields import DAY_ZERO, REPEATING, UNITS
from itpbook.intake.redcap.mapping import DATE_ORDERS, DECIMALS
from itpbook.intake.redcap.terms import LISTS
from itpbook.intake.template.rules import RULES
from itpbook.records.data_dictionary import dictionary_markdown
from itpbook.records.schema import TABLES

_FOLDER = Path(__file__).parent


def guide() -> str:
    """Return the guide as Markdown: ``guide.md`` next to this module, with what follows from schema and importer."""
    return (
        (_FOLDER / "guide.md")
        .read_text(encoding="utf-8")
        .format(
            tables=_listed([name.replace("_", " ") for name in TABLES]),
            files=_listed([f"`{name}.csv`" for name in TABLES]),
            dictionary=dictionary_markdown(),
            rules="\n".join(f"| {table} | {column} | {words} |" for table, column, words in RULES),
            repeating=_listed([f"`{name}`" for name in REPEATING]),
            day_zero=DAY_ZERO,
            dates=" or ".join(f"`{order}`" for order in DATE_ORDERS),
            decimals=" or ".join(f"`{sign}`" for sign in DECIMALS),
            units=" or ".join(f"`{unit}`" for unit in UNITS),
            lists="\n".join(f"| {'.'.join(target)} | {words} |" for target, words in LISTS.items()),
            languages=_listed(list(MONTHS)),
            grammar=grammar_markdown(),
        )
    )


def example_mapping() -> str:
    """Return a mapping with every key, to be altered."""
    return (_FOLDER / "mapping.yaml").read_text(encoding="utf-8")


def _listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"
