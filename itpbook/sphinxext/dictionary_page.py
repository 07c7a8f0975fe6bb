"""The directive ``data-dictionary``: the columns of the record tables, as the schemas know them."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from implied.numbers.rounding import unit_name
from itpbook.presentation.tables.markup import publication_table
from itpbook.sphinxext.numbered import numbered_table

TABLES = ("patients", "treatments", "platelets", "adverse_events")


class DataDictionary(SphinxDirective):
    """A table of the columns for each of the four tables of records."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        """Return the tables."""
        # The schemas take seconds to import, and only the page with the dictionary needs them.
        from itpbook.records.data_dictionary import dictionary_table

        tables = [
            publication_table(
                _printed(dictionary_table(name)),
                id=f"dictionary-{name.replace('_', '-')}",
                caption=f"Columns of {name}.csv",
            )
            for name in TABLES
        ]
        return [node for table in tables for node in numbered_table(table.html, self.state.document)]


def _printed(columns: pd.DataFrame) -> pd.DataFrame:
    """Set what the schemas say as cells of a printed table."""
    cells = columns.fillna("").astype(str).map(unit_name)
    return cells.rename(columns=str.capitalize)
