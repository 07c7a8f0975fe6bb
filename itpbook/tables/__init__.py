"""The tables of the manuscript.

``markup`` sets a frame of printed cells as accessible HTML; ``recorded`` fills it with figures that chapters
have recorded, ``patients`` with subgroups and adverse events, ``ledger`` with a verdict per published figure.
"""

from itpbook.tables.arguments import (
    comparison_table,
    conflict_table,
    definitions_table,
    interval_table,
    rounding_table,
    tally_table,
)
from itpbook.tables.ledger import verification_table
from itpbook.tables.markup import Markup, Table, link, publication_table
from itpbook.tables.patients import adverse_event_table, subgroup_table
from itpbook.tables.recorded import (
    baseline_table,
    response_table,
    results_table,
    safety_table,
    treatment_table,
)

__all__ = [
    "Markup",
    "Table",
    "adverse_event_table",
    "baseline_table",
    "comparison_table",
    "conflict_table",
    "definitions_table",
    "interval_table",
    "link",
    "publication_table",
    "response_table",
    "results_table",
    "rounding_table",
    "safety_table",
    "subgroup_table",
    "tally_table",
    "treatment_table",
    "verification_table",
]
