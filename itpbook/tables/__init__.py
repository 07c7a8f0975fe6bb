"""The tables of the manuscript.

``markup`` sets a frame of printed cells as accessible HTML; ``recorded`` fills it with figures that chapters
have recorded, ``patients`` with subgroups and adverse events, ``ledger`` with a verdict per published figure,
``determined`` with what the figures prove.
"""

from itpbook.tables.arguments import (
    comparison_table,
    conflict_table,
    definitions_table,
    interval_table,
    rounding_table,
    tally_table,
)
from itpbook.tables.comparison import pair_table
from itpbook.tables.determined import disclosure_table, possible_table, proof_table, rule_table
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
    "disclosure_table",
    "interval_table",
    "link",
    "pair_table",
    "possible_table",
    "proof_table",
    "publication_table",
    "response_table",
    "results_table",
    "rounding_table",
    "rule_table",
    "safety_table",
    "subgroup_table",
    "tally_table",
    "treatment_table",
    "verification_table",
]
