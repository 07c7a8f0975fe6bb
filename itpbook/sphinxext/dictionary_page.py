"""The directive ``data-dictionary``: the columns of the record tables, as the schemas know them."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd
from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from implied.numbers.rounding import unit_name
from itpbook.presentation.tables.markup import publication_table
from itpbook.sphinxext.numbered import numbered_table

LOGGER = logging.getLogger(__name__)

TABLES = ("patients", "treatments", "platelets", "adverse_events")


class DataDictionary(SphinxDirective):
    """Tables of the columns: all four, or those named as arguments."""

    optional_arguments = len(TABLES)
    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        """Return one table of HTML for each table of the records."""
        # The schemas take seconds to import, and only the page with the dictionary needs them.
        from itpbook.records.data_dictionary import dictionary_table

        names = self.arguments or list(TABLES)
        unknown = sorted(set(names) - set(TABLES))
        if unknown:
            message = "data-dictionary: no table %s; known: %s"
            LOGGER.warning(message, ", ".join(unknown), ", ".join(TABLES), location=self.get_location())
            return []
        tables = [
            publication_table(
                _printed(dictionary_table(name)),
                id=f"dictionary-{name.replace('_', '-')}",
                caption=f"Columns of {name}.csv",
            )
            for name in names
        ]
        numbered = [numbered_table(table.html, self.state.document) for table in tables]
        return [table for table in numbered if table is not None]


def _printed(columns: pd.DataFrame) -> pd.DataFrame:
    """Set what the schemas say as cells of a printed table."""
    cells = columns.fillna("").astype(str).map(unit_name)
    return cells.rename(columns=str.capitalize)
