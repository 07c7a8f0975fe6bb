"""The tables of the manuscript.

``markup`` sets a frame of printed cells as accessible HTML; ``recorded`` fills it with recorded results,
``patient_tables`` with subgroups and adverse events, ``verdict_table`` with a verdict per claim, ``implied_tables``
with what the claims prove, ``arguments`` with what follows from them by arithmetic, and ``pairs`` with the results of
other records beside them.
"""

from itpbook.presentation.tables.arguments import (
    comparison_table,
    conflict_table,
    definitions_table,
    interval_table,
    rounding_table,
    tally_table,
)
from itpbook.presentation.tables.implied_tables import disclosure_table, possible_table, proof_table, rule_table
from itpbook.presentation.tables.markup import Markup, Table, link, publication_table
from itpbook.presentation.tables.pairs import pair_table
from itpbook.presentation.tables.patient_tables import adverse_event_table, subgroup_table
from itpbook.presentation.tables.recorded import BASELINE, RESPONSE, SAFETY, TREATMENT, results_table
from itpbook.presentation.tables.verdict_table import verification_table

__all__ = [
    "BASELINE",
    "RESPONSE",
    "SAFETY",
    "TREATMENT",
    "Markup",
    "Table",
    "adverse_event_table",
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
    "results_table",
    "rounding_table",
    "rule_table",
    "subgroup_table",
    "tally_table",
    "verification_table",
]
